// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "encoding.h"

#include "base/fixed.h"
#include "bundle.h"
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Digits that tell all numbers in Q16 apart.
enum { SIGNIFICANT_DIGITS = 9 };

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
      mn_readout_compute(e->model, e->mu, &e->readout);
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
