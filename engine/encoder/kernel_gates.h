// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// gates() of the vector kernels. It does what mn_gates() does, LANES units at a time. A
/// kernel includes this after a vector_*.h.

#ifndef MN_KERNEL_GATES_H
#define MN_KERNEL_GATES_H

#include "base/common.h"
#include "base/fixed.h"

#include <stdalign.h>

// A vector of 64-bit numbers.
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

// Divides by 2^bits and rounds to nearest. The result fits 32 bits. For odd lanes it
// lands in the upper half, where it belongs.
static inline Vector
wide_shift_right(Wide const v, int const bits)
{
  Vector const half = vector_all_64((int64_t)1 << (bits - 1));
  return vector_merge(vector_shift_right_64(vector_add_64(v.even, half), bits),
                      vector_shift_left_64(vector_add_64(v.odd, half), 32 - bits));
}

// mn_scale_q16().
static inline Vector
scale(int32_t const* const sums, int32_t const* const multiplier)
{
  return wide_shift_right(wide_multiply(vector_load(sums), vector_load(multiplier)), 32);
}

static inline Vector
twice(Vector const v)
{
  return vector_add(v, v);
}

// Units at once. A look-up waits for its index from memory; others run meanwhile.
enum { BLOCK = 64 };

// Arguments of mn_tanh_q16(), and the lines of its table that they need.
typedef struct {
  alignas(64) int32_t x[BLOCK];
  alignas(64) uint32_t index[BLOCK];
} Tanh;

static inline void
tanh_begin(Tanh* const t, unsigned const u, Vector const x)
{
  Vector const a = vector_min(vector_abs(x), vector_all(MN_TABLE_END));
  vector_store(t->x + u, x);
  vector_store(t->index + u, vector_shift_right(a, MN_LINE_BITS));
}

static inline Vector
tanh_end(Tanh const* const t, unsigned const u)
{
  Vector const part = vector_all(MN_LINE - 1);
  Vector const x    = vector_load(t->x + u);
  Vector const line = vector_look_up(mn_tanh_lines, t->index + u);
  Vector const rise = vector_and(line, part); // 0 at the end of the table, for any x
  // Both factors are at most 2^10, so their upper 16 bits are 0.
  Vector const risen = vector_multiply_words(rise, vector_and(vector_abs(x), part));
  Vector const at    = vector_add(vector_sub(line, rise), risen);
  Vector const half  = vector_all(MN_LINE / 2);
  return vector_sign(vector_shift_right(vector_add(at, half), MN_LINE_BITS), x);
}

// mn_sigmoid_q16(). The sum is positive.
static inline Vector
sigmoid_end(Tanh const* const t, unsigned const u)
{
  return vector_shift_right(vector_add(tanh_end(t, u), vector_all(MN_ONE_Q16 + 1)), 1);
}

// Computes `count` units, at most BLOCK and a multiple of LANES. Gates are `units` apart.
static inline void
gates_block(unsigned const       count,
            unsigned const       units,
            unsigned const       hidden_frac,
            int32_t const* const sums,
            int32_t const* const multiplier,
            int32_t* const       cell,
            int16_t* const       state)
{
  Tanh i;
  Tanh j;
  Tanh f;
  Tanh o;
  for (unsigned u = 0; u < count; u += LANES) {
    size_t const at_j = (size_t)units + u;
    size_t const at_f = units + at_j;
    size_t const at_o = units + at_f;
    tanh_begin(&i, u, scale(sums + u, multiplier + u));
    tanh_begin(&j, u, twice(scale(sums + at_j, multiplier + at_j)));
    tanh_begin(&f, u, scale(sums + at_f, multiplier + at_f));
    tanh_begin(&o, u, scale(sums + at_o, multiplier + at_o));
  }
  Tanh c;
  for (unsigned u = 0; u < count; u += LANES) {
    Wide const   kept  = wide_multiply(sigmoid_end(&f, u), vector_load(cell + u));
    Wide const   added = wide_multiply(sigmoid_end(&i, u), tanh_end(&j, u));
    Vector const next  = wide_shift_right(wide_add(kept, added), 16);
    vector_store(cell + u, next);
    tanh_begin(&c, u, twice(next));
  }
  for (unsigned u = 0; u < count; u += LANES) {
    Wide const out = wide_multiply(sigmoid_end(&o, u), tanh_end(&c, u));
    vector_store_words(state + u, wide_shift_right(out, 32 - (int)hidden_frac));
  }
}

static MN_REALTIME void
gates(unsigned const       units,
      unsigned const       hidden_frac,
      int32_t const* const sums,
      int32_t const* const multiplier,
      int32_t* const       cell,
      int16_t* const       state)
{
  unsigned const whole = units - units % LANES;
  for (unsigned u = 0; u < whole; u += BLOCK) {
    unsigned const count = whole - u < BLOCK ? whole - u : BLOCK;
    gates_block(count, units, hidden_frac, sums + u, multiplier + u, cell + u, state + u);
  }
  mn_gates(whole, units, hidden_frac, sums, multiplier, cell, state);
}

#endif // MN_KERNEL_GATES_H
