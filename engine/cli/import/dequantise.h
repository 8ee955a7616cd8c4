// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Dequantises: turns a model's integers back into the float tensors of a MusicVAE
/// encoder with one layer.

#ifndef MN_CLI_DEQUANTISE_H
#define MN_CLI_DEQUANTISE_H

#include "checkpoint/checkpoint.h"
#include "model/model.h"

/// Kernel and bias of two directions and two heads.
enum { MN_DEQUANTISED_TENSORS = 8 };

/// Describes the tensor at `index`, with MusicVAE's name and shape.
MnCheckpointTensor
mn_dequantise_describe(MnModel const* model, size_t index);

/// Computes all values of that tensor, row-major.
///
/// Each float is the integer's value, rounded once. What the classes add to a row of an
/// LSTM is split: its mean over the classes becomes the row's bias.
/// Neurons that the model has negated have the sign of their source.
///
/// @param values Room for its elements.
void
mn_dequantise_read(MnModel const* model, size_t index, float* values);

/// Turns a matrix on inputs with `bits` bits behind the point into the floats of a kernel,
/// [columns][rows]: a row of ours is a column of MusicVAE's.
void
mn_dequantise_matrix(MnMatrix const* matrix,
                     int32_t const*  multiplier,
                     unsigned        bits,
                     size_t          rows,
                     size_t          columns,
                     float*          values);

#endif // MN_CLI_DEQUANTISE_H
