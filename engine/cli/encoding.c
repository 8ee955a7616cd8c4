// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "encoding.h"

#include "base/fixed.h"
#include "options.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Digits that tell all numbers in Q16 apart.
enum { SIGNIFICANT_DIGITS = 9 };

// The models of the bundle; the first is the default.
typedef struct {
  char const* name;
  char const* file; // from the folder that the bundle is in
} BundleModel;

static BundleModel const bundle_models[] = {
  {"magenta", "music-neurons.lv2/melody-2bar.safetensors"},
  {"open", "music-neurons.lv2/melody-2bar-open.safetensors"},
};

enum { BUNDLE_MODELS = sizeof(bundle_models) / sizeof(*bundle_models) };

bool
mn_program_folder(char* const folder, size_t const size)
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
       char const* const below,
       char const* const file)
{
  int const length = snprintf(path, size, "%s%s%s", folder, below, file);
  return length > 0 && (size_t)length < size && !access(path, F_OK);
}

// A model of the bundle: of the build that this program lies in, of the place
// where it was installed, or of the place that it was built for.
static bool
find_in_bundle(char* const path, size_t const size, char const* const file)
{
  char own[PATH_MAX];
  if (mn_program_folder(own, sizeof(own)) &&
      (exists(path, size, own, "", file) || exists(path, size, own, "../lib/lv2/", file))) {
    return true;
  }
  return exists(path, size, MN_LV2DIR, "/", file);
}

// The model of the bundle that is called so, or NULL.
static BundleModel const*
bundle_model(char const* const name)
{
  for (unsigned i = 0; i < BUNDLE_MODELS; ++i) {
    if (!strcmp(name, bundle_models[i].name)) {
      return &bundle_models[i];
    }
  }
  return NULL;
}

// What is neither a file nor a name of ours looks like a name that was mistaken.
static int
fail_unknown(char const* const name)
{
  char   names[128] = "";
  size_t used       = 0;
  for (unsigned i = 0; i < BUNDLE_MODELS; ++i) {
    used += (size_t)snprintf(
      names + used, sizeof(names) - used, "%s%s", i ? ", " : "", bundle_models[i].name);
  }
  return mn_fail(MN_EXIT_BAD_INPUT, "%.200s: no such file, and not one of %s", name, names);
}

int
mn_model_open(char const* const wanted, MnModel** const model)
{
  char const* const        name  = wanted ? wanted : bundle_models[0].name;
  BundleModel const* const known = bundle_model(name);
  char                     found[PATH_MAX];
  if (known && !find_in_bundle(found, sizeof(found), known->file)) {
    return mn_fail(MN_EXIT_BAD_INPUT,
                   "no %s beside the program or in %s; name a model with --model",
                   known->file,
                   MN_LV2DIR);
  }
  if (!known && !strchr(name, '/') && access(name, F_OK)) {
    return fail_unknown(name);
  }
  MnError error = {""};
  *model        = mn_model_load(known ? found : name, &error);
  return *model ? MN_EXIT_GOOD : mn_fail(MN_EXIT_BAD_INPUT, "%s", error.text);
}

int
mn_encoding_open(MnEncoding* const     e,
                 char const* const     name,
                 MnKernel const* const kernel,
                 MnWindowTeller const  tell,
                 void* const           context)
{
  *e               = (MnEncoding){.tell = tell, .context = context};
  int const status = mn_model_open(name, &e->model);
  if (status) {
    return status;
  }
  e->batches = mn_batches_new(e->model, kernel);
  if (e->batches) {
    e->most    = mn_batches_windows(e->batches);
    e->waiting = (MnWaiting*)malloc(e->most * sizeof(*e->waiting));
    e->tokens  = (uint8_t*)malloc(e->most * e->model->steps);
    e->values  = (int32_t*)malloc(2 * e->most * e->model->latent * sizeof(*e->values));
  }
  if (e->waiting && e->tokens && e->values) {
    return MN_EXIT_GOOD;
  }
  mn_encoding_close(e);
  return mn_fail(MN_EXIT_FAILED, "out of memory");
}

int
mn_encoding_add(MnEncoding* const e, MnWindow const* const window, bool const encode)
{
  e->waiting[e->count++] = (MnWaiting){*window, encode};
  return e->count == e->most ? mn_encoding_flush(e) : MN_EXIT_GOOD;
}

// Encodes the windows that wait for it; their values lie one after the other.
static void
encode_waiting(MnEncoding* const e)
{
  unsigned const steps = e->model->steps;
  size_t         count = 0;
  for (size_t i = 0; i < e->count; ++i) {
    if (e->waiting[i].encode) {
      memcpy(e->tokens + count++ * steps, e->waiting[i].window.tokens, steps);
    }
  }
  int32_t* const sigma = e->values + e->most * e->model->latent;
  mn_batches_run(e->batches, e->tokens, count, NULL, e->values, sigma);
}

int
mn_encoding_flush(MnEncoding* const e)
{
  encode_waiting(e);
  int    status = MN_EXIT_GOOD;
  size_t place  = 0;
  for (size_t i = 0; i < e->count && status == MN_EXIT_GOOD; ++i) {
    MnWaiting const* const w = &e->waiting[i];
    if (w->encode) {
      e->mu    = e->values + place++ * e->model->latent;
      e->sigma = e->mu + e->most * e->model->latent;
      mn_readout_compute(e->model, e->mu, w->window.onsets, &e->readout);
    }
    status = e->tell(e->context, &w->window, e, w->encode);
  }
  e->count = 0;
  return status;
}

void
mn_encoding_close(MnEncoding* const e)
{
  free(e->values);
  free(e->tokens);
  free(e->waiting);
  mn_batches_free(e->batches);
  mn_model_free(e->model);
}

json_t*
mn_json_q16_array(int32_t const* const values, unsigned const count)
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
mn_csv_q16_cells(int32_t const* const values,
                 unsigned const       count,
                 char const* const    before)
{
  for (unsigned i = 0; i < count; ++i) {
    double const value = (double)values[i] / MN_ONE_Q16;
    printf("%s%.*g", i ? "," : before, SIGNIFICANT_DIGITS, value);
  }
}

int
mn_json_print(json_t* const object)
{
  if (!object) {
    return mn_fail(MN_EXIT_FAILED, "out of memory");
  }
  bool const bad =
    json_dumpf(object, stdout, JSON_COMPACT | JSON_REAL_PRECISION(SIGNIFICANT_DIGITS)) ||
    putchar('\n') == EOF;
  json_decref(object);
  if (bad && !ferror(stdout)) {
    return mn_fail(MN_EXIT_FAILED, "out of memory");
  }
  return bad ? MN_EXIT_FAILED : MN_EXIT_GOOD; // main() says what is wrong with stdout
}
