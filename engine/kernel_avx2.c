// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// AVX2: 8 rows a register.

#include "fixed.h"
#include "kernel.h"
#include "vector_avx2.h"

extern MnKernel const mn_kernel_avx2;

static bool
supported(void)
{
  return __builtin_cpu_supports("avx2");
}

// Of 16 registers, the rest is for weights and states.
enum { ALONE_REGISTERS = 8, TILE_REGISTERS = 2, TILE_WINDOWS = 4 };

static inline Vector
dot_words(Vector const sum, Vector const weights, Vector const states)
{
  return _mm256_add_epi32(sum, _mm256_madd_epi16(weights, states));
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

MnKernel const mn_kernel_avx2 = {"avx2", supported, product, products, gates};
