// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "quantise_matrix.h"

#include "base/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LIMIT_16 = 32767, LIMIT_8 = 127 };

// The number of rows that are quantised at a time. In TensorFlow's order their floats lie
// side by side, and fill a cache line.
enum { BLOCK = MN_ROUNDING_ROWS };

// Rounding the weights may increase the sum of their magnitudes. This leaves room.
static double const headroom = 0.98;

// What became of a block.
enum { BLOCK_GOOD, BLOCK_NOT_FINITE, BLOCK_TOO_LARGE };

// The magnitudes of a block of rows.
typedef struct {
  double largest[BLOCK];
  double sum[BLOCK];
  double constant[BLOCK]; // the largest
  double scale[BLOCK];
  double norm[BLOCK]; // sum of abs(q)
} Block;

typedef struct {
  MnQuantiseMatrix const* matrix;
  uint8_t*                results; // [blocks]
  MnRoundingColumn*       room;    // [workers][2][columns]
} Task;

static bool
measure(MnQuantiseMatrix const* const m,
        size_t const                  first,
        size_t const                  rows,
        Block* const                  b)
{
  memset(b, 0, sizeof(*b));
  for (size_t c = 0; c < m->columns; ++c) {
    float const* const line = m->kernel + c * m->rows + first;
    for (size_t i = 0; i < rows; ++i) {
      double const size = fabs((double)line[i]);
      b->sum[i] += size;
      b->largest[i] = size > b->largest[i] ? size : b->largest[i];
    }
  }
  bool finite = true;
  for (size_t i = 0; i < rows; ++i) {
    for (size_t k = 0; k < m->constant_count; ++k) {
      double const size = fabs(m->constants[k * m->rows + first + i]);
      finite            = finite && isfinite(size);
      b->constant[i]    = size > b->constant[i] ? size : b->constant[i];
    }
    finite = finite && isfinite(b->sum[i]);
  }
  return finite;
}

static double
limit_of(MnQuantiseMatrix const* const m)
{
  return m->wide ? LIMIT_16 : LIMIT_8;
}

// The engine knows a scale only by its multiplier. This chooses the smallest multiplier
// whose scale is not below what the row needs.
static bool
choose_scale(MnQuantiseMatrix const* const m,
             size_t const                  first,
             size_t const                  rows,
             Block* const                  b)
{
  double const one = ldexp(1, 48 - (int)m->hidden_frac);
  for (size_t i = 0; i < rows; ++i) {
    double const reach      = b->constant[i] + b->sum[i] * m->input_most;
    double const least      = ldexp(reach, (int)m->hidden_frac) / (ldexp(1, 31) * headroom);
    double const scale      = fmax(b->largest[i] / limit_of(m), least);
    double const multiplier = fmax(ceil(scale * one), 1);
    if (multiplier > INT32_MAX) {
      return false;
    }
    m->multiplier[first + i] = (int32_t)multiplier;
    b->scale[i]              = multiplier / one;
  }
  return true;
}

// Rounds the weights of a block. Rows that are not there count as zeros.
static void
round_weights(MnQuantiseMatrix const* const m,
              size_t const                  first,
              size_t const                  rows,
              MnRoundingColumn* const       columns,
              Block* const                  b)
{
  for (size_t c = 0; c < m->columns; ++c) {
    float const* const line = m->kernel + c * m->rows + first;
    for (size_t i = 0; i < BLOCK; ++i) {
      columns[c].row[i] = i < rows ? (double)line[i] / b->scale[i] : 0;
    }
  }
  mn_rounding_run(
    m->rounding, m->columns, limit_of(m), columns, columns + m->columns, columns);
  for (size_t c = 0; c < m->columns; ++c) {
    for (size_t i = 0; i < rows; ++i) {
      double const q  = columns[c].row[i];
      size_t const at = (first + i) * m->columns + c;
      if (m->wide) {
        ((int16_t*)m->q)[at] = (int16_t)q;
      } else {
        ((int8_t*)m->q)[at] = (int8_t)q;
      }
      b->norm[i] += fabs(q);
    }
  }
}

// @return false if a sum could overflow.
static bool
round_constants(MnQuantiseMatrix const* const m,
                size_t const                  first,
                size_t const                  rows,
                Block const* const            b)
{
  for (size_t i = 0; i < rows; ++i) {
    double largest = 0;
    for (size_t k = 0; k < m->constant_count; ++k) {
      size_t const at   = k * m->rows + first + i;
      double const unit = rint(ldexp(m->constants[at] / b->scale[i], (int)m->hidden_frac));
      largest           = fmax(largest, fabs(unit));
      m->units[at]      = fabs(unit) > INT32_MAX ? 0 : (int32_t)unit;
    }
    if (largest + ldexp(b->norm[i] * m->input_most, (int)m->hidden_frac) > INT32_MAX) {
      return false;
    }
  }
  return true;
}

static void
quantise_block(void* const context, size_t const index, unsigned const worker)
{
  Task const* const             t     = (Task const*)context;
  MnQuantiseMatrix const* const m     = t->matrix;
  size_t const                  first = index * BLOCK;
  size_t const                  rows  = m->rows - first < BLOCK ? m->rows - first : BLOCK;
  Block                         b;
  if (!measure(m, first, rows, &b)) {
    t->results[index] = BLOCK_NOT_FINITE;
    return;
  }
  if (!choose_scale(m, first, rows, &b)) {
    t->results[index] = BLOCK_TOO_LARGE;
    return;
  }
  round_weights(m, first, rows, t->room + worker * 2 * m->columns, &b);
  t->results[index] = round_constants(m, first, rows, &b) ? BLOCK_GOOD : BLOCK_TOO_LARGE;
}

static bool
fail(MnQuantiseMatrix const* const m, unsigned const result, MnError* const error)
{
  if (result == BLOCK_NOT_FINITE) {
    mn_error_set(
      error, MN_STATUS_BAD_INPUT, "%s: a weight is not a finite number", m->name);
  } else {
    mn_error_set(error,
                 MN_STATUS_BAD_INPUT,
                 "%s: weights are too large for %s with hidden_frac %u",
                 m->name,
                 m->wide ? "int16" : "int8",
                 m->hidden_frac);
  }
  return false;
}

bool
mn_quantise_matrix(MnQuantiseMatrix const* const m, MnError* const error)
{
  size_t const   blocks  = (m->rows + BLOCK - 1) / BLOCK;
  unsigned const workers = mn_parallel_workers();
  Task           task    = {
                 m,
                 (uint8_t*)calloc(blocks + 1, 1),
                 (MnRoundingColumn*)malloc(workers * 2 * m->columns * sizeof(MnRoundingColumn))};
  bool good = task.results && task.room;
  if (!good) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
  } else {
    MnPieces const job = {
      .count = blocks, .workers = workers, .context = &task, .piece = quantise_block};
    mn_parallel_run(&job);
  }
  for (size_t i = 0; good && i < blocks; ++i) {
    good = task.results[i] == BLOCK_GOOD || fail(m, task.results[i], error);
  }
  free(task.results);
  free(task.room);
  return good;
}
