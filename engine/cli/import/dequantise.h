// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A model's integers back to the float tensors of a MusicVAE encoder
/// of one layer.

#ifndef MN_CLI_DEQUANTISE_H
#define MN_CLI_DEQUANTISE_H

#include "checkpoint/checkpoint.h"
#include "model/model.h"

/// Kernel and bias of two directions and two heads.
enum { MN_DEQUANTISED_TENSORS = 8 };

/// Says what the tensor at `index` is: its name and shape are MusicVAE's.
MnCheckpointTensor
mn_dequantise_describe(MnModel const* model, size_t index);

/// Computes all values of that tensor, row-major.
///
/// Each float is the integer's value rounded once, but for what a class adds to
/// an LSTM's row: its mean over the classes is told apart as the row's bias.
/// Neurons that the model has negated have the sign of their source.
///
/// @param values Room for its elements.
void
mn_dequantise_read(MnModel const* model, size_t index, float* values);

#endif // MN_CLI_DEQUANTISE_H
