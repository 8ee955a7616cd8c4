// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The kernel in plain C, which every processor runs.

#include "fixed.h"
#include "kernel.h"

extern MnKernel const mn_kernel_scalar;

static bool
supported(void)
{
  return true;
}

static MN_REALTIME void
product(MnMatrix const* const matrix,
        int32_t const* const  start,
        int16_t const* const  state,
        int32_t* const        sums)
{
  size_t at = 0;
  for (unsigned r = 0; r < matrix->rows; r += MN_ROWS_PACKED) {
    int32_t acc[MN_ROWS_PACKED];
    for (unsigned i = 0; i < MN_ROWS_PACKED; ++i) {
      acc[i] = start[r + i];
    }
    for (unsigned c = 0; c < matrix->columns; c += MN_COLUMNS_PACKED) {
      int32_t const even = state[c];
      int32_t const odd  = state[c + 1];
      if (matrix->w16) {
        for (unsigned i = 0; i < MN_ROWS_PACKED; ++i, at += MN_COLUMNS_PACKED) {
          acc[i] += matrix->w16[at] * even + matrix->w16[at + 1] * odd;
        }
      } else {
        for (unsigned i = 0; i < MN_ROWS_PACKED; ++i, at += MN_COLUMNS_PACKED) {
          acc[i] += matrix->w8[at] * even + matrix->w8[at + 1] * odd;
        }
      }
    }
    for (unsigned i = 0; i < MN_ROWS_PACKED; ++i) {
      sums[r + i] = acc[i];
    }
  }
}

static void
products(MnMatrix const* const       matrix,
         unsigned const              count,
         int32_t const* const* const start,
         int16_t const* const        state,
         int32_t* const              sums)
{
  for (unsigned w = 0; w < count; ++w) {
    product(matrix,
            start[w],
            state + (size_t)w * matrix->columns,
            sums + (size_t)w * matrix->rows);
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
  mn_gates(units, hidden_frac, sums, multiplier, cell, state);
}

MnKernel const mn_kernel_scalar = {"scalar", supported, product, products, gates};
