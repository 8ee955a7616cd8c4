// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Dense layers of a checkpoint, whose shapes are checked. Reasons name the
/// tensor and no file.

#ifndef MN_CHECKPOINT_DENSE_H
#define MN_CHECKPOINT_DENSE_H

#include "checkpoint.h"

/// A dense layer: [inputs][outputs] row-major, as TensorFlow stores it.
typedef struct {
  size_t inputs;
  size_t outputs;
  float* kernel;
  float* bias; ///< [outputs]
} MnDense;

/// Finds a tensor of so many dimensions.
MN_NODISCARD bool
mn_dense_find(MnCheckpoint const* checkpoint,
              char const*         name,
              unsigned            dimensions,
              MnCheckpointTensor* tensor,
              MnError*            error);

/// Reads a kernel of the shape [inputs, outputs] and its bias, all finite.
/// What was read before a failure is in `dense`, too.
MN_NODISCARD bool
mn_dense_read(MnCheckpoint* checkpoint,
              char const*   kernel,
              char const*   bias,
              size_t        inputs,
              size_t        outputs,
              MnDense*      dense,
              MnError*      error);

void
mn_dense_free(MnDense* dense);

/// Writes a shape as people do: "[512, 2048]".
void
mn_dense_format_shape(MnCheckpointTensor const* tensor, char* text, size_t size);

#endif // MN_CHECKPOINT_DENSE_H
