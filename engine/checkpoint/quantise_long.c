// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "quantise_long.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NAMES(name)                                  \
  {                                                  \
    name "/weight", name "/bias", name "/multiplier" \
  }

enum { LAYERS = MN_LONG_LAYERS, FIRST_STYLE = LAYERS - 4 };

// In the order of mn_long_weights_layers().
static MnQuantisedNames const names[LAYERS] = {NAMES("long/encoder/input"),
                                               NAMES("long/encoder/block_0/in"),
                                               NAMES("long/encoder/block_0/out"),
                                               NAMES("long/encoder/block_1/in"),
                                               NAMES("long/encoder/block_1/out"),
                                               NAMES("long/encoder/mu"),
                                               NAMES("long/encoder/sigma"),
                                               NAMES("long/style/window_0"),
                                               NAMES("long/style/window_1"),
                                               NAMES("long/style/phrase"),
                                               NAMES("long/style/output")};

static_assert(3 * LAYERS <= MN_QUANTISED_TENSORS, "a second level fits");

static bool
fail_memory(MnError* const error)
{
  mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
  return false;
}

static bool
add(MnQuantised* const            q,
    MnQuantisedNames const* const layer_names,
    MnDense const* const          dense,
    float const* const            kernel,
    MnError* const                error)
{
  double* const start = (double*)malloc(dense->outputs * sizeof(double));
  if (!start) {
    return fail_memory(error);
  }
  for (size_t i = 0; i < dense->outputs; ++i) {
    start[i] = (double)dense->bias[i];
  }
  bool const good = mn_quantised_add(q,
                                     layer_names,
                                     false,
                                     (MnQuantiseMatrix){
                                       .kernel         = kernel,
                                       .rows           = dense->outputs,
                                       .columns        = dense->inputs,
                                       .constants      = start,
                                       .constant_count = 1,
                                       .wide           = true,
                                       .hidden_frac    = MN_LONG_FRAC,
                                       .input_most = ldexp(1, MN_LONG_BITS - MN_LONG_FRAC),
                                     },
                                     error);
  free(start);
  return good;
}

// As add(), for a layer whose first inputs are level one's neurons, window by window.
static bool
add_reader(MnQuantised* const            q,
           MnQuantisedNames const* const layer_names,
           MnDense const* const          dense,
           MnLongWeights const* const    w,
           size_t const                  windows,
           uint8_t const* const          negated,
           MnError* const                error)
{
  float* const kernel = (float*)malloc(dense->inputs * dense->outputs * sizeof(float));
  if (!kernel) {
    return fail_memory(error);
  }
  for (size_t i = 0; i < dense->inputs; ++i) {
    bool const flag  = i >= windows * w->neurons;
    bool const turns = !flag && negated[w->neuron[i % w->neurons]];
    for (size_t k = i * dense->outputs; k < (i + 1) * dense->outputs; ++k) {
      kernel[k] = turns ? -dense->kernel[k] : dense->kernel[k];
    }
  }
  bool const good = add(q, layer_names, dense, kernel, error);
  free(kernel);
  return good;
}

bool
mn_quantise_long(MnLongWeights const* const w,
                 uint8_t const* const       negated,
                 MnQuantised* const         q,
                 MnError* const             error)
{
  MnDense const* layers[LAYERS];
  mn_long_weights_layers(w, layers);
  *q        = (MnQuantised){.type = MN_WEIGHTS_INT16, .hidden_frac = MN_LONG_FRAC};
  bool good = true;
  for (unsigned i = 0; good && i < (w->styles ? LAYERS : FIRST_STYLE); ++i) {
    unsigned const windows = i == 0 ? MN_PHRASE : i == FIRST_STYLE ? 1 : 0;
    good = windows ? add_reader(q, &names[i], layers[i], w, windows, negated, error)
                   : add(q, &names[i], layers[i], layers[i]->kernel, error);
  }
  if (!good) {
    mn_quantised_free(q);
  }
  return good;
}
