// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Features: numbers that describe a window. Some are scalars of C. McKay's jSymbolic, as
/// music21 computes them at 120 bpm, in semitones and seconds. Others are our own, which
/// neurons go with, in semitones, steps and shares.
///
/// A note lasts until the next event or the end of the window. An interval leads from a
/// note to the next, even over a rest. Some features need what a window may lack: a
/// second pitch, or a turn of the line. Music21 then says 0; here the feature is missing.

#ifndef MN_WINDOW_FEATURES_H
#define MN_WINDOW_FEATURES_H

#include "base/common.h"

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

/// The place of a feature in mn_features; mn_feature_count if none has this name. Any
/// thread.
size_t
mn_features_find(char const* name);

/// Computes all features of a window. A feature that the window does not define, such as
/// an interval of a single note, is NAN, never 0.
///
/// @param tokens [steps], each below MN_CLASSES. @param steps A multiple of
/// MN_STEPS_PER_BAR, at most MN_MAX_STEPS. @param values [mn_feature_count]: all NAN
/// if there is no note. Any thread.
void
mn_features_compute(uint8_t const* tokens, unsigned steps, double* values);

#endif // MN_WINDOW_FEATURES_H
