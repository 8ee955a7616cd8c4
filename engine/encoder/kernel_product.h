// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// product() and products() of the vector kernels: they choose which sums are in registers
/// at once. A kernel includes this after a vector_*.h and after these definitions:
///
///   ALONE_REGISTERS               registers of sums for one window, to hide latency
///   TILE_REGISTERS, TILE_WINDOWS  registers of sums for each window, and windows
///   dot_words(sum, weights, states)   adds 16-bit products, two to each lane
///
/// If it can multiply bytes, it also defines DOT_BYTES and
///
///   dot_bytes(sum, states, weights)   adds byte products, four to each lane; states
///                                     are unsigned
///   high_bytes(states), low_bytes(states)   take 4 states in each 64 bits, add 2^15,
///                                           and give 4 bytes in each 32 bits
///
/// Sums may wrap modulo 2^32 on the way. The final sums fit, so they are exact.

#ifndef MN_KERNEL_PRODUCT_H
#define MN_KERNEL_PRODUCT_H

#include "kernel.h"

#include <assert.h>

// Arrays of registers must be unrolled, so their sizes must be constants after inlining.
#define MN_ALWAYS_INLINE inline __attribute__((always_inline))

typedef enum {
  WORDS, ///< weights of 16 bits
  BYTES, ///< weights of 8 bits, widened to 16
  SPLIT, ///< weights of 8 bits, states split into two bytes
} Way;

// Weights, states or sums of LANES rows. WORDS uses only the first. With BYTES each has
// half of the rows, and two neighbouring columns of each row. With SPLIT the first has
// the weights, or the high bytes of states and their sums; the second has the low bytes.
typedef struct {
  Vector first;
  Vector second;
} Pair;

// The sums of LANES rows, from `row` on, before the first product.
static MN_ALWAYS_INLINE Pair
begin(MnMatrix const* const m,
      Way const             way,
      int32_t const* const  start,
      unsigned const        row)
{
  Pair sum;
  switch (way) {
  case WORDS:
    sum.first = sum.second = vector_load(start);
    break;
  case BYTES:
    sum.first  = vector_spread(start);
    sum.second = vector_spread(start + LANES / 2);
    break;
  case SPLIT:
    sum.second = vector_add(vector_load(start), vector_load(m->offset + row));
    sum.first  = vector_shift_right(sum.second, 8);
    sum.second = vector_and(sum.second, vector_all(0xFF));
    break;
  }
  return sum;
}

static MN_ALWAYS_INLINE Pair
load_weights(MnMatrix const* const m, Way const way, size_t const at)
{
  Pair weights;
  switch (way) {
  case WORDS:
    weights.first = weights.second = vector_load(m->w16 + at);
    break;
  case BYTES:
    weights.first  = vector_widen(m->w8 + at);
    weights.second = vector_widen(m->w8 + at + LANES * 2);
    break;
  case SPLIT:
    weights.first = weights.second = vector_keep(vector_load(m->w8 + at));
    break;
  }
  return weights;
}

static MN_ALWAYS_INLINE Pair
load_states(Way const way, int16_t const* const state)
{
#if defined(DOT_BYTES)
  if (way == SPLIT) {
    Vector const four = vector_four(state);
    return (Pair){high_bytes(four), low_bytes(four)};
  }
#endif
  Vector const all = way == WORDS ? vector_two(state) : vector_four(state);
  return (Pair){all, all};
}

static MN_ALWAYS_INLINE Pair
multiply_add(Way const way, Pair const sum, Pair const weights, Pair const states)
{
#if defined(DOT_BYTES)
  if (way == SPLIT) {
    return (Pair){dot_bytes(sum.first, states.first, weights.first),
                  dot_bytes(sum.second, states.second, weights.first)};
  }
#endif
  return (Pair){dot_words(sum.first, weights.first, states.first),
                way == WORDS ? sum.second
                             : dot_words(sum.second, weights.second, states.second)};
}

// The sums of LANES rows, each in its lane.
static MN_ALWAYS_INLINE Vector
end(Way const way, Pair const sum)
{
  switch (way) {
  case BYTES:
    return vector_add_neighbours(sum.first, sum.second);
  case SPLIT:
    return vector_add(vector_shift_left(sum.first, 8), sum.second);
  default:
    return sum.first;
  }
}

#define IS_POWER_OF_2(n) (((n) & ((n)-1)) == 0)
static_assert(IS_POWER_OF_2(ALONE_REGISTERS) && IS_POWER_OF_2(TILE_REGISTERS),
              "parts fill groups of rows or fit into one");
static_assert(ALONE_REGISTERS >= 2 && TILE_REGISTERS >= 2, "a sum may take two");

enum {
  MOST_PARTS = ALONE_REGISTERS > TILE_REGISTERS ? ALONE_REGISTERS : TILE_REGISTERS,
};

// The distance of a part of LANES rows from the first part, in weights.
static MN_ALWAYS_INLINE size_t
down(MnMatrix const* const m, size_t const n, size_t const part)
{
  size_t const rows = part * LANES;
  return rows / MN_ROWS_PACKED * MN_ROWS_PACKED * m->columns + rows % MN_ROWS_PACKED * n;
}

// Multiplies parts of LANES rows each, from `row` on, for some windows. The parts fill
// groups of MN_ROWS_PACKED rows, or they all fit into one group.
static MN_ALWAYS_INLINE void
multiply_tile(MnMatrix const* const       m,
              Way const                   way,
              unsigned const              row,
              unsigned const              parts,
              unsigned const              windows,
              int32_t const* const* const start,
              int16_t const* const        state,
              int32_t* const              sums)
{
  size_t const n       = way == WORDS ? 2 : 4; // columns that are stored together
  size_t const columns = m->columns;
  size_t const group   = MN_ROWS_PACKED * columns;

  Pair   sum[MOST_PARTS][TILE_WINDOWS];
  size_t at = row / MN_ROWS_PACKED * group + row % MN_ROWS_PACKED * n;
  for (unsigned w = 0; w < windows; ++w) {
    for (unsigned p = 0; p < parts; ++p) {
      unsigned const r = row + p * LANES;
      sum[p][w]        = begin(m, way, start[w] + r, r);
    }
  }
  for (size_t c = 0; c < columns; c += n) {
    // The fewer of weights and states stay in registers; the others are loaded in turn.
    if (parts < windows) {
      Pair weights[MOST_PARTS];
      for (unsigned p = 0; p < parts; ++p) {
        Pair const loaded = load_weights(m, way, at + down(m, n, p));
        weights[p]        = (Pair){vector_keep(loaded.first), vector_keep(loaded.second)};
      }
      for (unsigned w = 0; w < windows; ++w) {
        Pair const states = load_states(way, state + w * columns + c);
        for (unsigned p = 0; p < parts; ++p) {
          sum[p][w] = multiply_add(way, sum[p][w], weights[p], states);
        }
      }
    } else {
      Pair states[TILE_WINDOWS];
      for (unsigned w = 0; w < windows; ++w) {
        states[w] = load_states(way, state + w * columns + c);
      }
      for (unsigned p = 0; p < parts; ++p) {
        Pair const weights = load_weights(m, way, at + down(m, n, p));
        for (unsigned w = 0; w < windows; ++w) {
          sum[p][w] = multiply_add(way, sum[p][w], weights, states[w]);
        }
      }
    }
    at += MN_ROWS_PACKED * n;
  }
  for (unsigned w = 0; w < windows; ++w) {
    for (unsigned p = 0; p < parts; ++p) {
      unsigned const r = row + p * LANES;
      vector_store(sums + (size_t)w * m->rows + r, end(way, sum[p][w]));
    }
  }
}

static MN_ALWAYS_INLINE void
multiply_alone(MnMatrix const* const m,
               Way const             way,
               int32_t const* const  start,
               int16_t const* const  state,
               int32_t* const        sums)
{
  unsigned const most = way == WORDS ? ALONE_REGISTERS : ALONE_REGISTERS / 2;
  unsigned const rest = MN_ROWS_PACKED / LANES;
  unsigned       row  = 0;
  for (; row + most * LANES <= m->rows; row += most * LANES) {
    multiply_tile(m, way, row, most, 1, &start, state, sums);
  }
  for (; row < m->rows; row += MN_ROWS_PACKED) {
    multiply_tile(m, way, row, rest, 1, &start, state, sums);
  }
}

static MN_ALWAYS_INLINE void
multiply_windows(MnMatrix const* const       m,
                 Way const                   way,
                 unsigned const              row,
                 unsigned const              parts,
                 unsigned const              count,
                 int32_t const* const* const start,
                 int16_t const* const        state,
                 int32_t* const              sums)
{
  unsigned w = 0;
  for (; w + TILE_WINDOWS <= count; w += TILE_WINDOWS) {
    multiply_tile(m,
                  way,
                  row,
                  parts,
                  TILE_WINDOWS,
                  start + w,
                  state + (size_t)w * m->columns,
                  sums + (size_t)w * m->rows);
  }
  for (; w < count; ++w) {
    multiply_tile(m,
                  way,
                  row,
                  parts,
                  1,
                  start + w,
                  state + (size_t)w * m->columns,
                  sums + (size_t)w * m->rows);
  }
}

static MN_ALWAYS_INLINE void
multiply_many(MnMatrix const* const       m,
              Way const                   way,
              unsigned const              count,
              int32_t const* const* const start,
              int16_t const* const        state,
              int32_t* const              sums)
{
  unsigned const most = way == WORDS ? TILE_REGISTERS : TILE_REGISTERS / 2;
  unsigned const rest = MN_ROWS_PACKED / LANES;
  unsigned       row  = 0;
  for (; row + most * LANES <= m->rows; row += most * LANES) {
    multiply_windows(m, way, row, most, count, start, state, sums);
  }
  for (; row < m->rows; row += MN_ROWS_PACKED) {
    multiply_windows(m, way, row, rest, count, start, state, sums);
  }
}

static MN_REALTIME void
product(MnMatrix const* const matrix,
        int32_t const* const  start,
        int16_t const* const  state,
        int32_t* const        sums)
{
#if defined(DOT_BYTES)
  Way const bytes = SPLIT;
#else
  Way const bytes = BYTES;
#endif
  if (matrix->w16) {
    multiply_alone(matrix, WORDS, start, state, sums);
  } else {
    multiply_alone(matrix, bytes, start, state, sums);
  }
}

static void
products(MnMatrix const* const       matrix,
         unsigned const              count,
         int32_t const* const* const start,
         int16_t const* const        state,
         int32_t* const              sums)
{
  // Many windows share a weight that is widened once, so splitting into bytes gains
  // nothing here.
  if (matrix->w16) {
    multiply_many(matrix, WORDS, count, start, state, sums);
  } else {
    multiply_many(matrix, BYTES, count, start, state, sums);
  }
}

#endif // MN_KERNEL_PRODUCT_H
