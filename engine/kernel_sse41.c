// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// SSE4.1: 4 rows a register.

#include "fixed.h"
#include "kernel.h"
#include "vector_sse41.h"

extern MnKernel const mn_kernel_sse41;

static bool
supported(void)
{
  return __builtin_cpu_supports("sse4.1");
}

// Of 16 registers, the rest is for weights and states.
enum { ALONE_REGISTERS = 8, TILE_REGISTERS = 2, TILE_WINDOWS = 4 };

static inline Vector
dot_words(Vector const sum, Vector const weights, Vector const states)
{
  return _mm_add_epi32(sum, _mm_madd_epi16(weights, states));
}

#include "kernel_product.h"

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

MnKernel const mn_kernel_sse41 = {"sse41", supported, product, products, gates};
