// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What one can say of a window in a number: scalars of jSymbolic (as music21
/// computes them, at 120 bpm), and some of our own that neurons go with.

#ifndef MN_FEATURES_H
#define MN_FEATURES_H

#include "common.h"

#include <stddef.h>

typedef struct {
  char const* code; ///< jSymbolic's, such as "P12"; "" if it is ours
  char const* name; ///< such as "mean pitch"
  char const* high; ///< a neuron that rises with it, in words; NULL: it names no neuron
  char const* low;  ///< one that falls with it; NULL as `high`
} MnFeature;

/// All features, in a fixed order; mn_feature_count of them.
extern MnFeature const mn_features[];
extern size_t const    mn_feature_count;

/// Computes all features of a window. One that is undefined on it, such as an
/// interval of a single note, is NAN, never 0.
///
/// @param tokens [steps], each below MN_CLASSES. @param steps A multiple of
/// MN_STEPS_PER_BAR. @param values [mn_feature_count]. Any thread.
void
mn_features_compute(uint8_t const* tokens, unsigned steps, double* values);

#endif // MN_FEATURES_H
