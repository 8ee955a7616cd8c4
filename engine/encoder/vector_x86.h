// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Operations that have the same names for all widths of x86 registers. A vector_*.h
/// includes this after it has defined
///
///   Vector       the type of a register
///   LANES        how many lanes of 32 bits it has
///   VECTOR(op)   the name of the intrinsic `op` for its width
///   VectorBits   the type of the bit count that its shifts take

#ifndef MN_VECTOR_X86_H
#define MN_VECTOR_X86_H

#include <immintrin.h>
#include <stdint.h>

// Keeps a value in a register. Without this a compiler may load it again for each use.
static inline Vector
vector_keep(Vector v)
{
  __asm__("" : "+v"(v));
  return v;
}

static inline Vector
vector_all(int32_t const value)
{
  return VECTOR(set1_epi32)(value);
}

static inline Vector
vector_add(Vector const a, Vector const b)
{
  return VECTOR(add_epi32)(a, b);
}

static inline Vector
vector_sub(Vector const a, Vector const b)
{
  return VECTOR(sub_epi32)(a, b);
}

static inline Vector
vector_abs(Vector const v)
{
  return VECTOR(abs_epi32)(v);
}

// The minimum of unsigned numbers.
static inline Vector
vector_min(Vector const a, Vector const b)
{
  return VECTOR(min_epu32)(a, b);
}

static inline Vector
vector_shift_left(Vector const v, int const bits)
{
  return VECTOR(slli_epi32)(v, (VectorBits)bits);
}

static inline Vector
vector_shift_right(Vector const v, int const bits)
{
  return VECTOR(srli_epi32)(v, (VectorBits)bits);
}

// Multiplies 16-bit numbers and adds the products in pairs.
static inline Vector
vector_multiply_words(Vector const a, Vector const b)
{
  return VECTOR(madd_epi16)(a, b);
}

// Multiplies even lanes, to 64 bits.
static inline Vector
vector_multiply_even(Vector const a, Vector const b)
{
  return VECTOR(mul_epi32)(a, b);
}

static inline Vector
vector_add_64(Vector const a, Vector const b)
{
  return VECTOR(add_epi64)(a, b);
}

static inline Vector
vector_shift_left_64(Vector const v, int const bits)
{
  return VECTOR(slli_epi64)(v, (VectorBits)bits);
}

static inline Vector
vector_shift_right_64(Vector const v, int const bits)
{
  return VECTOR(srli_epi64)(v, (VectorBits)bits);
}

// Loads 2 states and repeats them in each 32 bits.
static inline Vector
vector_two(int16_t const* const states)
{
  int32_t two;
  __builtin_memcpy(&two, states, sizeof(two));
  return vector_all(two);
}

// vector_*.h defines this: the names of the intrinsic differ.
static inline Vector
vector_all_64(int64_t value);

// Loads 4 states and repeats them in each 64 bits.
static inline Vector
vector_four(int16_t const* const states)
{
  int64_t four;
  __builtin_memcpy(&four, states, sizeof(four));
  return vector_all_64(four);
}

// Looks up 4 numbers of a table, one by one. Gathers are slower on AMD's processors, and
// much slower on Intel's with the patch against Downfall.
static inline __m128i
look_up_four(uint32_t const* const table, uint32_t const* const index)
{
  // Two indices by one load, to save loads.
  uint64_t two[2];
  __builtin_memcpy(two, index, sizeof(two));
  __m128i v = _mm_cvtsi32_si128((int32_t)table[(uint32_t)two[0]]);
  v         = _mm_insert_epi32(v, (int32_t)table[two[0] >> 32], 1);
  v         = _mm_insert_epi32(v, (int32_t)table[(uint32_t)two[1]], 2);
  return _mm_insert_epi32(v, (int32_t)table[two[1] >> 32], 3);
}

#endif // MN_VECTOR_X86_H
