// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// `music-neurons analyze`: the plugin's results for a MIDI file.

#include "encoding.h"
#include "midi/midi_windows.h"
#include "options.h"
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct {
  MnOptions const* options;
  MnEncoding       encoding;
  MnMidiScore      score;
  unsigned long    windows; // reported so far
  MnProgressLine   progress;
} Analysis;

// The number of all windows is an estimate from the part of the music that is done.
static void
show_progress(Analysis* const a, MnWindow const* const window)
{
  double const part = (double)(window->start + 1) / (double)a->score.end;
  if (part > 0) {
    mn_progress_line_show(
      &a->progress, "analyze: window %lu of ~%.0f", a->windows, (double)a->windows / part);
  }
}

static int
report_window(void* const             context,
              MnWindow const* const   window,
              MnEncoding const* const encoding,
              bool const              encoded)
{
  Analysis* const a      = (Analysis*)context;
  MnRecord const  record = {
     .number  = ++a->windows,
     .window  = window,
     .seconds = mn_midi_score_seconds(&a->score, window->start),
     .scored  = encoded,
  };
  show_progress(a, window);
  return mn_report_record(a->options->format, a->options->latent, &record, encoding);
}

static int
analyze(Analysis* const a)
{
  MnOptions const* const o = a->options;
  if (a->score.end > 0 || o->format == MN_FORMAT_CSV) {
    mn_report_start(o->format, o->latent, a->encoding.model);
  }
  return mn_encoding_add_score(&a->encoding, o, &a->score);
}

static int
run(MnOptions const* const options)
{
  Analysis* const a = (Analysis*)calloc(1, sizeof(Analysis));
  if (!a) {
    return mn_fail_memory();
  }
  a->options     = options;
  a->progress    = mn_progress_line();
  a->progress.on = a->progress.on && !isatty(STDOUT_FILENO); // not among the records

  MnError error = {0};
  int     status =
    mn_encoding_open(&a->encoding, options->model, options->kernel, report_window, a);
  if (status == MN_EXIT_GOOD) {
    if (!mn_midi_score_read(
          &a->score, options->operand, options->voice, options->channel, &error)) {
      status = mn_fail_reading(&error);
    } else {
      status = analyze(a);
      mn_progress_line_clear(&a->progress);
      if (status == MN_EXIT_GOOD && a->score.end == 0) {
        mn_fail(status, "%s: no notes", options->operand);
      }
      mn_midi_score_free(&a->score);
    }
    mn_encoding_close(&a->encoding);
  }
  free(a);
  return status;
}

static struct option const options[] = {MN_OPTION_MODEL,
                                        MN_OPTION_HOP,
                                        MN_OPTION_CHANNEL,
                                        MN_OPTION_VOICE,
                                        MN_OPTION_FORMAT,
                                        MN_OPTION_LATENT,
                                        MN_OPTION_KERNEL,
                                        MN_OPTION_HELP,
                                        MN_OPTIONS_END};

static char const help[] =
  "Usage: music-neurons analyze [OPTION]... FILE.mid\n"
  "\n"
  "Cuts a standard MIDI file into windows as the plugin does, and prints a record\n"
  "for each: how musical it is, which neurons it excites, and its surprise: how\n"
  "little its notes could be foreseen from those before them, in bits a note.\n"
  "Windows with fewer than 2 notes get no score.\n"
  "\n"
  "      --model MODEL    open (default), magenta, or a file\n"
  "      --hop HOP        start a window every 2bars, bar (default), half-bar,\n"
  "                       beat, half-beat or step\n"
  "      --channel N      hear one channel, 1 to 16; 0 hears all but 10 (default)\n"
  "      --voice VOICE    which of the notes that start on one step to hear:\n"
  "                       highest, lowest, latest, or skyline (default): the\n"
  "                       highest, but none below a key that is still down\n"
  "      --format FORMAT  text (default), json (one object a line) or csv\n"
  "      --latent         print mu and sigma of every neuron too\n"
  "      --kernel NAME    a kernel from the list of `info`, or auto (default)\n"
  "  -h, --help           print this help\n";

MnCommand const mn_analyze_command = {
  .name          = "analyze",
  .help          = help,
  .options       = options,
  .operand       = "MIDI file",
  .needs_operand = true,
  .formats       = 1U << MN_FORMAT_TEXT | 1U << MN_FORMAT_JSON | 1U << MN_FORMAT_CSV,
  .format        = MN_FORMAT_TEXT,
  .run           = run,
};
