// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "curve.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { NEWTON_STEPS = 50, HALVINGS = 20, NUMBER_WIDTH = 32 };

// The ends of the table: no window is more certain than this.
static double const clamp = 0.005;

static double const smallest_statistic = 1e-9;

// Knots lie within this many standard deviations of the logarithm: where a curve
// is nearly flat, its clamped ends are far beyond all values.
static double const widest = 8;

typedef struct {
  double const* values;
  size_t        count;
  double        target; ///< the probability that is aimed at
} Class;

// The curve: logit of P(real) = a + b (log(statistic) - mean) / deviation.
typedef struct {
  double mean;
  double deviation;
  double a;
  double b;
} Logistic;

static double
log_of(double const statistic)
{
  return log(fmax(statistic, smallest_statistic));
}

static void
standardise(Logistic* const l, Class const classes[2])
{
  double sum    = 0;
  double square = 0;
  for (unsigned c = 0; c < 2; ++c) {
    for (size_t i = 0; i < classes[c].count; ++i) {
      double const x = log_of(classes[c].values[i]);
      sum += x / (double)classes[c].count / 2;
      square += x * x / (double)classes[c].count / 2;
    }
  }
  l->mean      = sum;
  l->deviation = sqrt(fmax(square - sum * sum, 0));
}

// log(1 + exp(x)) without overflow.
static double
softplus(double const x)
{
  return fmax(x, 0) + log1p(exp(-fabs(x)));
}

typedef struct {
  double loss;
  double gradient[2];
  double hessian[3]; ///< aa, ab, bb
} Slope;

static Slope
slope_at(Logistic const* const l, Class const classes[2], double const a, double const b)
{
  Slope s = {0};
  for (unsigned c = 0; c < 2; ++c) {
    double const weight = 0.5 / (double)classes[c].count;
    double const target = classes[c].target;
    for (size_t i = 0; i < classes[c].count; ++i) {
      double const x     = (log_of(classes[c].values[i]) - l->mean) / l->deviation;
      double const logit = a + b * x;
      double const guess = 1 / (1 + exp(-logit));
      double const curve = weight * guess * (1 - guess);
      s.loss += weight * (softplus(logit) - target * logit);
      s.gradient[0] += weight * (guess - target);
      s.gradient[1] += weight * (guess - target) * x;
      s.hessian[0] += curve;
      s.hessian[1] += curve * x;
      s.hessian[2] += curve * x * x;
    }
  }
  return s;
}

// Newton's method. A step that increases the error is halved.
static void
minimise(Logistic* const l, Class const classes[2])
{
  Slope now = slope_at(l, classes, 0, 0);
  for (unsigned step = 0; step < NEWTON_STEPS; ++step) {
    double const determinant =
      now.hessian[0] * now.hessian[2] - now.hessian[1] * now.hessian[1];
    if (!(determinant > 1e-12)) {
      return;
    }
    double da =
      (now.hessian[2] * now.gradient[0] - now.hessian[1] * now.gradient[1]) / determinant;
    double db =
      (now.hessian[0] * now.gradient[1] - now.hessian[1] * now.gradient[0]) / determinant;
    Slope next = slope_at(l, classes, l->a - da, l->b - db);
    for (unsigned i = 0; i < HALVINGS && next.loss > now.loss; ++i) {
      da /= 2;
      db /= 2;
      next = slope_at(l, classes, l->a - da, l->b - db);
    }
    l->a -= da;
    l->b -= db;
    bool const there = fabs(da) + fabs(db) < 1e-10;
    now              = next;
    if (there) {
      return;
    }
  }
}

// The value, rounded to so many digits.
static double
round_digits(double const value, int const digits)
{
  char text[NUMBER_WIDTH];
  snprintf(text, sizeof(text), "%.*e", digits - 1, value);
  return strtod(text, NULL);
}

// Knots are even in the logarithm, from one clamped end to the other. They have
// few digits, or more where fewer would make two the same.
static bool
write_knots(MnCurve* const curve, Logistic const* const l)
{
  double const end  = log((1 - clamp) / clamp);
  double const low  = fmax((end - l->a) / l->b, -widest);
  double const high = fmin((-end - l->a) / l->b, widest);
  for (int digits = 5; low < high && digits <= 15; digits += 5) {
    bool ascending = true;
    for (unsigned k = 0; k < MN_CURVE_KNOTS; ++k) {
      double const x        = low + (high - low) * k / (MN_CURVE_KNOTS - 1);
      curve->statistic[k]   = round_digits(exp(l->mean + l->deviation * x), digits);
      curve->probability[k] = rint(1e4 / (1 + exp(-l->a - l->b * x))) / 1e4;
      ascending = ascending && (!k || curve->statistic[k] > curve->statistic[k - 1]);
    }
    if (ascending) {
      return true;
    }
  }
  return false;
}

bool
mn_curve_fit(MnCurve* const      curve,
             double const* const real,
             size_t const        real_count,
             double const* const random,
             size_t const        random_count)
{
  // J. Platt's targets, which stop short of certainty: they keep the curve finite if
  // there are few windows, or none on the wrong side.
  Class const classes[2] = {
    {real, real_count, ((double)real_count + 1) / ((double)real_count + 2)},
    {random, random_count, 1 / ((double)random_count + 2)},
  };
  Logistic l = {0};
  standardise(&l, classes);
  if (!(l.deviation > 1e-9)) {
    return false;
  }
  minimise(&l, classes);
  return l.b < 0 && write_knots(curve, &l);
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
