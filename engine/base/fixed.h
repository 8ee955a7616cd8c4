// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The arithmetic that all kernels share: integer functions in Q-formats, computed from
/// tables. Compilers can vectorise it for each instruction set. It relies on arithmetic
/// right shifts, which all our targets have.

#ifndef MN_FIXED_H
#define MN_FIXED_H

#include "common.h"
#include "tables.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

static_assert(-3 >> 1 == -2, "shifts of negative numbers are arithmetic");

enum { MN_ONE_Q16 = 1 << 16 };

/// Converts Q16 to a double, exactly.
static inline double
mn_from_q16(int32_t const x_q16)
{
  return (double)x_q16 / MN_ONE_Q16;
}

/// Multiplies an accumulator by its row's scale. Returns Q16, rounded to nearest.
///
/// Nothing overflows. The loader of models checks that abs(sum) is at most 2^31 - 1, and
/// a multiplier is at most that too, so the result is below 2^30. Twice the result fits
/// 32 bits as well.
static inline int32_t
mn_scale_q16(int32_t const sum, int32_t const multiplier)
{
  return (int32_t)(((int64_t)sum * multiplier + ((int64_t)1 << 31)) >> 32);
}

/// Tables end at an argument of 2^20. An entry stands for 2^10 arguments, between which
/// values are interpolated.
enum {
  MN_TABLE_END = 1 << 20,
  MN_LINE_BITS = 10,
  MN_LINE      = 1U << MN_LINE_BITS,
};

/// abs(x), clamped to the end of the tables.
static inline uint32_t
mn_clamped_abs(int32_t const x)
{
  uint32_t const a = x < 0 ? 0U - (uint32_t)x : (uint32_t)x;
  return a < MN_TABLE_END ? a : (uint32_t)MN_TABLE_END;
}

/// tanh: Q17 to Q16.
static inline int32_t
mn_tanh_q16(int32_t const x_q17)
{
  uint32_t const a    = mn_clamped_abs(x_q17);
  uint32_t const line = mn_tanh_lines[a / MN_LINE];
  uint32_t const rise = line % MN_LINE;
  uint32_t const at   = line - rise + rise * (a % MN_LINE);
  int32_t const  r    = (int32_t)((at + MN_LINE / 2) / MN_LINE);
  return x_q17 < 0 ? -r : r;
}

/// The logistic function, (1 + tanh(x / 2)) / 2: Q16 to Q16.
static inline int32_t
mn_sigmoid_q16(int32_t const x_q16)
{
  // Q16 read as Q17 is x / 2.
  return (MN_ONE_Q16 + 1 + mn_tanh_q16(x_q16)) >> 1;
}

/// log(1 + exp(x)): Q16 to Q16. For large x the table adds 0.
static inline int32_t
mn_softplus_q16(int32_t const x_q16)
{
  uint32_t const       a    = mn_clamped_abs(x_q16);
  int32_t const* const at   = mn_softplus_points + a / MN_LINE;
  int32_t const        rise = (at[1] - at[0]) * (int32_t)(a % MN_LINE); // negative
  return (x_q16 > 0 ? x_q16 : 0) + at[0] + ((rise + MN_LINE / 2) >> MN_LINE_BITS);
}

/// The logarithm to base 2, Q16 to Q16: exact at powers of 2, and straight between them. What
/// is not positive counts as the least number that is.
static inline int32_t
mn_log2_q16(int32_t const x_q16)
{
  uint32_t const x      = x_q16 > 0 ? (uint32_t)x_q16 : 1;
  int32_t const  octave = 31 - __builtin_clz(x);
  uint32_t const part   = x << (31 - octave) >> 15 & 0xFFFF;
  return (octave - 16) * MN_ONE_Q16 + (int32_t)part;
}

/// 2^-x: Q16 to Q30, straight between 256 points of an octave.
static inline uint32_t
mn_exp2_down_q30(uint32_t const x_q16)
{
  uint32_t const whole = x_q16 >> 16;
  uint32_t const at    = (x_q16 & 0xFFFF) >> 8;
  uint32_t const rest  = x_q16 & 0xFF;
  uint32_t const here  = mn_exp2_fine_q30[at];
  uint32_t const fall  = (here - mn_exp2_fine_q30[at + 1]) * rest >> 8;
  return whole < 32 ? (here - fall) >> whole : 0;
}

/// Computes the gates of one LSTM step, from unit `first` on; see MnKernel.gates. The
/// accumulators already contain the forget bias of 1.
static inline void
mn_gates(unsigned const                   first,
         unsigned const                   units,
         unsigned const                   hidden_frac,
         int32_t const* const MN_RESTRICT sums,
         int32_t const* const MN_RESTRICT multiplier,
         int32_t* const MN_RESTRICT       cell,
         int16_t* const MN_RESTRICT       state)
{
  int32_t const* const MN_RESTRICT at_j = sums + units;
  int32_t const* const MN_RESTRICT at_f = at_j + units;
  int32_t const* const MN_RESTRICT at_o = at_f + units;
  int32_t const* const MN_RESTRICT by_j = multiplier + units;
  int32_t const* const MN_RESTRICT by_f = by_j + units;
  int32_t const* const MN_RESTRICT by_o = by_f + units;

  int const     shift = 32 - (int)hidden_frac;
  int64_t const half  = (int64_t)1 << (shift - 1);
  for (size_t u = first; u < units; ++u) {
    int32_t const i = mn_scale_q16(sums[u], multiplier[u]);
    int32_t const j = mn_scale_q16(at_j[u], by_j[u]);
    int32_t const f = mn_scale_q16(at_f[u], by_f[u]);
    int32_t const o = mn_scale_q16(at_o[u], by_o[u]);

    // A step adds at most 1 to a cell, so a cell is at most MN_MAX_STEPS. A state is at
    // most 1, which is 2^14 in its 16 bits.
    int64_t const c = ((int64_t)mn_sigmoid_q16(f) * cell[u] +
                       (int64_t)mn_sigmoid_q16(i) * mn_tanh_q16(2 * j) + (1 << 15)) >>
                      16;
    cell[u] = (int32_t)c;
    state[u] =
      (int16_t)(((int64_t)mn_sigmoid_q16(o) * mn_tanh_q16((int32_t)(2 * c)) + half) >>
                shift);
  }
}

#endif // MN_FIXED_H
