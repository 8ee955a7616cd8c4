// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// SSE4.1 registers, for the code that the vector kernels share.

#ifndef MN_VECTOR_SSE41_H
#define MN_VECTOR_SSE41_H

#include <immintrin.h>
#include <stdint.h>

typedef __m128i Vector;
typedef int     VectorBits;

enum { LANES = 4 }; // of 32 bits

#define VECTOR(op) _mm_##op

#include "vector_x86.h"

static inline Vector
vector_load(void const* const memory)
{
  return _mm_loadu_si128((__m128i const*)memory);
}

static inline void
vector_store(void* const memory, Vector const v)
{
  _mm_storeu_si128((__m128i*)memory, v);
}

// Loads LANES / 2 numbers into the even lanes; odd lanes are 0.
static inline Vector
vector_spread(int32_t const* const numbers)
{
  return _mm_cvtepu32_epi64(_mm_loadl_epi64((__m128i const*)numbers));
}

static inline Vector
vector_all_64(int64_t const value)
{
  return _mm_set1_epi64x(value);
}

// Loads 8 weights of 8 bits and widens them to 16.
static inline Vector
vector_widen(int8_t const* const weights)
{
  return _mm_cvtepi8_epi16(_mm_loadl_epi64((__m128i const*)weights));
}

// Adds neighbouring lanes: first the sums of `low`, then those of `high`.
static inline Vector
vector_add_neighbours(Vector const low, Vector const high)
{
  return _mm_hadd_epi32(low, high);
}

static inline Vector
vector_and(Vector const a, Vector const b)
{
  return _mm_and_si128(a, b);
}

// -a where b is negative, 0 where b is 0, else a.
static inline Vector
vector_sign(Vector const a, Vector const b)
{
  return _mm_sign_epi32(a, b);
}

// The even lanes of a and the odd lanes of b.
static inline Vector
vector_merge(Vector const a, Vector const b)
{
  return _mm_blend_epi16(a, b, 0xCC);
}

static inline Vector
vector_look_up(uint32_t const* const table, uint32_t const* const index)
{
  return look_up_four(table, index);
}

// Stores the lanes as 16-bit numbers.
static inline void
vector_store_words(int16_t* const memory, Vector const v)
{
  _mm_storel_epi64((__m128i*)memory, _mm_packs_epi32(v, v));
}

#endif // MN_VECTOR_SSE41_H
