// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "model_decoder.h"

#include "model_layers.h"

#include <stdio.h>
#include <string.h>

static char const folder[]     = "decoder/";
static char const layers_key[] = "decoder_layers";
static char const hidden_key[] = "decoder_hidden";

// The first tensor of a decoder, or NULL.
static char const*
any_tensor(MnLoader const* const l)
{
  char const* name = NULL;
  while ((name = mn_safetensors_next(l->file, name))) {
    if (!strncmp(name, folder, strlen(folder))) {
      return name;
    }
  }
  return NULL;
}

static bool
read_sizes(MnLoader const* const l, MnDecoderTable* const d)
{
  return mn_loader_number(l, layers_key, 1, MN_MAX_DECODER_LAYERS, &d->layers) &&
         mn_loader_number(l, hidden_key, 1, MN_MAX_HIDDEN, &d->hidden);
}

static bool
read_upper(MnLoader const* const l, MnDecoderTable* const d)
{
  size_t const hidden = d->hidden;
  for (unsigned layer = 1; layer < d->layers; ++layer) {
    char name[32];
    snprintf(name, sizeof(name), "decoder/layer_%u", layer);
    if (!mn_loader_linear(
          l, name, 4 * hidden, 2 * hidden, l->model->hidden_frac, &d->upper[layer - 1])) {
      return false;
    }
  }
  return true;
}

bool
mn_model_decoder_load(MnLoader const* const l, MnDecoderTable* const d)
{
  bool const sized = mn_safetensors_metadata(l->file, layers_key) ||
                     mn_safetensors_metadata(l->file, hidden_key);
  if (!sized && !any_tensor(l)) {
    return true;
  }
  MnModel const* const m = l->model;
  return read_sizes(l, d) &&
         mn_loader_linear(l,
                          "decoder/start",
                          2 * (size_t)d->layers * d->hidden,
                          m->latent,
                          MN_Z_BITS,
                          &d->start) &&
         mn_loader_linear(
           l, "decoder/given", 4 * (size_t)d->hidden, m->latent, MN_Z_BITS, &d->given) &&
         mn_loader_direction(l, "decoder/layer_0", d->hidden, &d->first) &&
         read_upper(l, d) &&
         mn_loader_linear(
           l, "decoder/output", MN_CLASSES, d->hidden, m->hidden_frac, &d->output);
}
