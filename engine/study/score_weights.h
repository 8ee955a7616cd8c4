// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// How much each direction counts in the score's statistic.

#ifndef MN_SCORE_WEIGHTS_H
#define MN_SCORE_WEIGHTS_H

#include "base/common.h"

#include <stdbool.h>

/// Windows of one kind.
typedef struct {
  double const*   squares; ///< [count][directions]
  uint16_t const* onsets;  ///< [count]
  size_t          count;
} MnWeightSide;

/// Learns the weights of the statistic, the weighted sum of squares, by which it tells random
/// notes from real music best given the number of onsets: by logistic regression, in which
/// the logit is linear in the statistic's logarithm, with a constant and a slope that depend
/// on the logarithm of the onsets. No weight is negative: what is far from music in any
/// direction stays far from it.
///
/// @param weights [directions], all above 0: where to begin, and the result, of which the
/// largest is 1. @return false if memory runs out.
bool
mn_score_weights_learn(MnWeightSide const* real,
                       MnWeightSide const* random,
                       unsigned            directions,
                       double*             weights);

#endif // MN_SCORE_WEIGHTS_H
