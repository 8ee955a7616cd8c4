// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// `music-neurons import`: makes a model from the float weights of a MusicVAE.

#include "checkpoint/quantise.h"
#include "checkpoint/quantise_decoder.h"
#include "corpus/corpus.h"
#include "import/import_decoder.h"
#include "import/import_long.h"
#include "import/import_metadata.h"
#include "import/tensortable.h"
#include "options.h"
#include "study/calibrate.h"
#include "study/input_moments.h"
#include "study/melodies.h"
#include "study/moves_fit.h"
#include "study/sense_fit.h"
#include "study/surprise_fit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

// The work of calibration, in multiplications for each kind of window: about a minute
// on two processors with a corpus, seconds without.
static double const corpus_products = 1.2e12;
static double const rough_products  = 6e10;

// The same for what compensated rounding needs to know.
static double const moments_products = 3e11;

// The seed and the largest number of random sequences for calibration.
enum { RANDOM_SEED = 1, MOST_RANDOM = 50000 };

enum {
  TENSORS_MOST = MN_ENCODER_TENSORS + MN_READOUT_TENSORS + MN_SURPRISE_TENSORS +
                 MN_SENSE_TENSORS + MN_MOVES_TENSORS + MN_DECODER_TENSORS +
                 MN_IMPORT_LONG_TENSORS
};

static double const megabyte = 1e6;

typedef struct {
  MnOptions const* options;
  MnCheckpoint*    checkpoint;
  MnWeights*       weights;
  MnImportMetadata metadata;
  MnQuantised      quantised;
  MnQuantised      decoder; // without tensors if none is wanted
  MnImportLong     second_level;
  MnCalibration    calibration;
  MnSurpriseFit    surprise;
  MnSenseFit       sense;
  MnMovesFit       moves;
  MnWindows        real;
  MnWindows        random;
  MnProgressLine   progress;
} Import;

static void
show_progress(void* const context, size_t const done, size_t const count)
{
  MnProgressLine* const line = (MnProgressLine*)context;
  mn_progress_line_show(line, "import: window %zu of %zu", done, count);
}

static size_t
gather_tensors(Import const* const i, MnModelTensor tensors[TENSORS_MOST])
{
  size_t count = i->quantised.count;
  memcpy(tensors, i->quantised.tensors, count * sizeof(*tensors));
  mn_calibration_tensors(&i->calibration, tensors + count);
  count += MN_READOUT_TENSORS;
  if (i->surprise.notes) {
    mn_surprise_fit_tensors(&i->surprise, tensors + count);
    count += MN_SURPRISE_TENSORS;
  }
  if (i->sense.windows) {
    mn_sense_fit_tensors(&i->sense, tensors + count);
    count += MN_SENSE_TENSORS;
  }
  if (i->moves.places) {
    mn_moves_fit_tensors(&i->moves, tensors + count);
    count += MN_MOVES_TENSORS;
  }
  memcpy(tensors + count, i->decoder.tensors, i->decoder.count * sizeof(*tensors));
  count += i->decoder.count;
  return count + mn_import_long_tensors(&i->second_level, tensors + count);
}

// What the weights say about themselves under a key, or NULL.
static char const*
weights_text(Import const* const i, char const* const key)
{
  char const* const text = mn_checkpoint_text(i->checkpoint, key);
  return text && *text ? text : NULL;
}

// What the user says comes before what the weights say.
static void
read_texts(Import* const i)
{
  i->metadata.origin      = weights_text(i, "origin");
  i->metadata.attribution = weights_text(i, "attribution");
  i->metadata.licence =
    i->metadata.licence ? i->metadata.licence : weights_text(i, "licence");
}

static int
read_weights(Import* const i)
{
  MnError error = {0};
  i->weights    = mn_weights_read(i->checkpoint, &error);
  if (!i->weights) {
    return mn_fail_reading(&error);
  }
  MnWeights* const w = i->weights;
  w->steps           = i->options->steps ? i->options->steps : w->steps;
  mn_import_metadata_set_weights(&i->metadata, w);
  read_texts(i);
  printf("encoder: bidirectional LSTM %u x %u, %u neurons, windows of %u steps\n",
         w->layers,
         w->hidden,
         w->latent,
         w->steps);
  return MN_EXIT_GOOD;
}

// Quantises the weights in a way. @param products NULL: each weight rounds to nearest.
static int
quantise_as(Import* const                i,
            MnWeightsType const          type,
            MnInputProducts const* const products)
{
  MnError                error = {0};
  MnOptions const* const o     = i->options;
  if (!mn_quantise(i->weights, type, o->hidden_frac, products, &i->quantised, &error)) {
    return mn_fail(mn_exit_reading(error.status), "%.200s: %s", o->operand, error.text);
  }
  i->metadata.type        = i->quantised.type;
  i->metadata.hidden_frac = i->quantised.hidden_frac;
  return MN_EXIT_GOOD;
}

static json_t*
make_metadata(Import const* const i)
{
  json_t* const second = mn_import_long_json(&i->second_level);
  if (!second && i->second_level.quantised.count) {
    return NULL; // without memory
  }
  return mn_import_metadata_json(&i->metadata, &i->calibration, second);
}

// Loads the model as it is now.
static int
load_model(Import* const i, MnModel** const model)
{
  MnError       error = {0};
  MnModelTensor tensors[TENSORS_MOST];
  size_t const  count    = gather_tensors(i, tensors);
  json_t* const metadata = make_metadata(i);
  if (!metadata) {
    return mn_fail(MN_EXIT_BAD_INPUT,
                   "import: the model's name or licence is no UTF-8 text");
  }
  *model = mn_model_try(i->options->output, tensors, count, metadata, &error);
  json_decref(metadata);
  return *model ? MN_EXIT_GOOD : mn_fail_writing(&error);
}

// Loads the model as it is before its calibration.
static int
try_model(Import* const i, MnModel** const model)
{
  if (!mn_calibration_neutral(i->metadata.sizes.latent, &i->calibration)) {
    return mn_fail_memory();
  }
  int const status = load_model(i, model);
  mn_calibration_free(&i->calibration);
  return status;
}

// The number of windows that compensated rounding learns from; 0 if it is not wanted, or
// they would be too few.
static size_t
count_moments(Import const* const i, MnModel const* const model)
{
  size_t const least = mn_input_moments_windows(model);
  size_t const usual = mn_calibration_windows(model, moments_products);
  bool const   asked = i->options->rounding == MN_ROUND_COMPENSATED;
  size_t const count = asked && usual < least ? least : usual;
  size_t const most  = count < i->real.count ? count : i->real.count;
  return asked || most >= least ? most : 0;
}

// Has int16 weights, rounded to nearest, tell how the inputs of weights go together.
static int
take_moments(Import* const i, MnInputMoments* const moments)
{
  MnModel* model  = NULL;
  int      status = quantise_as(i, MN_WEIGHTS_INT16, NULL);
  status          = status ? status : try_model(i, &model);
  mn_quantised_free(&i->quantised);
  i->metadata.compensated = status ? 0 : count_moments(i, model);
  if (i->metadata.compensated) {
    MnProgress const progress = {show_progress, &i->progress};
    if (!mn_input_moments_take(
          model, &i->real, i->metadata.compensated, &progress, moments)) {
      status = mn_fail_memory();
    }
    mn_progress_line_clear(&i->progress);
  }
  mn_model_free(model);
  return status;
}

static void
print_weights(Import const* const i)
{
  MnOptions const* const o    = i->options;
  bool const             wide = i->quantised.type == MN_WEIGHTS_INT16;
  double const bytes = (double)mn_quantised_step_bytes(i->weights) * (wide ? 2 : 1);
  printf("weights: %s%s (%.1f MB are read at every step), heads int16, h in Q%u\n",
         mn_import_metadata_type_name(i->quantised.type),
         o->weights != MN_WEIGHTS_AUTO ? ""
         : wide                        ? ", which fit a cache"
                                       : ", since int16 would not fit a cache",
         bytes / megabyte,
         i->quantised.hidden_frac);
  if (i->metadata.compensated) {
    printf("rounding: compensated, by the states over %zu windows\n",
           i->metadata.compensated);
  } else {
    puts("rounding: to nearest");
  }
}

static int
quantise(Import* const i)
{
  MnOptions const* const o       = i->options;
  MnWeightsType const    type    = mn_quantised_type(i->weights, o->weights);
  MnInputMoments         moments = {0};
  int                    status  = MN_EXIT_GOOD;
  if (o->corpus_count && (o->rounding == MN_ROUND_COMPENSATED ||
                          (o->rounding == MN_ROUND_AUTO && type == MN_WEIGHTS_INT8))) {
    status = take_moments(i, &moments);
  }
  MnInputProducts const products = mn_input_moments_products(&moments);
  status =
    status ? status : quantise_as(i, type, i->metadata.compensated ? &products : NULL);
  mn_input_moments_free(&moments);
  if (!status) {
    print_weights(i);
  }
  // The floats are not needed any more, and they take most of the memory.
  mn_weights_free(i->weights);
  i->weights = NULL;
  return status;
}

// Finds music to calibrate on.
static int
gather_windows(Import* const i)
{
  MnOptions const* const o = i->options;
  i->real.steps = i->random.steps = i->metadata.sizes.steps;
  if (o->corpus_count) {
    int const status = mn_corpus_read(o->corpora, o->corpus_count, &i->real);
    if (status) {
      return status;
    }
  } else if (!mn_melodies_add(&i->real) || !mn_windows_make_distinct(&i->real)) {
    return mn_fail_memory();
  }
  i->metadata.found = i->real.count;
  return MN_EXIT_GOOD;
}

// Keeps as many windows as the options say or the time allows, and adds as many random
// sequences, each with the onsets of one of them.
static int
thin_windows(Import* const i, MnModel const* const model)
{
  MnOptions const* const o        = i->options;
  double const           products = o->corpus_count ? corpus_products : rough_products;
  size_t const count = o->windows ? o->windows : mn_calibration_windows(model, products);
  mn_windows_thin(&i->real, count);
  size_t const random = count < MOST_RANDOM ? count : MOST_RANDOM;
  if (!mn_windows_add_random_like(&i->random, &i->real, random, RANDOM_SEED)) {
    return mn_fail_memory();
  }
  i->metadata.real   = i->real.count;
  i->metadata.random = i->random.count;
  if (o->corpus_count) {
    printf(
      "calibration: on %zu of %zu windows of the corpus", i->real.count, i->metadata.found);
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
  MnError          error    = {0};
  MnProgress const progress = {show_progress, &i->progress};
  bool const       good =
    mn_calibrate(model, &i->real, &i->random, &progress, &i->calibration, &error);
  mn_progress_line_clear(&i->progress);
  if (!good) {
    return mn_fail_writing(&error);
  }
  printf("neurons: %u music, %u noise\n",
         i->calibration.music,
         i->calibration.latent - i->calibration.music);
  mn_quantised_negate(&i->quantised, i->calibration.negated);
  mn_quantised_decoder_negate(&i->decoder, i->calibration.negated);
  if (i->calibration.score.works) {
    printf("score: tells random notes from these windows with an AUC of %.4f\n",
           i->calibration.score.auc);
  } else {
    puts("score: the noise neurons do not tell random notes from music: always 0.5");
  }
  return MN_EXIT_GOOD;
}

// Learns sense, which needs surprise.
static int
fit_sense(Import* const i, MnModel const* const model)
{
  if (!i->surprise.notes) {
    puts("sense: none without --lines");
    return MN_EXIT_GOOD;
  }
  MnProgress const progress = {show_progress, &i->progress};
  bool const       good =
    mn_sense_fit(model, &i->real, i->calibration.negated, &progress, &i->sense);
  mn_progress_line_clear(&i->progress);
  if (!good) {
    return mn_fail_memory();
  }
  i->metadata.sense = i->sense.windows;
  printf("sense: learnt from %zu windows, two thirds of them with wrong notes\n",
         i->sense.windows);
  return MN_EXIT_GOOD;
}

// Learns what the decoder writes along the axes, if there is one.
static int
fit_moves(Import* const i, MnModel const* const model)
{
  MnProgress const progress = {show_progress, &i->progress};
  bool const good = mn_moves_fit(model, &i->real, &i->calibration, &progress, &i->moves);
  mn_progress_line_clear(&i->progress);
  if (!good) {
    return mn_fail_memory();
  }
  if (i->moves.places) {
    i->metadata.places = i->moves.places;
    printf("moves: learnt from what the decoder writes at %zu places\n", i->moves.places);
  }
  return MN_EXIT_GOOD;
}

// Fits the table of surprise to whole lines, if there are any.
static int
fit_surprise(Import* const i)
{
  MnOptions const* const o = i->options;
  if (!o->line_count) {
    puts("surprise: none without --lines");
    return MN_EXIT_GOOD;
  }
  MnMelodyLines lines  = {0};
  MnError       error  = {0};
  int           status = mn_corpus_read_lines(o->lines, o->line_count, &lines);
  if (!status && !mn_surprise_fit(&lines, &i->surprise, &error)) {
    status = mn_fail(mn_exit_reading(error.status), "%.200s: %s", o->lines[0], error.text);
  }
  if (!status) {
    i->metadata.lines = lines.count;
    i->metadata.notes = i->surprise.notes;
    printf("surprise: learnt from %zu notes in %zu lines, %u + %u contexts\n",
           i->surprise.notes,
           lines.count,
           i->surprise.view[MN_SURPRISE_INTERVAL].rows,
           i->surprise.view[MN_SURPRISE_DURATION].rows);
    fflush(stdout);
  }
  status = status ? status : mn_import_long_take_lines(&i->second_level, &lines);
  mn_melody_lines_free(&lines);
  return status;
}

// Adds the second level to a model that is complete otherwise, if one is wanted.
static int
add_second_level(Import* const i)
{
  MnModel* model  = NULL;
  int      status = mn_import_long_quantise(i->options, &i->calibration, &i->second_level);
  if (status || !i->second_level.weights) {
    return status;
  }
  status = load_model(i, &model);
  status = status ? status
                  : mn_import_long_rank(
                      i->options, model, &i->progress, &i->metadata, &i->second_level);
  mn_model_free(model);
  return status;
}

static int
write_model(Import const* const i)
{
  MnError       error = {0};
  MnModelTensor tensors[TENSORS_MOST];
  size_t        size     = 0;
  size_t const  count    = gather_tensors(i, tensors);
  json_t* const metadata = make_metadata(i);
  if (!metadata) {
    return mn_fail_memory();
  }
  bool const good =
    mn_model_write(i->options->output, tensors, count, metadata, &size, &error);
  json_decref(metadata);
  if (!good) {
    return mn_fail_writing(&error);
  }
  printf("model: %.1f MB, complete\n", (double)size / megabyte);
  return MN_EXIT_GOOD;
}

static int
import_model(Import* const i)
{
  MnModel* model  = NULL;
  int      status = read_weights(i);
  status = status ? status : mn_import_decoder(i->options, &i->metadata, &i->decoder);
  status =
    status ? status : mn_import_long_read(i->options, &i->metadata, &i->second_level);
  status = status ? status : fit_surprise(i);
  status = status ? status : gather_windows(i);
  status = status ? status : quantise(i);
  status = status ? status : try_model(i, &model);
  status = status ? status : calibrate(i, model);
  status = status ? status : fit_sense(i, model);
  status = status ? status : fit_moves(i, model);
  mn_model_free(model);
  status = status ? status : add_second_level(i);
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
  if (options->output &&
      (is_same_file(options->operand, options->output) ||
       (options->decoder && is_same_file(options->decoder, options->output)) ||
       (options->second_level && is_same_file(options->second_level, options->output)))) {
    return mn_fail(MN_EXIT_BAD_INPUT, "%s: is to be read, not written", options->output);
  }
  if (options->rounding == MN_ROUND_COMPENSATED && !options->corpus_count) {
    return mn_fail(MN_EXIT_BAD_INPUT, "import: --rounding compensated needs a --corpus");
  }
  MnError error = {0};
  Import  i     = {.options  = options,
                   .progress = mn_progress_line(),
                   .metadata = {.output     = options->output,
                                .name       = options->name,
                                .licence    = options->licence,
                                .has_corpus = options->corpus_count}};
  i.checkpoint  = mn_checkpoint_open(options->operand, &error);
  if (!i.checkpoint) {
    return mn_fail_reading(&error);
  }
  mn_tensortable_print(i.checkpoint, options->list);
  int const status = options->list ? MN_EXIT_GOOD : import_model(&i);

  mn_calibration_free(&i.calibration);
  mn_quantised_free(&i.quantised);
  mn_quantised_free(&i.decoder);
  mn_import_long_free(&i.second_level);
  mn_surprise_fit_free(&i.surprise);
  mn_sense_fit_free(&i.sense);
  mn_moves_fit_free(&i.moves);
  mn_windows_free(&i.real);
  mn_windows_free(&i.random);
  mn_weights_free(i.weights);
  mn_checkpoint_close(i.checkpoint);
  return status;
}

static struct option const options[] = {MN_OPTION_OUTPUT,
                                        MN_OPTION_CORPUS,
                                        MN_OPTION_LINES,
                                        MN_OPTION_DECODER,
                                        MN_OPTION_DECODER_WEIGHTS,
                                        MN_OPTION_LONG,
                                        MN_OPTION_WEIGHTS,
                                        MN_OPTION_ROUNDING,
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
  "Makes a model from the encoder of a MusicVAE for melodies. SRC is a TensorFlow\n"
  "checkpoint (NAME.ckpt, its .index, or a .tar with both), a folder for\n"
  "Magenta.js, or a safetensors file with the same names. MODEL keeps the origin,\n"
  "licence and attribution that a safetensors file names. If MODEL exists, the new\n"
  "one replaces it when it is complete.\n"
  "\n"
  "Each music neuron gets a label: the feature of the music that it goes with\n"
  "most, of those that it goes with in every style and register. If it falls with\n"
  "that feature, it is negated, so that it rises with it. `info` lists these\n"
  "neurons as turned; `export` gives them their sign back.\n"
  "\n"
  "  -o, --output MODEL   write this file\n"
  "      --corpus PATH... learn from this music: MIDI files, corpora (.bin,\n"
  "                       .bin.xz) or folders of these (default: a few melodies\n"
  "                       that everybody knows)\n"
  "      --lines PATH     learn what surprises from the whole lines of this music, of\n"
  "                       the same kinds; may be given more than once (default:\n"
  "                       the model knows of no surprise)\n"
  "      --decoder DEC    bring a decoder along, for `decode`: that of DEC, which may\n"
  "                       be SRC (default: none, which keeps the file small)\n"
  "      --decoder-weights TYPE\n"
  "                       those of the decoder, as --weights\n"
  "      --long LONG      bring a second level along, for 16 bars and styles: that of\n"
  "                       LONG, safetensors that were trained on what this encoder\n"
  "                       says. Its neurons are ranked on the --lines (default: none)\n"
  "      --weights TYPE   int16, int8 or auto (default): int16 if they fit a cache\n"
  "      --rounding HOW   nearest; compensated: weights make up for each other's\n"
  "                       errors on the --corpus; or auto (default): int8 do\n"
  "      --hidden-frac N  bits behind the point of an LSTM's output, 8 to 14\n"
  "                       (default: 13)\n"
  "      --name TEXT      name of the model (default: the name of the file)\n"
  "      --steps N        steps in a window (default: 32, or 256 with two layers)\n"
  "      --licence TEXT   licence of the weights (default: what SRC names)\n"
  "      --windows N|all  learn from N windows, or from all (default: as many as\n"
  "                       take a minute)\n"
  "      --list           only list what SRC holds; its data may be missing\n"
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
