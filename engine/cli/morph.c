// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// `music-neurons morph`: melodies on the way from one MIDI file to another.

#include "decoder/place.h"
#include "heard.h"
#include "options.h"

#include <stdlib.h>

// Encodes a file. @param first The number of its first window with notes.
static int
hear(MnHeard* const         heard,
     MnOptions const* const options,
     char const* const      path,
     size_t* const          first)
{
  MnDecoding const* const d = &heard->decoding;
  *first                    = d->count;
  int const status          = mn_heard_add(heard, options, path);
  while (!status && *first < d->count && d->rests[*first]) {
    ++*first;
  }
  return !status && *first == d->count
           ? mn_fail(MN_EXIT_BAD_INPUT, "%.200s: no two bars with 2 notes or more", path)
           : status;
}

// The music neurons of a window.
static int32_t*
music_of(MnDecoding const* const d, size_t const window)
{
  int32_t* const mu = d->mu + window * d->model->latent;
  mn_place_silence_noise(d->model, mu);
  return mu;
}

static int
add_way(MnDecoding* const    way,
        int32_t const* const a,
        int32_t const* const b,
        unsigned const       count)
{
  unsigned const latent = way->model->latent;
  int32_t* const mixed  = (int32_t*)malloc(latent * sizeof(*mixed));
  bool           good   = mixed;
  for (unsigned i = 0; good && i < count; ++i) {
    mn_place_mix(a, b, latent, (double)i / (count - 1), mixed);
    good = mn_decoding_add(way, mixed);
  }
  free(mixed);
  return good ? MN_EXIT_GOOD : mn_fail_memory();
}

static int
morph(MnHeard* const heard, MnOptions const* const options)
{
  size_t     from   = 0;
  size_t     to     = 0;
  MnDecoding way    = {.model = heard->encoding.model};
  int        status = hear(heard, options, options->corpora[0], &from);
  status            = status ? status : hear(heard, options, options->corpora[1], &to);
  if (!status) {
    int32_t const* const a = music_of(&heard->decoding, from);
    int32_t const* const b = music_of(&heard->decoding, to);
    status                 = add_way(&way, a, b, options->steps ? options->steps : 8);
  }
  status = status ? status : mn_decoding_finish(&way, options);
  mn_decoding_close(&way);
  return status;
}

static int
run(MnOptions const* const options)
{
  if (options->corpus_count != 2) {
    return mn_fail(MN_EXIT_BAD_INPUT, "morph: two MIDI files are needed");
  }
  if (options->steps == 1) {
    return mn_fail(MN_EXIT_BAD_INPUT, "morph: --steps must be 2 or more");
  }
  MnHeard   heard;
  int const opened = mn_heard_open(&heard, options);
  if (opened) {
    return opened;
  }
  int const status = morph(&heard, options);
  mn_heard_close(&heard);
  return status;
}

static struct option const options[] = {MN_OPTION_MODEL,
                                        MN_OPTION_OUTPUT,
                                        MN_OPTION_STEPS,
                                        MN_OPTION_TRACK,
                                        MN_OPTION_CHANNEL,
                                        MN_OPTION_OFFSET,
                                        MN_OPTION_PEDAL,
                                        MN_OPTION_VOICE,
                                        MN_OPTION_STRICT,
                                        MN_OPTION_TEMPERATURE,
                                        MN_OPTION_SEED,
                                        MN_OPTION_TEMPO,
                                        MN_OPTION_KERNEL,
                                        MN_OPTION_HELP,
                                        MN_OPTIONS_END};

static char const help[] =
  "Usage: music-neurons morph A.mid B.mid [OPTION]...\n"
  "\n"
  "Goes from one melody to another in steps of two bars. The ends are the first two\n"
  "bars with notes of both MIDI files, as a model's encoder hears them; the way\n"
  "between is an arc (spherical interpolation) of the music neurons. Noise neurons\n"
  "are 0. A decoder writes each step. Without -o, the tokens of each are printed in\n"
  "a line, as `encode` reads them. The model must have a decoder: see\n"
  "`import --decoder`.\n"
  "\n"
  "      --model MODEL    open (default), magenta, or a file\n"
  "  -o, --output FILE    write this MIDI file\n"
  "      --steps N        so many melodies, with both ends, 2 to 256 (default: 8)\n"
  "      --track N|NAME   hear one track, by number or name, or all; see `tracks`\n"
  "                       (default: the one that is most like a melody)\n"
  "      --channel N      hear one channel, 1 to 16; 0: all but 10\n"
  "      --offset BEATS   the upbeat, in quarter notes; auto guesses it\n"
  "      --pedal PEDAL    hold (default), or ignore the sustain pedal\n"
  "      --voice VOICE    highest, lowest, latest, or skyline (default)\n"
  "      --strict         refuse a file with any fault\n"
  "      --temperature T  0: the likeliest of all steps (default); 1: as likely as\n"
  "                       the model says; at most 100\n"
  "      --seed N         of what is drawn (default: 0)\n"
  "      --tempo BPM      of the MIDI file, 4 to 999 (default: 120)\n"
  "      --kernel NAME    a kernel from the list of `info`, or auto (default)\n"
  "  -h, --help           print this help\n";

MnCommand const mn_morph_command = {
  .name          = "morph",
  .help          = help,
  .options       = options,
  .letters       = ":ho:",
  .operand       = "MIDI files",
  .needs_operand = true,
  .many_operands = true,
  .run           = run,
};
