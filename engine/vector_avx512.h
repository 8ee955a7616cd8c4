// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A register of AVX-512, for what the vector kernels share.

#ifndef MN_VECTOR_AVX512_H
#define MN_VECTOR_AVX512_H

#include <immintrin.h>
#include <stdint.h>

typedef __m512i Vector;

enum { LANES = 16 }; // of 32 bits

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

static inline Vector
vector_all(int32_t const value)
{
  return _mm512_set1_epi32(value);
}

static inline Vector
vector_add(Vector const a, Vector const b)
{
  return _mm512_add_epi32(a, b);
}

// 2 states in each 32 bits.
static inline Vector
vector_two(int16_t const* const states)
{
  int32_t two;
  __builtin_memcpy(&two, states, sizeof(two));
  return _mm512_set1_epi32(two);
}

// 4 states in each 64 bits.
static inline Vector
vector_four(int16_t const* const states)
{
  int64_t four;
  __builtin_memcpy(&four, states, sizeof(four));
  return _mm512_set1_epi64(four);
}

// 32 weights of 8 bits, of 16 now.
static inline Vector
vector_widen(int8_t const* const weights)
{
  return _mm512_cvtepi8_epi16(_mm256_loadu_si256((__m256i const*)weights));
}

// The sums of neighbours: those of `low`, then those of `high`.
static inline Vector
vector_add_neighbours(Vector const low, Vector const high)
{
  Vector const even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  Vector const odd  = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
  return _mm512_add_epi32(_mm512_permutex2var_epi32(low, even, high),
                          _mm512_permutex2var_epi32(low, odd, high));
}

#endif // MN_VECTOR_AVX512_H
