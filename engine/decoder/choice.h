// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Chooses a class from its logits, in integers: the same choice on every machine.

#ifndef MN_CHOICE_H
#define MN_CHOICE_H

#include "base/common.h"

/// How classes are chosen. The same choice of the same logits always gives the same class.
typedef struct {
  uint32_t temperature_q16; ///< 0: the most probable class; 1: as the model says
  uint64_t seed;
  uint64_t window; ///< the number of the window: each draws numbers of its own
} MnChoice;

/// A random number that depends on the seed, the window and the step alone, from SplitMix64
/// (base/random.h), begun anew for each of the three. Any thread.
uint32_t
mn_choice_random(MnChoice const* choice, unsigned step) MN_REALTIME;

/// Chooses a class: at temperature 0 the first of the largest logits, else class k with
/// probability exp(l_k / T) / sum exp(l / T), to within 2e-6. Any thread.
///
/// @param logits_q16 [MN_CLASSES], within 2^30 either way.
unsigned
mn_choice_take(int32_t const* logits_q16, uint32_t temperature_q16, uint32_t random)
  MN_REALTIME;

#endif // MN_CHOICE_H
