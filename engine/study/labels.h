// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Labels: words for neurons, from the feature of a window that each goes with most.

#ifndef MN_LABELS_H
#define MN_LABELS_H

#include "base/common.h"
#include "label_correlations.h"
#include "model/model.h"

#include <jansson.h>
#include <stdbool.h>

/// A label is given only where the correlation with its feature is at least this in every
/// style, in every register, and at every place in the beat.
#define MN_LABEL_LEAST 0.15

/// D5: about the median of melodies' top lines. Some neurons tell the middle from both ends.
#define MN_LABEL_MIDDLE 74

/// Registers in which a neuron goes with something.
typedef struct {
  double   rho;   ///< the correlation over their windows; 0: there are none
  double   share; ///< of all windows
  double   least; ///< the correlation in the group in which it is least
  unsigned low;   ///< mean pitches from this
  unsigned high;  ///< to below this
} MnHold;

/// The label of a neuron that rises with its feature, after it was negated if it fell.
/// `label` is "mixed" if no feature holds. `features` lists the three that it goes with
/// most, whether they hold or not, and is empty if none varies.
typedef struct {
  bool     negated;   ///< its mu in the samples falls with it
  size_t   feature;   ///< of mn_features; mn_feature_count: mixed
  double   stability; ///< the least correlation over the groups; 0: mixed
  unsigned low;       ///< holds for mean pitches from this
  unsigned high;      ///< to below this
  char     label[MN_MAX_LABEL + 1];
  char     opposite[MN_MAX_LABEL + 1]; ///< what a low value means; empty if mixed
  char     features[MN_MAX_FEATURES + 1];
} MnNamed;

/// Names neurons by the features that hold in all groups of the windows.
///
/// @param keep Whether neurons keep their signs: then `negated` stays false, and the label of
/// one that falls with its feature says what less of that is.
/// @param named [count]. @return false if memory runs out.
MN_NODISCARD bool
mn_labels_find(MnHeard const*  heard,
               uint16_t const* neurons,
               unsigned        count,
               bool            keep,
               MnNamed*        named);

/// Labels as the metadata of a model file has them.
///
/// @param named [count]. @return An array; NULL if memory runs out.
json_t*
mn_labels_json(MnNamed const* named, unsigned count);

/// Names a neuron by the strongest feature that holds; features without words are ignored.
///
/// @param rho [mn_feature_count]. @param least [mn_feature_count]: the least over the
/// groups. @param registers [2]: where it goes with the mean pitch, and with its distance
/// from the middle. Their strength counts by the share of windows.
MnNamed
mn_labels_name(double const* rho, double const* least, MnHold const* registers);

#endif // MN_LABELS_H
