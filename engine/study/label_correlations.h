// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Rank correlations of neurons with features of the windows.

#ifndef MN_LABEL_CORRELATIONS_H
#define MN_LABEL_CORRELATIONS_H

#include "base/common.h"

#include <stdbool.h>

/// Windows, and mu of the neurons for them.
typedef struct {
  uint8_t const*  tokens; ///< [count][steps]
  unsigned        steps;
  size_t          count;
  int32_t const*  mu; ///< [count][latent]; any unit, only its order matters
  unsigned        latent;
  uint16_t const* style; ///< [count]; NULL: all of one
} MnHeard;

/// Spearman's rank correlation of neurons with features, over at most 20,000
/// windows, evenly spread. Equal values share their mean rank. Windows on which a
/// feature is not defined do not count for it. If the feature or the neuron never
/// varies, the correlation is 0.
///
/// @param neurons Of the `latent`. @param rho [count][mn_feature_count].
/// @return false if memory runs out.
bool
mn_labels_correlate(MnHeard const*  heard,
                    uint16_t const* neurons,
                    unsigned        count,
                    double*         rho);

#endif // MN_LABEL_CORRELATIONS_H
