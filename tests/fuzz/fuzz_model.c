// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// The loader of models, and what a loaded model does. The first byte of the input
// chooses how the file is made: of any bytes, of any header before good data, or
// of a file, good or at its limits, with edits that get past the first check; and whether it
// has a decoder and a second level.

#include "extreme_model.h"
#include "fuzz.h"
#include "model_flaw.h"

#include <stdlib.h>
#include <string.h>

static char const* const tensors[] = {"encoder/fw/recurrent",
                                      "encoder/fw/input",
                                      "encoder/fw/multiplier",
                                      "encoder/bw/recurrent",
                                      "encoder/bw/input",
                                      "encoder/bw/multiplier",
                                      "encoder/mu/weight",
                                      "encoder/mu/bias",
                                      "encoder/mu/multiplier",
                                      "encoder/sigma/weight",
                                      "encoder/sigma/bias",
                                      "encoder/sigma/multiplier",
                                      "readout/quantiles",
                                      "readout/projection",
                                      "readout/center",
                                      "encoder/fw/layer_1/weight",
                                      "encoder/bw/layer_1/weight",
                                      "decoder/start/weight",
                                      "decoder/start/bias",
                                      "decoder/given/weight",
                                      "decoder/given/multiplier",
                                      "decoder/layer_0/recurrent",
                                      "decoder/layer_0/input",
                                      "decoder/layer_1/weight",
                                      "decoder/layer_2/bias",
                                      "decoder/output/weight",
                                      "decoder/output/bias",
                                      "long/neurons",
                                      "long/encoder/input/weight",
                                      "long/encoder/block_1/out/bias",
                                      "long/encoder/mu/weight",
                                      "long/quantiles",
                                      "long/style/window_0/weight",
                                      "long/style/phrase/weight",
                                      "long/style/output/multiplier"};

static char const* const keys[] = {"version",
                                   "classes",
                                   "steps",
                                   "hidden",
                                   "latent",
                                   "hidden_frac",
                                   "layers",
                                   "decoder_layers",
                                   "decoder_hidden"};

static char const* const dtypes[] = {"I8", "I16", "I32", "F32", "F16", "U8", "F64", "?"};

enum {
  TENSORS  = sizeof(tensors) / sizeof(*tensors),
  KEYS     = sizeof(keys) / sizeof(*keys),
  DTYPES   = sizeof(dtypes) / sizeof(*dtypes),
  MOST_ROW = 4, // edits in one word of data
};

// A file of a small shape. @param is_extreme Whether its sums go to the limits. @param
// decoder How many layers its decoder has; 0: it has none. @param second Whether it has a
// second level, which needs windows of 2 bars.
static ModelFile*
good_file(uint64_t const choice,
          bool const     is_extreme,
          unsigned const decoder,
          bool const     second,
          Input* const   in)
{
  ModelShape const shape = {.layers      = choice & 1 ? 2 : 1,
                            .steps       = second       ? 32
                                           : choice & 2 ? 20
                                                        : 1,
                            .hidden      = 1 + (unsigned)(choice >> 2 & 3),
                            .latent      = 1 + (unsigned)(choice >> 4 & 3),
                            .hidden_frac = choice & 0x40 ? 14 : 8,
                            .wide        = choice & 0x80,
                            .seed        = 1};
  ModelFile* const file  = model_file_new(&shape);
  if (decoder) {
    model_file_add_decoder(file, &shape, decoder, shape.hidden);
  }
  if (second) {
    LongShape const levels = {.neurons      = 1 + (unsigned)(choice >> 2 & 3),
                              .width        = 1 + (unsigned)(choice >> 4 & 3),
                              .latent       = 3,
                              .music        = 2,
                              .styles       = choice & 2 ? 3 : 0,
                              .style_width  = 2,
                              .style_hidden = 3};
    model_file_add_long(file, &shape, &levels);
  }
  if (is_extreme) {
    model_file_make_extreme(file, &shape, (unsigned)input_take(in, 1));
  }
  return file;
}

static void
try_model(void const* const bytes, size_t const size)
{
  char const* const path  = fuzz_file(bytes, size);
  MnError           error = {0};
  MnModel* const    model = mn_model_load(path, &error);
  if (model) {
    FUZZ_CHECK(!model_flaw(model));
    mn_model_free(model);
  } else {
    fuzz_check_reason(error.text, path);
  }
}

static void
try_file(ModelFile* const file)
{
  size_t      size  = 0;
  char* const bytes = model_file_bytes(file, &size);
  try_model(bytes, size);
  free(bytes);
  model_file_free(file);
}

static char*
take_text(Input* const in, size_t const most)
{
  size_t               size  = 0;
  uint8_t const* const bytes = input_bytes(in, most, &size);
  char* const          text  = (char*)fuzz_memory(size + 1);
  memcpy(text, bytes, size);
  text[size] = '\0';
  return text;
}

static json_t*
take_number(Input* const in)
{
  uint64_t const kind = input_take(in, 1);
  return json_integer(kind < 224 ? (json_int_t)kind : (json_int_t)input_take(in, 8));
}

// One change to the description of a tensor.
static void
edit_entry(ModelFile* const file, Input* const in)
{
  char const* const name  = tensors[input_take(in, 1) % TENSORS];
  json_t* const     entry = json_object_get(file->header, name); // NULL if it went
  uint64_t const    what  = input_take(in, 1);
  json_t* const     shape = json_object_get(entry, "shape");
  json_t* const     place = json_object_get(entry, "data_offsets");
  switch (what % 6) {
  case 0:
    json_object_set_new(entry, "dtype", json_string(dtypes[input_take(in, 1) % DTYPES]));
    break;
  case 1:
    json_array_set_new(shape, what / 6 % 2, take_number(in));
    break;
  case 2:
    json_array_append_new(shape, take_number(in));
    break;
  case 3:
    json_array_set_new(place, what / 6 % 2, take_number(in));
    break;
  case 4: // the place and the shape of another
    json_object_set(
      file->header, name, json_object_get(file->header, tensors[what / 6 % TENSORS]));
    break;
  default:
    json_object_del(file->header, name);
  }
}

// Overwrites words of a tensor's data, whatever they are.
static void
edit_data(ModelFile* const file, Input* const in)
{
  size_t const   at    = (size_t)input_take(in, 2) % (file->size / 4) * 4;
  uint64_t const words = 1 + input_take(in, 1) % MOST_ROW;
  for (size_t i = 0; i < words && at + 4 * i + 4 <= file->size; ++i) {
    uint32_t const word = (uint32_t)input_take(in, 4);
    memcpy(file->data + at + 4 * i, &word, sizeof(word));
  }
}

static void
edit(ModelFile* const file, Input* const in)
{
  uint64_t const what = input_take(in, 1);
  char*          text = NULL;
  switch (what % 4) {
  case 0:
    edit_entry(file, in);
    break;
  case 1:
    text = take_text(in, 1 + what / 4 % 4);
    json_object_set_new(file->metadata, keys[input_take(in, 1) % KEYS], json_string(text));
    break;
  default:
    edit_data(file, in);
  }
  free(text);
}

int
LLVMFuzzerTestOneInput(uint8_t const* const input, size_t const size)
{
  Input          in    = {input, input + size};
  uint64_t const first = input_take(&in, 1);
  uint64_t const kind  = first % 4;
  if (kind == 0) {
    try_model(in.at, input_left(&in));
    return 0;
  }
  ModelFile* const file =
    good_file(input_take(&in, 1), kind == 3, (unsigned)(first / 4 % 4), first & 16, &in);
  if (kind == 1) {
    file->header_text = take_text(&in, input_left(&in));
  }
  while (kind > 1 && input_left(&in) && file->size >= 4) {
    edit(file, &in);
  }
  try_file(file);
  return 0;
}
