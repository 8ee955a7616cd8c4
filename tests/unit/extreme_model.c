// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "extreme_model.h"

#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
put_word(void* const words, size_t const index, int32_t const value)
{
  memcpy((char*)words + 4 * index, &value, sizeof(value));
}

static void
put_float(void* const words, size_t const index, float const value)
{
  memcpy((char*)words + 4 * index, &value, sizeof(value));
}

// Fills one layer: its weights, its start values (one set for each token, or one in
// all) and its multipliers. `state` is the sign that the hidden states will have.
static void
make_extreme(ModelFile const* const  file,
             ModelShape const* const shape,
             char const* const       weights,
             char const* const       starts,
             char const* const       multipliers,
             size_t const            rows,
             size_t const            columns,
             size_t const            tokens,
             unsigned const          low,
             int const               state)
{
  // The weights make up half of each sum, as far as their type allows.
  int64_t const fair  = ((int64_t)1 << 30 >> shape->hidden_frac) / (int64_t)columns;
  int64_t const range = shape->wide ? INT16_MAX : INT8_MAX;
  int64_t const size  = fair < range ? fair : range;
  int64_t const rest  = INT32_MAX - (size * (int64_t)columns << shape->hidden_frac);
  char* const   out   = (char*)model_file_tensor(file, weights);
  for (size_t r = 0; r < rows; ++r) {
    int const sign = low >> r * 4 / rows & 1 ? -1 : 1; // heads: all bits are the same
    for (size_t c = 0; c < columns; ++c) {
      int16_t const weight = (int16_t)(sign * state * size);
      if (shape->wide) {
        memcpy(out + 2 * (r * columns + c), &weight, sizeof(weight));
      } else {
        out[r * columns + c] = (char)weight;
      }
    }
    for (size_t t = 0; t < tokens; ++t) {
      put_word(model_file_tensor(file, starts), t * rows + r, (int32_t)(sign * rest));
    }
    put_word(model_file_tensor(file, multipliers), r, INT32_MAX);
  }
}

static void
make_linear(ModelFile const* const  file,
            ModelShape const* const shape,
            char const* const       name,
            size_t const            rows,
            size_t const            columns,
            unsigned const          low,
            int const               state)
{
  char tensors[3][48];
  snprintf(tensors[0], sizeof(tensors[0]), "%s/weight", name);
  snprintf(tensors[1], sizeof(tensors[1]), "%s/bias", name);
  snprintf(tensors[2], sizeof(tensors[2]), "%s/multiplier", name);
  make_extreme(
    file, shape, tensors[0], tensors[1], tensors[2], rows, columns, 1, low, state);
}

// The parts of z are 2^10 at most.
static void
make_decoder(ModelFile const* const  file,
             ModelShape const* const shape,
             unsigned const          low,
             int const               state)
{
  size_t const hidden = (size_t)strtoul(
    json_string_value(json_object_get(file->metadata, "decoder_hidden")), NULL, 10);
  unsigned const layers = (unsigned)strtoul(
    json_string_value(json_object_get(file->metadata, "decoder_layers")), NULL, 10);
  ModelShape z  = *shape;
  z.hidden_frac = 10;
  make_linear(file, &z, "decoder/start", 2 * layers * hidden, shape->latent, low, state);
  make_linear(file, &z, "decoder/given", 4 * hidden, shape->latent, low, state);
  make_extreme(file,
               shape,
               "decoder/layer_0/recurrent",
               "decoder/layer_0/input",
               "decoder/layer_0/multiplier",
               4 * hidden,
               hidden,
               MN_CLASSES,
               low,
               state);
  for (unsigned layer = 1; layer < layers; ++layer) {
    char name[48];
    snprintf(name, sizeof(name), "decoder/layer_%u", layer);
    make_linear(file, shape, name, 4 * hidden, 2 * hidden, low, state);
  }
  make_linear(file, shape, "decoder/output", MN_CLASSES, hidden, low, state);
}

static size_t
size_of(json_t const* const second, char const* const key)
{
  return (size_t)json_integer_value(json_object_get(second, key));
}

// States are 2^13 at most.
static void
make_long(ModelFile const* const  file,
          ModelShape const* const shape,
          unsigned const          low,
          int const               state)
{
  json_t const* const second  = json_object_get(file->readout, "long");
  size_t const        neurons = size_of(second, "neurons");
  size_t const        width   = size_of(second, "width");
  size_t const        latent  = size_of(second, "latent");
  size_t const        units   = size_of(second, "style_width");
  size_t const        hidden  = size_of(second, "style_hidden");
  size_t const        styles  = json_array_size(json_object_get(second, "styles"));
  ModelShape          own     = *shape;
  own.hidden_frac             = 13;
  make_linear(file, &own, "long/encoder/input", width, 8 * (neurons + 1), low, state);
  make_linear(file, &own, "long/encoder/block_0/in", width, width, low, state);
  make_linear(file, &own, "long/encoder/block_0/out", width, width, low, state);
  make_linear(file, &own, "long/encoder/block_1/in", width, width, low, state);
  make_linear(file, &own, "long/encoder/block_1/out", width, width, low, state);
  make_linear(file, &own, "long/encoder/mu", latent, width, low, state);
  make_linear(file, &own, "long/encoder/sigma", latent, width, low, state);
  if (styles) {
    make_linear(file, &own, "long/style/window_0", units, neurons, low, state);
    make_linear(file, &own, "long/style/window_1", units, units, low, state);
    make_linear(file, &own, "long/style/phrase", hidden, 2 * units, low, state);
    make_linear(file, &own, "long/style/output", styles, hidden, low, state);
  }
}

static void
make_readout(ModelFile* const file, unsigned const latent)
{
  enum { PROJECTIONS = 3 }; // as in model_file_new()
  void* const quantiles = model_file_tensor(file, "readout/quantiles");
  for (size_t i = 0; i < (size_t)latent * MN_QUANTILES; ++i) {
    size_t const at = i % MN_QUANTILES;
    put_float(quantiles, i, at < MN_QUANTILES / 2 ? -FLT_MAX : FLT_MAX);
  }
  for (size_t i = 0; i < (size_t)latent * PROJECTIONS; ++i) {
    put_float(model_file_tensor(file, "readout/projection"), i, FLT_MAX);
  }
  for (size_t i = 0; i < latent; ++i) {
    put_float(model_file_tensor(file, "readout/center"), i, -FLT_MAX);
  }
  // As far apart as two numbers can be with a finite distance.
  json_object_set_new(file->readout,
                      "score",
                      json_pack("{s:[f, f, f], s:[f, f, f]}",
                                "statistic",
                                -DBL_MAX / 2,
                                1e160,
                                DBL_MAX / 2,
                                "probability",
                                1.0,
                                0.1,
                                1.0));
  json_object_set_new(file->readout, "music", json_integer(latent > 1));
}

void
model_file_make_extreme(ModelFile* const        file,
                        ModelShape const* const shape,
                        unsigned const          low)
{
  static char const* const directions[] = {"fw", "bw"};
  size_t const             hidden       = shape->hidden;
  int const                state        = low & LOW_J ? -1 : 1;
  char                     name[4][48];
  for (unsigned d = 0; d < 2; ++d) {
    snprintf(name[0], sizeof(name[0]), "encoder/%s/recurrent", directions[d]);
    snprintf(name[1], sizeof(name[1]), "encoder/%s/input", directions[d]);
    snprintf(name[2], sizeof(name[2]), "encoder/%s/multiplier", directions[d]);
    snprintf(name[3], sizeof(name[3]), "encoder/%s/layer_1", directions[d]);
    make_extreme(
      file, shape, name[0], name[1], name[2], 4 * hidden, hidden, MN_CLASSES, low, state);
    if (shape->layers > 1) {
      make_linear(file, shape, name[3], 4 * hidden, 3 * hidden, low, state);
    }
  }
  make_linear(
    file, shape, "encoder/mu", shape->latent, 2 * hidden, low & LOW_MU ? 15 : 0, state);
  make_linear(file,
              shape,
              "encoder/sigma",
              shape->latent,
              2 * hidden,
              low & LOW_SIGMA ? 15 : 0,
              state);
  if (json_object_get(file->metadata, "decoder_layers")) {
    make_decoder(file, shape, low, state);
  }
  if (json_object_get(file->readout, "long")) {
    make_long(file, shape, low, state);
  }
  make_readout(file, shape->latent);
}
