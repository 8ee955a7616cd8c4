// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// `music-neurons analyze`: the plugin's results for MIDI files.

#include "analyze/inputs.h"
#include "analyze/turns.h"
#include "base/newfile.h"
#include "base/parallel.h"
#include "bundle.h"
#include "encoding.h"
#include "midi/midi_windows.h"
#include "midi/midibytes.h"
#include "options.h"
#include "report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Files that are under way or wait for their turn, for each thread.
enum { FILES_AHEAD = 4 };

enum { BAR_CELLS = 20 };

typedef struct Analysis Analysis;

// What a thread needs for a file.
typedef struct {
  Analysis*     analysis;
  MnEncoding    encoding;
  MnMidiScore   score;
  MnTurn*       turn;
  char const*   name; // to say in each record; NULL: not to be said
  unsigned long windows;
} Worker;

struct Analysis {
  MnOptions const* options;
  MnModel*         model;
  MnInputs         inputs;
  MnNewFile        file;
  FILE*            out;
  MnTurns*         turns;
  Worker*          workers; // [threads]
  unsigned         threads;
  MnProgressLine   progress;
};

// The number of all windows is an estimate from the part of the music that is done.
static void
show_windows(Worker* const w, MnWindow const* const window)
{
  double const part = (double)(window->start + 1) / (double)w->score.end;
  if (part > 0) {
    mn_progress_line_show(&w->analysis->progress,
                          "analyze: window %lu of ~%.0f",
                          w->windows,
                          (double)w->windows / part);
  }
}

static void
show_files(void* const context, MnTurnCount const* const count)
{
  Analysis* const a    = (Analysis*)context;
  size_t const    all  = a->inputs.files.count;
  size_t const    done = count->good + count->bad;
  int const       full = (int)(done * BAR_CELLS / all);
  if (a->inputs.several && a->progress.on) {
    mn_progress_line_show(&a->progress,
                          "analyze: [%.*s%.*s] %zu of %zu files, %zu failed",
                          full,
                          "####################",
                          BAR_CELLS - full,
                          "....................",
                          done,
                          all,
                          count->bad);
  }
}

static MnReport
report_of(Analysis const* const a, FILE* const out)
{
  return (MnReport){
    .out    = out,
    .format = a->options->format,
    .latent = a->options->latent,
    .named  = a->inputs.several,
  };
}

static int
report_window(void* const             context,
              MnWindow const* const   window,
              MnEncoding const* const encoding,
              bool const              encoded)
{
  Worker* const  w      = (Worker*)context;
  MnRecord const record = {
    .file    = w->name,
    .heard   = &w->score.heard,
    .number  = ++w->windows,
    .window  = window,
    .seconds = mn_midi_score_seconds(&w->score, window->start),
    .scored  = encoded,
  };
  if (!w->analysis->inputs.several) {
    show_windows(w, window);
  }
  MnReport const to     = report_of(w->analysis, w->turn->out);
  int const      status = mn_report_record(&to, &record, encoding);
  return status ? status : mn_turn_pass(w->turn);
}

// Each table of text has its own header. CSV has one for all files.
static void
start_file(Worker const* const w)
{
  Analysis const* const a      = w->analysis;
  MnReport const        to     = report_of(a, w->turn->out);
  bool const            header = !a->inputs.several || to.format == MN_FORMAT_TEXT;
  if (w->name && to.format == MN_FORMAT_TEXT) {
    fputs(w->turn->index ? "\n==> " : "==> ", to.out);
    mn_print_plain(w->name, strlen(w->name), to.out);
    fputs(" <==\n", to.out);
  }
  char choice[MN_HEARD_TEXT];
  if (to.format == MN_FORMAT_TEXT &&
      mn_heardpart_choice(&w->score.heard, &w->score.names, choice)) {
    fputs("hears ", to.out);
    mn_print_plain(choice, strlen(choice), to.out);
    putc('\n', to.out);
  }
  if (header && (w->score.end > 0 || to.format == MN_FORMAT_CSV)) {
    mn_report_start(&to, a->model);
  }
}

static int
read_file(Worker* const w, char const* const path)
{
  MnOptions const* const o       = w->analysis->options;
  MnError                error   = {0};
  MnHearing const        hearing = mn_options_hearing(o);
  if (!mn_midi_score_read(&w->score, path, &hearing, &error)) {
    return mn_fail_reading(&error);
  }
  mn_midi_score_warn(&w->score, path);
  w->windows = 0;
  start_file(w);
  int const status = mn_encoding_add_score(&w->encoding, o, &w->score);
  if (status == MN_EXIT_GOOD && w->score.end == 0) {
    mn_midi_score_tell_silence(&w->score, path);
  }
  mn_midi_score_free(&w->score);
  return status;
}

static void
take_file(void* const context, size_t const index, unsigned const worker)
{
  Analysis* const   a    = (Analysis*)context;
  Worker* const     w    = &a->workers[worker];
  char const* const path = a->inputs.files.paths[index];
  w->name                = a->inputs.several ? path : NULL;
  w->turn                = mn_turn_begin(a->turns, index);
  if (w->turn) {
    mn_turn_end(w->turn, read_file(w, path));
  }
}

// Where there is a single file, all processors encode it. Else each thread has its own.
static int
open_workers(Analysis* const a)
{
  MnOptions const* const o    = a->options;
  unsigned const         jobs = o->jobs ? o->jobs : mn_parallel_workers();
  size_t const           all  = a->inputs.files.count;
  unsigned const         most = all < jobs ? (unsigned)all : jobs;
  a->workers                  = (Worker*)calloc(most, sizeof(Worker));
  if (!a->workers) {
    return mn_fail_memory();
  }
  int status = MN_EXIT_GOOD;
  for (; a->threads < most && status == MN_EXIT_GOOD; ++a->threads) {
    Worker* const w = &a->workers[a->threads];
    w->analysis     = a;
    status =
      mn_encoding_open_on(&w->encoding, a->model, o->kernel, jobs / most, report_window, w);
    if (status) {
      break;
    }
  }
  return status;
}

static int
count_failures(Analysis const* const a)
{
  MnTurnCount const count = mn_turns_count(a->turns);
  if (count.failed) {
    return MN_EXIT_FAILED;
  }
  if (!count.bad && !a->inputs.bad) {
    return MN_EXIT_GOOD;
  }
  if (a->inputs.several) {
    mn_fail(MN_EXIT_BAD_INPUT,
            "analyze: %zu of %zu files failed",
            count.bad,
            a->inputs.files.count);
  }
  return MN_EXIT_BAD_INPUT;
}

static int
analyze(Analysis* const a)
{
  int const status = open_workers(a);
  if (status) {
    return status;
  }
  a->turns = mn_turns_new(a->out, FILES_AHEAD * a->threads, &a->progress, show_files, a);
  if (!a->turns) {
    return mn_fail_memory();
  }
  if (a->inputs.several && a->options->format == MN_FORMAT_CSV) {
    MnReport const to = report_of(a, a->out);
    mn_report_start(&to, a->model);
  }
  MnPieces const job = {.count   = a->inputs.files.count,
                        .workers = a->threads,
                        .crowded = true,
                        .context = a,
                        .piece   = take_file};
  mn_parallel_run(&job);
  mn_progress_line_clear(&a->progress);
  return count_failures(a);
}

// Files that failed are no reason to lose the others.
static int
write_file(Analysis* const a, int const status)
{
  MnError    error = {0};
  bool       good  = true;
  bool const any   = a->turns && mn_turns_count(a->turns).good > 0;
  if (status == MN_EXIT_FAILED ? ferror(a->out) : any) { // which closing tells
    good = mn_newfile_close(&a->file, &error) && mn_newfile_keep(&a->file, &error);
  }
  mn_newfile_drop(&a->file);
  return good ? status : mn_fail_writing(&error);
}

static int
analyze_to_output(Analysis* const a)
{
  char const* const path  = a->options->output;
  MnError           error = {0};
  if (!path) {
    a->out = stdout;
    a->progress.on &= !isatty(STDOUT_FILENO); // not among the records
    return analyze(a);
  }
  if (!mn_newfile_open(&a->file, path, &error)) {
    return mn_fail_writing(&error);
  }
  a->out           = a->file.file;
  int const status = analyze(a);
  return write_file(a, status);
}

static int
run(MnOptions const* const options)
{
  Analysis* const a = (Analysis*)calloc(1, sizeof(Analysis));
  if (!a) {
    return mn_fail_memory();
  }
  a->options  = options;
  a->progress = mn_progress_line();
  int status  = mn_inputs_find(options, &a->inputs);
  status      = status ? status : mn_model_open(options->model, &a->model);
  status      = status ? status : analyze_to_output(a);
  for (unsigned i = 0; i < a->threads; ++i) {
    mn_encoding_close(&a->workers[i].encoding);
  }
  free(a->workers);
  mn_turns_free(a->turns);
  mn_model_free(a->model);
  mn_inputs_free(&a->inputs);
  free(a);
  return status;
}

static struct option const options[] = {MN_OPTION_MODEL,
                                        MN_OPTION_HOP,
                                        MN_OPTION_TRACK,
                                        MN_OPTION_CHANNEL,
                                        MN_OPTION_OFFSET,
                                        MN_OPTION_PEDAL,
                                        MN_OPTION_VOICE,
                                        MN_OPTION_FORMAT,
                                        MN_OPTION_LATENT,
                                        MN_OPTION_STRICT,
                                        MN_OPTION_OUTPUT,
                                        MN_OPTION_JOBS,
                                        MN_OPTION_FILES_FROM,
                                        MN_OPTION_KERNEL,
                                        MN_OPTION_HELP,
                                        MN_OPTIONS_END};

static char const help[] =
  "Usage: music-neurons analyze [OPTION]... FILE.mid|DIR|-...\n"
  "\n"
  "Cuts standard MIDI files into windows as the plugin does, and prints a record\n"
  "for each: how musical it is, which neurons it excites, and its surprise: how\n"
  "little its notes could be foreseen from those before them, in bits a note.\n"
  "Windows with fewer than 2 notes get no score. Of a model with a second level,\n"
  "the neurons of the 16 bars that end with the window come after a bar.\n"
  "\n"
  "In folders and their subfolders, all MIDI files (" MN_MIDI_NAMES ") are\n"
  "read; - is standard input. Where more than one file, a folder or a list is named,\n"
  "each record says which file it is of. Files that fail are told, and the others\n"
  "are read all the same; then the exit status is 2.\n"
  "\n"
  "  -o, --output FILE    write this file, whole or not at all\n"
  "      --jobs N         read N files at once, 1 to 64 (default: one a processor);\n"
  "                       the output is the same\n"
  "      --files-from LIST\n"
  "                       read the files and folders that LIST names, one a line,\n"
  "                       too; - is standard input\n"
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
  "      --format FORMAT  text (default), json (one object a line) or csv\n"
  "      --latent         print mu and sigma of every neuron too\n"
  "      --strict         refuse a file with any fault; else what is wrong is mended,\n"
  "                       with a warning\n"
  "      --kernel NAME    a kernel from the list of `info`, or auto (default)\n"
  "  -h, --help           print this help\n";

MnCommand const mn_analyze_command = {
  .name          = "analyze",
  .help          = help,
  .options       = options,
  .operand       = "MIDI file",
  .needs_operand = true,
  .many_operands = true,
  .letters       = ":ho:",
  .formats       = 1U << MN_FORMAT_TEXT | 1U << MN_FORMAT_JSON | 1U << MN_FORMAT_CSV,
  .format        = MN_FORMAT_TEXT,
  .run           = run,
};
