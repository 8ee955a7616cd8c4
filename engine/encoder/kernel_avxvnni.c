// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// AVX2 with VNNI: 8 rows a register. One instruction multiplies and adds.
///
/// Tests compile this file once more for processors that have these instructions only as
/// part of AVX-512. There they do the same under another name and encoding.

#include "kernel.h"
#include "vector_avx2.h"

#include <cpuid.h>

#if defined(__AVXVNNI__)
#  define DPWSSD _mm256_dpwssd_avx_epi32
#  define DPBUSD _mm256_dpbusd_avx_epi32
#  define KERNEL mn_kernel_avxvnni
#  define NAME "avxvnni"
#else
#  define DPWSSD _mm256_dpwssd_epi32
#  define DPBUSD _mm256_dpbusd_epi32
#  define KERNEL mn_kernel_avxvnni_evex
#  define NAME "avxvnni-evex"
#endif

extern MnKernel const KERNEL;

// __builtin_cpu_supports() of Debian 12's compilers does not know AVX-VNNI, so this reads
// leaf 7.1 of CPUID. AVX2 implies that the system saves the registers.
static bool
supported(void)
{
#if defined(__AVXVNNI__)
  enum { LEAF = 7, SUBLEAF = 1, EAX_BIT = 1 << 4 };
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  return __builtin_cpu_supports("avx2") &&
         __get_cpuid_count(LEAF, SUBLEAF, &a, &b, &c, &d) && (a & EAX_BIT);
#else
  return __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
#endif
}

// There are 16 registers; the others hold weights and states.
enum { ALONE_REGISTERS = 8, TILE_REGISTERS = 2, TILE_WINDOWS = 4 };

static inline Vector
dot_words(Vector const sum, Vector const weights, Vector const states)
{
  return DPWSSD(sum, weights, states);
}

#define DOT_BYTES

static inline Vector
dot_bytes(Vector const sum, Vector const states, Vector const weights)
{
  return DPBUSD(sum, states, weights);
}

static inline Vector
high_bytes(Vector const states)
{
  Vector const positive = _mm256_xor_si256(states, _mm256_set1_epi16(INT16_MIN));
  return _mm256_shuffle_epi8(positive, _mm256_set1_epi32(0x07050301));
}

static inline Vector
low_bytes(Vector const states)
{
  return _mm256_shuffle_epi8(states, _mm256_set1_epi32(0x06040200));
}

#include "kernel_gates.h"
#include "kernel_product.h"

MnKernel const KERNEL = {NAME, supported, product, products, gates};
