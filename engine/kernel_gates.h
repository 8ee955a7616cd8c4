// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// gates() of the vector kernels: what mn_gates() does, LANES units at a time. A
/// kernel includes this after a vector_*.h.

#ifndef MN_KERNEL_GATES_H
#define MN_KERNEL_GATES_H

#include "common.h"
#include "fixed.h"

// Numbers of 64 bits.
typedef struct {
  Vector even; // lanes
  Vector odd;
} Wide;

static inline Wide
wide_multiply(Vector const a, Vector const b)
{
  return (Wide){
    vector_multiply_even(a, b),
    vector_multiply_even(vector_shift_right_64(a, 32), vector_shift_right_64(b, 32)),
  };
}

static inline Wide
wide_add(Wide const a, Wide const b)
{
  return (Wide){vector_add_64(a.even, b.even), vector_add_64(a.odd, b.odd)};
}

// Over 2^bits, rounded to nearest. It fits 32 bits, the higher ones of which an odd
// lane has where it shall be.
static inline Vector
wide_shift_right(Wide const v, int const bits)
{
  Vector const half = vector_all_64((int64_t)1 << (bits - 1));
  return vector_merge(
    vector_shift_right_64(vector_add_64(v.even, half), bits),
    vector_shift_left_64(vector_add_64(v.odd, half), 32 - bits));
}

// mn_scale_q16().
static inline Vector
scale(int32_t const* const sums, int32_t const* const multiplier)
{
  return wide_shift_right(wide_multiply(vector_load(sums), vector_load(multiplier)), 32);
}

// mn_tanh(). What products of 16 bits multiply is less than 2^15, both.
static inline Vector
tanh_of(Vector const x)
{
  Vector const part = vector_all(MN_LINE - 1);
  Vector const a    = vector_min(vector_abs(x), vector_all(MN_TABLE_END));
  Vector const line = vector_look_up(mn_tanh_lines, vector_shift_right(a, MN_LINE_BITS));
  Vector const rise = vector_and(line, part);
  Vector const at   = vector_add(vector_sub(line, rise), vector_multiply_words(rise, vector_and(a, part)));
  Vector const r = vector_shift_right(vector_add(at, vector_all(MN_LINE / 2)), MN_LINE_BITS);
  return vector_sign(r, x);
}

// mn_sigmoid(): nothing that it shifts is negative.
static inline Vector
sigmoid(Vector const x)
{
  return vector_shift_right(vector_add(tanh_of(x), vector_all(MN_ONE_Q16 + 1)), 1);
}

static MN_REALTIME void
gates(unsigned const       units,
      unsigned const       hidden_frac,
      int32_t const* const sums,
      int32_t const* const multiplier,
      int32_t* const       cell,
      int16_t* const       state)
{
  size_t const whole = units - units % LANES;
  for (size_t u = 0; u < whole; u += LANES) {
    size_t const at_j = units + u;
    size_t const at_f = units + at_j;
    size_t const at_o = units + at_f;

    Vector const i = sigmoid(scale(sums + u, multiplier + u));
    Vector const j = tanh_of(vector_shift_left(scale(sums + at_j, multiplier + at_j), 1));
    Vector const f = sigmoid(scale(sums + at_f, multiplier + at_f));
    Vector const o = sigmoid(scale(sums + at_o, multiplier + at_o));

    Wide const   kept = wide_multiply(f, vector_load(cell + u));
    Vector const c    = wide_shift_right(wide_add(kept, wide_multiply(i, j)), 16);
    Wide const   out  = wide_multiply(o, tanh_of(vector_shift_left(c, 1)));
    vector_store(cell + u, c);
    vector_store_words(state + u, wide_shift_right(out, 32 - (int)hidden_frac));
  }
  mn_gates((unsigned)whole, units, hidden_frac, sums, multiplier, cell, state);
}

#endif // MN_KERNEL_GATES_H
