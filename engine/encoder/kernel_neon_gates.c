// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The functions of fixed.h, 4 units at a time.

#include "base/fixed.h"
#include "kernel_neon.h"

#include <arm_neon.h>

enum { UNITS = 4 };

// mn_scale_q16()
static inline int32x4_t
scale_q16(int32_t const* const sums, int32_t const* const multiplier)
{
  int32x4_t const s = vld1q_s32(sums);
  int32x4_t const m = vld1q_s32(multiplier);
  return vrshrn_high_n_s64(vrshrn_n_s64(vmull_s32(vget_low_s32(s), vget_low_s32(m)), 32),
                           vmull_high_s32(s, m),
                           32);
}

// mn_tanh_q16()
static inline int32x4_t
tanh_q16(int32x4_t const x_q17)
{
  uint32x4_t const rest = vdupq_n_u32(MN_LINE - 1);
  uint32x4_t const a =
    vminq_u32(vreinterpretq_u32_s32(vabsq_s32(x_q17)), vdupq_n_u32(MN_TABLE_END));
  uint32x4_t const at = vshrq_n_u32(a, MN_LINE_BITS);

  uint32x4_t line = vld1q_dup_u32(mn_tanh_lines + vgetq_lane_u32(at, 0));
  line            = vld1q_lane_u32(mn_tanh_lines + vgetq_lane_u32(at, 1), line, 1);
  line            = vld1q_lane_u32(mn_tanh_lines + vgetq_lane_u32(at, 2), line, 2);
  line            = vld1q_lane_u32(mn_tanh_lines + vgetq_lane_u32(at, 3), line, 3);

  uint32x4_t const rise  = vandq_u32(line, rest);
  uint32x4_t const risen = vmlaq_u32(vsubq_u32(line, rise), rise, vandq_u32(a, rest));
  int32x4_t const  r     = vreinterpretq_s32_u32(vrshrq_n_u32(risen, MN_LINE_BITS));
  int32x4_t const  sign  = vshrq_n_s32(x_q17, 31);
  return vsubq_s32(veorq_s32(r, sign), sign);
}

// mn_sigmoid_q16()
static inline int32x4_t
sigmoid_q16(int32x4_t const x_q16)
{
  return vrhaddq_s32(vdupq_n_s32(MN_ONE_Q16), tanh_q16(x_q16));
}

// mn_gates() of 4 units; gates are `units` apart.
static inline MN_REALTIME void
gates_of_four(size_t const         units,
              int64x2_t const      shift,
              int32_t const* const sums,
              int32_t const* const multiplier,
              int32_t* const       cell,
              int16_t* const       state)
{
  int32x4_t const i = sigmoid_q16(scale_q16(sums, multiplier));
  int32x4_t const j = tanh_q16(vshlq_n_s32(scale_q16(sums + units, multiplier + units), 1));
  int32x4_t const f = sigmoid_q16(scale_q16(sums + 2 * units, multiplier + 2 * units));
  int32x4_t const o = sigmoid_q16(scale_q16(sums + 3 * units, multiplier + 3 * units));

  int32x4_t const before = vld1q_s32(cell);
  int64x2_t const kept   = vmull_s32(vget_low_s32(f), vget_low_s32(before));
  int64x2_t const low    = vmlal_s32(kept, vget_low_s32(i), vget_low_s32(j));
  int64x2_t const high   = vmlal_high_s32(vmull_high_s32(f, before), i, j);
  int32x4_t const c      = vrshrn_high_n_s64(vrshrn_n_s64(low, 16), high, 16);
  vst1q_s32(cell, c);

  int32x4_t const t = tanh_q16(vshlq_n_s32(c, 1));
  int32x2_t const two =
    vmovn_s64(vrshlq_s64(vmull_s32(vget_low_s32(o), vget_low_s32(t)), shift));
  int32x4_t const four = vmovn_high_s64(two, vrshlq_s64(vmull_high_s32(o, t), shift));
  vst1_s16(state, vmovn_s32(four));
}

MN_REALTIME void
mn_neon_gates(unsigned const       units,
              unsigned const       hidden_frac,
              int32_t const* const sums,
              int32_t const* const multiplier,
              int32_t* const       cell,
              int16_t* const       state)
{
  int64x2_t const shift = vdupq_n_s64((int64_t)hidden_frac - 32); // to the right
  unsigned        u     = 0;
  for (; u + UNITS <= units; u += UNITS) {
    gates_of_four(units, shift, sums + u, multiplier + u, cell + u, state + u);
  }
  mn_gates(u, units, hidden_frac, sums, multiplier, cell, state);
}
