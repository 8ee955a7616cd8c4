// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// AVX-512 registers, for the code that the vector kernels share.

#ifndef MN_VECTOR_AVX512_H
#define MN_VECTOR_AVX512_H

#include <immintrin.h>
#include <stdint.h>

typedef __m512i  Vector;
typedef unsigned VectorBits;

enum { LANES = 16 }; // of 32 bits

#define VECTOR(op) _mm512_##op

#include "vector_x86.h"

static inline Vector
vector_load(void const* const memory)
{
  return _mm512_loadu_si512(memory);
}

static inline void
vector_store(void* const memory, Vector const v)
{
  _mm512_storeu_si512(memory, v);
}

// Loads LANES / 2 numbers into the even lanes; odd lanes are 0.
static inline Vector
vector_spread(int32_t const* const numbers)
{
  return _mm512_cvtepu32_epi64(_mm256_loadu_si256((__m256i const*)numbers));
}

static inline Vector
vector_all_64(int64_t const value)
{
  return _mm512_set1_epi64(value);
}

// Loads 32 weights of 8 bits and widens them to 16.
static inline Vector
vector_widen(int8_t const* const weights)
{
  return _mm512_cvtepi8_epi16(_mm256_loadu_si256((__m256i const*)weights));
}

// Adds neighbouring lanes: first the sums of `low`, then those of `high`.
static inline Vector
vector_add_neighbours(Vector const low, Vector const high)
{
  Vector const even =
    _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  Vector const odd =
    _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
  return _mm512_add_epi32(_mm512_permutex2var_epi32(low, even, high),
                          _mm512_permutex2var_epi32(low, odd, high));
}

static inline Vector
vector_and(Vector const a, Vector const b)
{
  return _mm512_and_si512(a, b);
}

// -a where b is negative, else a.
static inline Vector
vector_sign(Vector const a, Vector const b)
{
  return _mm512_mask_sub_epi32(a, _mm512_movepi32_mask(b), _mm512_setzero_si512(), a);
}

// The even lanes of a and the odd lanes of b.
static inline Vector
vector_merge(Vector const a, Vector const b)
{
  return _mm512_mask_mov_epi32(a, 0xAAAA, b);
}

static inline Vector
vector_look_up(uint32_t const* const table, uint32_t const* const index)
{
  __m256i const low =
    _mm256_setr_m128i(look_up_four(table, index), look_up_four(table, index + 4));
  __m256i const high =
    _mm256_setr_m128i(look_up_four(table, index + 8), look_up_four(table, index + 12));
  return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}

// Stores the lanes as 16-bit numbers.
static inline void
vector_store_words(int16_t* const memory, Vector const v)
{
  _mm256_storeu_si256((__m256i*)memory, _mm512_cvtepi32_epi16(v));
}

#endif // MN_VECTOR_AVX512_H
