// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "dense.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void
mn_dense_format_shape(MnCheckpointTensor const* const tensor,
                      char* const                     text,
                      size_t const                    size)
{
  size_t used = (size_t)snprintf(text, size, "[");
  for (unsigned i = 0; i < tensor->dimensions && used < size; ++i) {
    used +=
      (size_t)snprintf(text + used, size - used, "%s%zu", i ? ", " : "", tensor->shape[i]);
  }
  if (used < size) {
    snprintf(text + used, size - used, "]");
  }
}

bool
mn_dense_find(MnCheckpoint const* const checkpoint,
              char const* const         name,
              unsigned const            dimensions,
              MnCheckpointTensor* const tensor,
              MnError* const            error)
{
  if (!mn_checkpoint_find(checkpoint, name, tensor)) {
    mn_error_set(error, MN_STATUS_BAD_INPUT, "tensor %s is missing", name);
    return false;
  }
  if (tensor->dimensions != dimensions) {
    char shape[96];
    mn_dense_format_shape(tensor, shape, sizeof(shape));
    mn_error_set(error,
                 MN_STATUS_BAD_INPUT,
                 "tensor %s: shape %s has not %u dimension%s",
                 name,
                 shape,
                 dimensions,
                 dimensions == 1 ? "" : "s");
    return false;
  }
  return true;
}

// Reads a tensor of the shape [rows, columns], or [columns] if `rows` is 0.
static float*
read_tensor(MnCheckpoint* const checkpoint,
            char const* const   name,
            size_t const        rows,
            size_t const        columns,
            MnError* const      error)
{
  MnCheckpointTensor tensor;
  if (!mn_dense_find(checkpoint, name, rows ? 2 : 1, &tensor, error)) {
    return NULL;
  }
  if ((rows && tensor.shape[0] != rows) || tensor.shape[rows ? 1 : 0] != columns) {
    MnCheckpointTensor const wanted = {.dimensions = rows ? 2 : 1,
                                       .shape      = {rows ? rows : columns, columns}};
    char                     is[96];
    char                     must[96];
    mn_dense_format_shape(&tensor, is, sizeof(is));
    mn_dense_format_shape(&wanted, must, sizeof(must));
    mn_error_set(error, MN_STATUS_BAD_INPUT, "tensor %s: shape %s, not %s", name, is, must);
    return NULL;
  }
  float* const values = (float*)malloc(tensor.elements * sizeof(float));
  if (!values) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    return NULL;
  }
  bool good = mn_checkpoint_read_tensor(checkpoint, &tensor, values, error);
  for (size_t i = 0; good && i < tensor.elements; ++i) {
    good = isfinite(values[i]);
    if (!good) {
      mn_error_set(
        error, MN_STATUS_BAD_INPUT, "tensor %s: value %zu is not finite", name, i);
    }
  }
  if (!good) {
    free(values);
    return NULL;
  }
  return values;
}

bool
mn_dense_read(MnCheckpoint* const checkpoint,
              char const* const   kernel,
              char const* const   bias,
              size_t const        inputs,
              size_t const        outputs,
              MnDense* const      dense,
              MnError* const      error)
{
  dense->inputs  = inputs;
  dense->outputs = outputs;
  dense->kernel  = read_tensor(checkpoint, kernel, inputs, outputs, error);
  dense->bias    = dense->kernel ? read_tensor(checkpoint, bias, 0, outputs, error) : NULL;
  return dense->bias;
}

void
mn_dense_free(MnDense* const dense)
{
  free(dense->kernel);
  free(dense->bias);
}
