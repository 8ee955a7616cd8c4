// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Labels: words for neurons, from the feature of a window that each goes with most.

#ifndef MN_LABELS_H
#define MN_LABELS_H

#include "base/common.h"
#include "model/model.h"

#include <stdbool.h>

/// Windows, and mu of the neurons for them.
typedef struct {
  uint8_t const* tokens; ///< [count][steps]
  unsigned       steps;
  size_t         count;
  int32_t const* mu; ///< [count][latent]; any unit, only its order matters
  unsigned       latent;
} MnHeard;

/// The label of a neuron that rises with its strongest feature, after it was negated if
/// it fell. `label` is "mixed" if that feature is weak. `features` lists the strongest
/// three, and is empty if none varies.
typedef struct {
  bool negated; ///< its mu in the samples falls with it
  char label[MN_MAX_LABEL + 1];
  char features[MN_MAX_FEATURES + 1];
} MnNamed;

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

/// Names a neuron. @param rho [mn_feature_count]; those of features without words are
/// ignored.
MnNamed
mn_labels_name(double const* rho);

#endif // MN_LABELS_H
