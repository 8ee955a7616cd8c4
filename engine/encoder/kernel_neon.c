// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// NEON, which every ARMv8-A has. It adds 16-bit products to the lane of their row and
/// column; the lanes of a row are added at the end.

#include "kernel_neon.h"

#include <arm_neon.h>

extern MnKernel const mn_kernel_neon;

/// Of 32 registers, those that hold the sums of a tile.
enum { ACCUMULATORS = 16 };

/// Weights of 16 bits: a register holds the sums of 2 rows, 2 lanes for each. A tile is a
/// group of 16 rows for up to 2 windows.
enum { WIDE_SUMS = MN_ROWS_PACKED / 2, WIDE_WINDOWS = ACCUMULATORS / WIDE_SUMS };

/// Weights of 8 bits: a register holds the sums of one row, one lane for each of 4
/// columns. A tile is 16 rows for one window, or 4 rows for up to 4 windows, which share
/// the widened weights.
enum { NARROW_WINDOWS = 4, NARROW_ROWS = 4 };

static bool
supported(void)
{
  return true;
}

// Two neighbours of the state, twice.
static inline int16x8_t
broadcast_pair(int16_t const* const state)
{
  int32_t pair;
  __builtin_memcpy(&pair, state, sizeof(pair));
  return vreinterpretq_s16_s32(vdupq_n_s32(pair));
}

// Multiplies 16 rows of 16-bit weights, for some windows.
static inline __attribute__((always_inline)) void
wide_tile(MnMatrix const* const       matrix,
          unsigned const              row,
          unsigned const              windows,
          int32_t const* const* const start,
          int16_t const* const        state,
          int32_t* const              sums)
{
  int16_t const* w = matrix->w16 + (size_t)row * matrix->columns;
  int32x4_t      acc[WIDE_WINDOWS][WIDE_SUMS];
  for (unsigned i = 0; i < windows; ++i) {
    for (unsigned k = 0; k < WIDE_SUMS; ++k) {
      acc[i][k] = vdupq_n_s32(0);
    }
  }
  for (unsigned c = 0; c < matrix->columns; c += 2) {
    int16x8_t pair[WIDE_WINDOWS];
    for (unsigned i = 0; i < windows; ++i) {
      pair[i] = broadcast_pair(state + (size_t)i * matrix->columns + c);
    }
    for (unsigned k = 0; k < WIDE_SUMS; k += 2, w += 8) {
      int16x8_t const rows = vld1q_s16(w);
      for (unsigned i = 0; i < windows; ++i) {
        acc[i][k]     = vmlal_s16(acc[i][k], vget_low_s16(rows), vget_low_s16(pair[i]));
        acc[i][k + 1] = vmlal_high_s16(acc[i][k + 1], rows, pair[i]);
      }
    }
  }
  for (unsigned i = 0; i < windows; ++i) {
    int32_t* const out = sums + (size_t)i * matrix->rows + row;
    for (unsigned k = 0; k < WIDE_SUMS; k += 2) {
      int32x4_t const rows = vpaddq_s32(acc[i][k], acc[i][k + 1]);
      vst1q_s32(out + 2 * k, vaddq_s32(vld1q_s32(start[i] + row + 2 * k), rows));
    }
  }
}

// Multiplies `rows` rows of 8-bit weights, from `row` on and all of one group, for some
// windows.
static inline __attribute__((always_inline)) void
narrow_tile(MnMatrix const* const       matrix,
            unsigned const              row,
            unsigned const              rows,
            unsigned const              windows,
            int32_t const* const* const start,
            int16_t const* const        state,
            int32_t* const              sums)
{
  unsigned const group = row / MN_ROWS_PACKED * MN_ROWS_PACKED;
  int8_t const*  w     = matrix->w8 + (size_t)group * matrix->columns + (row - group) * 4;
  int32x4_t      acc[ACCUMULATORS]; // [windows][rows]
  for (unsigned k = 0; k < windows * rows; ++k) {
    acc[k] = vdupq_n_s32(0);
  }
  for (unsigned c = 0; c < matrix->columns; c += 4, w += (size_t)MN_ROWS_PACKED * 4) {
    int16x8_t four[NARROW_WINDOWS];
    for (unsigned i = 0; i < windows; ++i) {
      int16x4_t const once = vld1_s16(state + (size_t)i * matrix->columns + c);
      four[i]              = vcombine_s16(once, once);
    }
    for (unsigned r = 0; r < rows; r += 4) {
      int8x16_t const bytes = vld1q_s8(w + (size_t)r * 4);
      int16x8_t const low   = vmovl_s8(vget_low_s8(bytes));
      int16x8_t const high  = vmovl_high_s8(bytes);
      for (unsigned i = 0; i < windows; ++i) {
        int32x4_t* const to  = acc + i * rows + r;
        int16x4_t const  one = vget_low_s16(four[i]);
        to[0]                = vmlal_s16(to[0], vget_low_s16(low), one);
        to[1]                = vmlal_high_s16(to[1], low, four[i]);
        to[2]                = vmlal_s16(to[2], vget_low_s16(high), one);
        to[3]                = vmlal_high_s16(to[3], high, four[i]);
      }
    }
  }
  for (unsigned i = 0; i < windows; ++i) {
    int32_t* const out = sums + (size_t)i * matrix->rows + row;
    for (unsigned r = 0; r < rows; r += 4) {
      int32x4_t const* const from = acc + i * rows + r;
      int32x4_t const        four =
        vpaddq_s32(vpaddq_s32(from[0], from[1]), vpaddq_s32(from[2], from[3]));
      vst1q_s32(out + r, vaddq_s32(vld1q_s32(start[i] + row + r), four));
    }
  }
}

MN_REALTIME void
mn_neon_product(MnMatrix const* const matrix,
                int32_t const* const  start,
                int16_t const* const  state,
                int32_t* const        sums)
{
  for (unsigned row = 0; row < matrix->rows; row += MN_ROWS_PACKED) {
    if (matrix->w16) {
      wide_tile(matrix, row, 1, &start, state, sums);
    } else {
      narrow_tile(matrix, row, MN_ROWS_PACKED, 1, &start, state, sums);
    }
  }
}

// Multiplies 16 rows for all windows while the weights are in the L1 cache.
static void
wide_group(MnMatrix const* const       matrix,
           unsigned const              row,
           unsigned const              count,
           int32_t const* const* const start,
           int16_t const* const        state,
           int32_t* const              sums)
{
  size_t w = 0;
  for (; w + WIDE_WINDOWS <= count; w += WIDE_WINDOWS) {
    wide_tile(matrix,
              row,
              WIDE_WINDOWS,
              start + w,
              state + w * matrix->columns,
              sums + w * matrix->rows);
  }
  if (w < count) {
    wide_tile(
      matrix, row, 1, start + w, state + w * matrix->columns, sums + w * matrix->rows);
  }
}

static void
narrow_group(MnMatrix const* const       matrix,
             unsigned const              row,
             unsigned const              count,
             int32_t const* const* const start,
             int16_t const* const        state,
             int32_t* const              sums)
{
  size_t w = 0;
  for (; w + NARROW_WINDOWS <= count; w += NARROW_WINDOWS) {
    for (unsigned r = row; r < row + MN_ROWS_PACKED; r += NARROW_ROWS) {
      narrow_tile(matrix,
                  r,
                  NARROW_ROWS,
                  NARROW_WINDOWS,
                  start + w,
                  state + w * matrix->columns,
                  sums + w * matrix->rows);
    }
  }
  for (; w < count; ++w) {
    narrow_tile(matrix,
                row,
                MN_ROWS_PACKED,
                1,
                start + w,
                state + w * matrix->columns,
                sums + w * matrix->rows);
  }
}

void
mn_neon_products(MnMatrix const* const       matrix,
                 unsigned const              count,
                 int32_t const* const* const start,
                 int16_t const* const        state,
                 int32_t* const              sums)
{
  for (unsigned row = 0; row < matrix->rows; row += MN_ROWS_PACKED) {
    if (matrix->w16) {
      wide_group(matrix, row, count, start, state, sums);
    } else {
      narrow_group(matrix, row, count, start, state, sums);
    }
  }
}

MnKernel const mn_kernel_neon = {"neon",
                                 supported,
                                 mn_neon_product,
                                 mn_neon_products,
                                 mn_neon_gates};
