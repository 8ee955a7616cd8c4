// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Measures of windows: how they excite the music and the noise neurons.

#ifndef MN_STUDY_MEASURES_H
#define MN_STUDY_MEASURES_H

#include "study_context.h"

bool
mn_measures_init(MnMeasures* measures, size_t count);
void
mn_measures_free(MnMeasures* measures);

/// Learns the yardstick from the train part.
bool
mn_yardstick_learn(MnStudy* study);
void
mn_yardstick_free(MnYardstick* yardstick);

/// Measures windows from their posteriors. They go into `measures` from `first` on.
bool
mn_measures_take(MnStudy const*      study,
                 MnPosteriors const* posteriors,
                 uint8_t const*      tokens,
                 MnMeasures*         measures,
                 size_t              first);

/// Encodes windows in pieces and measures them.
///
/// @param excitation NULL, or sums to add to: [latent], zeros at first.
bool
mn_measures_encode(MnStudy const*   study,
                   char const*      what,
                   MnWindows const* windows,
                   MnExcitation*    excitation,
                   MnMeasures*      measures);

#endif // MN_STUDY_MEASURES_H
