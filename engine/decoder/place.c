// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "place.h"

#include "base/random.h"

#include <math.h>

// An arc is halved so often; what is left is straight.
enum { HALVINGS = 30 };

// A sum of so many uniform numbers from 0 to 1 has a variance of 1.
enum { UNIFORMS = 12 };

// Below this cosine, two places lie opposite each other: more than 177 degrees apart. There
// the formula would lead far away between places of different lengths.
static double const opposite = -0.999;

// No place is farther out, along any neuron.
static double const most_q16 = 1 << 30;

// Numbers of 32 bits.
static double const uniform_range = 4294967296.0;

void
mn_place_silence_noise(MnModel const* const model, int32_t* const mu)
{
  for (unsigned rank = model->readout.music; rank < model->latent; ++rank) {
    mu[model->readout.order[rank]] = 0;
  }
}

// How much of each end is in a place.
typedef struct {
  double a;
  double b;
} Shares;

// Finds the shares on the arc by halving it: the middle of two directions is their sum,
// made as long as they are, and the cosine of half an angle is sqrt((1 + cos) / 2).
static Shares
arc_shares(double cosine, double const t)
{
  Shares low      = {1, 0};
  Shares high     = {0, 1};
  double low_t    = 0;
  double interval = 1;
  for (unsigned i = 0; i < HALVINGS; ++i) {
    double const half   = sqrt((1 + cosine) / 2);
    Shares const middle = {(low.a + high.a) / (2 * half), (low.b + high.b) / (2 * half)};
    interval /= 2;
    if (t >= low_t + interval) {
      low = middle;
      low_t += interval;
    } else {
      high = middle;
    }
    cosine = half;
  }
  double const rest = (t - low_t) / interval;
  return (Shares){low.a + (high.a - low.a) * rest, low.b + (high.b - low.b) * rest};
}

void
mn_place_mix(int32_t const* const a,
             int32_t const* const b,
             unsigned const       count,
             double const         t,
             int32_t* const       mixed)
{
  double product = 0;
  double a_norm  = 0;
  double b_norm  = 0;
  for (unsigned i = 0; i < count; ++i) {
    product += (double)a[i] * b[i];
    a_norm += (double)a[i] * a[i];
    b_norm += (double)b[i] * b[i];
  }
  double const norms  = sqrt(a_norm) * sqrt(b_norm);
  double const cosine = norms > 0 ? product / norms : -1;
  Shares const shares =
    cosine > opposite ? arc_shares(cosine < 1 ? cosine : 1, t) : (Shares){1 - t, t};
  for (unsigned i = 0; i < count; ++i) {
    double const sum = shares.a * a[i] + shares.b * b[i];
    mixed[i]         = (int32_t)rint(fmin(fmax(sum, -most_q16), most_q16));
  }
}

// A number of variance 1 and mean 0, nearly normal.
static double
draw_normal(uint64_t* const state)
{
  double sum = 0;
  for (unsigned i = 0; i < UNIFORMS; ++i) {
    sum += (double)(mn_random_next(state) >> 32) / uniform_range;
  }
  return sum - UNIFORMS / 2.0;
}

void
mn_place_vary(MnModel const* const model,
              double const         amount,
              uint64_t const       seed,
              uint64_t const       number,
              int32_t* const       mu)
{
  double const kept  = sqrt(1 - amount * amount);
  uint64_t     state = seed;
  state              = mn_random_next(&state) + number;
  for (unsigned rank = 0; rank < model->readout.music; ++rank) {
    int32_t* const value = &mu[model->readout.order[rank]];
    double const   drawn = draw_normal(&state) * 65536;
    *value               = (int32_t)rint(kept * *value + amount * drawn);
  }
}
