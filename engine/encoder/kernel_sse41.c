// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// SSE4.1: 4 rows a register.

#include "kernel.h"
#include "vector_sse41.h"

extern MnKernel const mn_kernel_sse41;

static bool
supported(void)
{
  return __builtin_cpu_supports("sse4.1");
}

// There are 16 registers; the others hold weights and states.
enum { ALONE_REGISTERS = 8, TILE_REGISTERS = 2, TILE_WINDOWS = 4 };

static inline Vector
dot_words(Vector const sum, Vector const weights, Vector const states)
{
  return _mm_add_epi32(sum, _mm_madd_epi16(weights, states));
}

#include "kernel_gates.h"
#include "kernel_product.h"

MnKernel const mn_kernel_sse41 = {"sse41", supported, product, products, gates};
