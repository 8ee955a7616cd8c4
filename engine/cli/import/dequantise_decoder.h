// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Dequantises: turns a model's decoder back into the float tensors of MusicVAE.

#ifndef MN_CLI_DEQUANTISE_DECODER_H
#define MN_CLI_DEQUANTISE_DECODER_H

#include "checkpoint/checkpoint.h"
#include "model/model.h"

/// The number of tensors: 0 if the model has no decoder.
size_t
mn_dequantise_decoder_count(MnModel const* model);

/// Describes the tensor at `index`, with MusicVAE's name and shape.
MnCheckpointTensor
mn_dequantise_decoder_describe(MnModel const* model, size_t index);

/// Computes all values of that tensor, row-major. Each float is the integer's value, rounded
/// once. Neurons that the model has negated have the sign of their source.
///
/// @param values Room for its elements.
void
mn_dequantise_decoder_read(MnModel const* model, size_t index, float* values);

#endif // MN_CLI_DEQUANTISE_DECODER_H
