// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "curve.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NEWTON_STEPS = 50, HALVINGS = 20, NUMBER_WIDTH = 32 };

// The ends of the table: no window is more certain than this.
static double const clamp = 0.005;

static double const smallest_statistic = 1e-9;

// Knots lie within this many standard deviations of the logarithm: where a curve
// is nearly flat, its clamped ends are far beyond all values.
static double const widest = 8;

// What the logit is linear in: 1, x, u, u x and u u, with x the logarithm of the
// statistic and u that of the onsets, both standardised.
enum { TERMS = 5 };

typedef struct {
  MnCurveSide const* side;
  double             target; ///< the probability that is aimed at
} Class;

typedef struct {
  double mean;
  double deviation;
} Scale;

typedef struct {
  Scale  x;
  Scale  u;
  double weight[TERMS];
} Logistic;

static double
log_of(double const statistic)
{
  return log(fmax(statistic, smallest_statistic));
}

static double
log_of_onsets(unsigned const onsets)
{
  return log(fmax(onsets, 1));
}

// Both kinds count the same.
static Scale
scale_of(Class const classes[2], bool const onsets)
{
  double sum    = 0;
  double square = 0;
  for (unsigned c = 0; c < 2; ++c) {
    MnCurveSide const* const side = classes[c].side;
    double const             part = 0.5 / (double)side->count;
    for (size_t i = 0; i < side->count; ++i) {
      double const x = onsets ? log_of_onsets(side->onsets[i]) : log_of(side->statistic[i]);
      sum += part * x;
      square += part * x * x;
    }
  }
  return (Scale){sum, sqrt(fmax(square - sum * sum, 0))};
}

static double
scaled(Scale const* const scale, double const value)
{
  return scale->deviation > 1e-9 ? (value - scale->mean) / scale->deviation : 0;
}

static void
fill_terms(Logistic const* const l,
           double const          statistic,
           unsigned const        onsets,
           double                terms[TERMS])
{
  double const x = scaled(&l->x, log_of(statistic));
  double const u = scaled(&l->u, log_of_onsets(onsets));
  terms[0]       = 1;
  terms[1]       = x;
  terms[2]       = u;
  terms[3]       = u * x;
  terms[4]       = u * u;
}

// log(1 + exp(x)) without overflow.
static double
softplus(double const x)
{
  return fmax(x, 0) + log1p(exp(-fabs(x)));
}

typedef struct {
  double loss;
  double gradient[TERMS];
  double hessian[TERMS][TERMS];
} Slope;

static void
slope_at(Slope* const          s,
         Logistic const* const l,
         Class const           classes[2],
         double const          weight[TERMS])
{
  *s = (Slope){0};
  for (unsigned c = 0; c < 2; ++c) {
    MnCurveSide const* const side   = classes[c].side;
    double const             part   = 0.5 / (double)side->count;
    double const             target = classes[c].target;
    for (size_t i = 0; i < side->count; ++i) {
      double terms[TERMS];
      fill_terms(l, side->statistic[i], side->onsets[i], terms);
      double logit = 0;
      for (unsigned k = 0; k < TERMS; ++k) {
        logit += weight[k] * terms[k];
      }
      double const guess = 1 / (1 + exp(-logit));
      double const bend  = part * guess * (1 - guess);
      s->loss += part * (softplus(logit) - target * logit);
      for (unsigned k = 0; k < TERMS; ++k) {
        s->gradient[k] += part * (guess - target) * terms[k];
        for (unsigned j = 0; j <= k; ++j) {
          s->hessian[k][j] += bend * terms[k] * terms[j];
        }
      }
    }
  }
}

// Solves hessian step = gradient by Cholesky's way. A term that tells nothing new
// (all windows with as many onsets) stays at 0.
static void
solve(Slope* const s, double step[TERMS])
{
  static double const least = 1e-12;

  double(*const h)[TERMS] = s->hessian;
  double low[TERMS]       = {0};
  bool   used[TERMS]      = {false};
  for (unsigned k = 0; k < TERMS; ++k) {
    double diagonal = h[k][k];
    for (unsigned j = 0; j < k; ++j) {
      double sum = h[k][j];
      for (unsigned i = 0; i < j; ++i) {
        sum -= h[k][i] * h[j][i];
      }
      h[k][j] = used[j] ? sum / h[j][j] : 0;
      diagonal -= h[k][j] * h[k][j];
    }
    used[k] = diagonal > least;
    h[k][k] = used[k] ? sqrt(diagonal) : 1;
    low[k]  = s->gradient[k];
    for (unsigned i = 0; i < k; ++i) {
      low[k] -= h[k][i] * low[i];
    }
    low[k] = used[k] ? low[k] / h[k][k] : 0;
  }
  for (unsigned k = TERMS; k-- > 0;) {
    step[k] = low[k];
    for (unsigned i = k + 1; i < TERMS; ++i) {
      step[k] -= h[i][k] * step[i];
    }
    step[k] = used[k] ? step[k] / h[k][k] : 0;
  }
}

// Newton's method. A step that increases the error is halved.
static void
minimise(Logistic* const l, Class const classes[2])
{
  Slope now;
  slope_at(&now, l, classes, l->weight);
  for (unsigned step = 0; step < NEWTON_STEPS; ++step) {
    double by[TERMS];
    double next_weight[TERMS];
    double share = 1;
    Slope  next;
    solve(&now, by);
    for (unsigned halved = 0;; ++halved, share /= 2) {
      for (unsigned k = 0; k < TERMS; ++k) {
        next_weight[k] = l->weight[k] - share * by[k];
      }
      slope_at(&next, l, classes, next_weight);
      if (next.loss <= now.loss || halved == HALVINGS) {
        break;
      }
    }
    double moved = 0;
    for (unsigned k = 0; k < TERMS; ++k) {
      moved += fabs(share * by[k]);
    }
    memcpy(l->weight, next_weight, sizeof(next_weight));
    now = next;
    if (moved < 1e-9) {
      return;
    }
  }
}

// The line for a number of onsets: the logit is a + b x.
typedef struct {
  double a;
  double b;
} Line;

// The slope is at least a quarter of the slope at the mean number of onsets.
static Line
line_of(Logistic const* const l, unsigned const onsets)
{
  double const u = scaled(&l->u, log_of_onsets(onsets));
  return (Line){l->weight[0] + l->weight[2] * u + l->weight[4] * u * u,
                fmin(l->weight[1] + l->weight[3] * u, l->weight[1] / 4)};
}

// The value, rounded to so many digits.
static double
round_digits(double const value, int const digits)
{
  char text[NUMBER_WIDTH];
  snprintf(text, sizeof(text), "%.*e", digits - 1, value);
  return strtod(text, NULL);
}

// Writes the knots, even in the logarithm. They have few digits, or more where
// fewer would make two the same.
static bool
write_knots(MnCurve* const        curve,
            Logistic const* const l,
            double const          low,
            double const          high)
{
  for (int digits = 5; low < high && digits <= 15; digits += 5) {
    bool ascending = true;
    for (unsigned k = 0; k < MN_CURVE_KNOTS; ++k) {
      double const x      = low + (high - low) * k / (MN_CURVE_KNOTS - 1);
      curve->statistic[k] = round_digits(exp(l->x.mean + l->x.deviation * x), digits);
      ascending = ascending && (!k || curve->statistic[k] > curve->statistic[k - 1]);
    }
    if (ascending) {
      return true;
    }
  }
  return false;
}

static unsigned
most_onsets(Class const classes[2])
{
  unsigned most = 0;
  for (unsigned c = 0; c < 2; ++c) {
    for (size_t i = 0; i < classes[c].side->count; ++i) {
      unsigned const onsets = classes[c].side->onsets[i];
      most                  = onsets > most ? onsets : most;
    }
  }
  return most;
}

// Knots reach from the first clamped end of any row to the last.
static bool
write_curve(MnCurve* const curve, Logistic const* const l, unsigned const rows)
{
  double const end  = log((1 - clamp) / clamp);
  double       low  = widest;
  double       high = -widest;
  for (unsigned n = 0; n < rows; ++n) {
    Line const line = line_of(l, n);
    low             = fmin(low, (end - line.a) / line.b);
    high            = fmax(high, (-end - line.a) / line.b);
  }
  if (!write_knots(curve, l, fmax(low, -widest), fmin(high, widest))) {
    return false;
  }
  curve->rows = rows;
  for (unsigned n = 0; n < rows; ++n) {
    Line const line = line_of(l, n);
    for (unsigned k = 0; k < MN_CURVE_KNOTS; ++k) {
      double const x     = scaled(&l->x, log_of(curve->statistic[k]));
      double const value = 1 / (1 + exp(-line.a - line.b * x));
      // No window is more certain than the clamp says.
      curve->probability[n][k] = rint(1e4 * fmin(fmax(value, clamp), 1 - clamp)) / 1e4;
    }
  }
  return true;
}

bool
mn_curve_fit(MnCurve* const           curve,
             MnCurveSide const* const real,
             MnCurveSide const* const random)
{
  // J. Platt's targets, which stop short of certainty: they keep the curve finite if
  // there are few windows, or none on the wrong side.
  Class const classes[2] = {
    {real, ((double)real->count + 1) / ((double)real->count + 2)},
    {random, 1 / ((double)random->count + 2)},
  };
  Logistic l = {.x = scale_of(classes, false), .u = scale_of(classes, true)};
  if (!(l.x.deviation > 1e-9)) {
    return false;
  }
  minimise(&l, classes);
  unsigned const rows = most_onsets(classes) + 1;
  return l.weight[1] < 0 && rows <= MN_CURVE_ROWS && write_curve(curve, &l, rows);
}

double
mn_curve_at(MnCurve const* const curve, double const statistic, unsigned const onsets)
{
  double const* const p =
    curve->probability[onsets < curve->rows ? onsets : curve->rows - 1];
  double const* const s = curve->statistic;
  if (statistic <= s[0]) {
    return p[0];
  }
  for (unsigned i = 1; i < MN_CURVE_KNOTS; ++i) {
    if (statistic < s[i]) {
      return p[i - 1] + (statistic - s[i - 1]) / (s[i] - s[i - 1]) * (p[i] - p[i - 1]);
    }
  }
  return p[MN_CURVE_KNOTS - 1];
}

static int
compare_numbers(void const* const a, void const* const b)
{
  double const x = *(double const*)a;
  double const y = *(double const*)b;
  return (x > y) - (x < y);
}

double
mn_curve_auc(double* const real,
             size_t const  real_count,
             double* const random,
             size_t const  random_count)
{
  qsort(real, real_count, sizeof(*real), compare_numbers);
  qsort(random, random_count, sizeof(*random), compare_numbers);
  size_t below = 0;
  size_t upto  = 0;
  double sum   = 0;
  for (size_t i = 0; i < random_count; ++i) {
    for (; below < real_count && real[below] < random[i]; ++below) {
    }
    for (; upto < real_count && real[upto] <= random[i]; ++upto) {
    }
    sum += (double)(below + upto) / 2;
  }
  return sum / ((double)real_count * (double)random_count);
}
