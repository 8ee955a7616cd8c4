// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// `music-neurons study`: compares a model with the paper, in figures and a report.

#include "study/study.h"
#include "bundle.h"
#include "corpus/corpus.h"
#include "corpus/heldout.h"
#include "options.h"
#include "study/long_phrases.h"
#include "studyfiles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// As many random sequences as in arXiv 2308.00015, and enough of the train part for the
// covariance of a few hundred neurons.
enum { RANDOM_COUNT = 50000, TRAIN_COUNT = 20000 };

// Phrases of a style, at most: half a minute of two processors for all.
enum { STYLE_PHRASES = 250 };

typedef struct {
  MnOptions const* options;
  MnModel*         model;
  MnCheckpoint*    checkpoint; // of the decoder, if there is one
  MnFloatDecoder*  decoder;
  MnWindows        train;
  MnHeldout        heldout;
  char const**     styles;  // [heldout.styles.count]
  MnHeldout        phrases; // of 16 bars, if the model has a second level
  MnWindows        train_phrases;
  MnProgressLine   progress;
} StudyRun;

static void
show_progress(void* const       context,
              char const* const what,
              size_t const      done,
              size_t const      count)
{
  MnProgressLine* const line = (MnProgressLine*)context;
  mn_progress_line_show(line, "study: %s, %zu of %zu", what, done, count);
}

static int
open_decoder(StudyRun* const r)
{
  char const* const path = r->options->decoder;
  if (!path) {
    return MN_EXIT_GOOD;
  }
  MnError error = {0};
  r->checkpoint = mn_checkpoint_open(path, &error);
  r->decoder    = r->checkpoint ? mn_float_decoder_read(r->checkpoint, &error) : NULL;
  if (!r->decoder) {
    return mn_fail_reading(&error);
  }
  unsigned const latent = mn_float_decoder_latent(r->decoder);
  return latent == r->model->latent
           ? MN_EXIT_GOOD
           : mn_fail(MN_EXIT_BAD_INPUT,
                     "%.200s: a decoder for %u neurons, but the model has %u",
                     path,
                     latent,
                     r->model->latent);
}

static int
read_music(StudyRun* const r)
{
  MnOptions const* const o = r->options;
  r->train.steps = r->heldout.windows.steps = r->model->steps;
  if (r->model->steps % MN_STEPS_PER_BAR) {
    return mn_fail(MN_EXIT_BAD_INPUT,
                   "study: the model's windows of %u steps are not whole bars",
                   r->model->steps);
  }
  int status =
    mn_heldout_read(o->corpora, o->corpus_count, o->windows, &r->train, &r->heldout);
  status = status ? status : mn_corpus_check(&r->train);
  if (status) {
    return status;
  }
  if (!r->heldout.windows.count) {
    return mn_fail(MN_EXIT_BAD_INPUT,
                   "the held-out part has no window of %u steps with notes enough that "
                   "the train part has not",
                   r->model->steps);
  }
  size_t const most = o->windows && o->windows < TRAIN_COUNT ? o->windows : TRAIN_COUNT;
  mn_windows_thin(&r->train, most);
  MnMelcorpStyles const* const styles = &r->heldout.styles;
  r->styles = (char const**)malloc((styles->count + 1) * sizeof(*r->styles));
  if (!r->styles) {
    return mn_fail_memory();
  }
  for (size_t i = 0; i < styles->count; ++i) {
    r->styles[i] = styles->names[i];
  }
  return MN_EXIT_GOOD;
}

// Reads the phrases for a second level. A corpus may have none.
static int
read_phrases(StudyRun* const r)
{
  MnOptions const* const o = r->options;
  MnWindows* const       w = &r->phrases.windows;
  if (!r->model->long_table.neurons) {
    return MN_EXIT_GOOD;
  }
  r->train_phrases.steps = w->steps = MN_FORM_STEPS;
  r->train_phrases.told = w->told = true; // read_music() did
  int const status =
    mn_heldout_read(o->corpora, o->corpus_count, 0, &r->train_phrases, &r->phrases);
  if (status) {
    return status;
  }
  for (size_t i = 0; i < w->count; ++i) {
    w->style[i] = r->phrases.style[i];
  }
  for (size_t i = 0; i < r->phrases.styles.count; ++i) {
    char const* const name = r->phrases.styles.names[i];
    mn_windows_name_style(w, (uint16_t)i, (uint8_t const*)name, strlen(name));
  }
  mn_long_phrases_choose(w, STYLE_PHRASES);
  mn_long_phrases_choose(&r->train_phrases, STYLE_PHRASES);
  return MN_EXIT_GOOD;
}

// Makes the study and writes it.
static int
make_study(StudyRun* const r)
{
  MnOptions const* const o     = r->options;
  MnStudyInput const     input = {
        .model         = r->model,
        .heldout       = &r->heldout.windows,
        .style         = r->heldout.style,
        .styles        = r->styles,
        .style_count   = r->heldout.styles.count,
        .train         = &r->train,
        .random        = o->random ? o->random : RANDOM_COUNT,
        .decoder       = r->decoder,
        .checkpoint    = r->checkpoint,
        .phrases       = r->phrases.windows.count ? &r->phrases.windows : NULL,
        .train_phrases = &r->train_phrases,
        .progress      = {show_progress, &r->progress},
  };
  MnError       error = {0};
  json_t* const study = mn_study(&input, &error);
  mn_progress_line_clear(&r->progress);
  if (!study) {
    return mn_fail_writing(&error);
  }
  int const status = mn_studyfiles_write(o->output, study);
  json_decref(study);
  return status;
}

static int
study_model(StudyRun* const r)
{
  MnOptions const* const o      = r->options;
  int                    status = mn_model_open(o->operand, &r->model);
  status                        = status ? status : open_decoder(r);
  status                        = status ? status : mn_studyfiles_prepare(o->output);
  status                        = status ? status : read_music(r);
  status                        = status ? status : read_phrases(r);
  if (status) {
    return status;
  }
  printf("model: %s, %u neurons, %u of them music\n",
         r->model->name,
         r->model->latent,
         r->model->readout.music);
  printf("windows: %zu held-out, %u random\n",
         r->heldout.windows.count,
         o->random ? o->random : RANDOM_COUNT);
  fflush(stdout);
  status = make_study(r);
  if (status == MN_EXIT_GOOD) {
    printf("figures: %s/study.json, neurons.csv, phik.csv\n", o->output);
    fflush(stdout);
    status = o->no_report ? MN_EXIT_GOOD : mn_studyfiles_report(o->output);
  }
  return status;
}

static int
run(MnOptions const* const options)
{
  if (!options->output) {
    return mn_fail(MN_EXIT_BAD_INPUT, "study: no -o FOLDER given");
  }
  if (!options->corpus_count) {
    return mn_fail(MN_EXIT_BAD_INPUT, "study: no --corpus PATH given");
  }
  StudyRun  r      = {.options = options, .progress = mn_progress_line()};
  int const status = study_model(&r);
  mn_float_decoder_free(r.decoder);
  mn_checkpoint_close(r.checkpoint);
  mn_windows_free(&r.train);
  mn_heldout_free(&r.heldout);
  mn_windows_free(&r.train_phrases);
  mn_heldout_free(&r.phrases);
  free(r.styles);
  mn_model_free(r.model);
  return status;
}

static struct option const options[] = {MN_OPTION_OUTPUT,
                                        MN_OPTION_CORPUS,
                                        MN_OPTION_DECODER,
                                        MN_OPTION_RANDOM,
                                        MN_OPTION_WINDOWS,
                                        MN_OPTION_NO_REPORT,
                                        MN_OPTION_HELP,
                                        MN_OPTIONS_END};

static char const help[] =
  "Usage: music-neurons study [MODEL] --corpus PATH... -o FOLDER [OPTION]...\n"
  "\n"
  "Compares a model with the findings of Barenboim et al. (arXiv 2308.00015):\n"
  "which neurons carry music, what they stand for, and how the others distinguish\n"
  "music from random notes. Of a second level it tells what its neurons go with\n"
  "over 16 bars, and how well it tells styles. Writes study.json, neurons.csv,\n"
  "phik.csv and report.html into FOLDER, or nothing if it fails. The report\n"
  "explains its words, and marks labels that do not hold on this music. The same\n"
  "input gives the same figures. MODEL is open (the default), magenta or a file.\n"
  "\n"
  "      --corpus PATH... corpora (-heldout.bin, -train.bin, also .xz), MIDI files or\n"
  "                       folders with them, as many as you like. The music is the\n"
  "                       held-out parts without what the train parts have too, and\n"
  "                       all MIDI files; without a corpus, every second MIDI file\n"
  "                       takes the place of a train part. Name MODEL first if there\n"
  "                       is more than one PATH.\n"
  "  -o, --output FOLDER  write into this folder, which may be new\n"
  "      --decoder PATH   weights with a decoder of the same latent space, to see\n"
  "                       how much of the melodies mu still holds\n"
  "      --random N       use N random sequences (default: 50000)\n"
  "      --windows N      use at most N windows of music, evenly spread (default:\n"
  "                       all)\n"
  "      --no-report      write no report.html (it needs Python 3 and matplotlib)\n"
  "  -h, --help           print this help\n";

MnCommand const mn_study_command = {
  .name          = "study",
  .help          = help,
  .options       = options,
  .letters       = ":ho:",
  .operand       = "model",
  .more_operands = true,
  .run           = run,
};
