// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A register of SSE4.1, for what the vector kernels share.

#ifndef MN_VECTOR_SSE41_H
#define MN_VECTOR_SSE41_H

#include <smmintrin.h>
#include <stdint.h>

typedef __m128i Vector;

enum { LANES = 4 }; // of 32 bits

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

static inline Vector
vector_all(int32_t const value)
{
  return _mm_set1_epi32(value);
}

static inline Vector
vector_add(Vector const a, Vector const b)
{
  return _mm_add_epi32(a, b);
}

// 2 states in each 32 bits.
static inline Vector
vector_two(int16_t const* const states)
{
  int32_t two;
  __builtin_memcpy(&two, states, sizeof(two));
  return _mm_set1_epi32(two);
}

// 4 states in each 64 bits.
static inline Vector
vector_four(int16_t const* const states)
{
  int64_t four;
  __builtin_memcpy(&four, states, sizeof(four));
  return _mm_set1_epi64x(four);
}

// 8 weights of 8 bits, of 16 now.
static inline Vector
vector_widen(int8_t const* const weights)
{
  return _mm_cvtepi8_epi16(_mm_loadl_epi64((__m128i const*)weights));
}

// The sums of neighbours: those of `low`, then those of `high`.
static inline Vector
vector_add_neighbours(Vector const low, Vector const high)
{
  return _mm_hadd_epi32(low, high);
}

#endif // MN_VECTOR_SSE41_H
