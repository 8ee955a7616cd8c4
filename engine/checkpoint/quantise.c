// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "quantise.h"

#include "quantise_matrix.h"

#include <stdlib.h>
#include <string.h>

enum { GATES = 4, FORGET_GATE = 2 };

static double const forget_bias = 1;

size_t
mn_quantised_step_bytes(MnWeights const* const w)
{
  size_t const unit = GATES * (size_t)w->hidden * w->hidden;
  return 2 * (unit + (w->layers == 2 ? 3 * unit : 0));
}

// The constants that the sums of an LSTM start from: the biases, plus the weights of each
// input if there are several `lines`, one for each input.
static double*
start_of_sums(MnDense const* const lstm, size_t const lines, MnError* const error)
{
  size_t const  rows  = lstm->outputs;
  double* const start = (double*)malloc(lines * rows * sizeof(double));
  if (!start) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    return NULL;
  }
  for (size_t k = 0; k < lines; ++k) {
    for (size_t r = 0; r < rows; ++r) {
      bool const forget   = r / (rows / GATES) == FORGET_GATE;
      start[k * rows + r] = (lines > 1 ? (double)lstm->kernel[k * rows + r] : 0) +
                            (double)lstm->bias[r] + (forget ? forget_bias : 0);
    }
  }
  return start;
}

static bool
add_lstm(MnQuantised* const            q,
         MnDense const* const          lstm,
         unsigned const                layer,
         double const* const           products,
         MnQuantisedNames const* const names,
         MnError* const                error)
{
  // The input of layer 0 is a class: a table gives its part of the sums.
  size_t const      lines    = layer == 0 ? MN_CLASSES : 1;
  size_t const      skip     = layer == 0 ? MN_CLASSES : 0;
  size_t const      columns  = lstm->inputs - skip;
  double* const     start    = start_of_sums(lstm, lines, error);
  MnRounding* const rounding = products ? mn_rounding_new(products, columns) : NULL;
  if (products && !rounding) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
  }
  bool const good =
    start && (rounding || !products) &&
    mn_quantised_add(q,
                     names,
                     layer == 0,
                     (MnQuantiseMatrix){.kernel    = lstm->kernel + skip * lstm->outputs,
                                        .rows      = lstm->outputs,
                                        .columns   = columns,
                                        .constants = start,
                                        .constant_count = lines,
                                        .rounding       = rounding,
                                        .hidden_frac    = q->hidden_frac,
                                        .input_most     = 1,
                                        .wide           = q->type == MN_WEIGHTS_INT16},
                     error);
  mn_rounding_free(rounding);
  free(start);
  return good;
}

static bool
add_head(MnQuantised* const            q,
         MnDense const* const          head,
         MnQuantisedNames const* const names,
         MnError* const                error)
{
  double* const bias = (double*)malloc(head->outputs * sizeof(double));
  if (!bias) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    return false;
  }
  for (size_t i = 0; i < head->outputs; ++i) {
    bias[i] = (double)head->bias[i];
  }
  bool const good = mn_quantised_add(q,
                                     names,
                                     false,
                                     (MnQuantiseMatrix){.kernel         = head->kernel,
                                                        .rows           = head->outputs,
                                                        .columns        = head->inputs,
                                                        .constants      = bias,
                                                        .constant_count = 1,
                                                        .hidden_frac    = q->hidden_frac,
                                                        .input_most     = 1,
                                                        .wide           = true},
                                     error);
  free(bias);
  return good;
}

MnWeightsType
mn_quantised_type(MnWeights const* const weights, MnWeightsType const type)
{
  return mn_quantised_type_of(mn_quantised_step_bytes(weights), type);
}

static MnQuantisedNames const mu_names = {"encoder/mu/weight",
                                          "encoder/mu/bias",
                                          "encoder/mu/multiplier"};

bool
mn_quantise(MnWeights const* const       w,
            MnWeightsType const          type,
            unsigned const               hidden_frac,
            MnInputProducts const* const products,
            MnQuantised* const           q,
            MnError* const               error)
{
  static MnQuantisedNames const lstm_names[MN_MAX_LAYERS][2] = {
    {{"encoder/fw/recurrent", "encoder/fw/input", "encoder/fw/multiplier"},
     {"encoder/bw/recurrent", "encoder/bw/input", "encoder/bw/multiplier"}},
    {{"encoder/fw/layer_1/weight",
      "encoder/fw/layer_1/bias",
      "encoder/fw/layer_1/multiplier"},
     {"encoder/bw/layer_1/weight",
      "encoder/bw/layer_1/bias",
      "encoder/bw/layer_1/multiplier"}},
  };
  static MnQuantisedNames const sigma_names = {
    "encoder/sigma/weight", "encoder/sigma/bias", "encoder/sigma/multiplier"};

  *q        = (MnQuantised){.type = mn_quantised_type(w, type), .hidden_frac = hidden_frac};
  bool good = true;
  for (unsigned layer = 0; layer < w->layers; ++layer) {
    for (unsigned d = 0; d < 2; ++d) {
      good = good && add_lstm(q,
                              &w->lstm[layer][d],
                              layer,
                              products ? products->products[layer][d] : NULL,
                              &lstm_names[layer][d],
                              error);
    }
  }
  good = good && add_head(q, &w->mu, &mu_names, error) &&
         add_head(q, &w->sigma, &sigma_names, error);
  if (!good) {
    mn_quantised_free(q);
  }
  return good;
}

// No weight is -32768 and no bias is INT32_MIN, so each can be negated.
void
mn_quantised_negate(MnQuantised* const q, uint8_t const* const negated)
{
  size_t         shape[2];
  int32_t* const bias   = (int32_t*)mn_quantised_values(q, mu_names.constant, shape);
  int16_t* const weight = (int16_t*)mn_quantised_values(q, mu_names.weight, shape);
  for (size_t n = 0; n < shape[0]; ++n) {
    bias[n] = negated[n] ? -bias[n] : bias[n];
    for (size_t i = n * shape[1]; negated[n] && i < (n + 1) * shape[1]; ++i) {
      weight[i] = (int16_t)-weight[i];
    }
  }
}
