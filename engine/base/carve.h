// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// One block of memory for several arrays, taken piece by piece. The same code
/// counts how much is needed and lays it out.

#ifndef MN_CARVE_H
#define MN_CARVE_H

#include "common.h"

/// Pieces start on cache lines, which are as wide as the widest register.
enum { MN_CARVE_ALIGN = 64 };

typedef struct {
  char*  base; ///< aligned to MN_CARVE_ALIGN; NULL: only count
  size_t used; ///< bytes, whole cache lines
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
