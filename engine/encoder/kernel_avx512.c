// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// AVX-512 with VNNI: 16 rows a register. One instruction multiplies and adds.

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

// There are 32 registers; the others hold weights and states.
enum { ALONE_REGISTERS = 8, TILE_REGISTERS = 4, TILE_WINDOWS = 4 };

static inline Vector
dot_words(Vector const sum, Vector const weights, Vector const states)
{
  return _mm512_dpwssd_epi32(sum, weights, states);
}

#define DOT_BYTES

static inline Vector
dot_bytes(Vector const sum, Vector const states, Vector const weights)
{
  return _mm512_dpbusd_epi32(sum, states, weights);
}

static inline Vector
high_bytes(Vector const states)
{
  Vector const order = _mm512_set1_epi32(0x07050301);
  return _mm512_shuffle_epi8(_mm512_xor_si512(states, _mm512_set1_epi16(INT16_MIN)), order);
}

static inline Vector
low_bytes(Vector const states)
{
  return _mm512_shuffle_epi8(states, _mm512_set1_epi32(0x06040200));
}

#include "kernel_gates.h"
#include "kernel_product.h"

MnKernel const mn_kernel_avx512 = {"avx512", supported, product, products, gates};
