// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Sense: how much a window is like music, rather than like the same music with wrong notes
/// and a wrong rhythm. It is the share of the notes that are as they were written, as far
/// as a model can tell: from the neurons, how well each note could be foreseen, and simple
/// counts of pitches and onsets (study/sense_fit.h learns it).

#ifndef MN_SENSE_H
#define MN_SENSE_H

#include "base/common.h"
#include "model/model.h"

/// A window with fewer onsets has no sense: 0.5.
enum { MN_SENSE_ONSETS = 4 };

/// What sense is computed from: MN_SENSE_FEATURES, then mu, then the logarithm of sigma of
/// each neuron. Any thread: the work is bounded, and nothing is allocated.
///
/// @param tokens [model->steps]. @param mu [model->latent], Q16. @param sigma Likewise.
/// @param inputs [MN_SENSE_FEATURES + 2 * model->latent], Q16.
void
mn_sense_inputs(MnModel const* model,
                uint8_t const* tokens,
                int32_t const* mu,
                int32_t const* sigma,
                int32_t*       inputs) MN_REALTIME;

/// The sense of a window, 0..1; 0.5 if the model has none.
float
mn_sense(MnModel const* model,
         uint8_t const* tokens,
         int32_t const* mu,
         int32_t const* sigma) MN_REALTIME;

#endif // MN_SENSE_H
