// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "dequantise.h"

#include <math.h>

// MusicVAE adds it at run time, our models have it in their input tables.
static double const forget_bias = 1.0;

// An accumulator counts in multiplier / 2^48.
enum { UNIT_SHIFT = 48 };

typedef enum { PART_FORWARD, PART_BACKWARD, PART_MU, PART_SIGMA } MnPart;

#define CELL(way) \
  "encoder/cell_0/bidirectional_rnn/" way "/multi_rnn_cell/cell_0/lstm_cell/"

static char const* const names[MN_DEQUANTISED_TENSORS] = {
  CELL("fw") "kernel",
  CELL("fw") "bias",
  CELL("bw") "kernel",
  CELL("bw") "bias",
  "encoder/mu/kernel",
  "encoder/mu/bias",
  "encoder/sigma/kernel",
  "encoder/sigma/bias",
};

static MnPart
part_of(size_t const index)
{
  return (MnPart)(index / 2);
}

static bool
is_bias(size_t const index)
{
  return index % 2;
}

MnCheckpointTensor
mn_dequantise_describe(MnModel const* const model, size_t const index)
{
  MnPart const part   = part_of(index);
  bool const   lstm   = part == PART_FORWARD || part == PART_BACKWARD;
  size_t const hidden = model->hidden;
  size_t const inputs = lstm ? MN_CLASSES + hidden : 2 * hidden;
  size_t const rows   = lstm ? 4 * hidden : model->latent;

  MnCheckpointTensor tensor = {
    .name     = names[index],
    .dtype    = "float32",
    .readable = true,
  };
  if (!is_bias(index)) {
    tensor.shape[tensor.dimensions++] = inputs;
  }
  tensor.shape[tensor.dimensions++] = rows;
  tensor.elements                   = is_bias(index) ? rows : inputs * rows;
  return tensor;
}

// The weight at a row and column of a packed matrix.
static int
weight_at(MnMatrix const* const m, size_t const row, size_t const column)
{
  size_t const at = mn_matrix_at(m, row, column);
  return m->w16 ? m->w16[at] : m->w8[at];
}

void
mn_dequantise_matrix(MnMatrix const* const matrix,
                     int32_t const* const  multiplier,
                     unsigned const        bits,
                     size_t const          rows,
                     size_t const          columns,
                     float* const          values)
{
  for (size_t r = 0; r < rows; ++r) {
    double const scale = ldexp(multiplier[r], (int)bits - UNIT_SHIFT);
    for (size_t c = 0; c < columns; ++c) {
      values[c * rows + r] = (float)(weight_at(matrix, r, c) * scale);
    }
  }
}

// Gives the negated neurons the sign of their source. `values` are lines of all neurons.
static void
turn_back(MnModel const* const model, size_t const lines, float* const values)
{
  for (size_t i = 0; i < lines; ++i) {
    for (size_t n = 0; n < model->latent; ++n) {
      float* const value = values + i * model->latent + n;
      *value             = model->readout.negated[n] ? 0 - *value : *value; // no -0
    }
  }
}

// The mean, over the classes, of what a class adds to a row.
static double
row_mean(MnDirection const* const d, size_t const row)
{
  int64_t sum = 0;
  for (size_t k = 0; k < MN_CLASSES; ++k) {
    sum += d->input[k * d->recurrent.rows + row];
  }
  return (double)sum / MN_CLASSES;
}

static void
read_lstm_kernel(MnModel const* const     model,
                 MnDirection const* const d,
                 float* const             values)
{
  size_t const rows = 4 * (size_t)model->hidden;
  for (size_t r = 0; r < rows; ++r) {
    double const mean = row_mean(d, r);
    double const unit = ldexp(d->multiplier[r], -UNIT_SHIFT);
    for (size_t k = 0; k < MN_CLASSES; ++k) {
      values[k * rows + r] = (float)((d->input[k * d->recurrent.rows + r] - mean) * unit);
    }
  }
  mn_dequantise_matrix(&d->recurrent,
                       d->multiplier,
                       model->hidden_frac,
                       rows,
                       model->hidden,
                       values + MN_CLASSES * rows);
}

static void
read_lstm_bias(MnModel const* const model, MnDirection const* const d, float* const values)
{
  size_t const hidden = model->hidden;
  for (size_t r = 0; r < 4 * hidden; ++r) {
    bool const   forget = r / hidden == 2; // gates i, j, f, o
    double const bias   = row_mean(d, r) * ldexp(d->multiplier[r], -UNIT_SHIFT);
    values[r]           = (float)(bias - (forget ? forget_bias : 0));
  }
}

static void
read_head_bias(MnModel const* const model, MnLinear const* const head, float* const values)
{
  for (size_t r = 0; r < model->latent; ++r) {
    values[r] = (float)(head->bias[r] * ldexp(head->multiplier[r], -UNIT_SHIFT));
  }
}

void
mn_dequantise_read(MnModel const* const model, size_t const index, float* const values)
{
  MnPart const part = part_of(index);
  if (part == PART_FORWARD || part == PART_BACKWARD) {
    MnDirection const* const d = &model->direction[part];
    if (is_bias(index)) {
      read_lstm_bias(model, d, values);
    } else {
      read_lstm_kernel(model, d, values);
    }
    return;
  }
  MnLinear const* const head   = part == PART_MU ? &model->mu : &model->sigma;
  size_t const          states = 2 * (size_t)model->hidden;
  if (is_bias(index)) {
    read_head_bias(model, head, values);
  } else {
    mn_dequantise_matrix(
      &head->weight, head->multiplier, model->hidden_frac, model->latent, states, values);
  }
  if (part == PART_MU) {
    turn_back(model, is_bias(index) ? 1 : states, values);
  }
}
