// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The kernel in plain C, for every processor.

#include "base/fixed.h"
#include "kernel.h"

#include <string.h>

extern MnKernel const mn_kernel_scalar;

static bool
supported(void)
{
  return true;
}

// Multiplies 16 rows. `n` weights of each row are stored together.
static inline MN_REALTIME void
product_rows(MnMatrix const* const matrix,
             unsigned const        row,
             unsigned const        n,
             int16_t const* const  state,
             int32_t* const        acc)
{
  size_t at = (size_t)row * matrix->columns;
  for (unsigned c = 0; c < matrix->columns; c += n) {
    for (unsigned i = 0; i < MN_ROWS_PACKED; ++i) {
      for (unsigned k = 0; k < n; ++k, ++at) {
        acc[i] += (matrix->w16 ? matrix->w16[at] : matrix->w8[at]) * state[c + k];
      }
    }
  }
}

static MN_REALTIME void
product(MnMatrix const* const matrix,
        int32_t const* const  start,
        int16_t const* const  state,
        int32_t* const        sums)
{
  for (unsigned r = 0; r < matrix->rows; r += MN_ROWS_PACKED) {
    int32_t acc[MN_ROWS_PACKED];
    memcpy(acc, start + r, sizeof(acc));
    if (matrix->w16) {
      product_rows(matrix, r, 2, state, acc);
    } else {
      product_rows(matrix, r, 4, state, acc);
    }
    memcpy(sums + r, acc, sizeof(acc));
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
  mn_gates(0, units, hidden_frac, sums, multiplier, cell, state);
}

MnKernel const mn_kernel_scalar = {"scalar", supported, product, products, gates};
