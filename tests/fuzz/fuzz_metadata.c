// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// The metadata of a model alone: the first byte chooses which text of a good file
// the rest takes the place of.

#include "fuzz.h"
#include "model_file.h"
#include "model_flaw.h"

#include <stdlib.h>

static char const* const keys[] = {"readout",
                                   "steps",
                                   "hidden_frac",
                                   "name",
                                   "licence",
                                   "version",
                                   "layers",
                                   "latent",
                                   "hidden",
                                   "format"};

enum { KEYS = sizeof(keys) / sizeof(*keys), READOUT_CHOICES = 128 };

int
LLVMFuzzerTestOneInput(uint8_t const* const input, size_t const size)
{
  static ModelShape const shape = {
    .layers = 1, .steps = 2, .hidden = 2, .latent = 4, .hidden_frac = 12, .seed = 3};
  Input          in     = {input, input + size};
  uint64_t const choice = input_take(&in, 1);
  size_t const   key    = choice < READOUT_CHOICES ? 0 : choice % KEYS;
  json_t* const  text   = json_stringn((char const*)in.at, input_left(&in));
  if (!text) {
    return 0; // no UTF-8, which no JSON parser lets through
  }
  ModelFile* const file = model_file_new(&shape);
  json_object_set_new(file->metadata, keys[key], text);
  size_t      bytes = 0;
  char* const whole = model_file_bytes(file, &bytes);

  char const* const path  = fuzz_file(whole, bytes);
  MnError           error = {0};
  MnModel* const    model = mn_model_load(path, &error);
  if (model) {
    FUZZ_CHECK(!model_flaw(model));
    mn_model_free(model);
  } else {
    fuzz_check_reason(error.text, path);
  }
  free(whole);
  model_file_free(file);
  return 0;
}
