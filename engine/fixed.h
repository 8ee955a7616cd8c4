// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The arithmetic that all kernels share: integer functions in Q-formats, from
/// tables. Written so that a compiler can vectorise it for each instruction
/// set; shifts to the right are arithmetic, as on every target of ours.

#ifndef MN_FIXED_H
#define MN_FIXED_H

#include "tables.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

static_assert(-3 >> 1 == -2, "shifts of negative numbers are arithmetic");

enum { MN_ONE_Q16 = 1 << 16 };

/// An accumulator times its row's scale: Q16, rounded to nearest.
///
/// Neither overflows: the loader of models lets abs(sum) be at most 2^31 - 1, and
/// so are multipliers, which makes the result less than 2^30. Twice that fits 32
/// bits too.
static inline int32_t
mn_scale_q16(int32_t const sum, int32_t const multiplier)
{
  return (int32_t)(((int64_t)sum * multiplier + ((int64_t)1 << 31)) >> 32);
}

/// Reads `table` between its entries at a / 1024.
static inline int32_t
mn_interpolate(int32_t const* const table, uint32_t const a)
{
  int32_t const low  = table[a >> 10];
  int32_t const high = table[(a >> 10) + 1];
  return low + (((high - low) * (int32_t)(a & 1023) + 512) >> 10);
}

/// abs(x), at most 2^20: the tables' range.
static inline uint32_t
mn_clamped_abs(int32_t const x)
{
  uint32_t const a = x < 0 ? 0U - (uint32_t)x : (uint32_t)x;
  return a < 1U << 20 ? a : 1U << 20;
}

/// tanh: Q17 to Q16.
static inline int32_t
mn_tanh(int32_t const x_q17)
{
  int32_t const r = mn_interpolate(mn_tanh_q16, mn_clamped_abs(x_q17));
  return x_q17 < 0 ? -r : r;
}

/// The logistic function, (1 + tanh(x / 2)) / 2: Q16 to Q16.
static inline int32_t
mn_sigmoid(int32_t const x_q16)
{
  // Q16 read as Q17 is x / 2.
  return (MN_ONE_Q16 + 1 + mn_tanh(x_q16)) >> 1;
}

/// log(1 + exp(x)): Q16 to Q16. Where x is large, the table adds nothing to it.
static inline int32_t
mn_softplus(int32_t const x_q16)
{
  return (x_q16 > 0 ? x_q16 : 0) +
         mn_interpolate(mn_softplus_q16, mn_clamped_abs(x_q16));
}

/// The gates of one LSTM step; see MnKernel.gates. The forget bias of 1 is
/// already in the accumulators.
static inline void
mn_gates(unsigned const       units,
         unsigned const       hidden_frac,
         int32_t const* const restrict sums,
         int32_t const* const restrict multiplier,
         int32_t* const restrict cell,
         int16_t* const restrict state)
{
  int32_t const* const restrict at_j = sums + units;
  int32_t const* const restrict at_f = at_j + units;
  int32_t const* const restrict at_o = at_f + units;
  int32_t const* const restrict by_j = multiplier + units;
  int32_t const* const restrict by_f = by_j + units;
  int32_t const* const restrict by_o = by_f + units;

  int const     shift = 32 - (int)hidden_frac;
  int64_t const half  = (int64_t)1 << (shift - 1);
  // The tables overlap with nothing: without a word the compiler has to doubt it.
#if defined(__GNUC__) && !defined(__clang__)
#  pragma GCC ivdep
#endif
  for (size_t u = 0; u < units; ++u) {
    int32_t const i = mn_scale_q16(sums[u], multiplier[u]);
    int32_t const j = mn_scale_q16(at_j[u], by_j[u]);
    int32_t const f = mn_scale_q16(at_f[u], by_f[u]);
    int32_t const o = mn_scale_q16(at_o[u], by_o[u]);

    // Each step adds at most 1 to a cell, which is at most MN_MAX_STEPS then, and
    // a state is at most 1: 2^14 in its 16 bits.
    int64_t const c = ((int64_t)mn_sigmoid(f) * cell[u] +
                       (int64_t)mn_sigmoid(i) * mn_tanh(2 * j) + (1 << 15)) >>
                      16;
    cell[u]  = (int32_t)c;
    state[u] = (int16_t)(
      ((int64_t)mn_sigmoid(o) * mn_tanh((int32_t)(2 * c)) + half) >> shift);
  }
}

#endif // MN_FIXED_H
