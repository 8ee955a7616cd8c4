// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "place_move.h"

#include "base/fixed.h"

#include <math.h>

enum { STEPS = 8 };

// Keeps steps short where the axes hardly differ.
static double const ridge = 1e-3;

static double const most_amount = 4;

// The quantiles that lie a standard deviation from the middle of a normal distribution.
enum { LOW = (MN_QUANTILES - 1) * 4 / 25, HIGH = MN_QUANTILES - 1 - LOW };

// The axes at a place, and how much each bend changes with its sum.
typedef struct {
  double values[MN_AXES];
  double slope[MN_MAX_BENDS];
} Look;

// As mn_bend_values() does, on the music neurons.
static void
look(MnMoves const* const m, int32_t const* const mu, Look* const l)
{
  MnBendTable const* const t                           = m->table;
  unsigned const           rows                        = t->values + t->bends;
  double                   sum[MN_AXES + MN_MAX_BENDS] = {0};
  for (unsigned r = 0; r < rows; ++r) {
    sum[r] = t->offset[r];
  }
  for (unsigned i = 0; i < t->inputs; ++i) {
    double const       value  = mn_from_q16(mu[m->order[i]]);
    float const* const weight = t->input + (size_t)i * rows;
    for (unsigned r = 0; r < rows; ++r) {
      sum[r] += weight[r] * value;
    }
  }
  for (unsigned b = 0; b < t->bends; ++b) {
    double const       h      = sum[MN_AXES + b];
    double const       size   = h < 0 ? 1 - h : 1 + h;
    float const* const weight = t->bend + (size_t)b * MN_AXES;
    l->slope[b]               = h * (size + 1) / (size * size);
    for (unsigned a = 0; a < MN_AXES; ++a) {
      sum[a] += weight[a] * (h * h / size);
    }
  }
  for (unsigned a = 0; a < MN_AXES; ++a) {
    l->values[a] = sum[a];
  }
}

// How much each axis changes with a neuron.
static void
find_slopes(MnBendTable const* const t,
            Look const* const        l,
            unsigned const           i,
            double                   slopes[MN_AXES])
{
  float const* const weight = t->input + (size_t)i * (t->values + t->bends);
  for (unsigned a = 0; a < MN_AXES; ++a) {
    slopes[a] = weight[a];
  }
  for (unsigned b = 0; b < t->bends; ++b) {
    double const       slope = weight[MN_AXES + b] * l->slope[b];
    float const* const bend  = t->bend + (size_t)b * MN_AXES;
    for (unsigned a = 0; a < MN_AXES; ++a) {
      slopes[a] += bend[a] * slope;
    }
  }
}

// The square of a neuron's spread over music.
static double
square_spread(MnMoves const* const m, unsigned const neuron)
{
  float const* const q = m->quantiles + (size_t)neuron * MN_QUANTILES;
  double const       s = ((double)q[HIGH] - q[LOW]) / 2;
  return s * s;
}

// J S J', of which the lower half is filled.
static void
find_products(MnMoves const* const m,
              Look const* const    l,
              double               products[MN_AXES][MN_AXES])
{
  MnBendTable const* const t = m->table;
  for (unsigned a = 0; a < MN_AXES; ++a) {
    for (unsigned b = 0; b <= a; ++b) {
      products[a][b] = a == b ? ridge : 0;
    }
  }
  for (unsigned i = 0; i < t->inputs; ++i) {
    double const square = square_spread(m, m->order[i]);
    double       slopes[MN_AXES];
    find_slopes(t, l, i, slopes);
    for (unsigned a = 0; a < MN_AXES; ++a) {
      for (unsigned b = 0; b <= a; ++b) {
        products[a][b] += slopes[a] * slopes[b] * square;
      }
    }
  }
}

// Solves m x = x for a symmetric matrix, of which the lower half is read and changed, as
// L D L' without square roots.
static void
solve(double m[MN_AXES][MN_AXES], double x[MN_AXES])
{
  for (unsigned a = 0; a < MN_AXES; ++a) {
    for (unsigned b = 0; b <= a; ++b) {
      double rest = m[a][b];
      for (unsigned k = 0; k < b; ++k) {
        rest -= m[a][k] * m[b][k] * m[k][k];
      }
      m[a][b] = a == b ? fmax(rest, ridge) : rest / m[b][b];
    }
    for (unsigned k = 0; k < a; ++k) {
      x[a] -= m[a][k] * x[k];
    }
  }
  for (unsigned a = MN_AXES; a-- > 0;) {
    x[a] /= m[a][a];
    for (unsigned k = a + 1; k < MN_AXES; ++k) {
      x[a] -= m[k][a] * x[k];
    }
  }
}

// Moves each music neuron by its spread's square times its slopes' share.
static void
take_step(MnMoves const* const m,
          Look const* const    l,
          double const         shares[MN_AXES],
          int32_t* const       mu)
{
  MnBendTable const* const t = m->table;
  for (unsigned i = 0; i < t->inputs; ++i) {
    unsigned const neuron = m->order[i];
    double         slopes[MN_AXES];
    double         way = 0;
    find_slopes(t, l, i, slopes);
    for (unsigned a = 0; a < MN_AXES; ++a) {
      way += slopes[a] * shares[a];
    }
    double const moved = mu[neuron] + way * square_spread(m, neuron) * MN_ONE_Q16;
    mu[neuron]         = (int32_t)rint(fmin(fmax(moved, -MN_Z_MOST_Q16), MN_Z_MOST_Q16));
  }
}

void
mn_place_move_by(MnMoves const* const m, double const amounts[MN_AXES], int32_t* const mu)
{
  Look   l;
  double way[MN_AXES];
  bool   moves = false;
  for (unsigned a = 0; a < MN_AXES; ++a) {
    way[a] = fmin(fmax(amounts[a], -most_amount), most_amount);
    moves  = moves || way[a] != 0;
  }
  if (!moves) {
    return;
  }
  look(m, mu, &l);
  Look const start = l;
  for (unsigned step = 1; step <= STEPS; ++step) {
    double products[MN_AXES][MN_AXES];
    double lack[MN_AXES];
    for (unsigned a = 0; a < MN_AXES; ++a) {
      lack[a] = start.values[a] + way[a] * step / STEPS - l.values[a];
    }
    find_products(m, &l, products);
    solve(products, lack);
    take_step(m, &l, lack, mu);
    look(m, mu, &l);
  }
}

void
mn_place_move(MnModel const* const model, double const amounts[MN_AXES], int32_t* const mu)
{
  MnMoves const moves = {
    &model->readout.move_table, model->readout.order, model->readout.quantiles};
  if (mn_place_can_move(model)) {
    mn_place_move_by(&moves, amounts, mu);
  }
}
