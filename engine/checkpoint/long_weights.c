// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "long_weights.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_LAYER_NAME = 40, MAX_TENSOR_NAME = 80 };

static bool
read_dense(MnCheckpoint* const checkpoint,
           char const* const   name,
           size_t const        inputs,
           size_t const        outputs,
           MnDense* const      dense,
           MnError* const      error)
{
  char kernel[MAX_TENSOR_NAME];
  char bias[MAX_TENSOR_NAME];
  snprintf(kernel, sizeof(kernel), "%s/kernel", name);
  snprintf(bias, sizeof(bias), "%s/bias", name);
  return mn_dense_read(checkpoint, kernel, bias, inputs, outputs, dense, error);
}

// Finds the number of a kernel's outputs, from 1 to `most`.
static bool
find_outputs(MnCheckpoint const* const checkpoint,
             char const* const         name,
             size_t const              most,
             unsigned* const           outputs,
             MnError* const            error)
{
  MnCheckpointTensor tensor;
  if (!mn_dense_find(checkpoint, name, 2, &tensor, error)) {
    return false;
  }
  if (!tensor.shape[1] || tensor.shape[1] > most) {
    mn_error_set(error,
                 MN_STATUS_BAD_INPUT,
                 "tensor %s: %zu outputs are not from 1 to %zu",
                 name,
                 tensor.shape[1],
                 most);
    return false;
  }
  *outputs = (unsigned)tensor.shape[1];
  return true;
}

// Takes the next neuron of a text of numbers with spaces between. @return false at its end,
// or where there is none.
static bool
next_number(char const** const at, unsigned long* const number)
{
  char const* text = *at + strspn(*at, " ");
  char*       end  = NULL;
  errno            = 0;
  *number          = *text >= '0' && *text <= '9' ? strtoul(text, &end, 10) : 0;
  if (!end || errno || (*end && *end != ' ') || *number >= MN_MAX_LATENT) {
    return false;
  }
  *at = end;
  return true;
}

static bool
fail_numbers(char const* const key, unsigned const most, MnError* const error)
{
  mn_error_set(error,
               MN_STATUS_BAD_INPUT,
               "metadata %s: not 1 to %u numbers of neurons below %d",
               key,
               most,
               MN_MAX_LATENT);
  return false;
}

static bool
read_neurons(MnCheckpoint const* const checkpoint,
             MnLongWeights* const      w,
             MnError* const            error)
{
  static char const key[] = "level1_neurons";
  char const*       at    = mn_checkpoint_text(checkpoint, key);
  unsigned long     number;
  at = at ? at : "";
  while (w->neurons < MN_MAX_LONG_NEURONS && next_number(&at, &number)) {
    w->neuron[w->neurons++] = (unsigned)number;
  }
  return (w->neurons && !at[strspn(at, " ")]) ||
         fail_numbers(key, MN_MAX_LONG_NEURONS, error);
}

// Absent: the signs are those of the model.
static bool
read_turned(MnCheckpoint const* const checkpoint,
            MnLongWeights* const      w,
            MnError* const            error)
{
  static char const key[] = "level1_turned";
  char const*       at    = mn_checkpoint_text(checkpoint, key);
  unsigned long     number;
  w->knows_turned = at;
  while (at && next_number(&at, &number)) {
    w->turned[number] = 1;
  }
  return !at || !at[strspn(at, " ")] || fail_numbers(key, MN_MAX_LATENT, error);
}

// Names with commas between.
static bool
read_names(MnCheckpoint const* const checkpoint,
           MnLongWeights* const      w,
           MnError* const            error)
{
  char const* at    = mn_checkpoint_text(checkpoint, "labels");
  unsigned    count = 0;
  at                = at ? at : "";
  for (; *at && count < w->styles; ++count) {
    at += strspn(at, " ");
    size_t const length = strcspn(at, ",");
    if (!length || length > MN_MAX_LABEL) {
      break;
    }
    memcpy(w->style[count], at, length);
    at += length;
    at += *at == ',';
  }
  if (count != w->styles || *at) {
    mn_error_set(error,
                 MN_STATUS_BAD_INPUT,
                 "metadata labels: not the names of %u styles, each of up to %d bytes",
                 w->styles,
                 MN_MAX_LABEL);
    return false;
  }
  return true;
}

static bool
read_encoder(MnCheckpoint* const checkpoint, MnLongWeights* const w, MnError* const error)
{
  static char const* const parts[] = {"in", "out"};
  if (!find_outputs(
        checkpoint, "long/encoder/input/kernel", MN_MAX_LONG_WIDTH, &w->width, error) ||
      !find_outputs(
        checkpoint, "long/encoder/mu/kernel", MN_MAX_LATENT, &w->latent, error)) {
    return false;
  }
  size_t const inputs = MN_PHRASE * ((size_t)w->neurons + 1);
  if (!read_dense(checkpoint, "long/encoder/input", inputs, w->width, &w->input, error)) {
    return false;
  }
  for (unsigned i = 0; i < 2 * MN_LONG_BLOCKS; ++i) {
    char name[MAX_LAYER_NAME];
    snprintf(name, sizeof(name), "long/encoder/block_%u/%s", i / 2, parts[i % 2]);
    if (!read_dense(checkpoint, name, w->width, w->width, &w->block[i / 2][i % 2], error)) {
      return false;
    }
  }
  return read_dense(checkpoint, "long/encoder/mu", w->width, w->latent, &w->mu, error) &&
         read_dense(
           checkpoint, "long/encoder/sigma", w->width, w->latent, &w->sigma, error);
}

static bool
read_styles(MnCheckpoint* const checkpoint, MnLongWeights* const w, MnError* const error)
{
  static char const  output[] = "long/style/output/kernel";
  static char const  unit[]   = "long/style/window_0/kernel";
  static char const  phrase[] = "long/style/phrase/kernel";
  MnCheckpointTensor tensor;
  if (!mn_checkpoint_find(checkpoint, output, &tensor)) {
    return true;
  }
  if (!find_outputs(checkpoint, output, MN_STYLES, &w->styles, error) ||
      !find_outputs(checkpoint, unit, MN_MAX_STYLE_WIDTH, &w->style_width, error) ||
      !find_outputs(checkpoint, phrase, MN_MAX_STYLE_WIDTH, &w->style_hidden, error) ||
      !read_names(checkpoint, w, error)) {
    return false;
  }
  size_t const width = w->style_width;
  return read_dense(checkpoint,
                    "long/style/window_0",
                    w->neurons,
                    width,
                    &w->style_window[0],
                    error) &&
         read_dense(
           checkpoint, "long/style/window_1", width, width, &w->style_window[1], error) &&
         read_dense(checkpoint,
                    "long/style/phrase",
                    2 * width,
                    w->style_hidden,
                    &w->style_phrase,
                    error) &&
         read_dense(checkpoint,
                    "long/style/output",
                    w->style_hidden,
                    w->styles,
                    &w->style_output,
                    error);
}

MnLongWeights*
mn_long_weights_read(MnCheckpoint* const checkpoint, MnError* const error)
{
  MnError              reason  = {MN_STATUS_NO_MEMORY, "out of memory"};
  MnLongWeights* const weights = (MnLongWeights*)calloc(1, sizeof(*weights));
  if (weights && read_neurons(checkpoint, weights, &reason) &&
      read_turned(checkpoint, weights, &reason) &&
      read_encoder(checkpoint, weights, &reason) &&
      read_styles(checkpoint, weights, &reason)) {
    return weights;
  }
  mn_long_weights_free(weights);
  mn_error_set(
    error, reason.status, "%.150s: %.340s", mn_checkpoint_path(checkpoint), reason.text);
  return NULL;
}

// Where the layers are, in the order of the model file.
static size_t const layer_at[MN_LONG_LAYERS] = {offsetof(MnLongWeights, input),
                                                offsetof(MnLongWeights, block[0][0]),
                                                offsetof(MnLongWeights, block[0][1]),
                                                offsetof(MnLongWeights, block[1][0]),
                                                offsetof(MnLongWeights, block[1][1]),
                                                offsetof(MnLongWeights, mu),
                                                offsetof(MnLongWeights, sigma),
                                                offsetof(MnLongWeights, style_window[0]),
                                                offsetof(MnLongWeights, style_window[1]),
                                                offsetof(MnLongWeights, style_phrase),
                                                offsetof(MnLongWeights, style_output)};

void
mn_long_weights_layers(MnLongWeights const* const w, MnDense const* layers[MN_LONG_LAYERS])
{
  for (unsigned i = 0; i < MN_LONG_LAYERS; ++i) {
    layers[i] = (MnDense const*)(void const*)((char const*)w + layer_at[i]);
  }
}

void
mn_long_weights_free(MnLongWeights* const w)
{
  if (w) {
    for (unsigned i = 0; i < MN_LONG_LAYERS; ++i) {
      mn_dense_free((MnDense*)(void*)((char*)w + layer_at[i]));
    }
    free(w);
  }
}
