// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the registers of all x86 processors have in common. A vector_*.h includes this
/// after it has said what its own are:
///
///   Vector       the type of a register
///   LANES        how many lanes of 32 bits it has
///   VECTOR(op)   the instruction _mm_op, for its width
///   VectorBits   the type in which that takes a number of bits

#ifndef MN_VECTOR_X86_H
#define MN_VECTOR_X86_H

#include <immintrin.h>
#include <stdint.h>

// What is used more than once: a compiler may else load it each time.
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

// Of numbers without sign.
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

// Products of 16 bits, added in pairs.
static inline Vector
vector_multiply_words(Vector const a, Vector const b)
{
  return VECTOR(madd_epi16)(a, b);
}

// 64 bits of each even lane.
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

// 2 states in each 32 bits.
static inline Vector
vector_two(int16_t const* const states)
{
  int32_t two;
  __builtin_memcpy(&two, states, sizeof(two));
  return vector_all(two);
}

// The includer's own: this instruction has not one name for all widths.
static inline Vector
vector_all_64(int64_t value);

// 4 states in each 64 bits.
static inline Vector
vector_four(int16_t const* const states)
{
  int64_t four;
  __builtin_memcpy(&four, states, sizeof(four));
  return vector_all_64(four);
}

// 4 numbers of a table, one by one: gathers are slower on AMD's processors, and by far
// on those of Intel's whose flaw (Downfall) is patched.
static inline __m128i
look_up_four(uint32_t const* const table, uint32_t const* const index)
{
  // Two indices by a load: they are many.
  uint64_t two[2];
  __builtin_memcpy(two, index, sizeof(two));
  __m128i v = _mm_cvtsi32_si128((int32_t)table[(uint32_t)two[0]]);
  v         = _mm_insert_epi32(v, (int32_t)table[two[0] >> 32], 1);
  v         = _mm_insert_epi32(v, (int32_t)table[(uint32_t)two[1]], 2);
  return _mm_insert_epi32(v, (int32_t)table[two[1] >> 32], 3);
}

#endif // MN_VECTOR_X86_H
