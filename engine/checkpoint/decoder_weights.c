// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "decoder_weights.h"

#include <stdio.h>
#include <stdlib.h>

enum { MAX_TENSOR_NAME = 80 };

static void
name_lstm(char* const name, unsigned const layer, char const* const part)
{
  snprintf(
    name, MAX_TENSOR_NAME, "decoder/multi_rnn_cell/cell_%u/lstm_cell/%s", layer, part);
}

// Counts the layers that have a kernel.
static bool
count_layers(MnCheckpoint const* const checkpoint,
             unsigned* const           layers,
             MnError* const            error)
{
  MnCheckpointTensor tensor;
  char               name[MAX_TENSOR_NAME];
  *layers = 0;
  do {
    name_lstm(name, *layers, "kernel");
  } while (mn_checkpoint_find(checkpoint, name, &tensor) &&
           ++*layers <= MN_MAX_DECODER_LAYERS);
  if (!*layers) {
    mn_error_set(error,
                 MN_STATUS_BAD_INPUT,
                 "tensor %s is missing: no flat decoder of a MusicVAE",
                 name);
  } else if (*layers > MN_MAX_DECODER_LAYERS) {
    mn_error_set(error,
                 MN_STATUS_UNSUPPORTED,
                 "a decoder of more than %d layers is not supported",
                 MN_MAX_DECODER_LAYERS);
  }
  return *layers && *layers <= MN_MAX_DECODER_LAYERS;
}

// Takes the sizes from the kernel that maps z to the first state, [latent][2 layers
// hidden]. All other shapes are checked against them.
static bool
read_sizes(MnCheckpoint const* const checkpoint,
           MnDecoderWeights* const   weights,
           MnError* const            error)
{
  static char const  name[] = "decoder/z_to_initial_state/kernel";
  MnCheckpointTensor start;
  if (!count_layers(checkpoint, &weights->layers, error) ||
      !mn_dense_find(checkpoint, name, 2, &start, error)) {
    return false;
  }
  size_t const states = 2 * (size_t)weights->layers;
  size_t const latent = start.shape[0];
  size_t const hidden = start.shape[1] / states;
  if (!hidden || start.shape[1] % states || hidden > MN_MAX_HIDDEN || !latent ||
      latent > MN_MAX_LATENT) {
    char shape[96];
    mn_dense_format_shape(&start, shape, sizeof(shape));
    mn_error_set(error,
                 MN_STATUS_BAD_INPUT,
                 "tensor %s: shape %s is not of 1 to %d neurons and %zu states of 1 to %d "
                 "units",
                 name,
                 shape,
                 MN_MAX_LATENT,
                 states,
                 MN_MAX_HIDDEN);
    return false;
  }
  weights->latent = (unsigned)latent;
  weights->hidden = (unsigned)hidden;
  return true;
}

static bool
read_lstm(MnCheckpoint* const     checkpoint,
          unsigned const          layer,
          MnDecoderWeights* const weights,
          MnError* const          error)
{
  char kernel[MAX_TENSOR_NAME];
  char bias[MAX_TENSOR_NAME];
  name_lstm(kernel, layer, "kernel");
  name_lstm(bias, layer, "bias");
  size_t const hidden = weights->hidden;
  size_t const inputs = layer ? hidden : MN_CLASSES + (size_t)weights->latent;
  return mn_dense_read(
    checkpoint, kernel, bias, inputs + hidden, 4 * hidden, &weights->lstm[layer], error);
}

static bool
read_weights(MnCheckpoint* const     checkpoint,
             MnDecoderWeights* const weights,
             MnError* const          error)
{
  if (!read_sizes(checkpoint, weights, error)) {
    return false;
  }
  for (unsigned layer = 0; layer < weights->layers; ++layer) {
    if (!read_lstm(checkpoint, layer, weights, error)) {
      return false;
    }
  }
  return mn_dense_read(checkpoint,
                       "decoder/z_to_initial_state/kernel",
                       "decoder/z_to_initial_state/bias",
                       weights->latent,
                       2 * (size_t)weights->layers * weights->hidden,
                       &weights->start,
                       error) &&
         mn_dense_read(checkpoint,
                       "decoder/output_projection/kernel",
                       "decoder/output_projection/bias",
                       weights->hidden,
                       MN_CLASSES,
                       &weights->output,
                       error);
}

MnDecoderWeights*
mn_decoder_weights_read(MnCheckpoint* const checkpoint, MnError* const error)
{
  MnError                 reason  = {MN_STATUS_NO_MEMORY, "out of memory"};
  MnDecoderWeights* const weights = (MnDecoderWeights*)calloc(1, sizeof(*weights));
  if (weights && read_weights(checkpoint, weights, &reason)) {
    return weights;
  }
  mn_decoder_weights_free(weights);
  mn_error_set(
    error, reason.status, "%.150s: %.340s", mn_checkpoint_path(checkpoint), reason.text);
  return NULL;
}

void
mn_decoder_weights_free(MnDecoderWeights* const weights)
{
  if (weights) {
    for (unsigned layer = 0; layer < MN_MAX_DECODER_LAYERS; ++layer) {
      mn_dense_free(&weights->lstm[layer]);
    }
    mn_dense_free(&weights->start);
    mn_dense_free(&weights->output);
    free(weights);
  }
}
