// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "dequantise_decoder.h"

#include "dequantise.h"

#include <math.h>

// MusicVAE adds it at run time, our models have it in their biases.
static double const forget_bias = 1.0;

enum { UNIT_SHIFT = 48, GATES = 4, FORGET_GATE = 2 };

// A kernel and a bias each. Those of the layers come last.
enum { START, OUTPUT, FIRST_LAYER };

#define CELL(n)                                          \
  "decoder/multi_rnn_cell/cell_" #n "/lstm_cell/kernel", \
    "decoder/multi_rnn_cell/cell_" #n "/lstm_cell/bias"

static char const* const names[2 * (FIRST_LAYER + MN_MAX_DECODER_LAYERS)] = {
  "decoder/z_to_initial_state/kernel",
  "decoder/z_to_initial_state/bias",
  "decoder/output_projection/kernel",
  "decoder/output_projection/bias",
  CELL(0),
  CELL(1),
  CELL(2),
  CELL(3),
  CELL(4),
  CELL(5),
  CELL(6),
  CELL(7),
};

size_t
mn_dequantise_decoder_count(MnModel const* const model)
{
  unsigned const layers = model->decoder.layers;
  return layers ? 2 * (FIRST_LAYER + (size_t)layers) : 0;
}

static bool
is_bias(size_t const index)
{
  return index % 2;
}

static size_t
outputs_of(MnDecoderTable const* const d, size_t const part)
{
  size_t const hidden = d->hidden;
  return part == START    ? 2 * d->layers * hidden
         : part == OUTPUT ? MN_CLASSES
                          : GATES * hidden;
}

static size_t
inputs_of(MnModel const* const m, size_t const part)
{
  size_t const hidden = m->decoder.hidden;
  return part == START         ? m->latent
         : part == OUTPUT      ? hidden
         : part == FIRST_LAYER ? MN_CLASSES + m->latent + hidden
                               : 2 * hidden;
}

MnCheckpointTensor
mn_dequantise_decoder_describe(MnModel const* const model, size_t const index)
{
  size_t const       outputs = outputs_of(&model->decoder, index / 2);
  size_t const       inputs  = inputs_of(model, index / 2);
  MnCheckpointTensor tensor  = {.name = names[index], .dtype = "float32", .readable = true};
  if (!is_bias(index)) {
    tensor.shape[tensor.dimensions++] = inputs;
  }
  tensor.shape[tensor.dimensions++] = outputs;
  tensor.elements                   = is_bias(index) ? outputs : inputs * outputs;
  return tensor;
}

// The layer that a part's bias is in.
static MnLinear const*
linear_of(MnDecoderTable const* const d, size_t const part)
{
  return part == START         ? &d->start
         : part == OUTPUT      ? &d->output
         : part == FIRST_LAYER ? &d->given
                               : &d->upper[part - FIRST_LAYER - 1];
}

static void
read_bias(MnDecoderTable const* const d, size_t const part, float* const values)
{
  MnLinear const* const linear = linear_of(d, part);
  for (size_t r = 0; r < outputs_of(d, part); ++r) {
    bool const forget = part >= FIRST_LAYER && r / d->hidden == FORGET_GATE;
    values[r] = (float)(linear->bias[r] * ldexp(linear->multiplier[r], -UNIT_SHIFT) -
                        (forget ? forget_bias : 0));
  }
}

// The part of a kernel that reads z, whose negated neurons get the sign of their source.
static void
read_of_z(MnModel const* const  m,
          MnLinear const* const linear,
          size_t const          outputs,
          float* const          values)
{
  mn_dequantise_matrix(
    &linear->weight, linear->multiplier, MN_Z_FRAC, outputs, m->latent, values);
  for (size_t i = 0; i < m->latent * outputs; ++i) {
    values[i] = m->readout.negated[i / outputs] ? 0 - values[i] : values[i]; // no -0
  }
}

// The previous class, z, and the own state.
static void
read_first(MnModel const* const m, float* const values)
{
  MnDecoderTable const* const d     = &m->decoder;
  size_t const                gates = GATES * (size_t)d->hidden;
  for (size_t k = 0; k < MN_CLASSES; ++k) {
    for (size_t r = 0; r < gates; ++r) {
      values[k * gates + r] = (float)(d->first.input[k * d->first.recurrent.rows + r] *
                                      ldexp(d->first.multiplier[r], -UNIT_SHIFT));
    }
  }
  read_of_z(m, &d->given, gates, values + MN_CLASSES * gates);
  mn_dequantise_matrix(&d->first.recurrent,
                       d->first.multiplier,
                       m->hidden_frac,
                       gates,
                       d->hidden,
                       values + (MN_CLASSES + (size_t)m->latent) * gates);
}

void
mn_dequantise_decoder_read(MnModel const* const model,
                           size_t const         index,
                           float* const         values)
{
  MnDecoderTable const* const d    = &model->decoder;
  size_t const                part = index / 2;
  if (is_bias(index)) {
    read_bias(d, part, values);
  } else if (part == START) {
    read_of_z(model, &d->start, outputs_of(d, part), values);
  } else if (part == FIRST_LAYER) {
    read_first(model, values);
  } else {
    MnLinear const* const linear = linear_of(d, part);
    mn_dequantise_matrix(&linear->weight,
                         linear->multiplier,
                         model->hidden_frac,
                         outputs_of(d, part),
                         inputs_of(model, part),
                         values);
  }
}
