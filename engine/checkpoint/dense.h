// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Reads dense layers of a checkpoint and checks their shapes. Reasons name the tensor but
/// not the file.

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

/// Finds a tensor and checks its number of dimensions.
MN_NODISCARD bool
mn_dense_find(MnCheckpoint const* checkpoint,
              char const*         name,
              unsigned            dimensions,
              MnCheckpointTensor* tensor,
              MnError*            error);

/// Reads a kernel of the shape [inputs, outputs] and its bias. All values must be finite.
/// After a failure too, `dense` must be freed.
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

/// Formats a shape for people: "[512, 2048]".
void
mn_dense_format_shape(MnCheckpointTensor const* tensor, char* text, size_t size);

#endif // MN_CHECKPOINT_DENSE_H
