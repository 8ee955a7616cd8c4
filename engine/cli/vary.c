// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// `music-neurons vary`: a MIDI file, moved by chance in the latent space.

#include "decoder/place.h"
#include "heard.h"
#include "options.h"

static void
move(MnDecoding* const d, MnOptions const* const options)
{
  for (size_t i = 0; i < d->count; ++i) {
    int32_t* const mu = d->mu + i * d->model->latent;
    mn_place_silence_noise(d->model, mu);
    mn_place_vary(d->model, options->amount, options->seed, i, mu);
  }
}

static int
run(MnOptions const* const options)
{
  MnHeard heard;
  int     status = mn_heard_open(&heard, options);
  if (status) {
    return status;
  }
  status = mn_heard_add(&heard, options, options->operand);
  if (!status) {
    move(&heard.decoding, options);
    status = mn_decoding_move(&heard.decoding, options);
    status = status ? status : mn_decoding_finish(&heard.decoding, options);
  }
  mn_heard_close(&heard);
  return status;
}

static struct option const options[] = {MN_OPTION_MODEL,
                                        MN_OPTION_OUTPUT,
                                        MN_OPTION_AMOUNT,
                                        MN_OPTION_MOVE,
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
  "Usage: music-neurons vary FILE.mid [OPTION]...\n"
  "\n"
  "Plays a melody otherwise: encodes each two bars of a MIDI file, moves the music\n"
  "neurons by chance, and has a decoder write what is there. Noise neurons are 0.\n"
  "Without -o, the tokens of each window are printed in a line, as `encode` reads\n"
  "them. The model must have a decoder: see `import --decoder`.\n"
  "\n"
  "      --model MODEL    open (default), magenta, or a file\n"
  "  -o, --output FILE    write this MIDI file\n"
  "      --amount A       how far: 0 is as it was, 1 is any melody of the model\n"
  "                       (default: 0.5)\n"
  "      --move NAME=N    then move along an axis of the model, such as density=1.5 or\n"
  "                       register=-2, by -4 to 4 standard deviations of music; the\n"
  "                       other axes stay. Or pull towards a style, such as hymn=2: 1 is\n"
  "                       as its music is spread. May be given more than once\n"
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

MnCommand const mn_vary_command = {
  .name          = "vary",
  .help          = help,
  .options       = options,
  .letters       = ":ho:",
  .operand       = "MIDI file",
  .needs_operand = true,
  .run           = run,
};
