// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "rounding.h"

#include "base/parallel.h"

#include <math.h>
#include <stdlib.h>

// What is added to the diagonal of H, as a part of its mean. It keeps inputs that were
// nearly silent, or that were seen too seldom, from taking over errors without limit.
static double const damping = 1e-3;

// Sums are taken in this many parts, for vectors. Pieces of work have this many rows.
enum { LANES = 8, PIECE = 256 };

struct MnRounding {
  size_t  columns;
  size_t* order; // [columns]: the last is rounded first
  // [columns][columns] in that order. Line s, from s + 1 on: the part of each error that
  // the weight s takes over. Before s: what the factorisation needs.
  double* factor;
};

// The factorisation at step s: lines from s on are not yet in order.
typedef struct {
  MnRounding*   rounding;
  double const* products;
  double        ridge;
  double*       left; // [columns]: variance that lines before s do not explain
  size_t        step;
} Task;

static double
product_of(Task const* const t, size_t const line, size_t const other)
{
  size_t const a  = t->rounding->order[line];
  size_t const b  = t->rounding->order[other];
  size_t const at = a < b ? a * t->rounding->columns + b : b * t->rounding->columns + a;
  return t->products[at];
}

static double
dot(double const* const a, double const* const b, size_t const count)
{
  double       part[LANES] = {0};
  size_t const whole       = count - count % LANES;
  for (size_t i = 0; i < whole; i += LANES) {
    for (size_t k = 0; k < LANES; ++k) {
      part[k] += a[i + k] * b[i + k];
    }
  }
  double sum = 0;
  for (size_t i = whole; i < count; ++i) {
    sum += a[i] * b[i];
  }
  for (size_t k = 0; k < LANES; ++k) {
    sum += part[k];
  }
  return sum;
}

// Computes the entries of column s of the factor, for some of the lines after s.
static void
factor_lines(void* const context, size_t const index, unsigned const worker)
{
  (void)worker;
  Task const* const   t    = (Task const*)context;
  size_t const        s    = t->step;
  size_t const        n    = t->rounding->columns;
  size_t const        from = s + 1 + index * PIECE;
  size_t const        end  = from + PIECE < n ? from + PIECE : n;
  double const* const line = t->rounding->factor + s * n;
  for (size_t i = from; i < end; ++i) {
    double* const other = t->rounding->factor + i * n;
    other[s]            = (product_of(t, i, s) - dot(other, line, s)) / line[s];
    // No variance is below the ridge, but for rounding.
    t->left[i] = fmax(t->left[i] - other[s] * other[s], t->ridge);
  }
}

// Puts the line with the least variance left in place s. Taken by this order from the last
// to the first, the d_k are nearly equal; their product is the same in any order, so their
// sum is near its least.
static void
choose_line(Task* const t)
{
  MnRounding* const r    = t->rounding;
  size_t const      s    = t->step;
  size_t            best = s;
  for (size_t i = s + 1; i < r->columns; ++i) {
    best = t->left[i] < t->left[best] ? i : best;
  }
  size_t const chosen = r->order[best];
  double const left   = t->left[best];
  r->order[best]      = r->order[s];
  t->left[best]       = t->left[s];
  r->order[s]         = chosen;
  t->left[s]          = left;
  for (size_t c = 0; c < s; ++c) {
    double* const a = &r->factor[s * r->columns + c];
    double* const b = &r->factor[best * r->columns + c];
    double const  x = *a;
    *a              = *b;
    *b              = x;
  }
  r->factor[s * r->columns + s] = sqrt(left);
}

static void
factorise(Task* const t)
{
  MnRounding* const r = t->rounding;
  size_t const      n = r->columns;
  for (t->step = 0; t->step < n; ++t->step) {
    choose_line(t);
    size_t const   after = n - 1 - t->step;
    MnPieces const job   = {
        .count = (after + PIECE - 1) / PIECE, .context = t, .piece = factor_lines};
    mn_parallel_run(&job);
  }
  for (size_t s = 0; s < n; ++s) {
    for (size_t i = s + 1; i < n; ++i) {
      r->factor[s * n + i] = r->factor[i * n + s] / r->factor[s * n + s];
    }
  }
}

MnRounding*
mn_rounding_new(double const* const products, size_t const columns)
{
  MnRounding* const r    = (MnRounding*)calloc(1, sizeof(*r));
  double* const     left = (double*)malloc(columns * sizeof(*left));
  if (r) {
    r->columns = columns;
    r->order   = (size_t*)malloc(columns * sizeof(*r->order));
    r->factor  = (double*)malloc(columns * columns * sizeof(*r->factor));
  }
  if (!r || !left || !r->order || !r->factor) {
    mn_rounding_free(r);
    free(left);
    return NULL;
  }
  double trace = 0;
  for (size_t i = 0; i < columns; ++i) {
    trace += products[i * columns + i];
  }
  double const ridge = trace > 0 ? damping * trace / (double)columns : 1;
  for (size_t i = 0; i < columns; ++i) {
    r->order[i] = i;
    left[i]     = products[i * columns + i] + ridge;
  }
  Task task = {.rounding = r, .products = products, .ridge = ridge, .left = left};
  factorise(&task);
  free(left);
  return r;
}

void
mn_rounding_free(MnRounding* const r)
{
  if (r) {
    free(r->order);
    free(r->factor);
    free(r);
  }
}

static double
round_to_limit(double const weight, double const limit)
{
  return fmin(fmax(rint(weight), -limit), limit);
}

static void
round_to_nearest(size_t const                  columns,
                 double const                  limit,
                 MnRoundingColumn const* const weights,
                 MnRoundingColumn* const       rounded)
{
  for (size_t c = 0; c < columns; ++c) {
    for (size_t i = 0; i < MN_ROUNDING_ROWS; ++i) {
      rounded[c].row[i] = round_to_limit(weights[c].row[i], limit);
    }
  }
}

void
mn_rounding_run(MnRounding const* const       r,
                size_t const                  columns,
                double const                  limit,
                MnRoundingColumn const* const weights,
                MnRoundingColumn* const       errors,
                MnRoundingColumn* const       rounded)
{
  if (!r) {
    round_to_nearest(columns, limit, weights, rounded);
    return;
  }
  for (size_t s = columns; s-- > 0;) {
    double const* const line   = r->factor + s * columns;
    size_t const        column = r->order[s];
    MnRoundingColumn    wanted = weights[column];
    for (size_t j = s + 1; j < columns; ++j) {
      for (size_t i = 0; i < MN_ROUNDING_ROWS; ++i) {
        wanted.row[i] += line[j] * errors[j].row[i];
      }
    }
    for (size_t i = 0; i < MN_ROUNDING_ROWS; ++i) {
      double const weight    = weights[column].row[i];
      double const q         = round_to_limit(wanted.row[i], limit);
      errors[s].row[i]       = weight - q;
      rounded[column].row[i] = q;
    }
  }
}
