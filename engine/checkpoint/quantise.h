// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Quantises float weights to the integer tensors of a model file.
///
/// Each row r of a matrix has a scale s_r: weight = q * s_r. The unit of its accumulator is
/// s_r / 2^hidden_frac. Multiplying by multiplier / 2^32 gives Q16.

#ifndef MN_QUANTISE_H
#define MN_QUANTISE_H

#include "model_writer.h"
#include "weights.h"

/// The type of the weights that are read in every step. The heads are read once a window
/// and are always int16.
typedef enum {
  MN_WEIGHTS_AUTO, ///< int16 if they fit the cache, else int8
  MN_WEIGHTS_INT16,
  MN_WEIGHTS_INT8,
  MN_WEIGHTS_COUNT,
} MnWeightsType;

enum {
  MN_LEAST_HIDDEN_FRAC = 8,
  MN_MOST_HIDDEN_FRAC  = 14, ///< with 15, a state of exactly 1 would not fit int16
  MN_HIDDEN_FRAC       = 13,
  MN_ENCODER_TENSORS   = 12 + 6 * (MN_MAX_LAYERS - 1),
};

/// How the inputs of each LSTM's matrix go together, [layer][forward, backward]: sums of
/// products of two inputs over many steps, [columns][columns], of which j >= i is read. The
/// matrix of layer 0 has a column for each unit of its own state. That of layer 1 has those
/// of both states of layer 0 before them.
typedef struct {
  double const* products[MN_MAX_LAYERS][2];
} MnInputProducts;

/// The tensors of an encoder. It owns the arrays behind them.
typedef struct {
  MnModelTensor tensors[MN_ENCODER_TENSORS];
  void*         arrays[MN_ENCODER_TENSORS]; ///< the data of the tensors, to free
  size_t        count;
  MnWeightsType type; ///< int16 or int8
  unsigned      hidden_frac;
} MnQuantised;

/// The type that mn_quantise() takes.
MnWeightsType
mn_quantised_type(MnWeights const* weights, MnWeightsType type);

/// The number of weights that are read in every step.
size_t
mn_quantised_step_bytes(MnWeights const* weights);

/// Quantises an encoder. Each row gets the finest scale at which its weights fit the type
/// and no sum can overflow. Weights round to nearest; with `products`, those of the LSTMs
/// make up for each other's errors (rounding.h). Works on all processors, whose number makes
/// no difference.
///
/// @param products May be NULL. @return false with the reason: a weight is not finite,
/// weights are too large, or memory runs out.
MN_NODISCARD bool
mn_quantise(MnWeights const*       weights,
            MnWeightsType          type,
            unsigned               hidden_frac,
            MnInputProducts const* products,
            MnQuantised*           quantised,
            MnError*               error);

/// Negates neurons: their mu becomes the negative of what it was, up to the rounding
/// of a half.
///
/// @param negated [latent]: 1 for those to negate.
void
mn_quantised_negate(MnQuantised* quantised, uint8_t const* negated);

void
mn_quantised_free(MnQuantised* quantised);

#endif // MN_QUANTISE_H
