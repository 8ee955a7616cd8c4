// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The models of the host from hell.

#include "hell.h"

#include "model_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char const* const hell_models[HELL_MODELS] = {
  "melody-2bar-open.safetensors",
  "good-1",
  "good-2",
  "good-3",
  "good-4",

  "bad-empty",
  "bad-garbage",
  "bad-cut",
  "bad-claim",
  "bad-shape",
  "bad-nan",
  "bad-overlap",
  "there-is-none",
  ".",
  "",
  "/dev/null",
};

static ModelShape const shapes[HELL_GOOD_MODELS] = {
  {.layers = 1, .steps = 16, .hidden = 16, .latent = 24, .hidden_frac = 11, .seed = 1},
  {.layers      = 2,
   .steps       = 32,
   .hidden      = 8,
   .latent      = 4,
   .hidden_frac = 11,
   .wide        = true,
   .seed        = 2},
  {.layers = 1, .steps = 256, .hidden = 4, .latent = 32, .hidden_frac = 11, .seed = 3},
  {.layers = 1, .steps = 32, .hidden = 8, .latent = 512, .hidden_frac = 11, .seed = 4},
  {.layers      = 1,
   .steps       = 4,
   .hidden      = 1,
   .latent      = 1,
   .hidden_frac = 11,
   .wide        = true,
   .seed        = 5},
};

static ModelFile*
small_model(void)
{
  return model_file_new(&shapes[0]);
}

static void
write_and_free(ModelFile* const file, char const* const path)
{
  model_file_write(file, path);
  model_file_free(file);
}

static void
write_bad_models(void)
{
  size_t      size;
  ModelFile*  file  = small_model();
  char* const bytes = model_file_bytes(file, &size);
  write_bytes("bad-empty", "", 0);
  write_bytes("bad-garbage", bytes + size / 2, size / 2);
  write_bytes("bad-cut", bytes, size - 1);
  free(bytes);
  file->has_length = true;
  file->length     = UINT32_MAX;
  write_and_free(file, "bad-claim");

  file = small_model();
  model_file_set(file, "hidden", "17");
  write_and_free(file, "bad-shape");

  file = small_model();
  json_object_set_new(file->readout, "active", json_string("nan"));
  write_and_free(file, "bad-nan");

  file              = small_model();
  json_t*     entry = NULL;
  char const* name;
  json_object_foreach(file->header, name, entry)
  {
    json_t* const offsets = json_object_get(entry, "data_offsets");
    if (offsets) {
      json_array_set_new(offsets, 0, json_integer(0));
    }
  }
  write_and_free(file, "bad-overlap");
}

void
hell_write_models(void)
{
  for (unsigned i = 0; i < HELL_GOOD_MODELS; ++i) {
    ModelFile* const file = model_file_new(&shapes[i]);
    if (hell_plays && i != 3) { // one has no decoder
      model_file_add_axes(file, &shapes[i], i);
      model_file_add_decoder(file, &shapes[i], 1 + i % 2, 8 + i);
    }
    write_and_free(file, hell_models[i]);
  }
  write_bad_models();
  for (unsigned i = 0; i < HELL_MODELS; ++i) {
    MnError        error = {0};
    MnModel* const model = mn_model_load(hell_models[i], &error);
    if (!model != (i >= HELL_GOOD_MODELS)) {
      hell_fail("model %s: %s", hell_models[i], model ? "is not refused" : error.text);
    }
    mn_model_free(model);
  }
}
