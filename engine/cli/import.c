// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// `music-neurons import`: float weights of a MusicVAE to a model of ours.

#include "checkpoint/quantise.h"
#include "corpus/corpus.h"
#include "import/story.h"
#include "import/tensortable.h"
#include "options.h"
#include "study/calibrate.h"
#include "study/melodies.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

// How much encoding calibration is worth, in multiplications for each kind of
// window: about a minute on two processors where there is a corpus, else seconds.
static double const corpus_products = 1.2e12;
static double const rough_products  = 6e10;

// Random notes for calibration are always the same, and so many at most.
enum { RANDOM_SEED = 1, MOST_RANDOM = 50000 };

enum { TENSORS_MOST = MN_ENCODER_TENSORS + MN_READOUT_TENSORS };

static double const megabyte = 1e6;

static double const progress_interval = 0.1;

typedef struct {
  MnOptions const* options;
  MnCheckpoint*    checkpoint;
  MnWeights*       weights;
  MnStory          story;
  MnQuantised      quantised;
  MnCalibration    calibration;
  MnWindows        real;
  MnWindows        random;
  bool             progress_on;
  double           shown; // when progress was last written, in seconds
} Import;

static void
show_progress(void* const context, size_t const done, size_t const count)
{
  Import* const   i = (Import*)context;
  struct timespec now;
  if (!i->progress_on || clock_gettime(CLOCK_MONOTONIC, &now)) {
    return;
  }
  double const seconds = (double)now.tv_sec + (double)now.tv_nsec / 1e9;
  if (seconds - i->shown >= progress_interval) {
    i->shown = seconds;
    fprintf(stderr, "\rimport: window %zu of %zu\033[K", done, count);
  }
}

static void
clear_progress(Import const* const i)
{
  if (i->shown > 0) {
    fputs("\r\033[K", stderr);
  }
}

static size_t
gather_tensors(Import const* const i, MnModelTensor tensors[TENSORS_MOST])
{
  size_t const count = i->quantised.count;
  memcpy(tensors, i->quantised.tensors, count * sizeof(*tensors));
  mn_calibration_tensors(&i->calibration, tensors + count);
  return count + MN_READOUT_TENSORS;
}

// What the weights tell of themselves under a key; NULL for nothing.
static char const*
told(Import const* const i, char const* const key)
{
  char const* const text = mn_checkpoint_text(i->checkpoint, key);
  return text && *text ? text : NULL;
}

// It goes into the model, but for what the user says.
static void
read_texts(Import* const i)
{
  i->story.origin      = told(i, "origin");
  i->story.attribution = told(i, "attribution");
  i->story.licence     = i->story.licence ? i->story.licence : told(i, "licence");
}

static int
read_weights(Import* const i)
{
  MnError error = {""};
  i->weights    = mn_weights_read(i->checkpoint, &error);
  if (!i->weights) {
    return mn_fail(MN_EXIT_BAD_INPUT, "%s", error.text);
  }
  MnWeights* const w = i->weights;
  w->steps           = i->options->steps ? i->options->steps : w->steps;
  mn_story_set_weights(&i->story, w);
  read_texts(i);
  printf("encoder: bidirectional LSTM %u x %u, %u neurons, windows of %u steps\n",
         w->layers,
         w->hidden,
         w->latent,
         w->steps);
  return MN_EXIT_GOOD;
}

static int
quantise(Import* const i)
{
  MnError                error = {""};
  MnOptions const* const o     = i->options;
  if (!mn_quantise(i->weights, o->weights, o->hidden_frac, &i->quantised, &error)) {
    return mn_fail(MN_EXIT_BAD_INPUT, "%.200s: %s", o->operand, error.text);
  }
  bool const   wide  = i->quantised.type == MN_WEIGHTS_INT16;
  double const bytes = (double)mn_quantised_step_bytes(i->weights) * (wide ? 2 : 1);
  printf("weights: %s%s (%.1f MB are read at every step), heads int16, h in Q%u\n",
         mn_story_type_name(i->quantised.type),
         o->weights != MN_WEIGHTS_AUTO ? ""
         : wide                        ? ", which fit a cache"
                                       : ", since int16 would not fit a cache",
         bytes / megabyte,
         i->quantised.hidden_frac);
  i->story.type        = i->quantised.type;
  i->story.hidden_frac = i->quantised.hidden_frac;
  // From here on the floats are not needed, and they are most of the memory.
  mn_weights_free(i->weights);
  i->weights = NULL;
  return MN_EXIT_GOOD;
}

// Loads the model as it is before calibration.
static int
try_model(Import* const i, MnModel** const model)
{
  MnError       error = {""};
  MnModelTensor tensors[TENSORS_MOST];
  if (!mn_calibration_neutral(i->story.sizes.latent, &i->calibration)) {
    return mn_fail(MN_EXIT_FAILED, "out of memory");
  }
  size_t const  count    = gather_tensors(i, tensors);
  json_t* const metadata = mn_story_metadata(&i->story, &i->calibration);
  if (!metadata) {
    return mn_fail(MN_EXIT_BAD_INPUT,
                   "import: the model's name or licence is no UTF-8 text");
  }
  *model = mn_model_try(i->options->output, tensors, count, metadata, &error);
  json_decref(metadata);
  mn_calibration_free(&i->calibration);
  return *model ? MN_EXIT_GOOD : mn_fail(MN_EXIT_FAILED, "%s", error.text);
}

// Finds music to calibrate on.
static int
gather_windows(Import* const i)
{
  MnOptions const* const o = i->options;
  i->real.steps = i->random.steps = i->story.sizes.steps;
  if (o->corpus_count) {
    int const status = mn_corpus_read(o->corpora, o->corpus_count, &i->real);
    if (status) {
      return status;
    }
  } else if (!mn_melodies_add(&i->real) || !mn_windows_make_distinct(&i->real)) {
    return mn_fail(MN_EXIT_FAILED, "out of memory");
  }
  i->story.found = i->real.count;
  return MN_EXIT_GOOD;
}

// Takes as much of it as is worth the time or was asked for, and as many random
// sequences with as many onsets each.
static int
thin_windows(Import* const i, MnModel const* const model)
{
  MnOptions const* const o        = i->options;
  double const           products = o->corpus_count ? corpus_products : rough_products;
  size_t const count = o->windows ? o->windows : mn_calibration_windows(model, products);
  mn_windows_thin(&i->real, count);
  size_t const random = count < MOST_RANDOM ? count : MOST_RANDOM;
  if (!mn_windows_add_random_like(&i->random, &i->real, random, RANDOM_SEED)) {
    return mn_fail(MN_EXIT_FAILED, "out of memory");
  }
  i->story.real   = i->real.count;
  i->story.random = i->random.count;
  if (o->corpus_count) {
    printf(
      "calibration: on %zu of %zu windows of the corpus", i->real.count, i->story.found);
  } else {
    printf("calibration: rough without --corpus, on %zu windows of %u well-known melodies",
           i->real.count,
           mn_melodies_count());
  }
  printf(" and %zu random ones\n", i->random.count);
  return MN_EXIT_GOOD;
}

static int
calibrate(Import* const i, MnModel const* const model)
{
  int const status = thin_windows(i, model);
  if (status) {
    return status;
  }
  fflush(stdout);
  MnError          error    = {""};
  MnProgress const progress = {show_progress, i};
  bool const       good =
    mn_calibrate(model, &i->real, &i->random, &progress, &i->calibration, &error);
  clear_progress(i);
  if (!good) {
    return mn_fail(MN_EXIT_FAILED, "%s", error.text);
  }
  printf("neurons: %u music, %u noise\n",
         i->calibration.music,
         i->calibration.latent - i->calibration.music);
  mn_quantised_turn(&i->quantised, i->calibration.turned);
  if (i->calibration.score.works) {
    printf("score: tells random notes from these windows with an AUC of %.4f\n",
           i->calibration.score.auc);
  } else {
    puts("score: the noise neurons do not tell random notes from music: always 0.5");
  }
  return MN_EXIT_GOOD;
}

static int
write_model(Import const* const i)
{
  MnError       error = {""};
  MnModelTensor tensors[TENSORS_MOST];
  size_t        size     = 0;
  size_t const  count    = gather_tensors(i, tensors);
  json_t* const metadata = mn_story_metadata(&i->story, &i->calibration);
  if (!metadata) {
    return mn_fail(MN_EXIT_FAILED, "out of memory");
  }
  bool const good =
    mn_model_write(i->options->output, tensors, count, metadata, &size, &error);
  json_decref(metadata);
  if (!good) {
    return mn_fail(MN_EXIT_FAILED, "%s", error.text);
  }
  printf("model: %.1f MB, complete\n", (double)size / megabyte);
  return MN_EXIT_GOOD;
}

static int
import_model(Import* const i)
{
  MnModel* model  = NULL;
  int      status = read_weights(i);
  status          = status ? status : gather_windows(i);
  status          = status ? status : quantise(i);
  status          = status ? status : try_model(i, &model);
  status          = status ? status : calibrate(i, model);
  mn_model_free(model);
  return status ? status : write_model(i);
}

static bool
is_same_file(char const* const a, char const* const b)
{
  struct stat x;
  struct stat y;
  return !stat(a, &x) && !stat(b, &y) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static int
run(MnOptions const* const options)
{
  if (!options->list && !options->output) {
    return mn_fail(MN_EXIT_BAD_INPUT, "import: no -o MODEL given");
  }
  if (options->output && is_same_file(options->operand, options->output)) {
    return mn_fail(MN_EXIT_BAD_INPUT, "%s: is to be read, not written", options->output);
  }
  MnError error = {""};
  Import  i     = {.options     = options,
                   .progress_on = isatty(STDERR_FILENO),
                   .story       = {.output     = options->output,
                                   .name       = options->name,
                                   .licence    = options->licence,
                                   .has_corpus = options->corpus_count}};
  i.checkpoint  = mn_checkpoint_open(options->operand, &error);
  if (!i.checkpoint) {
    return mn_fail(MN_EXIT_BAD_INPUT, "%s", error.text);
  }
  mn_tensortable_print(i.checkpoint, options->list);
  int const status = options->list ? MN_EXIT_GOOD : import_model(&i);

  mn_calibration_free(&i.calibration);
  mn_quantised_free(&i.quantised);
  mn_windows_free(&i.real);
  mn_windows_free(&i.random);
  mn_weights_free(i.weights);
  mn_checkpoint_close(i.checkpoint);
  return status;
}

static struct option const options[] = {MN_OPTION_OUTPUT,
                                        MN_OPTION_CORPUS,
                                        MN_OPTION_WEIGHTS,
                                        MN_OPTION_HIDDEN_FRAC,
                                        MN_OPTION_NAME,
                                        MN_OPTION_STEPS,
                                        MN_OPTION_LICENCE,
                                        MN_OPTION_WINDOWS,
                                        MN_OPTION_LIST,
                                        MN_OPTION_HELP,
                                        MN_OPTIONS_END};

static char const help[] =
  "Usage: music-neurons import SRC -o MODEL.safetensors [OPTION]...\n"
  "\n"
  "Makes a model of the encoder of a MusicVAE for melodies. SRC is a TensorFlow\n"
  "checkpoint (NAME.ckpt, its .index, or a .tar with both), a folder for\n"
  "Magenta.js, or a safetensors file with the same names; what the latter tells\n"
  "of its origin, licence and attribution goes into MODEL. A MODEL that is there\n"
  "is replaced when the new one is complete.\n"
  "\n"
  "Music neurons get a label, the feature of the music that they go with most,\n"
  "and are turned so that they rise with it; `info` names the turned ones, and\n"
  "`export` turns them back.\n"
  "\n"
  "  -o, --output MODEL   write this file\n"
  "      --corpus PATH... learn from this music which neurons are which: MIDI\n"
  "                       files, corpora (.bin, .bin.xz) or folders of these;\n"
  "                       without it, from a few melodies that everybody knows\n"
  "      --weights TYPE   int16, int8 or auto (default): int16 if they fit a cache\n"
  "      --hidden-frac N  bits behind the point of an LSTM's output, 8 to 14\n"
  "                       (default: 13)\n"
  "      --name TEXT      call the model so (default: the name of the file)\n"
  "      --steps N        window of N steps (default: 32, or 256 with two layers)\n"
  "      --licence TEXT   say so under which licence the weights are (default: what\n"
  "                       SRC tells)\n"
  "      --windows N|all  learn from N windows, or from all (default: what takes\n"
  "                       a minute)\n"
  "      --list           only list what SRC holds; its data need not be there\n"
  "  -h, --help           print this help\n";

MnCommand const mn_import_command = {
  .name          = "import",
  .help          = help,
  .options       = options,
  .letters       = ":ho:",
  .operand       = "weights",
  .needs_operand = true,
  .more_operands = true,
  .run           = run,
};
