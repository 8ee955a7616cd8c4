// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Words for neurons: the feature of a window that each goes with most.

#ifndef MN_LABELS_H
#define MN_LABELS_H

#include "base/common.h"
#include "model/model.h"

#include <stdbool.h>

/// What neurons say of windows.
typedef struct {
  uint8_t const* tokens; ///< [count][steps]
  unsigned       steps;
  size_t         count;
  int32_t const* mu; ///< [count][latent]; any unit, only its order matters
  unsigned       latent;
} MnHeard;

/// A neuron that was negated, if need be, so that it rises with its strongest
/// feature. `label` is "mixed" where that is weak; `features` tells the strongest
/// three, and is empty where none varies.
typedef struct {
  bool negated; ///< its mu in the samples falls with it
  char label[MN_MAX_LABEL + 1];
  char features[MN_MAX_FEATURES + 1];
} MnNamed;

/// Spearman's rank correlation of neurons with features, over at most 20,000
/// windows, evenly spread. Values that are equal share their mean rank; a feature
/// counts where it is defined, and has 0 where it, or the neuron, never varies.
///
/// @param neurons Of the `latent`. @param rho [count][mn_feature_count].
/// @return false without memory.
bool
mn_labels_correlate(MnHeard const*  heard,
                    uint16_t const* neurons,
                    unsigned        count,
                    double*         rho);

/// Names a neuron. @param rho [mn_feature_count]; features without words are not
/// looked at.
MnNamed
mn_labels_name(double const* rho);

#endif // MN_LABELS_H
