// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "score_weights.h"

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_STEPS = 60, KINDS = 2 };

// The curve: constant, u, u u, x and u x, with x the logarithm of the statistic and u that
// of the onsets. Then come the logarithms of the weights.
enum { CONSTANT, ONSETS, ONSETS_SQUARED, STATISTIC, STATISTIC_ONSETS, CURVE };

// Levenberg's and Marquardt's damping: the first, the least, the largest, and by what it
// rises after a step that does not help; it falls by the same.
static double const damping_first   = 1e-3;
static double const damping_least   = 1e-6;
static double const damping_largest = 1e6;
static double const damping_factor  = 4;

// No parameter moves farther in a step. Steps end where they gain no more than that.
static double const most_move = 2;
static double const end_gain  = 1e-7;

static double const smallest_statistic = 1e-9;

typedef struct {
  MnWeightSide const* sides[KINDS]; // real and random
  unsigned            directions;
  unsigned            size;      // of parameters: CURVE + directions
  double*             parameter; // [size]
  double*             next;      // [size]: to try
  double*             gradient;  // [size]
  double*             hessian;   // [size][size]
  double*             damped;    // [size][size]: to solve
  double*             step;      // [size]
  double*             slope;     // [size]: of one window's logit
} Fit;

typedef struct {
  double logit;
  double statistic;
  double u;
  double x;
} Window;

static Window
window_of(Fit const* const          f,
          double const* const       parameter,
          double const* const       weight,
          MnWeightSide const* const side,
          size_t const              index)
{
  double const* const squares = side->squares + index * f->directions;
  Window w = {.u = log(fmax(side->onsets[index], 1)), .statistic = smallest_statistic};
  for (unsigned k = 0; k < f->directions; ++k) {
    w.statistic += weight[k] * squares[k];
  }
  w.x     = log(w.statistic);
  w.logit = parameter[CONSTANT] +
            w.u * (parameter[ONSETS] + w.u * parameter[ONSETS_SQUARED]) +
            w.x * (parameter[STATISTIC] + w.u * parameter[STATISTIC_ONSETS]);
  return w;
}

static void
take_weights(Fit const* const f, double const* const parameter, double* const weight)
{
  for (unsigned k = 0; k < f->directions; ++k) {
    weight[k] = exp(parameter[CURVE + k]);
  }
}

// The mean cross-entropy; both kinds count the same.
static double
loss_at(Fit* const f, double const* const parameter)
{
  double loss = 0;
  take_weights(f, parameter, f->slope);
  for (unsigned kind = 0; kind < KINDS; ++kind) {
    MnWeightSide const* const side = f->sides[kind];
    double                    sum  = 0;
    for (size_t i = 0; i < side->count; ++i) {
      double const logit = window_of(f, parameter, f->slope, side, i).logit;
      double const wrong = kind ? logit : -logit; // real music is kind 0
      sum += fmax(wrong, 0) + log1p(exp(-fabs(wrong)));
    }
    loss += sum / (KINDS * (double)side->count);
  }
  return loss;
}

static void
add_window(Fit* const f, double const off, double const bend)
{
  for (unsigned i = 0; i < f->size; ++i) {
    f->gradient[i] += off * f->slope[i];
    double const  part = bend * f->slope[i];
    double* const row  = f->hessian + (size_t)i * f->size;
    for (unsigned j = i; j < f->size; ++j) {
      row[j] += part * f->slope[j];
    }
  }
}

// Fisher's scoring: the second derivatives as they are where the curve is right.
static void
differentiate(Fit* const f, double* const weight)
{
  memset(f->gradient, 0, f->size * sizeof(double));
  memset(f->hessian, 0, (size_t)f->size * f->size * sizeof(double));
  take_weights(f, f->parameter, weight);
  for (unsigned kind = 0; kind < KINDS; ++kind) {
    MnWeightSide const* const side = f->sides[kind];
    double const              part = 1 / (KINDS * (double)side->count);
    for (size_t i = 0; i < side->count; ++i) {
      double const* const squares = side->squares + i * f->directions;
      Window const        w       = window_of(f, f->parameter, weight, side, i);
      double const        guess   = 1 / (1 + exp(-w.logit));
      double const        rise =
        (f->parameter[STATISTIC] + w.u * f->parameter[STATISTIC_ONSETS]) / w.statistic;
      f->slope[CONSTANT]         = 1;
      f->slope[ONSETS]           = w.u;
      f->slope[ONSETS_SQUARED]   = w.u * w.u;
      f->slope[STATISTIC]        = w.x;
      f->slope[STATISTIC_ONSETS] = w.u * w.x;
      for (unsigned k = 0; k < f->directions; ++k) {
        f->slope[CURVE + k] = rise * weight[k] * squares[k];
      }
      add_window(f, part * (guess - (kind ? 0 : 1)), part * guess * (1 - guess));
    }
  }
}

// The next parameters to try. @return false if the equations cannot be solved.
static bool
propose(Fit* const f, double const damping)
{
  size_t const size = f->size;
  memcpy(f->damped, f->hessian, size * size * sizeof(double));
  memcpy(f->step, f->gradient, size * sizeof(double));
  for (size_t i = 0; i < size; ++i) {
    f->damped[i * size + i] += damping * (f->hessian[i * size + i] + damping_least);
  }
  lapack_int const n = (lapack_int)size;
  if (LAPACKE_dposv(LAPACK_ROW_MAJOR, 'U', n, 1, f->damped, n, f->step, 1)) {
    return false;
  }
  for (size_t i = 0; i < size; ++i) {
    f->next[i] = f->parameter[i] - fmax(fmin(f->step[i], most_move), -most_move);
  }
  return true;
}

// Raises the damping until a step helps. @return the loss after it; `loss` if none does.
static double
take_step(Fit* const f, double const loss, double* const damping)
{
  while (*damping < damping_largest) {
    if (propose(f, *damping)) {
      double const next = loss_at(f, f->next);
      if (next < loss) {
        return next;
      }
    }
    *damping *= damping_factor;
  }
  return loss;
}

static void
minimise(Fit* const f, double* const weight)
{
  double damping = damping_first;
  double loss    = loss_at(f, f->parameter);
  for (unsigned step = 0; step < MOST_STEPS; ++step) {
    differentiate(f, weight);
    double const next = take_step(f, loss, &damping);
    if (!(next < loss)) {
      return;
    }
    memcpy(f->parameter, f->next, f->size * sizeof(double));
    if (loss - next < end_gain) {
      return;
    }
    loss    = next;
    damping = fmax(damping / damping_factor, damping_least);
  }
}

bool
mn_score_weights_learn(MnWeightSide const* const real,
                       MnWeightSide const* const random,
                       unsigned const            directions,
                       double* const             weights)
{
  size_t const  size = CURVE + directions;
  double* const room = (double*)calloc(size * (2 * size + 5), sizeof(double));
  if (!room) {
    return false;
  }
  double* const square   = room + 5 * size;
  Fit           f        = {.sides      = {real, random},
                            .directions = directions,
                            .size       = (unsigned)size,
                            .parameter  = room,
                            .next       = room + size,
                            .gradient   = room + 2 * size,
                            .step       = room + 3 * size,
                            .slope      = room + 4 * size,
                            .hessian    = square,
                            .damped     = square + size * size};
  f.parameter[STATISTIC] = -1;
  for (unsigned k = 0; k < directions; ++k) {
    f.parameter[CURVE + k] = log(weights[k]);
  }
  minimise(&f, weights);
  double largest = f.parameter[CURVE];
  for (unsigned k = 1; k < directions; ++k) {
    largest = fmax(largest, f.parameter[CURVE + k]);
  }
  for (unsigned k = 0; k < directions; ++k) {
    weights[k] = exp(f.parameter[CURVE + k] - largest);
  }
  free(room);
  return true;
}
