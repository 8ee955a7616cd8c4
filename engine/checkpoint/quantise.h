// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Float weights to the integer tensors of a model file.
///
/// A row r of a matrix has one scale s_r: weight = q * s_r. Its accumulator
/// counts in s_r / 2^hidden_frac, and multiplier / 2^32 takes it to Q16.

#ifndef MN_QUANTISE_H
#define MN_QUANTISE_H

#include "model_writer.h"
#include "weights.h"

/// What weights that are read at every step become. The heads, read once a
/// window, are int16 always.
typedef enum {
  MN_WEIGHTS_AUTO, ///< int16 if they fit the cache, else int8
  MN_WEIGHTS_INT16,
  MN_WEIGHTS_INT8,
  MN_WEIGHTS_COUNT,
} MnWeightsType;

enum {
  MN_LEAST_HIDDEN_FRAC = 8,
  MN_MOST_HIDDEN_FRAC  = 14, ///< with 15, an h of exactly 1 would not fit int16
  MN_HIDDEN_FRAC       = 13,
  MN_ENCODER_TENSORS   = 12 + 6 * (MN_MAX_LAYERS - 1),
};

/// The encoder's tensors; the arrays behind them are its own.
typedef struct {
  MnModelTensor tensors[MN_ENCODER_TENSORS];
  void*         arrays[MN_ENCODER_TENSORS]; ///< the same data, to free
  size_t        count;
  MnWeightsType type; ///< int16 or int8
  unsigned      hidden_frac;
} MnQuantised;

/// Bytes of the weights that are read at every step, at one byte each.
size_t
mn_quantised_step_bytes(MnWeights const* weights);

/// Quantises an encoder. Rows of int16 get the scale at which no sum can
/// overflow; int8 rounds to nearest.
///
/// @return false with the reason: weights that are not finite, or too large.
MN_NODISCARD bool
mn_quantise(MnWeights const* weights,
            MnWeightsType    type,
            unsigned         hidden_frac,
            MnQuantised*     quantised,
            MnError*         error);

/// Negates neurons: their mu becomes the negative of what it was, up to the rounding
/// of a half.
///
/// @param negated [latent]: 1 for those to negate.
void
mn_quantised_negate(MnQuantised* quantised, uint8_t const* negated);

void
mn_quantised_free(MnQuantised* quantised);

#endif // MN_QUANTISE_H
