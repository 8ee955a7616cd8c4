// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Carves one block of memory into several arrays. The same code first counts the
/// bytes that it needs, and then lays the arrays out.

#ifndef MN_CARVE_H
#define MN_CARVE_H

#include "common.h"

/// Each piece starts on a cache line, which is as wide as the widest register.
enum { MN_CARVE_ALIGN = 64 };

typedef struct {
  char*  base; ///< aligned to MN_CARVE_ALIGN; NULL while only counting
  size_t used; ///< bytes, in whole cache lines
} MnCarve;

/// The next `size` bytes; NULL while only counting.
static inline void*
mn_carve(MnCarve* const carve, size_t const size)
{
  size_t const at = carve->used;
  carve->used += mn_round_up(size, MN_CARVE_ALIGN);
  return carve->base ? carve->base + at : NULL;
}

#endif // MN_CARVE_H
