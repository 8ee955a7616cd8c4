// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// NEON with the dot products of ARMv8.2, which add 4 products of bytes to a lane.
///
/// A state is split into two signed bytes: the upper one is the state over 256, rounded,
/// and the lower one is the rest, from -128 to 127. A state is at most 1, which is at most
/// 2^14, so the upper byte is at most 64. Weights of 16 bits gain nothing from this.

#include "kernel_neon.h"

#include <arm_neon.h>
#include <asm/hwcap.h>
#include <sys/auxv.h>

extern MnKernel const mn_kernel_neon_dot;

/// A register holds 4 columns of 4 rows.
enum { COLUMNS = 4, LANES = 4, REGISTERS = MN_ROWS_PACKED / LANES };

/// A tile is this many groups of 16 rows for one window, or one group for this many
/// windows. Its sums take 16 of 32 registers.
enum { TILE_GROUPS = 2, TILE_WINDOWS = 2, TILE = 2 };

static bool
supported(void)
{
  return getauxval(AT_HWCAP) & HWCAP_ASIMDDP;
}

// Sums of products: of the upper bytes of the state, and of the lower ones.
typedef struct {
  int32x4_t upper[REGISTERS];
  int32x4_t lower[REGISTERS];
} Sums;

static inline __attribute__((always_inline)) void
tile(MnMatrix const* const       matrix,
     unsigned const              row,
     unsigned const              groups,
     unsigned const              windows,
     int32_t const* const* const start,
     int16_t const* const        state,
     int32_t* const              sums)
{
  size_t const  stride = (size_t)MN_ROWS_PACKED * matrix->columns;
  int8_t const* w      = matrix->w8 + (size_t)row * matrix->columns;
  Sums          acc[TILE]; // [groups][windows]
  for (unsigned t = 0; t < groups * windows; ++t) {
    for (unsigned k = 0; k < REGISTERS; ++k) {
      acc[t].upper[k] = acc[t].lower[k] = vdupq_n_s32(0);
    }
  }
  for (unsigned c = 0; c < matrix->columns; c += COLUMNS, w += MN_ROWS_PACKED * COLUMNS) {
    int8x8_t upper[TILE_WINDOWS];
    int8x8_t lower[TILE_WINDOWS];
    for (unsigned i = 0; i < windows; ++i) {
      int16x4_t const four  = vld1_s16(state + (size_t)i * matrix->columns + c);
      int16x8_t const eight = vcombine_s16(four, four); // only the first half is used
      upper[i]              = vrshrn_n_s16(eight, 8);
      lower[i]              = vmovn_s16(eight);
    }
    for (unsigned g = 0; g < groups; ++g) {
      for (unsigned k = 0; k < REGISTERS; ++k) {
        int8x16_t const rows = vld1q_s8(w + g * stride + (size_t)k * sizeof(rows));
        for (unsigned i = 0; i < windows; ++i) {
          Sums* const to = &acc[g * windows + i];
          to->upper[k]   = vdotq_lane_s32(to->upper[k], rows, upper[i], 0);
          to->lower[k]   = vdotq_lane_s32(to->lower[k], rows, lower[i], 0);
        }
      }
    }
  }
  for (unsigned t = 0; t < groups * windows; ++t) {
    size_t const at = row + (size_t)(t / windows) * MN_ROWS_PACKED;
    for (unsigned k = 0; k < REGISTERS; ++k) {
      int32x4_t const from  = vld1q_s32(start[t % windows] + at + (size_t)k * LANES);
      int32x4_t const upper = vshlq_n_s32(acc[t].upper[k], 8);
      vst1q_s32(sums + t % windows * matrix->rows + at + (size_t)k * LANES,
                vaddq_s32(vaddq_s32(from, acc[t].lower[k]), upper));
    }
  }
}

static MN_REALTIME void
product(MnMatrix const* const matrix,
        int32_t const* const  start,
        int16_t const* const  state,
        int32_t* const        sums)
{
  if (matrix->w16) {
    mn_neon_product(matrix, start, state, sums);
    return;
  }
  unsigned const many = TILE_GROUPS * MN_ROWS_PACKED;
  unsigned       row  = 0;
  for (; row + many <= matrix->rows; row += many) {
    tile(matrix, row, TILE_GROUPS, 1, &start, state, sums);
  }
  if (row < matrix->rows) {
    tile(matrix, row, 1, 1, &start, state, sums);
  }
}

// Multiplies 16 rows for all windows while the weights are in the L1 cache.
static void
products(MnMatrix const* const       matrix,
         unsigned const              count,
         int32_t const* const* const start,
         int16_t const* const        state,
         int32_t* const              sums)
{
  if (matrix->w16) {
    mn_neon_products(matrix, count, start, state, sums);
    return;
  }
  size_t const rows    = matrix->rows;
  size_t const columns = matrix->columns;
  for (unsigned row = 0; row < rows; row += MN_ROWS_PACKED) {
    size_t w = 0;
    for (; w + TILE_WINDOWS <= count; w += TILE_WINDOWS) {
      tile(matrix, row, 1, TILE_WINDOWS, start + w, state + w * columns, sums + w * rows);
    }
    if (w < count) {
      tile(matrix, row, 1, 1, start + w, state + w * columns, sums + w * rows);
    }
  }
}

MnKernel const mn_kernel_neon_dot = {"neon-dot",
                                     supported,
                                     product,
                                     products,
                                     mn_neon_gates};
