// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// What a model may have besides its encoder: the functions model_file_add_*().

#include "model_file.h"
#include "model_tensors.h"

#include <stdio.h>
#include <string.h>

void
model_file_add_decoder(ModelFile* const        file,
                       ModelShape const* const shape,
                       unsigned const          layers,
                       unsigned const          hidden)
{
  Random       random = {shape->seed + 3};
  ModelShape   z      = *shape;
  size_t const gates  = 4 * (size_t)hidden;
  z.hidden_frac       = 10; // no part of z is beyond 2^10
  model_file_set_number(file, "decoder_layers", layers);
  model_file_set_number(file, "decoder_hidden", hidden);
  model_add_linear(
    file, "decoder/start", 2 * (size_t)layers * hidden, shape->latent, &z, &random);
  model_add_linear(file, "decoder/given", gates, shape->latent, &z, &random);
  model_add_lstm(file, "decoder/layer_0", hidden, shape, &random);
  for (unsigned layer = 1; layer < layers; ++layer) {
    char name[32];
    snprintf(name, sizeof(name), "decoder/layer_%u", layer);
    model_add_linear(file, name, gates, 2 * (size_t)hidden, shape, &random);
  }
  model_add_linear(file, "decoder/output", MN_CLASSES, hidden, shape, &random);
}

static void
add_long_readout(ModelFile* const file, LongShape const* const second)
{
  json_t* const order  = json_array();
  json_t* const styles = json_array();
  for (unsigned i = 0; i < second->latent; ++i) {
    json_array_append_new(order, json_integer(second->latent - 1 - i));
  }
  for (unsigned i = 0; i < second->styles; ++i) {
    char name[] = "style 1";
    name[6]     = (char)('1' + i);
    json_array_append_new(styles, json_pack("{s:s}", "name", name));
  }
  json_t* const object = json_pack("{s:i,s:i,s:i,s:i,s:o}",
                                   "neurons",
                                   (int)second->neurons,
                                   "width",
                                   (int)second->width,
                                   "latent",
                                   (int)second->latent,
                                   "music",
                                   (int)second->music,
                                   "order",
                                   order);
  if (second->styles) {
    json_object_set(object, "styles", styles);
    json_object_set_new(object, "style_width", json_integer((int)second->style_width));
    json_object_set_new(object, "style_hidden", json_integer((int)second->style_hidden));
  }
  json_decref(styles);
  json_object_set_new(file->readout, "long", object);
}

void
model_file_add_long(ModelFile* const        file,
                    ModelShape const* const shape,
                    LongShape const* const  second)
{
  static char const* const blocks[] = {"long/encoder/block_0/in",
                                       "long/encoder/block_0/out",
                                       "long/encoder/block_1/in",
                                       "long/encoder/block_1/out"};
  Random                   random   = {shape->seed + 4};
  ModelShape               own      = *shape;
  size_t const             width    = second->width;
  size_t const             units    = second->style_width;
  own.hidden_frac                   = 13; // no state is beyond 2^13
  add_long_readout(file, second);
  char* const neurons =
    (char*)model_add_tensor(file, "long/neurons", "I32", 0, second->neurons);
  for (unsigned i = 0; i < second->neurons; ++i) {
    int32_t const neuron = (int32_t)(shape->latent - 1 - i % shape->latent);
    memcpy(neurons + 4 * (size_t)i, &neuron, sizeof(neuron));
  }
  model_add_linear(
    file, "long/encoder/input", width, 8 * ((size_t)second->neurons + 1), &own, &random);
  for (unsigned i = 0; i < 4; ++i) {
    model_add_linear(file, blocks[i], width, width, &own, &random);
  }
  model_add_linear(file, "long/encoder/mu", second->latent, width, &own, &random);
  model_add_linear(file, "long/encoder/sigma", second->latent, width, &own, &random);
  model_add_floats(file, "long/quantiles", second->music, MN_QUANTILES, true, &random);
  if (second->styles) {
    model_add_linear(file, "long/style/window_0", units, second->neurons, &own, &random);
    model_add_linear(file, "long/style/window_1", units, units, &own, &random);
    model_add_linear(
      file, "long/style/phrase", second->style_hidden, 2 * units, &own, &random);
    model_add_linear(
      file, "long/style/output", second->styles, second->style_hidden, &own, &random);
  }
}

void
model_file_add_parts(ModelFile* const        file,
                     ModelShape const* const shape,
                     unsigned const          styles)
{
  Random       random = {shape->seed + 5};
  size_t const music  = (shape->latent + 1) / 2;
  model_add_floats(file, "long/style/parts", styles * (music + 1), music, false, &random);
}

void
model_file_add_axes(ModelFile* const        file,
                    ModelShape const* const shape,
                    unsigned const          bends)
{
  Random        random = {shape->seed + 1};
  json_t* const axes   = json_array();
  for (unsigned i = 0; i < MN_AXES; ++i) {
    char name[] = "axis 0";
    name[5]     = (char)('1' + i);
    json_array_append_new(axes,
                          json_pack("{s:s, s:s, s:s, s:s}",
                                    "name",
                                    name,
                                    "low",
                                    "less",
                                    "high",
                                    "more",
                                    "feature",
                                    "notes"));
  }
  json_object_set_new(file->readout, "axes", axes);
  model_add_floats(file, "readout/axes", MN_AXES + bends, shape->latent, false, &random);
  model_add_floats(file, "readout/axes_offset", 0, MN_AXES + bends, false, &random);
  if (bends) {
    model_add_floats(file, "readout/axes_bend", MN_AXES, bends, false, &random);
  }
  model_add_floats(file, "readout/axes_quantiles", MN_AXES, MN_QUANTILES, true, &random);
}

void
model_file_add_moves(ModelFile* const        file,
                     ModelShape const* const shape,
                     unsigned const          bends)
{
  Random random = {shape->seed + 4};
  model_add_floats(
    file, "readout/moves", MN_AXES + bends, shape->latent / 2, false, &random);
  model_add_floats(file, "readout/moves_offset", 0, MN_AXES + bends, false, &random);
  if (bends) {
    model_add_floats(file, "readout/moves_bend", MN_AXES, bends, false, &random);
  }
}

void
model_file_widen_score(ModelFile* const file, ModelShape const* const shape)
{
  static char const* const names[2][2] = {{"readout/projection", "former projection"},
                                          {"readout/center", "former center"}};

  Random random = {shape->seed + 2};
  for (unsigned i = 0; i < 2; ++i) { // the bytes stay, so that there is no gap
    json_object_set(file->header, names[i][1], model_file_entry(file, names[i][0]));
    json_object_del(file->header, names[i][0]);
  }
  size_t const inputs = mn_score_inputs(shape->latent);
  model_add_floats(file, "readout/projection", 3, inputs, false, &random);
  model_add_floats(file, "readout/center", 0, inputs, false, &random);
}

static void
add_surprise_rows(ModelFile* const     file,
                  char const* const    folder,
                  MnSurpriseView const view,
                  Random* const        random)
{
  char         name[48];
  size_t const symbols = mn_surprise_symbols[view];
  size_t const rows    = symbols + 1;
  snprintf(name, sizeof(name), "%s/keys", folder);
  char* const keys = (char*)model_add_tensor(file, name, "I32", 0, rows);
  for (size_t i = 0; i < rows; ++i) {
    int32_t const key = (int32_t)i; // the empty context, then the symbols plus 1
    memcpy(keys + 4 * i, &key, sizeof(key));
  }
  snprintf(name, sizeof(name), "%s/bits", folder);
  int8_t* const bits = (int8_t*)model_add_tensor(file, name, "I8", rows, symbols);
  for (size_t i = 0; i < rows * symbols; ++i) {
    bits[i] = (int8_t)random_from(random, 0, INT8_MAX);
  }
}

void
model_file_add_surprise(ModelFile* const file, uint64_t const seed)
{
  Random random = {seed};
  model_add_integers(file,
                     "surprise/share",
                     MN_SURPRISE_VIEWS,
                     MN_SURPRISE_EVIDENCE,
                     0,
                     UINT16_MAX,
                     &random);
  add_surprise_rows(file, "surprise/intervals", MN_SURPRISE_INTERVAL, &random);
  add_surprise_rows(file, "surprise/durations", MN_SURPRISE_DURATION, &random);
}
