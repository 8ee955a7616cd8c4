// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Which style the music has, as level two's style network says phrase by phrase: the
/// posterior, running over the music with forgetting.
///
/// Any thread, bounded work. The same phrases give the same bits.

#ifndef MN_LONG_STYLE_H
#define MN_LONG_STYLE_H

#include "base/common.h"

#include <stdbool.h>
#include <stdint.h>

/// After so many steps, 2 bars, half of what a phrase has said is forgotten.
enum { MN_STYLE_HALF = MN_STEPS_2BAR };

/// All zeros: nothing was heard yet.
typedef struct {
  bool     known;
  int64_t  start; ///< of the last window
  uint32_t q30[MN_STYLES];
} MnStyleCourse;

/// The probabilities of logits: exp(l) / sum exp(l), Q16 to Q30.
void
mn_style_probabilities(int32_t const* logits_q16, unsigned count, uint32_t* q30)
  MN_REALTIME;

/// Takes what the next window's phrase says. The running posterior moves towards it by
/// 1 - 2^(-steps / MN_STYLE_HALF) of the way, where so many steps have passed since the
/// last window; the first one is taken as it is.
///
/// @param start Of the window, in steps; later than that of the last one.
void
mn_style_take(MnStyleCourse* course, int64_t start, uint32_t const* q30, unsigned count)
  MN_REALTIME;

#endif // MN_LONG_STYLE_H
