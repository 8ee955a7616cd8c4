// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the registers of all x86 processors have in common.

#ifndef MN_VECTOR_X86_H
#define MN_VECTOR_X86_H

#include <smmintrin.h>
#include <stdint.h>

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
