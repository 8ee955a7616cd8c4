// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "axes.h"

#include "axis_targets.h"
#include "base/fixed.h"
#include "base/parallel.h"
#include "figures.h"
#include "readout/bend_values.h"
#include "stats.h"

#include <math.h>
#include <stdlib.h>

// Contour is that of the fitted line. Leaps are not among them: engine/training/README.md
// says what was tried.
MnAxis const mn_axes[MN_AXES] = {
  {"register", "lower", "higher", "mean pitch"},
  {"density", "fewer notes", "more notes", "notes"},
  {"syncopation", "on the beat", "syncopated", "syncopation"},
  {"contour", "falling", "rising", "rise"},
  {"range", "narrow", "wide", "range"},
  {"unevenness", "even rhythm", "long and short notes", "gap variation"},
  {"articulation", "staccato", "legato", "legato"},
  {"repetition", "each bar its own rhythm", "bars alike in rhythm", "same rhythm"},
};

// Unevenness is the hardest to learn: alike, the others would take the bends from it.
static float const weights[MN_AXES] = {1, 1, 1, 1, 1, 4, 1, 1};

enum { EPOCHS = 30, ROWS = MN_AXES_ROWS };

// Keeps the noise of a silent neuron from being blown up, in units of mu.
static double const least_spread = 0.01;

// The mean of each neuron, and what brings its spread to 1, for numbers in Q16.
static void
measure_neurons(MnHeard const* const heard, float* const mean, float* const scale)
{
  double const count = (double)heard->count;
  for (unsigned n = 0; n < heard->latent; ++n) {
    double sum    = 0;
    double square = 0;
    for (size_t i = 0; i < heard->count; ++i) {
      double const mu = mn_from_q16(heard->mu[i * heard->latent + n]);
      sum += mu;
      square += mu * mu;
    }
    double const middle   = sum / count;
    double const variance = fmax(square / count - middle * middle, 0);
    mean[n]               = (float)(middle * MN_ONE_Q16);
    scale[n]              = (float)(1 / (sqrt(variance) + least_spread) / MN_ONE_Q16);
  }
}

// Weights of mu itself instead of its distance from the mean in spreads.
static void
unfold(MnBends const* const b,
       float const* const   mean,
       float const* const   scale,
       MnAxes* const        a)
{
  for (unsigned r = 0; r < ROWS; ++r) {
    double offset = b->offset[r];
    for (size_t n = 0; n < a->latent; ++n) {
      size_t const at     = n * ROWS + r;
      double const weight = (double)b->input[at] * scale[n];
      offset -= weight * mean[n];
      a->swapped[at] = (float)(weight * MN_ONE_Q16);
    }
    a->offset[r] = (float)offset;
  }
  for (unsigned x = 0; x < MN_AXES; ++x) {
    for (unsigned k = 0; k < MN_BENDS; ++k) {
      a->bend[x][k] = b->bend[(size_t)k * MN_AXES + x];
    }
  }
}

typedef struct {
  MnHeard const* heard;
  MnBendTable    table;
  double*        values; // [MN_AXES][count]
} Values;

static void
compute_values(void* const context, size_t const window, unsigned const worker)
{
  (void)worker;
  Values const* const v = (Values const*)context;
  double              values[MN_AXES];
  mn_bend_values(&v->table, v->heard->mu + window * v->heard->latent, values);
  for (unsigned a = 0; a < MN_AXES; ++a) {
    v->values[a * v->heard->count + window] = values[a];
  }
}

// The quantiles of what the readout computes for these windows.
static bool
measure_quantiles(MnHeard const* const heard, MnBends const* const b, MnAxes* const axes)
{
  size_t const count = heard->count;
  Values       v     = {.heard  = heard,
                        .table  = {.values = MN_AXES,
                                   .inputs = heard->latent,
                                   .bends  = MN_BENDS,
                                   .input  = axes->swapped,
                                   .offset = axes->offset,
                                   .bend   = b->bend},
                        .values = (double*)malloc((MN_AXES * count + 1) * sizeof(double))};
  if (!v.values) {
    return false;
  }
  MnPieces const job = {.count = count, .context = &v, .piece = compute_values};
  mn_parallel_run(&job);
  for (unsigned a = 0; a < MN_AXES; ++a) {
    double* const column = v.values + a * count;
    mn_stats_sort(column, count);
    for (unsigned k = 0; k < MN_QUANTILES; ++k) {
      double const share    = (double)k / (MN_QUANTILES - 1);
      axes->quantiles[a][k] = (float)mn_stats_quantile(column, count, share);
    }
  }
  free(v.values);
  return true;
}

// Turns negated neurons, and stores the rows as the file has them.
static void
finish(MnAxes* const axes, uint8_t const* const negated)
{
  for (size_t n = 0; n < axes->latent; ++n) {
    for (unsigned r = 0; r < ROWS; ++r) {
      float* const weight               = &axes->swapped[n * ROWS + r];
      *weight                           = negated[n] ? 0 - *weight : *weight; // no -0
      axes->input[r * axes->latent + n] = *weight;
    }
  }
}

bool
mn_axes_neutral(unsigned const latent, MnAxes* const axes)
{
  size_t const size = (size_t)latent * ROWS;
  *axes             = (MnAxes){.latent  = latent,
                               .input   = (float*)calloc(size, sizeof(float)),
                               .swapped = (float*)calloc(size, sizeof(float))};
  if (!axes->input || !axes->swapped) {
    mn_axes_free(axes);
    return false;
  }
  return true;
}

bool
mn_axes_fit(MnHeard const* const heard,
            MnHeard const* const like,
            uint8_t const* const negated,
            double const         shrink,
            MnAxes* const        axes)
{
  if (!mn_axes_neutral(heard->latent, axes)) {
    return false;
  }
  float* const mean   = (float*)malloc(heard->latent * sizeof(float));
  float* const scale  = (float*)malloc(heard->latent * sizeof(float));
  float* const target = mn_axis_targets(mn_axes, heard, like);
  MnBends      bends  = {NULL, NULL, NULL};
  bool         good   = mean && scale && target;
  if (good) {
    measure_neurons(heard, mean, scale);
    MnBendSamples const samples = {.count   = heard->count,
                                   .inputs  = heard->latent,
                                   .x       = heard->mu,
                                   .mean    = mean,
                                   .scale   = scale,
                                   .targets = MN_AXES,
                                   .target  = target,
                                   .weight  = weights,
                                   .epochs  = EPOCHS,
                                   .shrink  = (float)shrink};
    good                        = mn_bends_learn(&samples, &bends);
  }
  if (good) {
    unfold(&bends, mean, scale, axes);
    good = measure_quantiles(heard, &bends, axes);
    finish(axes, negated);
  }
  mn_bends_free(&bends);
  free(mean);
  free(scale);
  free(target);
  return good;
}

void
mn_axes_free(MnAxes* const axes)
{
  free(axes->input);
  free(axes->swapped);
  *axes = (MnAxes){0};
}

json_t*
mn_axes_json(void)
{
  json_t* const array = json_array();
  for (unsigned a = 0; a < MN_AXES; ++a) {
    json_array_append_new(array,
                          json_pack("{s:s,s:s,s:s,s:s}",
                                    "name",
                                    mn_axes[a].name,
                                    "low",
                                    mn_axes[a].low,
                                    "high",
                                    mn_axes[a].high,
                                    "feature",
                                    mn_axes[a].feature));
  }
  return mn_figures_complete(array, MN_AXES);
}

void
mn_axes_tensors(MnAxes const* const axes, MnModelTensor tensors[MN_AXES_TENSORS])
{
  tensors[0] =
    (MnModelTensor){"readout/axes", MN_DTYPE_F32, 2, {ROWS, axes->latent}, axes->input};
  tensors[1] =
    (MnModelTensor){"readout/axes_offset", MN_DTYPE_F32, 1, {ROWS, 0}, axes->offset};
  tensors[2] =
    (MnModelTensor){"readout/axes_bend", MN_DTYPE_F32, 2, {MN_AXES, MN_BENDS}, axes->bend};
  tensors[3] = (MnModelTensor){
    "readout/axes_quantiles", MN_DTYPE_F32, 2, {MN_AXES, MN_QUANTILES}, axes->quantiles};
}
