// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// How the inputs of each LSTM's matrix go together over real music, which rounding
/// (checkpoint/rounding.h) needs to know. The inputs come from the integer encoder, so the
/// sums are whole numbers, and exact: they are the same on any machine, with any number of
/// processors.

#ifndef MN_INPUT_MOMENTS_H
#define MN_INPUT_MOMENTS_H

#include "base/common.h"
#include "checkpoint/quantise.h"
#include "encoder/batches.h"
#include "model/model.h"
#include "moments.h"
#include "windows.h"

#include <stdbool.h>

/// The matrices of all layers, of each the forward one first.
enum { MN_INPUT_MATRICES = 2 * MN_MAX_LAYERS };

typedef struct {
  MnMoments of[MN_INPUT_MATRICES]; ///< of inputs in Q(hidden_frac)
} MnInputMoments;

/// The number of windows from which moments say enough about the inputs: four steps for
/// each column.
size_t
mn_input_moments_windows(MnModel const* model);

/// Encodes `count` of the windows, evenly spread, on all processors. With more than 2^25
/// steps in all, the sums would no longer be exact.
///
/// @param progress May be NULL. @return false if memory runs out; then there is nothing to
/// free.
bool
mn_input_moments_take(MnModel const*    model,
                      MnWindows const*  windows,
                      size_t            count,
                      MnProgress const* progress,
                      MnInputMoments*   moments);

void
mn_input_moments_free(MnInputMoments* moments);

/// What mn_quantise() wants. It points into `moments`.
MnInputProducts
mn_input_moments_products(MnInputMoments const* moments);

#endif // MN_INPUT_MOMENTS_H
