// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "calibrate.h"

#include "base/fixed.h"
#include "base/parallel.h"
#include "figures.h"
#include "window_features.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// arXiv 2308.00015: a neuron is active where abs(mu) is above this.
static double const active = 0.1;

// Counts of windows. Fewer than the least teach nothing.
enum { FEWEST_WINDOWS = 8, MOST_WINDOWS = 20000 };

// No rounded number here has more digits.
enum { DIGITS = 15 };

// The two sets of windows.
enum { REAL, RANDOM, SETS };

size_t
mn_calibration_windows(MnModel const* const model, double const products)
{
  double const units  = model->hidden;
  double const layer1 = model->layers == 2 ? 3 * units : 0;
  double const window = 2 * 4 * units * (units + layer1) * model->steps;
  double const count  = products / window;
  return count < FEWEST_WINDOWS ? FEWEST_WINDOWS
         : count > MOST_WINDOWS ? MOST_WINDOWS
                                : (size_t)count;
}

static int
compare_neurons(void const* const a, void const* const b, void* const kl)
{
  uint16_t const x = *(uint16_t const*)a;
  uint16_t const y = *(uint16_t const*)b;
  double const   p = ((double const*)kl)[x];
  double const   q = ((double const*)kl)[y];
  return p != q ? (p > q ? -1 : 1) : (x > y) - (x < y);
}

static void
rank_neurons(MnCalibration* const c)
{
  c->music = 0;
  for (unsigned n = 0; n < c->latent; ++n) {
    c->order[n] = (uint16_t)n;
    c->music += c->kl[n] > MN_MUSIC_KL;
  }
  qsort_r(c->order, c->latent, sizeof(*c->order), compare_neurons, c->kl);
}

static int
compare_q16(void const* const a, void const* const b)
{
  int32_t const x = *(int32_t const*)a;
  int32_t const y = *(int32_t const*)b;
  return (x > y) - (x < y);
}

typedef struct {
  MnCalibration*            calibration;
  MnPosteriorSummary const* summary;
  int32_t**                 room; // [workers][count]
} QuantileTask;

// The quantiles of a neuron, interpolated between its values.
static void
measure_quantiles(void* const context, size_t const neuron, unsigned const worker)
{
  QuantileTask const* const t      = (QuantileTask const*)context;
  size_t const              latent = t->calibration->latent;
  size_t const              count  = t->summary->count;
  int32_t* const            sorted = t->room[worker];
  for (size_t i = 0; i < count; ++i) {
    sorted[i] = t->summary->mu[i * latent + neuron];
  }
  qsort(sorted, count, sizeof(*sorted), compare_q16);
  for (size_t k = 0; k < MN_QUANTILES; ++k) {
    double const at   = (double)(k * (count - 1)) / (MN_QUANTILES - 1);
    size_t const low  = (size_t)at;
    size_t const high = low + 1 < count ? low + 1 : low;
    double const from = mn_from_q16(sorted[low]);
    double const mu   = from + (at - (double)low) * (mn_from_q16(sorted[high]) - from);
    t->calibration->quantiles[neuron * MN_QUANTILES + k] = (float)(rint(mu * 1e4) / 1e4);
  }
}

static bool
make_quantiles(MnCalibration* const c, MnPosteriorSummary const* const e)
{
  unsigned const  workers = mn_parallel_workers();
  int32_t** const room    = (int32_t**)calloc(workers, sizeof(*room));
  bool            good    = room;
  for (unsigned i = 0; good && i < workers; ++i) {
    room[i] = (int32_t*)malloc(e->count * sizeof(**room));
    good    = room[i];
  }
  if (good) {
    QuantileTask   task = {c, e, room};
    MnPieces const job = {.count = c->latent, .context = &task, .piece = measure_quantiles};
    mn_parallel_run(&job);
  }
  for (unsigned i = 0; room && i < workers; ++i) {
    free(room[i]);
  }
  free(room);
  return good;
}

// A negated neuron's values are those of its source, reversed and negated.
static void
mirror_quantiles(float* const q)
{
  for (size_t k = 0; k < MN_QUANTILES / 2; ++k) {
    float const low         = q[k];
    q[k]                    = 0 - q[MN_QUANTILES - 1 - k]; // no -0
    q[MN_QUANTILES - 1 - k] = 0 - low;
  }
  q[MN_QUANTILES / 2] = 0 - q[MN_QUANTILES / 2];
}

// Names the music neurons, and negates those that fall with their feature.
static bool
name_neurons(MnCalibration* const c, MnHeard const* const heard)
{
  if (!mn_labels_find(heard, c->order, c->music, false, c->labels)) {
    return false;
  }
  for (size_t rank = 0; rank < c->music; ++rank) {
    size_t const neuron = c->order[rank];
    c->negated[neuron]  = c->labels[rank].negated;
    if (c->negated[neuron]) {
      mirror_quantiles(c->quantiles + neuron * MN_QUANTILES);
    }
  }
  return true;
}

static bool
make_score(MnCalibration* const     c,
           MnWindows const* const   sets[SETS],
           MnPosteriorSummary const summaries[SETS],
           MnError* const           error)
{
  unsigned const  count = c->latent - c->music;
  uint16_t* const noise = (uint16_t*)malloc((count + 1) * sizeof(*noise));
  if (!noise) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    return false;
  }
  unsigned at = 0;
  for (unsigned n = 0; n < c->latent; ++n) {
    if (!(c->kl[n] > MN_MUSIC_KL)) {
      noise[at++] = (uint16_t)n;
    }
  }
  MnSamples samples[SETS];
  uint16_t* onsets[SETS];
  for (unsigned set = 0; set < SETS; ++set) {
    MnWindows const* const w = sets[set];
    onsets[set]              = mn_windows_onsets(w);
    samples[set]             = (MnSamples){.count  = w->count,
                                           .mu     = summaries[set].mu,
                                           .log    = summaries[set].log,
                                           .tokens = w->tokens,
                                           .steps  = w->steps,
                                           .tune   = w->tune,
                                           .onsets = onsets[set]};
  }
  bool good = onsets[REAL] && onsets[RANDOM];
  if (good) {
    good = mn_score_fit(
      &samples[REAL], &samples[RANDOM], c->latent, noise, count, &c->score, error);
  } else {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
  }
  free(onsets[REAL]);
  free(onsets[RANDOM]);
  free(noise);
  return good;
}

static bool
learn(MnCalibration* const     c,
      MnWindows const* const   sets[SETS],
      MnPosteriorSummary const summaries[SETS],
      MnError* const           error)
{
  size_t const size = c->latent * sizeof(double);
  memcpy(c->kl, summaries[REAL].kl, size);
  memcpy(c->sigma, summaries[REAL].sigma, size);
  memcpy(c->variance, summaries[REAL].variance, size);
  rank_neurons(c);
  MnWindows const* const real  = sets[REAL];
  MnHeard const          heard = {
             real->tokens, real->steps, real->count, summaries[REAL].mu, c->latent, real->style};
  mn_axes_free(&c->axes);
  if (!make_quantiles(c, &summaries[REAL]) || !name_neurons(c, &heard) ||
      !mn_axes_fit(&heard, &heard, c->negated, 0, &c->axes) ||
      !mn_landmarks_find(&heard, real, c->negated, &c->axes, &c->landmarks)) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    return false;
  }
  mn_score_free(&c->score);
  return make_score(c, sets, summaries, error);
}

bool
mn_calibrate(MnModel const* const    model,
             MnWindows const* const  real,
             MnWindows const* const  random,
             MnProgress const* const progress,
             MnCalibration* const    c,
             MnError* const          error)
{
  MnWindows const* const sets[SETS]      = {real, random};
  MnPosteriorSummary     summaries[SETS] = {{0}, {0}};

  *c = (MnCalibration){0};
  if (!real->count || !random->count) {
    mn_error_set(error, MN_STATUS_BAD_INPUT, "no windows to calibrate on");
    return false;
  }
  bool good = mn_calibration_neutral(model->latent, c);
  for (unsigned set = 0; good && set < SETS; ++set) {
    good = mn_posterior_summary_encode(model, sets[set], progress, &summaries[set]);
  }
  if (good) {
    good = learn(c, sets, summaries, error);
  } else {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
  }
  mn_posterior_summary_free(&summaries[REAL]);
  mn_posterior_summary_free(&summaries[RANDOM]);
  if (!good) {
    mn_calibration_free(c);
  }
  return good;
}

bool
mn_calibration_neutral(unsigned const latent, MnCalibration* const c)
{
  *c = (MnCalibration){
    .latent    = latent,
    .order     = (uint16_t*)calloc(latent, sizeof(*c->order)),
    .kl        = (double*)calloc(latent, sizeof(*c->kl)),
    .sigma     = (double*)calloc(latent, sizeof(*c->sigma)),
    .variance  = (double*)calloc(latent, sizeof(*c->variance)),
    .labels    = (MnNamed*)calloc(latent, sizeof(*c->labels)),
    .negated   = (uint8_t*)calloc(latent, sizeof(*c->negated)),
    .quantiles = (float*)calloc((size_t)latent * MN_QUANTILES, sizeof(*c->quantiles)),
  };
  if (!c->order || !c->kl || !c->sigma || !c->variance || !c->labels || !c->negated ||
      !c->quantiles) {
    mn_calibration_free(c);
    return false;
  }
  for (unsigned n = 0; n < latent; ++n) {
    c->order[n] = (uint16_t)n;
  }
  MnSamples const none = {0};
  if (!mn_axes_neutral(latent, &c->axes) ||
      !mn_score_fit(&none, &none, latent, NULL, 0, &c->score, NULL)) {
    mn_calibration_free(c);
    return false;
  }
  return true;
}

void
mn_calibration_free(MnCalibration* const c)
{
  free(c->order);
  free(c->kl);
  free(c->sigma);
  free(c->variance);
  free(c->labels);
  free(c->negated);
  free(c->quantiles);
  mn_score_free(&c->score);
  mn_axes_free(&c->axes);
  *c = (MnCalibration){0};
}

// A row for each number of onsets.
static json_t*
rows_of(MnCurve const* const curve)
{
  json_t* const array = json_array();
  for (unsigned n = 0; n < curve->rows; ++n) {
    json_array_append_new(array, mn_figures_array(curve->probability[n], MN_CURVE_KNOTS));
  }
  return array;
}

json_t*
mn_calibration_readout(MnCalibration const* const c, json_t* const second_level)
{
  json_t* const order   = json_array();
  json_t* const negated = json_array();
  size_t        count   = 0;
  for (unsigned n = 0; n < c->latent; ++n) {
    json_array_append_new(order, json_integer(c->order[n]));
    if (c->negated[n]) {
      json_array_append_new(negated, json_integer(n));
      ++count;
    }
  }
  json_t* const readout =
    json_pack("{s:o,s:i,s:f,s:o,s:o,s:o,s:o,s:{s:o,s:o}}",
              "order",
              mn_figures_complete(order, c->latent),
              "music",
              (int)c->music,
              "active",
              active,
              "turned",
              mn_figures_complete(negated, count),
              "labels",
              mn_labels_json(c->labels, c->music),
              "axes",
              mn_axes_json(),
              "landmarks",
              mn_landmarks_json(&c->landmarks),
              "score",
              "statistic",
              mn_figures_array(c->score.curve->statistic, MN_CURVE_KNOTS),
              "probability",
              rows_of(c->score.curve));
  if (second_level && json_object_set_new(readout, "long", second_level)) {
    json_decref(readout);
    return NULL;
  }
  char* const text =
    readout ? json_dumps(readout, JSON_COMPACT | JSON_REAL_PRECISION(DIGITS)) : NULL;
  json_t* const value = text ? json_string(text) : NULL;
  free(text);
  json_decref(readout);
  return value;
}

void
mn_calibration_tensors(MnCalibration const* const c,
                       MnModelTensor              tensors[MN_READOUT_TENSORS])
{
  MnScore const* const s = &c->score;
  tensors[0]             = (MnModelTensor){
                "readout/quantiles", MN_DTYPE_F32, 2, {c->latent, MN_QUANTILES}, c->quantiles};
  tensors[1] = (MnModelTensor){
    "readout/projection", MN_DTYPE_F32, 2, {s->directions, s->inputs}, s->projection};
  tensors[2] =
    (MnModelTensor){"readout/center", MN_DTYPE_F32, 1, {s->inputs, 0}, s->center};
  mn_axes_tensors(&c->axes, tensors + 3);
}
