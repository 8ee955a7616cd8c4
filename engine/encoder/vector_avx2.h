// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A register of AVX2, for what the vector kernels share.

#ifndef MN_VECTOR_AVX2_H
#define MN_VECTOR_AVX2_H

#include "vector_x86.h"

#include <immintrin.h>
#include <stdint.h>

typedef __m256i Vector;

enum { LANES = 8 }; // of 32 bits

static inline Vector
vector_load(void const* const memory)
{
  return _mm256_loadu_si256((__m256i const*)memory);
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
  _mm256_storeu_si256((__m256i*)memory, v);
}

static inline Vector
vector_all(int32_t const value)
{
  return _mm256_set1_epi32(value);
}

static inline Vector
vector_add(Vector const a, Vector const b)
{
  return _mm256_add_epi32(a, b);
}

// LANES / 2 numbers, each before a 0.
static inline Vector
vector_spread(int32_t const* const numbers)
{
  return _mm256_cvtepu32_epi64(_mm_loadu_si128((__m128i const*)numbers));
}

// 2 states in each 32 bits.
static inline Vector
vector_two(int16_t const* const states)
{
  int32_t two;
  __builtin_memcpy(&two, states, sizeof(two));
  return _mm256_set1_epi32(two);
}

// 4 states in each 64 bits.
static inline Vector
vector_four(int16_t const* const states)
{
  int64_t four;
  __builtin_memcpy(&four, states, sizeof(four));
  return _mm256_set1_epi64x(four);
}

// 16 weights of 8 bits, of 16 now.
static inline Vector
vector_widen(int8_t const* const weights)
{
  return _mm256_cvtepi8_epi16(_mm_loadu_si128((__m128i const*)weights));
}

// The sums of neighbours: those of `low`, then those of `high`.
static inline Vector
vector_add_neighbours(Vector const low, Vector const high)
{
  // Adds within halves of a register: low, high, low, high in pairs of sums.
  Vector const sums = _mm256_hadd_epi32(low, high);
  return _mm256_permute4x64_epi64(sums, _MM_SHUFFLE(3, 1, 2, 0));
}

static inline Vector
vector_sub(Vector const a, Vector const b)
{
  return _mm256_sub_epi32(a, b);
}

static inline Vector
vector_and(Vector const a, Vector const b)
{
  return _mm256_and_si256(a, b);
}

static inline Vector
vector_abs(Vector const v)
{
  return _mm256_abs_epi32(v);
}

// Of numbers without sign.
static inline Vector
vector_min(Vector const a, Vector const b)
{
  return _mm256_min_epu32(a, b);
}

static inline Vector
vector_shift_left(Vector const v, int const bits)
{
  return _mm256_slli_epi32(v, bits);
}

static inline Vector
vector_shift_right(Vector const v, int const bits)
{
  return _mm256_srli_epi32(v, bits);
}

// Products of 16 bits, added in pairs.
static inline Vector
vector_multiply_words(Vector const a, Vector const b)
{
  return _mm256_madd_epi16(a, b);
}

// 64 bits of each even lane.
static inline Vector
vector_multiply_even(Vector const a, Vector const b)
{
  return _mm256_mul_epi32(a, b);
}

static inline Vector
vector_all_64(int64_t const value)
{
  return _mm256_set1_epi64x(value);
}

static inline Vector
vector_add_64(Vector const a, Vector const b)
{
  return _mm256_add_epi64(a, b);
}

static inline Vector
vector_shift_left_64(Vector const v, int const bits)
{
  return _mm256_slli_epi64(v, bits);
}

static inline Vector
vector_shift_right_64(Vector const v, int const bits)
{
  return _mm256_srli_epi64(v, bits);
}

// -a where b is negative, 0 where that is.
static inline Vector
vector_sign(Vector const a, Vector const b)
{
  return _mm256_sign_epi32(a, b);
}

// Even lanes of a, odd ones of b.
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

// Numbers of 16 bits.
static inline void
vector_store_words(int16_t* const memory, Vector const v)
{
  __m128i const low  = _mm256_castsi256_si128(v);
  __m128i const high = _mm256_extracti128_si256(v, 1);
  _mm_storeu_si128((__m128i*)memory, _mm_packs_epi32(low, high));
}

#endif // MN_VECTOR_AVX2_H
