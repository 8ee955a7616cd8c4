// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// `music-neurons decode`: places in the latent space to a melody.

#include "bundle.h"
#include "decoding.h"
#include "heard.h"
#include "latents.h"
#include "options.h"

// Decodes what a file or standard input says.
static int
decode_latents(MnOptions const* const options)
{
  MnModel*   model    = NULL;
  MnDecoding decoding = {0};
  int        status   = mn_model_open(options->model, &model);
  status              = status ? status : mn_decoding_open(&decoding, model);
  status              = status ? status : mn_latents_read(options->operand, &decoding);
  status              = status ? status : mn_decoding_move(&decoding, options);
  status              = status ? status : mn_decoding_finish(&decoding, options);
  mn_decoding_close(&decoding);
  mn_model_free(model);
  return status;
}

// Encodes a MIDI file, and decodes what comes out.
static int
decode_midi(MnOptions const* const options)
{
  MnHeard heard;
  if (options->operand) {
    return mn_fail(MN_EXIT_BAD_INPUT, "decode: either a file of z or --midi");
  }
  int status = mn_heard_open(&heard, options);
  if (status) {
    return status;
  }
  status = mn_heard_add(&heard, options, options->midi);
  status = status ? status : mn_decoding_move(&heard.decoding, options);
  status = status ? status : mn_decoding_finish(&heard.decoding, options);
  mn_heard_close(&heard);
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
                                        MN_OPTION_TRACK,
                                        MN_OPTION_CHANNEL,
                                        MN_OPTION_OFFSET,
                                        MN_OPTION_PEDAL,
                                        MN_OPTION_VOICE,
                                        MN_OPTION_STRICT,
                                        MN_OPTION_MOVE,
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
  "      --track N|NAME   of --midi: one track, by number or name, or all; see `tracks`\n"
  "                       (default: the one that is most like a melody)\n"
  "      --channel N      of --midi: one channel, 1 to 16; 0: all but 10\n"
  "      --offset BEATS   of --midi: the upbeat, in quarter notes; auto guesses it\n"
  "      --pedal PEDAL    of --midi: hold (default), or ignore the sustain pedal\n"
  "      --voice VOICE    of --midi: highest, lowest, latest, or skyline (default)\n"
  "      --strict         of --midi: refuse a file with any fault\n"
  "      --move NAME=N    move along an axis of the model, such as density=1.5 or\n"
  "                       register=-2, by -4 to 4 standard deviations of music; the\n"
  "                       other axes stay. Or pull towards a style, such as hymn=2: 1 is\n"
  "                       as its music is spread. May be given more than once\n"
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
