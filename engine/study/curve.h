// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A curve from a statistic, which is small on real music, to the probability of real
/// music.

#ifndef MN_CURVE_H
#define MN_CURVE_H

#include "base/common.h"

#include <stdbool.h>

enum { MN_CURVE_KNOTS = 33 };

typedef struct {
  double statistic[MN_CURVE_KNOTS]; ///< ascending
  double probability[MN_CURVE_KNOTS];
} MnCurve;

/// Fits a logistic curve to the logarithm of the statistic. Real music and random notes
/// have the same weight. @return false if the curve would not fall.
bool
mn_curve_fit(MnCurve*      curve,
             double const* real,
             size_t        real_count,
             double const* random,
             size_t        random_count);

/// The share of pairs in which the random one is larger; a tie counts half.
/// Sorts both.
double
mn_curve_auc(double* real, size_t real_count, double* random, size_t random_count);

#endif // MN_CURVE_H
