// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// AVX2 registers, for the code that the vector kernels share.

#ifndef MN_VECTOR_AVX2_H
#define MN_VECTOR_AVX2_H

#include <immintrin.h>
#include <stdint.h>

typedef __m256i Vector;
typedef int     VectorBits;

enum { LANES = 8 }; // of 32 bits

#define VECTOR(op) _mm256_##op

#include "vector_x86.h"

static inline Vector
vector_load(void const* const memory)
{
  return _mm256_loadu_si256((__m256i const*)memory);
}

static inline void
vector_store(void* const memory, Vector const v)
{
  _mm256_storeu_si256((__m256i*)memory, v);
}

// Loads LANES / 2 numbers into the even lanes; odd lanes are 0.
static inline Vector
vector_spread(int32_t const* const numbers)
{
  return _mm256_cvtepu32_epi64(_mm_loadu_si128((__m128i const*)numbers));
}

static inline Vector
vector_all_64(int64_t const value)
{
  return _mm256_set1_epi64x(value);
}

// Loads 16 weights of 8 bits and widens them to 16.
static inline Vector
vector_widen(int8_t const* const weights)
{
  return _mm256_cvtepi8_epi16(_mm_loadu_si128((__m128i const*)weights));
}

// Adds neighbouring lanes: first the sums of `low`, then those of `high`.
static inline Vector
vector_add_neighbours(Vector const low, Vector const high)
{
  // The instruction adds within each half of a register, which leaves pairs of sums in
  // the order low, high, low, high.
  Vector const sums = _mm256_hadd_epi32(low, high);
  return _mm256_permute4x64_epi64(sums, _MM_SHUFFLE(3, 1, 2, 0));
}

static inline Vector
vector_and(Vector const a, Vector const b)
{
  return _mm256_and_si256(a, b);
}

// -a where b is negative, 0 where b is 0, else a.
static inline Vector
vector_sign(Vector const a, Vector const b)
{
  return _mm256_sign_epi32(a, b);
}

// The even lanes of a and the odd lanes of b.
static inline Vector
vector_merge(Vector const a, Vector const b)
{
  return _mm256_blend_epi32(a, b, 0xAA);
}

static inline Vector
vector_look_up(uint32_t const* const table, uint32_t const* const index)
{
  return _mm256_setr_m128i(look_up_four(table, index), look_up_four(table, index + 4));
}

// Stores the lanes as 16-bit numbers.
static inline void
vector_store_words(int16_t* const memory, Vector const v)
{
  __m128i const low  = _mm256_castsi256_si128(v);
  __m128i const high = _mm256_extracti128_si256(v, 1);
  _mm_storeu_si128((__m128i*)memory, _mm_packs_epi32(low, high));
}

#endif // MN_VECTOR_AVX2_H
