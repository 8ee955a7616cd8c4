// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// AVX-512 with VNNI: 16 rows a register, products and sums by one instruction.

#include "fixed.h"
#include "kernel.h"
#include "vector_avx512.h"

extern MnKernel const mn_kernel_avx512;

static bool
supported(void)
{
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vnni");
}

// Of 32 registers, the rest is for weights and states.
enum { ALONE_REGISTERS = 8, TILE_REGISTERS = 2, TILE_WINDOWS = 8 };

static inline Vector
dot_words(Vector const sum, Vector const weights, Vector const states)
{
  return _mm512_dpwssd_epi32(sum, weights, states);
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

MnKernel const mn_kernel_avx512 = {"avx512", supported, product, products, gates};
