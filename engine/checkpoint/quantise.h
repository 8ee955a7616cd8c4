// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Quantises the float weights of an encoder to the integer tensors of a model file.

#ifndef MN_QUANTISE_H
#define MN_QUANTISE_H

#include "quantised.h"
#include "weights.h"

/// How the inputs of each LSTM's matrix go together, [layer][forward, backward]: sums of
/// products of two inputs over many steps, [columns][columns], of which j >= i is read. The
/// matrix of layer 0 has a column for each unit of its own state. That of layer 1 has those
/// of both states of layer 0 before them.
typedef struct {
  double const* products[MN_MAX_LAYERS][2];
} MnInputProducts;

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

#endif // MN_QUANTISE_H
