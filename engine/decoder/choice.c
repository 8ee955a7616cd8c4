// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "choice.h"

#include "base/fixed.h"
#include "base/random.h"

#include <assert.h>

enum {
  Q16      = 16,
  RATE_Q   = 22,
  TABLE_Q  = 30,
  WEIGHT_Q = 24, // of 1; the sum of all weights fits 32 bits
};

static_assert((uint64_t)MN_CLASSES << WEIGHT_Q <= UINT32_MAX, "all weights fit 32 bits");

// log2(e) in Q38, which is Q16 and RATE_Q.
static uint64_t const log2_e_q38 = 396564993198;

uint32_t
mn_choice_random(MnChoice const* const choice, unsigned const step)
{
  uint64_t state = choice->seed;
  state          = mn_random_next(&state) + choice->window;
  state          = mn_random_next(&state) + step;
  return (uint32_t)(mn_random_next(&state) >> 32);
}

static unsigned
best_of(int32_t const* const logits)
{
  unsigned best = 0;
  for (unsigned k = 1; k < MN_CLASSES; ++k) {
    best = logits[k] > logits[best] ? k : best;
  }
  return best;
}

// exp(-lead / T) in Q(WEIGHT_Q), as a power of 2: octaves down from 1.
//
// @param rate Octaves of a lead of 1 at this temperature, Q(RATE_Q). @param far The lead
// from which on the result is 0.
static uint32_t
weight_of(uint64_t const lead_q16, uint64_t const rate, uint64_t const far)
{
  if (lead_q16 >= far) {
    return 0;
  }
  return mn_exp2_down_q30((uint32_t)(lead_q16 * rate >> RATE_Q)) >> (TABLE_Q - WEIGHT_Q);
}

unsigned
mn_choice_take(int32_t const* const logits,
               uint32_t const       temperature_q16,
               uint32_t const       random)
{
  unsigned const best = best_of(logits);
  if (temperature_q16 == 0) {
    return best;
  }
  uint64_t const rate = (log2_e_q38 + temperature_q16 / 2) / temperature_q16;
  uint64_t const far  = ((uint64_t)WEIGHT_Q << (Q16 + RATE_Q)) / rate;
  uint32_t       weights[MN_CLASSES];
  uint32_t       sum = 0;
  for (unsigned k = 0; k < MN_CLASSES; ++k) {
    weights[k] = weight_of((uint64_t)((int64_t)logits[best] - logits[k]), rate, far);
    sum += weights[k];
  }
  // The best class has a weight of 1, so the sum is not 0, and `place` is below it.
  uint32_t place = (uint32_t)((uint64_t)random * sum >> 32);
  unsigned k     = 0;
  while (place >= weights[k]) {
    place -= weights[k++];
  }
  return k;
}
