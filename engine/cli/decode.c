// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// `music-neurons decode`: places in the latent space to a melody.

#include "bundle.h"
#include "decoding.h"
#include "encoding.h"
#include "latents.h"
#include "options.h"

static int
finish(MnDecoding* const d, MnOptions const* const options)
{
  int const status = mn_decoding_run(d, options);
  return status ? status : mn_decoding_write(d, options);
}

// Decodes what a file or standard input says.
static int
decode_latents(MnOptions const* const options)
{
  MnModel*   model    = NULL;
  MnDecoding decoding = {0};
  int        status   = mn_model_open(options->model, &model);
  status              = status ? status : mn_decoding_open(&decoding, model);
  status              = status ? status : mn_latents_read(options->operand, &decoding);
  status              = status ? status : finish(&decoding, options);
  mn_decoding_close(&decoding);
  mn_model_free(model);
  return status;
}

static int
take_window(void* const             context,
            MnWindow const* const   window,
            MnEncoding const* const encoding,
            bool const              encoded)
{
  (void)window;
  return mn_decoding_add((MnDecoding*)context, encoded ? encoding->mu : NULL)
           ? MN_EXIT_GOOD
           : mn_fail_memory();
}

static int
decode_score(MnOptions const* const options, MnEncoding* const e, MnDecoding* const d)
{
  MnError     error = {0};
  MnMidiScore score;
  if (!mn_midi_score_read(
        &score, options->midi, options->voice, options->channel, options->strict, &error)) {
    return mn_fail_reading(&error);
  }
  mn_midi_score_warn(&score, options->midi);
  MnOptions whole  = *options;
  whole.hop        = MN_HOP_2_BARS; // windows follow one another
  int const status = mn_encoding_add_score(e, &whole, &score);
  if (!status && score.end == 0) {
    mn_fail(status, "%.200s: no notes", options->midi);
  }
  mn_midi_score_free(&score);
  return status ? status : finish(d, options);
}

// Encodes a MIDI file, and decodes what comes out.
static int
decode_midi(MnOptions const* const options)
{
  MnDecoding decoding = {0};
  MnEncoding encoding;
  if (options->operand) {
    return mn_fail(MN_EXIT_BAD_INPUT, "decode: either a file of z or --midi");
  }
  int status =
    mn_encoding_open(&encoding, options->model, options->kernel, take_window, &decoding);
  if (status) {
    return status;
  }
  status = mn_decoding_open(&decoding, encoding.model);
  status = status ? status : decode_score(options, &encoding, &decoding);
  mn_decoding_close(&decoding);
  mn_encoding_close(&encoding);
  return status;
}

static int
run(MnOptions const* const options)
{
  return options->midi ? decode_midi(options) : decode_latents(options);
}

static struct option const options[] = {MN_OPTION_MODEL,
                                        MN_OPTION_OUTPUT,
                                        MN_OPTION_MIDI,
                                        MN_OPTION_CHANNEL,
                                        MN_OPTION_VOICE,
                                        MN_OPTION_TEMPERATURE,
                                        MN_OPTION_SEED,
                                        MN_OPTION_TEMPO,
                                        MN_OPTION_KERNEL,
                                        MN_OPTION_HELP,
                                        MN_OPTIONS_END};

static char const help[] =
  "Usage: music-neurons decode [OPTION]... [Z]\n"
  "       music-neurons decode --midi FILE.mid [OPTION]...\n"
  "\n"
  "Has a model's decoder write a melody for each place in the latent space. Z is a\n"
  "file that `latent` or `encode` printed, in any of their formats; without it,\n"
  "standard input is read. The windows follow one another, so let `latent` print\n"
  "one every 2bars. A window without z is a rest. Without -o, the tokens of each\n"
  "window are printed in a line, as `encode` reads them.\n"
  "\n"
  "The model must have a decoder: see `import --decoder`. The same z, model,\n"
  "temperature and seed give the same notes on every machine.\n"
  "\n"
  "      --model MODEL    open (default), magenta, or a file\n"
  "  -o, --output FILE    write this MIDI file\n"
  "      --midi FILE      encode this MIDI file, and decode what comes out\n"
  "      --channel N      of --midi: one channel, 1 to 16; 0: all but 10 (default)\n"
  "      --voice VOICE    of --midi: highest (default), lowest, latest, or skyline\n"
  "      --temperature T  0: the likeliest of all steps (default); 1: as likely as\n"
  "                       the model says; at most 100\n"
  "      --seed N         of the steps that are drawn (default: 0)\n"
  "      --tempo BPM      of the MIDI file, 4 to 999 (default: 120)\n"
  "      --kernel NAME    a kernel from the list of `info`, or auto (default)\n"
  "  -h, --help           print this help\n";

MnCommand const mn_decode_command = {
  .name    = "decode",
  .help    = help,
  .options = options,
  .letters = ":ho:",
  .operand = "file of z",
  .run     = run,
};
