// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "phik_normal.h"

#include <math.h>

// With the correlation written as sin(angle), the distribution function of the
// bivariate normal grows with the angle by
//
//   exp(-(x^2 + y^2 - 2 x y sin(angle)) / (2 cos(angle)^2)) / (2 pi)
//
// (R. L. Plackett, "A reduction formula for normal multivariate integrals", 1954).
// So does the mass of a cell, by what its four corners make of it. The search goes
// from angle to angle and integrates only over what lies between them.

enum { EDGES = MN_PHIK_BINS + 1, MOST_STEPS = 100 };

static double const pi   = 3.14159265358979323846;
static double const edge = 5;

// When the angle is this exact, so is the correlation.
static double const exact = 1e-10;

// The widest stretch of angles that one rule integrates over; shorter ones near a
// right angle, where the growth of distant corners falls to 0 in no time.
static double const widest_stretch = 0.2;
static double const least_stretch  = 0.01;

// The nodes > 0 and weights of Gauss and Legendre's rule on [-1, 1], of 8 nodes.
enum { NODES = 4 };
static double const nodes[NODES]   = {0.1834346424956498049394761,
                                      0.5255324099163289858177390,
                                      0.7966664774136267395915539,
                                      0.9602898564975362316835609};
static double const weights[NODES] = {0.3626837833783619829651504,
                                      0.3137066458778872873379622,
                                      0.2223810344533744705443560,
                                      0.1012285362903762591525314};

// A number for each corner of cells, or for each cell.
typedef struct {
  double at[EDGES][EDGES];
} Grid;

typedef struct {
  unsigned rows;
  unsigned columns;
  double   x[EDGES]; ///< where rows begin and end
  double   y[EDGES];
  double   angle;
  Grid     corner; ///< what the distribution function grew by up to the angle
  Grid     base;   ///< masses of cells without correlation
} Normal;

// The mass of the standard normal distribution between two numbers.
static double
mass(double const low, double const high)
{
  return high > low ? (erfc(low / sqrt(2)) - erfc(high / sqrt(2))) / 2 : 0;
}

static void
normal_init(Normal* const n, unsigned const rows, unsigned const columns)
{
  *n = (Normal){.rows = rows, .columns = columns};
  for (unsigned i = 0; i <= rows; ++i) {
    n->x[i] = edge * (2.0 * i / rows - 1);
  }
  for (unsigned j = 0; j <= columns; ++j) {
    n->y[j] = edge * (2.0 * j / columns - 1);
  }
  for (unsigned i = 0; i < rows; ++i) {
    for (unsigned j = 0; j < columns; ++j) {
      n->base.at[i][j] = mass(n->x[i], n->x[i + 1]) * mass(n->y[j], n->y[j + 1]);
    }
  }
}

// Adds `factor` of the growth at an angle.
static void
add_growth(Normal const* const n, double const angle, double const factor, Grid* const sum)
{
  double const cosine = cos(angle);
  double const narrow = 1 / (2 * cosine * cosine);
  double const wide   = 1 / (1 + sin(angle));
  double const scale  = factor / (2 * pi);
  for (unsigned i = 0; i <= n->rows; ++i) {
    for (unsigned j = 0; j <= n->columns; ++j) {
      // The exponent in a form that keeps its digits when sin(angle) is near 1.
      double const apart = n->x[i] - n->y[j];
      sum->at[i][j] += scale * exp(-apart * apart * narrow - n->x[i] * n->y[j] * wide);
    }
  }
}

static void
integrate_to(Normal* const n, double const angle)
{
  while (n->angle != angle) {
    double const right  = pi / 2 - fmax(n->angle, angle);
    double const most   = fmin(widest_stretch, fmax(right, least_stretch));
    double const left   = angle - n->angle;
    double const length = fabs(left) > most ? copysign(most, left) : left;
    double const middle = n->angle + length / 2;
    for (unsigned k = 0; k < NODES; ++k) {
      add_growth(n, middle - nodes[k] * length / 2, weights[k] * length / 2, &n->corner);
      add_growth(n, middle + nodes[k] * length / 2, weights[k] * length / 2, &n->corner);
    }
    n->angle = length == left ? angle : n->angle + length;
  }
}

// The mass that corners give a cell.
static double
of_cell(Grid const* const corner, unsigned const i, unsigned const j)
{
  return corner->at[i + 1][j + 1] - corner->at[i + 1][j] - corner->at[i][j + 1] +
         corner->at[i][j];
}

// How far the distribution is from the uncorrelated one. @param slope How that
// grows with the angle.
static double
distance(Normal const* const n, double* const slope)
{
  Grid growth = {{{0}}};
  add_growth(n, n->angle, 1, &growth);
  double sum = 0;
  *slope     = 0;
  for (unsigned i = 0; i < n->rows; ++i) {
    for (unsigned j = 0; j < n->columns; ++j) {
      double const excess = of_cell(&n->corner, i, j);
      sum += excess * excess / n->base.at[i][j];
      *slope += 2 * excess * of_cell(&growth, i, j) / n->base.at[i][j];
    }
  }
  return sum;
}

// The same with full correlation, when all mass lies on the diagonal.
static double
largest_distance(Normal const* const n)
{
  double sum = 0;
  for (unsigned i = 0; i < n->rows; ++i) {
    for (unsigned j = 0; j < n->columns; ++j) {
      double const full   = mass(fmax(n->x[i], n->y[j]), fmin(n->x[i + 1], n->y[j + 1]));
      double const excess = full - n->base.at[i][j];
      sum += excess * excess / n->base.at[i][j];
    }
  }
  return sum;
}

// Newton's method on the root of the distance, which is nearly straight, kept
// between the angles that are known to be too small and too large.
double
mn_normal_correlation(unsigned const rows, unsigned const columns, double const share)
{
  Normal n;
  normal_init(&n, rows, columns);
  double const target = sqrt(share * largest_distance(&n));
  double       low    = 0;
  double       high   = pi / 2;
  double       angle  = high * sqrt(share);
  for (unsigned step = 0; step < MOST_STEPS && high - low > exact; ++step) {
    integrate_to(&n, angle);
    double       slope;
    double const root = sqrt(distance(&n, &slope));
    if (root < target) {
      low = angle;
    } else {
      high = angle;
    }
    double const last = angle;
    double const next = angle + (target - root) * 2 * root / slope;
    angle             = next > low && next < high ? next : (low + high) / 2;
    if (fabs(angle - last) < exact) {
      break;
    }
  }
  return sin(angle);
}
