// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "weights.h"

#include "format.h"
#include "model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_TENSOR_NAME = 128 };

static char const* const directions[] = {"fw", "bw"};

// Says which name a tensor of the encoder has. Optimizers keep copies of every
// tensor under names of their own, which are never asked for.
static void
name_lstm(char* const       name,
          unsigned const    layer,
          unsigned const    direction,
          char const* const part)
{
  snprintf(name,
           MAX_TENSOR_NAME,
           "encoder/cell_%u/bidirectional_rnn/%s/multi_rnn_cell/cell_0/lstm_cell/%s",
           layer,
           directions[direction],
           part);
}

static void
format_shape(MnCheckpointTensor const* const tensor, char* const text, size_t const size)
{
  size_t used = (size_t)snprintf(text, size, "[");
  for (unsigned i = 0; i < tensor->dimensions && used < size; ++i) {
    used += (size_t)snprintf(
      text + used, size - used, "%s%zu", i ? ", " : "", tensor->shape[i]);
  }
  if (used < size) {
    snprintf(text + used, size - used, "]");
  }
}

// Finds a tensor of so many dimensions that can be read.
static bool
find_tensor(MnCheckpoint const* const checkpoint,
            char const* const         name,
            unsigned const            dimensions,
            MnCheckpointTensor* const tensor,
            MnError* const            error)
{
  if (!mn_checkpoint_find(checkpoint, name, tensor)) {
    mn_error_set(error, "tensor %s is missing", name);
    return false;
  }
  if (tensor->dimensions != dimensions) {
    char shape[96];
    format_shape(tensor, shape, sizeof(shape));
    mn_error_set(error,
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
  if (!find_tensor(checkpoint, name, rows ? 2 : 1, &tensor, error)) {
    return NULL;
  }
  if ((rows && tensor.shape[0] != rows) || tensor.shape[rows ? 1 : 0] != columns) {
    MnCheckpointTensor const wanted = {.dimensions = rows ? 2 : 1,
                                       .shape      = {rows ? rows : columns, columns}};
    char                     is[96];
    char                     must[96];
    format_shape(&tensor, is, sizeof(is));
    format_shape(&wanted, must, sizeof(must));
    mn_error_set(error, "tensor %s: shape %s, not %s", name, is, must);
    return NULL;
  }
  float* const values = (float*)malloc(tensor.elements * sizeof(float));
  if (!values) {
    mn_error_set(error, "out of memory");
    return NULL;
  }
  bool good = checkpoint_read(checkpoint, &tensor, values, error);
  for (size_t i = 0; good && i < tensor.elements; ++i) {
    good = isfinite(values[i]);
    if (!good) {
      mn_error_set(error, "tensor %s: value %zu is not finite", name, i);
    }
  }
  if (!good) {
    free(values);
    return NULL;
  }
  return values;
}

static bool
read_dense(MnCheckpoint* const checkpoint,
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

static bool
read_lstm(MnCheckpoint* const checkpoint, MnWeights* const weights, MnError* const error)
{
  for (unsigned layer = 0; layer < weights->layers; ++layer) {
    size_t const hidden = weights->hidden;
    size_t const inputs = layer ? 2 * hidden : MN_CLASSES;
    for (unsigned d = 0; d < 2; ++d) {
      char kernel[MAX_TENSOR_NAME];
      char bias[MAX_TENSOR_NAME];
      name_lstm(kernel, layer, d, "kernel");
      name_lstm(bias, layer, d, "bias");
      if (!read_dense(checkpoint,
                      kernel,
                      bias,
                      inputs + hidden,
                      4 * hidden,
                      &weights->lstm[layer][d],
                      error)) {
        return false;
      }
    }
  }
  return true;
}

// Layers are those that have a forward kernel.
static bool
count_layers(MnCheckpoint const* const checkpoint,
             unsigned* const           layers,
             MnError* const            error)
{
  MnCheckpointTensor tensor;
  char               name[MAX_TENSOR_NAME];
  *layers = 0;
  do {
    name_lstm(name, *layers, 0, "kernel");
  } while (mn_checkpoint_find(checkpoint, name, &tensor) && ++*layers <= MN_MAX_LAYERS);
  if (!*layers) {
    mn_error_set(error, "tensor %s is missing: no encoder of a MusicVAE", name);
  } else if (*layers > MN_MAX_LAYERS) {
    mn_error_set(error, "an encoder of more than %d layers is not supported", MN_MAX_LAYERS);
  }
  return *layers && *layers <= MN_MAX_LAYERS;
}

// Takes the sizes from the first kernel, [inputs + hidden][4 hidden], and from
// the head's, [2 hidden][latent].
static bool
read_sizes(MnCheckpoint const* const checkpoint,
           MnWeights* const          weights,
           MnError* const            error)
{
  MnCheckpointTensor kernel;
  MnCheckpointTensor head;
  char               name[MAX_TENSOR_NAME];
  name_lstm(name, 0, 0, "kernel");
  if (!count_layers(checkpoint, &weights->layers, error) ||
      !find_tensor(checkpoint, name, 2, &kernel, error) ||
      !find_tensor(checkpoint, "encoder/mu/kernel", 2, &head, error)) {
    return false;
  }

  size_t const hidden = kernel.shape[1] / 4;
  size_t const latent = head.shape[1];
  char         shape[96];
  format_shape(&kernel, shape, sizeof(shape));
  if (!hidden || kernel.shape[1] % 4 || hidden > MN_MAX_HIDDEN) {
    mn_error_set(error,
                 "tensor %s: shape %s is not of 4 gates of 1 to %d units",
                 name,
                 shape,
                 MN_MAX_HIDDEN);
    return false;
  }
  if (kernel.shape[0] != MN_CLASSES + hidden) {
    mn_error_set(error,
                 "tensor %s: shape %s, not [%zu, %zu]: the encoder does not read the %d "
                 "classes of a melody",
                 name,
                 shape,
                 MN_CLASSES + hidden,
                 4 * hidden,
                 MN_CLASSES);
    return false;
  }
  if (!latent || latent > MN_MAX_LATENT) {
    format_shape(&head, shape, sizeof(shape));
    mn_error_set(error,
                 "tensor encoder/mu/kernel: shape %s is not of 1 to %d neurons",
                 shape,
                 MN_MAX_LATENT);
    return false;
  }
  weights->hidden = (unsigned)hidden;
  weights->latent = (unsigned)latent;
  weights->steps  = weights->layers == 1 ? MN_STEPS_2BAR : MN_STEPS_16BAR;
  return true;
}

static bool
read_weights(MnCheckpoint* const checkpoint, MnWeights* const weights, MnError* const error)
{
  if (!read_sizes(checkpoint, weights, error) || !read_lstm(checkpoint, weights, error)) {
    return false;
  }
  size_t const last = 2 * (size_t)weights->hidden;
  return read_dense(checkpoint,
                    "encoder/mu/kernel",
                    "encoder/mu/bias",
                    last,
                    weights->latent,
                    &weights->mu,
                    error) &&
         read_dense(checkpoint,
                    "encoder/sigma/kernel",
                    "encoder/sigma/bias",
                    last,
                    weights->latent,
                    &weights->sigma,
                    error);
}

MnWeights*
mn_weights_read(MnCheckpoint* const checkpoint, MnError* const error)
{
  MnError          reason  = {""};
  MnWeights* const weights = (MnWeights*)calloc(1, sizeof(*weights));
  if (!weights) {
    mn_error_set(error, "out of memory");
    return NULL;
  }
  if (!read_weights(checkpoint, weights, &reason)) {
    mn_weights_free(weights);
    mn_error_set(error, "%.150s: %.340s", checkpoint->path, reason.text);
    return NULL;
  }
  return weights;
}

static void
free_dense(MnDense* const dense)
{
  free(dense->kernel);
  free(dense->bias);
}

void
mn_weights_free(MnWeights* const weights)
{
  if (weights) {
    for (unsigned layer = 0; layer < MN_MAX_LAYERS; ++layer) {
      free_dense(&weights->lstm[layer][0]);
      free_dense(&weights->lstm[layer][1]);
    }
    free_dense(&weights->mu);
    free_dense(&weights->sigma);
    free(weights);
  }
}
