// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Random numbers that are the same everywhere. The state is one number, the seed at
/// first.

#ifndef MN_RANDOM_H
#define MN_RANDOM_H

#include <stdint.h>

/// SplitMix64 (Steele et al., "Fast splittable pseudorandom number generators").
static inline uint64_t
mn_random_next(uint64_t* const state)
{
  uint64_t z = *state += 0x9E3779B97F4A7C15U;
  z          = (z ^ z >> 30) * 0xBF58476D1CE4E5B9U;
  z          = (z ^ z >> 27) * 0x94D049BB133111EBU;
  return z ^ z >> 31;
}

/// Uniform in 0..below - 1. The bias is negligible for small ranges.
static inline uint32_t
mn_random_below(uint64_t* const state, uint32_t const below)
{
  return (uint32_t)((mn_random_next(state) >> 32) * below >> 32);
}

#endif // MN_RANDOM_H
