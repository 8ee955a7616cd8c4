// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Quantises the float weights of a second level to the integer tensors of a model file.

#ifndef MN_QUANTISE_LONG_H
#define MN_QUANTISE_LONG_H

#include "long_weights.h"
#include "quantised.h"

/// Quantises level two, to int16. Each row gets the finest scale at which its weights fit and
/// no sum can overflow. Works on all processors, whose number makes no difference.
///
/// @param negated [MN_MAX_LATENT]: 1 for neurons of level one whose mu is the negative of
/// what the weights read. @return false with the reason, which names the tensor.
MN_NODISCARD bool
mn_quantise_long(MnLongWeights const* weights,
                 uint8_t const*       negated,
                 MnQuantised*         quantised,
                 MnError*             error);

#endif // MN_QUANTISE_LONG_H
