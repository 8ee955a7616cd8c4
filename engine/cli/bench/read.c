// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "read.h"

// A cache line. The compiler cuts it into the widest words of the instruction set.
typedef uint64_t Line __attribute__((vector_size(64), aligned(16), may_alias));

// Enough exclusive ors under way that none waits for another.
enum { UNDER_WAY = 4, LINE_WORDS = sizeof(Line) / sizeof(uint64_t) };

static inline __attribute__((always_inline)) uint64_t
read_lines(Line const* const lines, size_t const count)
{
  Line   sum[UNDER_WAY] = {{0}};
  size_t at             = 0;
  for (; at + UNDER_WAY <= count; at += UNDER_WAY) {
    sum[0] ^= lines[at];
    sum[1] ^= lines[at + 1];
    sum[2] ^= lines[at + 2];
    sum[3] ^= lines[at + 3];
  }
  for (; at < count; ++at) {
    sum[0] ^= lines[at];
  }
  uint64_t   all   = 0;
  Line const every = sum[0] ^ sum[1] ^ sum[2] ^ sum[3];
  for (unsigned i = 0; i < LINE_WORDS; ++i) {
    all ^= every[i];
  }
  return all;
}

#ifdef __x86_64__

__attribute__((target("avx512f"))) static uint64_t
read_avx512(Line const* const lines, size_t const count)
{
  return read_lines(lines, count);
}

__attribute__((target("avx2"))) static uint64_t
read_avx2(Line const* const lines, size_t const count)
{
  return read_lines(lines, count);
}

#endif

uint64_t
mn_bench_read(void const* const memory, size_t const size)
{
  Line const* const lines = (Line const*)memory;
  size_t const      count = size / sizeof(Line);
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx512f")) {
    return read_avx512(lines, count);
  }
  if (__builtin_cpu_supports("avx2")) {
    return read_avx2(lines, count);
  }
#endif
  return read_lines(lines, count);
}
