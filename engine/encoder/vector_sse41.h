// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A register of SSE4.1, for what the vector kernels share.

#ifndef MN_VECTOR_SSE41_H
#define MN_VECTOR_SSE41_H

#include "vector_x86.h"

#include <smmintrin.h>
#include <stdint.h>

typedef __m128i Vector;

enum { LANES = 4 }; // of 32 bits

static inline Vector
vector_load(void const* const memory)
{
  return _mm_loadu_si128((__m128i const*)memory);
}

// What is used more than once: a compiler may else load it each time.
static inline Vector
vector_keep(Vector v)
{
  __asm__("" : "+x"(v));
  return v;
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

// LANES / 2 numbers, each before a 0.
static inline Vector
vector_spread(int32_t const* const numbers)
{
  return _mm_cvtepu32_epi64(_mm_loadl_epi64((__m128i const*)numbers));
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

static inline Vector
vector_sub(Vector const a, Vector const b)
{
  return _mm_sub_epi32(a, b);
}

static inline Vector
vector_and(Vector const a, Vector const b)
{
  return _mm_and_si128(a, b);
}

static inline Vector
vector_abs(Vector const v)
{
  return _mm_abs_epi32(v);
}

// Of numbers without sign.
static inline Vector
vector_min(Vector const a, Vector const b)
{
  return _mm_min_epu32(a, b);
}

static inline Vector
vector_shift_left(Vector const v, int const bits)
{
  return _mm_slli_epi32(v, bits);
}

static inline Vector
vector_shift_right(Vector const v, int const bits)
{
  return _mm_srli_epi32(v, bits);
}

// Products of 16 bits, added in pairs.
static inline Vector
vector_multiply_words(Vector const a, Vector const b)
{
  return _mm_madd_epi16(a, b);
}

// 64 bits of each even lane.
static inline Vector
vector_multiply_even(Vector const a, Vector const b)
{
  return _mm_mul_epi32(a, b);
}

static inline Vector
vector_all_64(int64_t const value)
{
  return _mm_set1_epi64x(value);
}

static inline Vector
vector_add_64(Vector const a, Vector const b)
{
  return _mm_add_epi64(a, b);
}

static inline Vector
vector_shift_left_64(Vector const v, int const bits)
{
  return _mm_slli_epi64(v, bits);
}

static inline Vector
vector_shift_right_64(Vector const v, int const bits)
{
  return _mm_srli_epi64(v, bits);
}

// -a where b is negative, 0 where that is.
static inline Vector
vector_sign(Vector const a, Vector const b)
{
  return _mm_sign_epi32(a, b);
}

// Even lanes of a, odd ones of b.
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

// Numbers of 16 bits.
static inline void
vector_store_words(int16_t* const memory, Vector const v)
{
  _mm_storel_epi64((__m128i*)memory, _mm_packs_epi32(v, v));
}

#endif // MN_VECTOR_SSE41_H
