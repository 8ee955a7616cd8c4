// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// `music-neurons latent`: the places of a MIDI file's windows in the latent space of the
/// VAE that the model comes from, for its decoder and for other programs.

#include "common/numbers.h"
#include "encoding.h"
#include "midi/midi_windows.h"
#include "options.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct {
  MnOptions const* options;
  MnEncoding       encoding;
  int32_t*         z;       // [latent], Q16
  unsigned long    windows; // so far
  unsigned long    rows;    // of the tensor, so far
} Latent;

// A model negates some neurons to give their sign a meaning. The decoder expects the
// signs of the source.
static void
find_z(Latent* const l)
{
  MnModel const* const model = l->encoding.model;
  for (unsigned i = 0; i < model->latent; ++i) {
    int32_t const mu = l->encoding.mu[i];
    l->z[i]          = model->readout.negated[i] ? -mu : mu;
  }
}

static void
print_csv_header(bool const sigma, unsigned const neurons)
{
  printf("window,start_beat");
  for (unsigned i = 0; i < neurons; ++i) {
    printf(",z_%u", i);
  }
  for (unsigned i = 0; sigma && i < neurons; ++i) {
    printf(",sigma_%u", i);
  }
  putchar('\n');
}

static void
print_csv(Latent const* const l, double const beat, bool const encoded)
{
  unsigned const neurons = l->encoding.model->latent;
  unsigned const cells   = l->options->sigma ? 2 * neurons : neurons;
  printf("%lu,%.9g", l->windows, beat);
  if (encoded) {
    mn_csv_q16_cells(l->z, neurons, ",", stdout);
    if (l->options->sigma) {
      mn_csv_q16_cells(l->encoding.sigma, neurons, ",", stdout);
    }
  }
  for (unsigned i = 0; !encoded && i < cells; ++i) {
    putchar(',');
  }
  putchar('\n');
}

static json_t*
numbers_or_null(int32_t const* const values, unsigned const count, bool const encoded)
{
  return encoded ? mn_json_q16_array(values, count) : json_null();
}

static int
print_json(Latent const* const l, double const beat, bool const encoded)
{
  unsigned const neurons = l->encoding.model->latent;
  json_t* const  z       = numbers_or_null(l->z, neurons, encoded);
  json_t* const  object  = json_pack(
    "{s:I,s:f,s:o}", "window", (json_int_t)l->windows, "start_beat", beat, "z", z);
  if (object && l->options->sigma &&
      json_object_set_new(
        object, "sigma", numbers_or_null(l->encoding.sigma, neurons, encoded))) {
    json_decref(object);
    return mn_json_print(NULL, stdout);
  }
  return mn_json_print(object, stdout);
}

// A row of an array of arrays. The first row begins the array.
static void
print_row(Latent* const l)
{
  fputs(l->rows++ ? ",\n[" : "[[", stdout);
  mn_csv_q16_cells(l->z, l->encoding.model->latent, "", stdout);
  putchar(']');
}

static int
print_window(void* const             context,
             MnWindow const* const   window,
             MnEncoding const* const encoding,
             bool const              encoded)
{
  (void)encoding; // ours
  Latent* const l    = (Latent*)context;
  double const  beat = (double)window->start / 4.0;
  ++l->windows;
  if (encoded) {
    find_z(l);
  }
  if (l->options->format == MN_FORMAT_JSON) {
    return print_json(l, beat, encoded);
  }
  if (l->options->format == MN_FORMAT_CSV) {
    print_csv(l, beat, encoded);
  } else if (encoded) {
    print_row(l); // a tensor has no place for windows without numbers
  }
  return ferror(stdout) ? MN_EXIT_FAILED : MN_EXIT_GOOD; // main() says why
}

static int
print_windows(Latent* const l, MnMidiScore* const score)
{
  MnOptions const* const o = l->options;
  if (o->format == MN_FORMAT_CSV) {
    print_csv_header(o->sigma, l->encoding.model->latent);
  }
  int const status = mn_encoding_add_score(&l->encoding, o, score);
  if (o->format == MN_FORMAT_MAGENTA_JS && status == MN_EXIT_GOOD) {
    puts(l->rows ? "]" : "[]");
  }
  return status;
}

static int
run_on(Latent* const l)
{
  MnOptions const* const o     = l->options;
  MnError                error = {0};
  MnMidiScore            score;
  l->z = (int32_t*)calloc(l->encoding.model->latent, sizeof(*l->z));
  if (!l->z) {
    return mn_fail_memory();
  }
  MnHearing const hearing = mn_options_hearing(o);
  if (!mn_midi_score_read(&score, o->operand, &hearing, &error)) {
    return mn_fail_reading(&error);
  }
  mn_midi_score_warn(&score, o->operand);
  mn_midi_score_tell(&score, o->operand);
  int const status = print_windows(l, &score);
  if (status == MN_EXIT_GOOD && score.end == 0) {
    mn_midi_score_tell_silence(&score, o->operand);
  }
  mn_midi_score_free(&score);
  return status;
}

static int
run(MnOptions const* const options)
{
  Latent l = {.options = options};
  if (options->sigma && options->format == MN_FORMAT_MAGENTA_JS) {
    return mn_fail(MN_EXIT_BAD_INPUT, "--sigma: a tensor of Magenta.js has z alone");
  }
  int status =
    mn_encoding_open(&l.encoding, options->model, options->kernel, print_window, &l);
  if (status == MN_EXIT_GOOD) {
    status = run_on(&l);
    free(l.z);
    mn_encoding_close(&l.encoding);
  }
  return status;
}

static struct option const options[] = {MN_OPTION_MODEL,
                                        MN_OPTION_HOP,
                                        MN_OPTION_TRACK,
                                        MN_OPTION_CHANNEL,
                                        MN_OPTION_VOICE,
                                        MN_OPTION_FORMAT,
                                        MN_OPTION_OFFSET,
                                        MN_OPTION_PEDAL,
                                        MN_OPTION_SIGMA,
                                        MN_OPTION_STRICT,
                                        MN_OPTION_KERNEL,
                                        MN_OPTION_HELP,
                                        MN_OPTIONS_END};

static char const help[] =
  "Usage: music-neurons latent [OPTION]... FILE.mid\n"
  "\n"
  "Cuts a standard MIDI file into windows as the plugin does, and prints the place\n"
  "of each in the latent space (z): mu of every neuron, with the signs that the\n"
  "model's decoder expects. Windows with fewer than 2 notes have no z.\n"
  "\n"
  "      --model MODEL    open (default), magenta, or a file\n"
  "      --hop HOP        start a window every 2bars, bar (default), half-bar,\n"
  "                       beat, half-beat or step\n"
  "      --track N|NAME   hear one track, by its number or name, or all; see `tracks`.\n"
  "                       Without this and --channel, where several play, the track\n"
  "                       that is most like a melody is heard\n"
  "      --channel N      hear one channel, 1 to 16; 0 hears all but 10\n"
  "      --offset BEATS   the upbeat: quarter notes before the first whole bar; auto\n"
  "                       guesses it\n"
  "      --pedal PEDAL    hold (default): the sustain pedal holds notes; or ignore\n"
  "      --voice VOICE    which of the notes that start on one step to hear:\n"
  "                       highest, lowest, latest, or skyline (default): the\n"
  "                       highest, but none below a key that is still down\n"
  "      --format FORMAT  csv (default), json (one object a line), or magenta-js\n"
  "                       (one array of arrays for tf.tensor2d, which leaves out\n"
  "                       windows without z)\n"
  "      --sigma          print sigma of every neuron too\n"
  "      --strict         refuse a file with any fault; else what is wrong is mended,\n"
  "                       with a warning\n"
  "      --kernel NAME    a kernel from the list of `info`, or auto (default)\n"
  "  -h, --help           print this help\n";

MnCommand const mn_latent_command = {
  .name          = "latent",
  .help          = help,
  .options       = options,
  .operand       = "MIDI file",
  .needs_operand = true,
  .formats       = 1U << MN_FORMAT_CSV | 1U << MN_FORMAT_JSON | 1U << MN_FORMAT_MAGENTA_JS,
  .format        = MN_FORMAT_CSV,
  .run           = run,
};
