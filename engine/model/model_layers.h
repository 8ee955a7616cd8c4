// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Loads the integer layers of encoder and decoder. For model.c and model_decoder.c alone.
///
/// What is loaded cannot overflow: in each row, the largest start value and the sum of
/// abs(weight) times the largest input fit 31 bits.

#ifndef MN_MODEL_LAYERS_H
#define MN_MODEL_LAYERS_H

#include "model_loader.h"

/// Reads an LSTM that reads tokens: NAME/recurrent, NAME/input and NAME/multiplier.
MN_NODISCARD bool
mn_loader_direction(MnLoader const* l,
                    char const*     name,
                    unsigned        hidden,
                    MnDirection*    direction);

/// Reads a linear layer: NAME/weight, NAME/bias and NAME/multiplier.
///
/// @param input_bits No input is beyond 2^input_bits, either way.
MN_NODISCARD bool
mn_loader_linear(MnLoader const* l,
                 char const*     name,
                 size_t          rows,
                 size_t          columns,
                 unsigned        input_bits,
                 MnLinear*       linear);

#endif // MN_MODEL_LAYERS_H
