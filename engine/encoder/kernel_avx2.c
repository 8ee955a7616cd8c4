// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// AVX2: 8 rows a register.

#include "kernel.h"
#include "vector_avx2.h"

extern MnKernel const mn_kernel_avx2;

static bool
supported(void)
{
  return __builtin_cpu_supports("avx2");
}

// There are 16 registers; the others hold weights and states.
enum { ALONE_REGISTERS = 8, TILE_REGISTERS = 2, TILE_WINDOWS = 4 };

static inline Vector
dot_words(Vector const sum, Vector const weights, Vector const states)
{
  return _mm256_add_epi32(sum, _mm256_madd_epi16(weights, states));
}

#include "kernel_gates.h"
#include "kernel_product.h"

MnKernel const mn_kernel_avx2 = {"avx2", supported, product, products, gates};
