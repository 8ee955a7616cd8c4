// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "input_moments.h"

#include "encoder/batches.h"
#include "encoder/encoder.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { DIRECTIONS = 2, MATRICES = MN_INPUT_MATRICES };

// With this many, magenta's mean error of mu is 0.00053, with 16 times as many 0.00043.
enum { STEPS_PER_COLUMN = 4 };

// The most memory for inputs of windows that are encoded at a time.
static size_t const room_bytes = 128U << 20;

// The inputs of some windows.
typedef struct {
  MnModel const* model;
  size_t         matrices;
  size_t         windows; // at most
  MnSheet        sheets[MATRICES];
  atomic_size_t  rows[MATRICES]; // that have been seen
  uint8_t*       tokens;         // [windows][steps]
  int32_t*       mu;             // [windows][latent], of no use here
  int32_t*       sigma;          // likewise
} Inputs;

static MnMatrix const*
matrix_of(MnModel const* const model, size_t const index)
{
  size_t const d = index % DIRECTIONS;
  return index < DIRECTIONS ? &model->direction[d].recurrent : &model->upper[d].weight;
}

// The columns of a matrix without those that pad it.
static size_t
columns_of(MnModel const* const model, size_t const index)
{
  return index < DIRECTIONS ? model->hidden : 3 * (size_t)model->hidden;
}

size_t
mn_input_moments_windows(MnModel const* const model)
{
  size_t const columns = columns_of(model, DIRECTIONS * (model->layers - 1));
  return (STEPS_PER_COLUMN * columns + model->steps - 1) / model->steps;
}

// Threads write their rows in any order. The sums are exact, so it makes no difference.
static void
keep(void* const           context,
     MnMatrix const* const matrix,
     unsigned const        count,
     int16_t const* const  inputs)
{
  Inputs* const in = (Inputs*)context;
  for (size_t m = 0; m < in->matrices; ++m) {
    if (matrix != matrix_of(in->model, m)) {
      continue;
    }
    size_t const  columns = in->sheets[m].columns;
    size_t const  first   = atomic_fetch_add(&in->rows[m], count);
    double* const values  = in->sheets[m].values + first * columns;
    for (size_t w = 0; w < count; ++w) {
      for (size_t c = 0; c < columns; ++c) {
        values[w * columns + c] = inputs[w * matrix->columns + c];
      }
    }
  }
}

static void
inputs_free(Inputs* const in)
{
  for (size_t m = 0; m < in->matrices; ++m) {
    mn_sheet_free(&in->sheets[m]);
  }
  free(in->tokens);
  free(in->mu);
  free(in->sigma);
}

// @param count The number of all windows. @return false if memory runs out; free it then,
// too.
static bool
inputs_init(Inputs* const in, MnModel const* const model, size_t const count)
{
  *in         = (Inputs){.model = model, .matrices = model->layers * (size_t)DIRECTIONS};
  size_t each = 1;
  for (size_t m = 0; m < in->matrices; ++m) {
    each += model->steps * columns_of(model, m) * sizeof(double);
  }
  size_t const fit = room_bytes / each;
  in->windows      = fit < 1 ? 1 : fit < count ? fit : count;
  in->tokens       = (uint8_t*)malloc(in->windows * model->steps);
  in->mu           = (int32_t*)malloc(in->windows * model->latent * sizeof(int32_t));
  in->sigma        = (int32_t*)malloc(in->windows * model->latent * sizeof(int32_t));
  bool good        = in->tokens && in->mu && in->sigma;
  for (size_t m = 0; m < in->matrices; ++m) {
    size_t const columns  = columns_of(model, m);
    in->sheets[m].columns = columns;
    in->sheets[m].values =
      (double*)malloc(in->windows * model->steps * columns * sizeof(double));
    good = good && in->sheets[m].values;
  }
  return good;
}

// Encodes windows from number `from` of `count` on, as many as there is room for.
// @return their number.
static size_t
take_some(Inputs* const          in,
          MnBatches* const       batches,
          MnWindows const* const windows,
          size_t const           from,
          size_t const           count,
          MnInputMoments* const  moments)
{
  size_t const steps = in->model->steps;
  size_t const some  = count - from < in->windows ? count - from : in->windows;
  for (size_t w = 0; w < some; ++w) {
    size_t const at = (from + w) * windows->count / count;
    memcpy(in->tokens + w * steps, windows->tokens + at * steps, steps);
  }
  for (size_t m = 0; m < in->matrices; ++m) {
    atomic_store(&in->rows[m], 0);
  }
  mn_batches_run(batches, in->tokens, some, NULL, in->mu, in->sigma);
  for (size_t m = 0; m < in->matrices; ++m) {
    in->sheets[m].rows = atomic_load(&in->rows[m]);
    mn_moments_add_rows(&moments->of[m], &in->sheets[m], NULL, 0);
  }
  return some;
}

bool
mn_input_moments_take(MnModel const* const    model,
                      MnWindows const* const  windows,
                      size_t const            count,
                      MnProgress const* const progress,
                      MnInputMoments* const   moments)
{
  MnBatches* const batches = mn_batches_new(model, mn_kernel_best());
  Inputs           in;
  bool             good = inputs_init(&in, model, count);

  *moments = (MnInputMoments){0};
  for (size_t m = 0; m < in.matrices; ++m) {
    good = good && mn_moments_init(&moments->of[m], columns_of(model, m));
  }
  good = good && batches;
  if (good) {
    MnWatch const watch = {keep, &in};
    mn_batches_watch(batches, &watch);
    for (size_t done = 0; done < count;) {
      done += take_some(&in, batches, windows, done, count, moments);
      if (progress) {
        progress->tell(progress->context, done, count);
      }
    }
  } else {
    mn_input_moments_free(moments);
  }
  inputs_free(&in);
  mn_batches_free(batches);
  return good;
}

void
mn_input_moments_free(MnInputMoments* const moments)
{
  for (size_t m = 0; m < MATRICES; ++m) {
    mn_moments_free(&moments->of[m]);
  }
}

MnInputProducts
mn_input_moments_products(MnInputMoments const* const moments)
{
  MnInputProducts products = {{{0}}};
  for (size_t m = 0; m < MATRICES; ++m) {
    products.products[m / DIRECTIONS][m % DIRECTIONS] = moments->of[m].products;
  }
  return products;
}
