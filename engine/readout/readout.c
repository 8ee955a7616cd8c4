// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "readout.h"

#include "base/fixed.h"
#include "bend_values.h"
#include "sense.h"

#include <stdlib.h>

// This file only adds, multiplies, divides and compares doubles, in a fixed order and
// without a mathematical library. So its results too are the same on every machine.

#define NONE        \
  {                 \
    MN_NO_NEURON, 0 \
  }
#define HALF4 0.5F, 0.5F, 0.5F, 0.5F

MnReadout const mn_readout_neutral = {
  .musicality = 0.5F,
  .sense      = 0.5F,
  .form       = 0.5F,
  .ranked     = {HALF4, HALF4, HALF4, HALF4},
  .axes       = {HALF4, HALF4},
  .top        = {NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE},
};

static float
percentile(float const q[MN_QUANTILES], double const value)
{
  // How many quantiles are below the value, and how many are not above it. Where it
  // equals quantiles, the result is their middle.
  unsigned below = 0;
  while (below < MN_QUANTILES && q[below] < value) {
    ++below;
  }
  unsigned upto = below;
  while (upto < MN_QUANTILES && q[upto] <= value) {
    ++upto;
  }
  double const top = MN_QUANTILES - 1;
  if (upto > below) {
    return (float)((below + upto - 1) / (2.0 * top));
  }
  if (below == 0 || below == MN_QUANTILES) {
    return below ? 1.0F : 0.0F;
  }
  double const low  = q[below - 1];
  double const high = q[below];
  return (float)((below - 1 + (value - low) / (high - low)) / top);
}

float
mn_readout_percentile(MnModel const* const model, unsigned const neuron, double const mu)
{
  return percentile(model->readout.quantiles + (size_t)neuron * MN_QUANTILES, mu);
}

float
mn_readout_long_percentile(MnModel const* const model, unsigned const rank, double const mu)
{
  return percentile(model->long_table.quantiles + (size_t)rank * MN_QUANTILES, mu);
}

// The register of the middle of the keyboard is 0, that of two octaves above it 1.
static double const middle_pitch  = 64;
static double const register_unit = 24;

double
mn_readout_register(uint8_t const* const tokens, unsigned const steps)
{
  unsigned sum    = 0;
  unsigned onsets = 0;
  for (unsigned i = 0; i < steps; ++i) {
    if (tokens[i] > MN_NOTE_OFF) {
      sum += tokens[i] + MN_NOTE_OFFSET;
      ++onsets;
    }
  }
  return onsets ? ((double)sum / onsets - middle_pitch) / register_unit : 0;
}

// Adds what an input is off its center, along all directions.
static void
project(MnReadoutTable const* const t,
        unsigned const              input,
        double const                value,
        double* const               projected)
{
  double const       off = value - t->center[input];
  float const* const to  = t->projection + (size_t)input * t->projections;
  for (unsigned p = 0; p < t->projections; ++p) {
    projected[p] += to[p] * off;
  }
}

// The result is finite for every model. mu is below 2^14, and all other inputs are smaller;
// centers and projections are finite floats, below 2^128. A sum of 2^12 products is below
// 2^269, and a sum of 2^8 squares of these is below 2^546. Doubles go up to 2^1024.
double
mn_readout_statistic(MnModel const* const model,
                     uint8_t const* const tokens,
                     int32_t const* const mu,
                     int32_t const* const sigma)
{
  MnReadoutTable const* const t                             = &model->readout;
  unsigned const              latent                        = model->latent;
  bool const                  mu_alone                      = t->score_inputs == latent;
  double                      projected[MN_MAX_PROJECTIONS] = {0};
  for (unsigned n = 0; n < latent; ++n) {
    if (t->rank[n] < t->music) {
      continue;
    }
    project(t, n, mn_from_q16(mu[n]), projected);
    if (!mu_alone) {
      project(t, latent + n, mn_from_q16(mn_log2_q16(sigma[n])), projected);
    }
  }
  if (!mu_alone) {
    double const height = mn_readout_register(tokens, model->steps);
    project(t, 2 * latent, height, projected);
    project(t, 2 * latent + 1, height * height, projected);
  }
  double sum = 0;
  for (unsigned p = 0; p < t->projections; ++p) {
    sum += projected[p] * projected[p];
  }
  return sum;
}

static void
read_axes(MnModel const* const model, int32_t const* const mu, float* const axes)
{
  MnReadoutTable const* const t = &model->readout;
  if (t->axis_table.values) {
    double values[MN_AXES];
    mn_bend_values(&t->axis_table, mu, values);
    for (unsigned a = 0; a < MN_AXES; ++a) {
      axes[a] = percentile(t->axis_quantiles + (size_t)a * MN_QUANTILES, values[a]);
    }
  }
}

// Interpolates the calibration between its knots.
static double
probability(MnReadoutTable const* const t, unsigned const onsets, double const statistic)
{
  unsigned const      row = onsets < t->rows ? onsets : t->rows - 1;
  double const* const p   = t->probability + (size_t)row * t->knots;
  double const* const s   = t->statistic;
  if (statistic <= s[0]) {
    return p[0];
  }
  for (unsigned i = 1; i < t->knots; ++i) {
    if (statistic < s[i]) {
      double const part = (statistic - s[i - 1]) / (s[i] - s[i - 1]);
      return p[i - 1] + part * (p[i] - p[i - 1]);
    }
  }
  return p[t->knots - 1];
}

// Keeps the MN_TOP neurons of largest abs(mu): larger first, then lower index first.
static void
insert_top(MnReadout* const r,
           int32_t* const   sizes,
           unsigned const   neuron,
           int32_t const    mu)
{
  int32_t const size = abs(mu);
  unsigned      at   = MN_TOP;
  while (at > 0 && (r->top[at - 1].neuron == MN_NO_NEURON || sizes[at - 1] < size)) {
    --at;
  }
  if (at == MN_TOP) {
    return;
  }
  for (unsigned i = MN_TOP - 1; i > at; --i) {
    r->top[i] = r->top[i - 1];
    sizes[i]  = sizes[i - 1];
  }
  r->top[at] = (MnExcited){(int)neuron, (float)mn_from_q16(mu)};
  sizes[at]  = size;
}

void
mn_readout_compute(MnModel const* const model,
                   uint8_t const* const tokens,
                   int32_t const* const mu,
                   int32_t const* const sigma,
                   MnReadout* const     r)
{
  MnReadoutTable const* const t             = &model->readout;
  int32_t                     sizes[MN_TOP] = {0};
  double                      energy        = 0;

  *r = mn_readout_neutral;
  for (unsigned n = 0; n < model->latent; ++n) {
    double const value  = mn_from_q16(mu[n]);
    bool const   active = value > t->active || value < -t->active;
    if (t->rank[n] < t->music) {
      r->music_active += active;
    } else {
      r->noise_active += active;
      energy += value * value;
    }
    insert_top(r, sizes, n, mu[n]);
  }

  unsigned const noise = model->latent - t->music;
  r->noise_energy      = noise ? (float)(energy / noise) : 0;
  r->musicality        = (float)probability(t,
                                     (unsigned)mn_count_onsets(tokens, model->steps),
                                     mn_readout_statistic(model, tokens, mu, sigma));
  for (unsigned i = 0; i < MN_RANKED && i < t->music; ++i) {
    unsigned const neuron = t->order[i];
    r->ranked[i]          = mn_readout_percentile(model, neuron, mn_from_q16(mu[neuron]));
  }
  read_axes(model, mu, r->axes);
}

void
mn_readout_window(MnModel const* const model,
                  uint8_t const* const tokens,
                  int32_t const* const mu,
                  int32_t const* const sigma,
                  MnReadout* const     r)
{
  mn_readout_compute(model, tokens, mu, sigma, r);
  r->sense = mn_sense(model, tokens, mu, sigma);
}
