// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "encoding.h"

#include "fixed.h"
#include "options.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Digits that tell all numbers in Q16 apart.
enum { SIGNIFICANT_DIGITS = 9 };

static char const model_in_bundle[] = "music-neurons.lv2/melody-2bar.safetensors";

// The folder of this program with a final slash; false if it cannot be known.
static bool
find_own_folder(char* const folder, size_t const size)
{
  ssize_t const length = readlink("/proc/self/exe", folder, size - 1);
  if (length <= 0) {
    return false;
  }
  folder[length]    = '\0';
  char* const slash = strrchr(folder, '/');
  if (!slash) {
    return false;
  }
  slash[1] = '\0';
  return true;
}

static bool
exists(char* const       path,
       size_t const      size,
       char const* const folder,
       char const* const below)
{
  int const length = snprintf(path, size, "%s%s%s", folder, below, model_in_bundle);
  return length > 0 && (size_t)length < size && !access(path, F_OK);
}

// The default model: of the build that this program lies in, of the place where
// it was installed, or of the place that it was built for.
static bool
find_model(char* const path, size_t const size)
{
  char own[PATH_MAX];
  if (find_own_folder(own, sizeof(own)) &&
      (exists(path, size, own, "") || exists(path, size, own, "../lib/lv2/"))) {
    return true;
  }
  return exists(path, size, MN_LV2DIR, "/");
}

int
model_open(char const* const path, MnModel** const model)
{
  char found[PATH_MAX];
  if (!path && !find_model(found, sizeof(found))) {
    return fail(EXIT_BAD_INPUT,
                "no %s beside the program or in %s; name a model with --model",
                model_in_bundle,
                MN_LV2DIR);
  }
  MnError error = {""};
  *model        = mn_model_load(path ? path : found, &error);
  return *model ? EXIT_GOOD : fail(EXIT_BAD_INPUT, "%s", error.text);
}

int
encoding_init(Encoding* const e, MnModel* const model, MnKernel const* const kernel)
{
  size_t const size = mn_encoder_size(model); // whole cache lines
  void* const  room = aligned_alloc(MN_ENCODER_ALIGN, size);
  if (!room) {
    mn_model_free(model);
    return fail(EXIT_FAILED, "out of memory");
  }
  *e = (Encoding){.model = model, .encoder = mn_encoder_init(room, model, kernel)};
  return EXIT_GOOD;
}

int
encoding_open(Encoding* const e, char const* const path, MnKernel const* const kernel)
{
  MnModel*  model  = NULL;
  int const status = model_open(path, &model);
  return status ? status : encoding_init(e, model, kernel);
}

void
encoding_run(Encoding* const e, uint8_t const* const tokens)
{
  mn_encoder_start(e->encoder, tokens);
  mn_encoder_run(e->encoder, mn_encoder_units(e->model));
  e->mu    = mn_encoder_mu(e->encoder);
  e->sigma = mn_encoder_sigma(e->encoder);
  mn_readout_compute(e->model, e->mu, &e->readout);
}

void
encoding_close(Encoding* const e)
{
  free(e->encoder); // lies at the start of its room
  mn_model_free(e->model);
}

json_t*
json_q16_array(int32_t const* const values, unsigned const count)
{
  json_t* const array = json_array();
  for (unsigned i = 0; i < count; ++i) {
    if (json_array_append_new(array, json_real((double)values[i] / MN_ONE_Q16))) {
      json_decref(array);
      return NULL;
    }
  }
  return array;
}

void
csv_q16_cells(int32_t const* const values, unsigned const count, char const* const before)
{
  for (unsigned i = 0; i < count; ++i) {
    double const value = (double)values[i] / MN_ONE_Q16;
    printf("%s%.*g", i ? "," : before, SIGNIFICANT_DIGITS, value);
  }
}

int
json_print(json_t* const object)
{
  if (!object) {
    return fail(EXIT_FAILED, "out of memory");
  }
  bool const bad =
    json_dumpf(object, stdout, JSON_COMPACT | JSON_REAL_PRECISION(SIGNIFICANT_DIGITS)) ||
    putchar('\n') == EOF;
  json_decref(object);
  if (bad && !ferror(stdout)) {
    return fail(EXIT_FAILED, "out of memory");
  }
  return bad ? EXIT_FAILED : EXIT_GOOD; // main() says what is wrong with stdout
}
