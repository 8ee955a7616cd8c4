// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "quantise.h"

#include "quantise_matrix.h"

#include <stdlib.h>
#include <string.h>

enum { GATES = 4, FORGET_GATE = 2 };

// Up to this size, int16 weights of both directions stay in a cache of the processor.
enum { INT16_BYTES_MOST = 4 << 20 };

static double const forget_bias = 1;

size_t
mn_quantised_step_bytes(MnWeights const* const w)
{
  size_t const unit = GATES * (size_t)w->hidden * w->hidden;
  return 2 * (unit + (w->layers == 2 ? 3 * unit : 0));
}

// Adds a tensor, with memory for its values.
static void*
add_tensor(MnQuantised* const q,
           char const* const  name,
           MnDtype const      dtype,
           unsigned const     dimensions,
           size_t const       rows,
           size_t const       columns)
{
  size_t const width = dtype == MN_DTYPE_I8 ? 1 : dtype == MN_DTYPE_I16 ? 2 : 4;
  void* const  data  = malloc(width * rows * columns);
  if (data) {
    q->arrays[q->count] = data;
    q->tensors[q->count++] =
      (MnModelTensor){name, dtype, dimensions, {rows, columns}, data};
  }
  return data;
}

// The names of the three tensors of a matrix. The first one also names the matrix in
// errors.
typedef struct {
  char const* weight;
  char const* constant;
  char const* multiplier;
} Names;

// Quantises a matrix into three tensors. With `table` the constants are a table with a
// line for each class.
static bool
add_matrix(MnQuantised* const q,
           Names const* const names,
           bool const         table,
           MnQuantiseMatrix   m,
           MnError* const     error)
{
  m.name        = names->weight;
  m.hidden_frac = q->hidden_frac;
  m.q =
    add_tensor(q, names->weight, m.wide ? MN_DTYPE_I16 : MN_DTYPE_I8, 2, m.rows, m.columns);
  m.units =
    (int32_t*)(table
                 ? add_tensor(q, names->constant, MN_DTYPE_I32, 2, m.constant_count, m.rows)
                 : add_tensor(q, names->constant, MN_DTYPE_I32, 1, m.rows, 1));
  m.multiplier = (int32_t*)add_tensor(q, names->multiplier, MN_DTYPE_I32, 1, m.rows, 1);
  if (!m.q || !m.units || !m.multiplier) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    return false;
  }
  return mn_quantise_matrix(&m, error);
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
add_lstm(MnQuantised* const   q,
         MnDense const* const lstm,
         unsigned const       layer,
         double const* const  products,
         Names const* const   names,
         MnError* const       error)
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
    add_matrix(q,
               names,
               layer == 0,
               (MnQuantiseMatrix){.kernel         = lstm->kernel + skip * lstm->outputs,
                                  .rows           = lstm->outputs,
                                  .columns        = columns,
                                  .constants      = start,
                                  .constant_count = lines,
                                  .rounding       = rounding,
                                  .wide           = q->type == MN_WEIGHTS_INT16},
               error);
  mn_rounding_free(rounding);
  free(start);
  return good;
}

static bool
add_head(MnQuantised* const   q,
         MnDense const* const head,
         Names const* const   names,
         MnError* const       error)
{
  double* const bias = (double*)malloc(head->outputs * sizeof(double));
  if (!bias) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    return false;
  }
  for (size_t i = 0; i < head->outputs; ++i) {
    bias[i] = (double)head->bias[i];
  }
  bool const good = add_matrix(q,
                               names,
                               false,
                               (MnQuantiseMatrix){.kernel         = head->kernel,
                                                  .rows           = head->outputs,
                                                  .columns        = head->inputs,
                                                  .constants      = bias,
                                                  .constant_count = 1,
                                                  .wide           = true},
                               error);
  free(bias);
  return good;
}

MnWeightsType
mn_quantised_type(MnWeights const* const weights, MnWeightsType const type)
{
  return type != MN_WEIGHTS_AUTO                                    ? type
         : 2 * mn_quantised_step_bytes(weights) <= INT16_BYTES_MOST ? MN_WEIGHTS_INT16
                                                                    : MN_WEIGHTS_INT8;
}

static Names const mu_names = {"encoder/mu/weight",
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
  static Names const lstm_names[MN_MAX_LAYERS][2] = {
    {{"encoder/fw/recurrent", "encoder/fw/input", "encoder/fw/multiplier"},
     {"encoder/bw/recurrent", "encoder/bw/input", "encoder/bw/multiplier"}},
    {{"encoder/fw/layer_1/weight",
      "encoder/fw/layer_1/bias",
      "encoder/fw/layer_1/multiplier"},
     {"encoder/bw/layer_1/weight",
      "encoder/bw/layer_1/bias",
      "encoder/bw/layer_1/multiplier"}},
  };
  static Names const sigma_names = {
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

// The values of a tensor of `q`.
static void*
values_of(MnQuantised const* const q, char const* const name, size_t shape[2])
{
  size_t i = 0;
  while (strcmp(q->tensors[i].name, name)) {
    ++i;
  }
  memcpy(shape, q->tensors[i].shape, sizeof(q->tensors[i].shape));
  return q->arrays[i];
}

// No weight is -32768 and no bias is INT32_MIN, so each can be negated.
void
mn_quantised_negate(MnQuantised* const q, uint8_t const* const negated)
{
  size_t         shape[2];
  int32_t* const bias   = (int32_t*)values_of(q, mu_names.constant, shape);
  int16_t* const weight = (int16_t*)values_of(q, mu_names.weight, shape);
  for (size_t n = 0; n < shape[0]; ++n) {
    bias[n] = negated[n] ? -bias[n] : bias[n];
    for (size_t i = n * shape[1]; negated[n] && i < (n + 1) * shape[1]; ++i) {
      weight[i] = (int16_t)-weight[i];
    }
  }
}

void
mn_quantised_free(MnQuantised* const q)
{
  for (size_t i = 0; i < q->count; ++i) {
    free(q->arrays[i]);
  }
  q->count = 0;
}
