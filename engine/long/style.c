// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "style.h"

#include "base/fixed.h"

enum { Q16 = 16, Q30 = 30 };

// log2(e) in Q30.
static uint64_t const log2_e_q30 = 1549082005;

void
mn_style_probabilities(int32_t const* const logits,
                       unsigned const       count,
                       uint32_t* const      q30)
{
  int32_t  best = logits[0];
  uint64_t sum  = 0;
  for (unsigned k = 1; k < count; ++k) {
    best = logits[k] > best ? logits[k] : best;
  }
  for (unsigned k = 0; k < count; ++k) {
    uint64_t const lead = (uint64_t)((int64_t)best - logits[k]); // Q16, below 2^32
    uint64_t const down = lead * log2_e_q30 >> Q30;
    q30[k]              = down < UINT32_MAX ? mn_exp2_down_q30((uint32_t)down) : 0;
    sum += q30[k];
  }
  for (unsigned k = 0; k < count; ++k) {
    q30[k] = (uint32_t)((((uint64_t)q30[k] << Q30) + sum / 2) / sum);
  }
}

// 2^(-steps / MN_STYLE_HALF), Q30.
static uint32_t
kept(int64_t const steps)
{
  int64_t const most   = 32 * MN_STYLE_HALF; // then nothing is left
  int64_t const passed = steps < 0 ? 0 : steps < most ? steps : most;
  return mn_exp2_down_q30((uint32_t)(passed << Q16) / MN_STYLE_HALF);
}

void
mn_style_take(MnStyleCourse* const  c,
              int64_t const         start,
              uint32_t const* const q30,
              unsigned const        count)
{
  uint64_t const old  = c->known ? kept(start - c->start) : 0;
  uint64_t const one  = (uint64_t)1 << Q30;
  uint64_t const half = one / 2;
  for (unsigned k = 0; k < count; ++k) {
    c->q30[k] = (uint32_t)((old * c->q30[k] + (one - old) * q30[k] + half) >> Q30);
  }
  c->known = true;
  c->start = start;
}
