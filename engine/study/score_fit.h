// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Fits the score of musicality: a statistic of the noise neurons' mu and sigma that random
/// notes raise, and the probability of real music for it. engine/training/README.md explains
/// how.

#ifndef MN_SCORE_FIT_H
#define MN_SCORE_FIT_H

#include "base/common.h"
#include "curve.h"

#include <stdbool.h>

/// Windows and their posteriors.
typedef struct {
  size_t          count;
  int32_t const*  mu;     ///< [count][latent], Q16
  int32_t const*  log;    ///< likewise: the logarithms of sigma to base 2
  uint8_t const*  tokens; ///< [count][steps]
  unsigned        steps;
  uint32_t const* tune;   ///< [count]
  uint16_t const* onsets; ///< [count]
} MnSamples;

typedef struct {
  bool     works;      ///< else nothing distinguishes random from real: it is always 1/2
  unsigned inputs;     ///< as mn_score_inputs()
  unsigned directions; ///< 1 or more
  float*   projection; ///< [directions][inputs]
  float*   center;     ///< [inputs]
  MnCurve* curve;      ///< 1/2 everywhere unless it works
  double   auc;        ///< how often real is more probable than random, on these samples
} MnScore;

/// Fits a score.
///
/// If there are few windows for so many neurons, fewer directions count, each by how far
/// random notes exceed music, and the probability comes from cross validation: parts of the
/// tunes are scored by what the other tunes teach, because a fit is too good on its own
/// windows.
///
/// @param noise The noise neurons, ascending. @return false with the reason.
MN_NODISCARD bool
mn_score_fit(MnSamples const* real,
             MnSamples const* random,
             unsigned         latent,
             uint16_t const*  noise,
             unsigned         noise_count,
             MnScore*         score,
             MnError*         error);

void
mn_score_free(MnScore* score);

#endif // MN_SCORE_FIT_H
