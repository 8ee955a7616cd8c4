// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "quantise.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GATES = 4, FORGET_GATE = 2, LIMIT_16 = 32767, LIMIT_8 = 127 };

// Up to this size, int16 weights of both directions stay in a cache of the processor.
enum { INT16_BYTES_MOST = 4 << 20 };

// The number of rows that are quantised at a time. In TensorFlow's order their floats lie
// side by side, and fill a cache line.
enum { BLOCK = 16 };

// Rounding the weights may increase the sum of their magnitudes. This leaves room.
static double const headroom = 0.98;

static double const forget_bias = 1;

// A matrix to quantise, and the result.
typedef struct {
  char const*   name;
  float const*  kernel; // [columns][rows]
  size_t        rows;
  size_t        columns;
  double const* constants; // [constant_count][rows]: a sum starts from one of them
  size_t        constant_count;
  bool          wide;
  unsigned      hidden_frac;
  void*         q;          // [rows][columns], int16_t or int8_t
  int32_t*      units;      // [constant_count][rows], constants in accumulator units
  int32_t*      multiplier; // [rows]
} Matrix;

// The magnitudes of a block of rows.
typedef struct {
  double largest[BLOCK];
  double sum[BLOCK];
  double constant[BLOCK]; // the largest
  double scale[BLOCK];
  double norm[BLOCK]; // sum of abs(q)
} Block;

size_t
mn_quantised_step_bytes(MnWeights const* const w)
{
  size_t const unit = GATES * (size_t)w->hidden * w->hidden;
  return 2 * (unit + (w->layers == 2 ? 3 * unit : 0));
}

static bool
measure(Matrix const* const m, size_t const first, size_t const rows, Block* const b)
{
  memset(b, 0, sizeof(*b));
  for (size_t c = 0; c < m->columns; ++c) {
    float const* const line = m->kernel + c * m->rows + first;
    for (size_t i = 0; i < rows; ++i) {
      double const size = fabs((double)line[i]);
      b->sum[i] += size;
      b->largest[i] = size > b->largest[i] ? size : b->largest[i];
    }
  }
  bool finite = true;
  for (size_t i = 0; i < rows; ++i) {
    for (size_t k = 0; k < m->constant_count; ++k) {
      double const size = fabs(m->constants[k * m->rows + first + i]);
      finite            = finite && isfinite(size);
      b->constant[i]    = size > b->constant[i] ? size : b->constant[i];
    }
    finite = finite && isfinite(b->sum[i]);
  }
  return finite;
}

// The engine knows a scale only by its multiplier. This chooses the smallest multiplier
// whose scale is not below what the row needs.
static bool
choose_scale(Matrix const* const m, size_t const first, size_t const rows, Block* const b)
{
  double const one   = ldexp(1, 48 - (int)m->hidden_frac);
  double const limit = m->wide ? LIMIT_16 : LIMIT_8;
  for (size_t i = 0; i < rows; ++i) {
    double const reach      = b->constant[i] + b->sum[i];
    double const least      = ldexp(reach, (int)m->hidden_frac) / (ldexp(1, 31) * headroom);
    double const scale      = fmax(b->largest[i] / limit, least);
    double const multiplier = fmax(ceil(scale * one), 1);
    if (multiplier > INT32_MAX) {
      return false;
    }
    m->multiplier[first + i] = (int32_t)multiplier;
    b->scale[i]              = multiplier / one;
  }
  return true;
}

static void
round_weights(Matrix const* const m, size_t const first, size_t const rows, Block* const b)
{
  double const limit = m->wide ? LIMIT_16 : LIMIT_8;
  for (size_t c = 0; c < m->columns; ++c) {
    float const* const line = m->kernel + c * m->rows + first;
    for (size_t i = 0; i < rows; ++i) {
      double const q  = fmin(fmax(rint((double)line[i] / b->scale[i]), -limit), limit);
      size_t const at = (first + i) * m->columns + c;
      if (m->wide) {
        ((int16_t*)m->q)[at] = (int16_t)q;
      } else {
        ((int8_t*)m->q)[at] = (int8_t)q;
      }
      b->norm[i] += fabs(q);
    }
  }
}

// @return false if a sum could overflow.
static bool
round_constants(Matrix const* const m,
                size_t const        first,
                size_t const        rows,
                Block const* const  b)
{
  for (size_t i = 0; i < rows; ++i) {
    double largest = 0;
    for (size_t k = 0; k < m->constant_count; ++k) {
      size_t const at   = k * m->rows + first + i;
      double const unit = rint(ldexp(m->constants[at] / b->scale[i], (int)m->hidden_frac));
      largest           = fmax(largest, fabs(unit));
      m->units[at]      = fabs(unit) > INT32_MAX ? 0 : (int32_t)unit;
    }
    if (largest + ldexp(b->norm[i], (int)m->hidden_frac) > INT32_MAX) {
      return false;
    }
  }
  return true;
}

static bool
quantise_matrix(Matrix const* const m, MnError* const error)
{
  for (size_t first = 0; first < m->rows; first += BLOCK) {
    size_t const rows = m->rows - first < BLOCK ? m->rows - first : BLOCK;
    Block        b;
    if (!measure(m, first, rows, &b)) {
      mn_error_set(
        error, MN_STATUS_BAD_INPUT, "%s: a weight is not a finite number", m->name);
      return false;
    }
    bool good = choose_scale(m, first, rows, &b);
    if (good) {
      round_weights(m, first, rows, &b);
      good = round_constants(m, first, rows, &b);
    }
    if (!good) {
      mn_error_set(error,
                   MN_STATUS_BAD_INPUT,
                   "%s: weights are too large for %s with hidden_frac %u",
                   m->name,
                   m->wide ? "int16" : "int8",
                   m->hidden_frac);
      return false;
    }
  }
  return true;
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
           Matrix             m,
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
  return quantise_matrix(&m, error);
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
         Names const* const   names,
         MnError* const       error)
{
  // The input of layer 0 is a class: a table gives its part of the sums.
  size_t const  lines = layer == 0 ? MN_CLASSES : 1;
  size_t const  skip  = layer == 0 ? MN_CLASSES : 0;
  double* const start = start_of_sums(lstm, lines, error);
  bool const    good =
    start && add_matrix(q,
                        names,
                        layer == 0,
                        (Matrix){.kernel         = lstm->kernel + skip * lstm->outputs,
                                 .rows           = lstm->outputs,
                                 .columns        = lstm->inputs - skip,
                                 .constants      = start,
                                 .constant_count = lines,
                                 .wide           = q->type == MN_WEIGHTS_INT16},
                        error);
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
                               (Matrix){.kernel         = head->kernel,
                                        .rows           = head->outputs,
                                        .columns        = head->inputs,
                                        .constants      = bias,
                                        .constant_count = 1,
                                        .wide           = true},
                               error);
  free(bias);
  return good;
}

static MnWeightsType
choose_type(MnWeights const* const weights, MnWeightsType const type)
{
  return type != MN_WEIGHTS_AUTO                                    ? type
         : 2 * mn_quantised_step_bytes(weights) <= INT16_BYTES_MOST ? MN_WEIGHTS_INT16
                                                                    : MN_WEIGHTS_INT8;
}

static Names const mu_names = {"encoder/mu/weight",
                               "encoder/mu/bias",
                               "encoder/mu/multiplier"};

bool
mn_quantise(MnWeights const* const w,
            MnWeightsType const    type,
            unsigned const         hidden_frac,
            MnQuantised* const     q,
            MnError* const         error)
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

  *q        = (MnQuantised){.type = choose_type(w, type), .hidden_frac = hidden_frac};
  bool good = true;
  for (unsigned layer = 0; layer < w->layers; ++layer) {
    for (unsigned d = 0; d < 2; ++d) {
      good = good && add_lstm(q, &w->lstm[layer][d], layer, &lstm_names[layer][d], error);
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
