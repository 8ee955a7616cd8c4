// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "weights.h"

#include "model/model.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_TENSOR_NAME = 128 };

static char const* const directions[] = {"fw", "bw"};

// Makes the name of a tensor of the encoder. Optimizers store copies of tensors under other
// names, which are never read.
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
      if (!mn_dense_read(checkpoint,
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

// Counts the layers that have a forward kernel.
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
    mn_error_set(
      error, MN_STATUS_BAD_INPUT, "tensor %s is missing: no encoder of a MusicVAE", name);
  } else if (*layers > MN_MAX_LAYERS) {
    mn_error_set(error,
                 MN_STATUS_UNSUPPORTED,
                 "an encoder of more than %d layers is not supported",
                 MN_MAX_LAYERS);
  }
  return *layers && *layers <= MN_MAX_LAYERS;
}

// Takes the sizes from the first kernel, [inputs + hidden][4 hidden], and from the kernel
// of a head, [2 hidden][latent].
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
      !mn_dense_find(checkpoint, name, 2, &kernel, error) ||
      !mn_dense_find(checkpoint, "encoder/mu/kernel", 2, &head, error)) {
    return false;
  }

  size_t const hidden = kernel.shape[1] / 4;
  size_t const latent = head.shape[1];
  char         shape[96];
  mn_dense_format_shape(&kernel, shape, sizeof(shape));
  if (!hidden || kernel.shape[1] % 4 || hidden > MN_MAX_HIDDEN) {
    mn_error_set(error,
                 MN_STATUS_BAD_INPUT,
                 "tensor %s: shape %s is not of 4 gates of 1 to %d units",
                 name,
                 shape,
                 MN_MAX_HIDDEN);
    return false;
  }
  if (kernel.shape[0] != MN_CLASSES + hidden) {
    mn_error_set(error,
                 MN_STATUS_BAD_INPUT,
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
    mn_dense_format_shape(&head, shape, sizeof(shape));
    mn_error_set(error,
                 MN_STATUS_BAD_INPUT,
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
  return mn_dense_read(checkpoint,
                       "encoder/mu/kernel",
                       "encoder/mu/bias",
                       last,
                       weights->latent,
                       &weights->mu,
                       error) &&
         mn_dense_read(checkpoint,
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
  MnError          reason  = {0};
  MnWeights* const weights = (MnWeights*)calloc(1, sizeof(*weights));
  if (!weights) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    return NULL;
  }
  if (!read_weights(checkpoint, weights, &reason)) {
    mn_weights_free(weights);
    mn_error_set(
      error, reason.status, "%.150s: %.340s", mn_checkpoint_path(checkpoint), reason.text);
    return NULL;
  }
  return weights;
}

void
mn_weights_free(MnWeights* const weights)
{
  if (weights) {
    for (unsigned layer = 0; layer < MN_MAX_LAYERS; ++layer) {
      mn_dense_free(&weights->lstm[layer][0]);
      mn_dense_free(&weights->lstm[layer][1]);
    }
    mn_dense_free(&weights->mu);
    mn_dense_free(&weights->sigma);
    free(weights);
  }
}
