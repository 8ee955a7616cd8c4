// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A curve from a statistic, which is small on real music, and a number of onsets to the
/// probability of real music.
///
/// Every note adds to what the noise neurons say, so a busy tune has the statistic of
/// sparse noise. Given the number of onsets it does not.

#ifndef MN_CURVE_H
#define MN_CURVE_H

#include "base/common.h"

#include <stdbool.h>

enum { MN_CURVE_KNOTS = 65, MN_CURVE_ROWS = MN_MAX_STEPS + 1 };

typedef struct {
  unsigned rows; ///< for 0, 1, ... onsets; the last one is for all beyond
  double   statistic[MN_CURVE_KNOTS]; ///< ascending
  double   probability[MN_CURVE_ROWS][MN_CURVE_KNOTS];
} MnCurve;

/// Windows of one kind.
typedef struct {
  double const*   statistic; ///< [count]
  uint16_t const* onsets;    ///< [count]
  size_t          count;
} MnCurveSide;

/// Fits a logistic curve. The logit is linear in the logarithm of the statistic, with a
/// constant and a slope that depend on the logarithm of the onsets. Real music and random
/// notes have the same weight. @return false if the curve would not fall.
bool
mn_curve_fit(MnCurve* curve, MnCurveSide const* real, MnCurveSide const* random);

/// The curve between its knots.
double
mn_curve_at(MnCurve const* curve, double statistic, unsigned onsets);

/// The share of pairs in which the random one is larger; a tie counts half.
/// Sorts both.
double
mn_curve_auc(double* real, size_t real_count, double* random, size_t random_count);

#endif // MN_CURVE_H
