// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Makes the score of musicality: a statistic of the noise neurons that random
/// notes raise, and the probability that it stands for. engine/training/README.md
/// tells how.

#ifndef MN_SCORE_FIT_H
#define MN_SCORE_FIT_H

#include "base/common.h"
#include "curve.h"

#include <stdbool.h>

/// So few directions tell most; more only add what random notes share with music.
enum { MN_SCORE_DIRECTIONS = 8 };

/// What neurons say of windows.
typedef struct {
  size_t          count;
  int32_t const*  mu;     ///< [count][latent], Q16
  uint32_t const* tune;   ///< [count]
  uint16_t const* onsets; ///< [count]
} MnSamples;

typedef struct {
  bool     works; ///< else nothing tells random from real, and it is always 1/2
  unsigned latent;
  unsigned directions; ///< 1 or more
  float*   projection; ///< [directions][latent]
  float*   center;     ///< [latent]
  MnCurve* curve;      ///< 1/2 everywhere unless it works
  double   auc;        ///< how often real is more probable than random, on these samples
} MnScore;

/// Fits a score.
///
/// Where windows are few for so many neurons, the probability is made from what
/// most of the tunes teach of the others: on its own windows a fit is too good.
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
