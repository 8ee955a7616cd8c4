// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "quantise_decoder.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

enum { GATES = 4, FORGET_GATE = 2 };

static double const forget_bias = 1;

#define LAYER(n)                                                \
  {                                                             \
    "decoder/layer_" #n "/weight", "decoder/layer_" #n "/bias", \
      "decoder/layer_" #n "/multiplier"                         \
  }

static MnQuantisedNames const layer_names[MN_MAX_DECODER_LAYERS] = {
  {"decoder/layer_0/recurrent", "decoder/layer_0/input", "decoder/layer_0/multiplier"},
  LAYER(1),
  LAYER(2),
  LAYER(3),
  LAYER(4),
  LAYER(5),
  LAYER(6),
  LAYER(7),
};

static MnQuantisedNames const start_names = {"decoder/start/weight",
                                             "decoder/start/bias",
                                             "decoder/start/multiplier"};
static MnQuantisedNames const given_names = {"decoder/given/weight",
                                             "decoder/given/bias",
                                             "decoder/given/multiplier"};

size_t
mn_quantised_decoder_step_count(MnDecoderWeights const* const w)
{
  size_t const square = (size_t)w->hidden * w->hidden;
  return GATES * square * (2 * w->layers - 1) + MN_CLASSES * (size_t)w->hidden;
}

static MnQuantisedNames const output_names = {"decoder/output/weight",
                                              "decoder/output/bias",
                                              "decoder/output/multiplier"};

// The part of a dense layer that reads z.
static MnQuantiseMatrix
part_of_z(MnDense const* const dense, size_t const first, size_t const inputs)
{
  return (MnQuantiseMatrix){.kernel      = dense->kernel + first * dense->outputs,
                            .rows        = dense->outputs,
                            .columns     = inputs,
                            .wide        = true,
                            .hidden_frac = MN_Z_FRAC,
                            .input_most  = ldexp(1, MN_Z_BITS - MN_Z_FRAC)};
}

// The part of a dense layer that reads states.
static MnQuantiseMatrix
part_of_states(MnQuantised const* const q,
               MnDense const* const     dense,
               size_t const             first,
               bool const               wide)
{
  return (MnQuantiseMatrix){.kernel      = dense->kernel + first * dense->outputs,
                            .rows        = dense->outputs,
                            .columns     = dense->inputs - first,
                            .wide        = wide || q->type == MN_WEIGHTS_INT16,
                            .hidden_frac = q->hidden_frac,
                            .input_most  = 1};
}

// Adds a matrix whose sums start from one of `lines` lines of constants. With `forget` these
// are the biases of gates.
static bool
add(MnQuantised* const            q,
    MnQuantisedNames const* const names,
    MnQuantiseMatrix              matrix,
    float const* const            constants,
    size_t const                  lines,
    bool const                    forget,
    MnError* const                error)
{
  size_t const  count = lines * matrix.rows;
  double* const start = (double*)malloc(count * sizeof(double));
  if (!start) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    return false;
  }
  for (size_t i = 0; i < count; ++i) {
    bool const gate = forget && i / (matrix.rows / GATES) == FORGET_GATE;
    start[i]        = (double)constants[i] + (gate ? forget_bias : 0);
  }
  matrix.constants      = start;
  matrix.constant_count = lines;
  bool const good       = mn_quantised_add(q, names, lines > 1, matrix, error);
  free(start);
  return good;
}

// Layer 0 reads the class of the step before, z, and its own state.
static bool
add_first(MnQuantised* const q, MnDecoderWeights const* const w, MnError* const error)
{
  MnDense const* const dense = &w->lstm[0];
  return add(q,
             &given_names,
             part_of_z(dense, MN_CLASSES, w->latent),
             dense->bias,
             1,
             true,
             error) &&
         add(q,
             &layer_names[0],
             part_of_states(q, dense, MN_CLASSES + (size_t)w->latent, false),
             dense->kernel,
             MN_CLASSES,
             false,
             error);
}

bool
mn_quantise_decoder(MnDecoderWeights const* const w,
                    MnWeightsType const           type,
                    unsigned const                hidden_frac,
                    MnQuantised* const            q,
                    MnError* const                error)
{
  *q = (MnQuantised){
    .type        = mn_quantised_type_of(mn_quantised_decoder_step_count(w), type),
    .hidden_frac = hidden_frac,
  };
  bool good = add(q,
                  &start_names,
                  part_of_z(&w->start, 0, w->latent),
                  w->start.bias,
                  1,
                  false,
                  error) &&
              add_first(q, w, error);
  for (unsigned layer = 1; good && layer < w->layers; ++layer) {
    MnDense const* const dense = &w->lstm[layer];
    good                       = add(q,
               &layer_names[layer],
               part_of_states(q, dense, 0, false),
               dense->bias,
               1,
               true,
               error);
  }
  good = good && add(q,
                     &output_names,
                     part_of_states(q, &w->output, 0, true),
                     w->output.bias,
                     1,
                     false,
                     error);
  if (!good) {
    mn_quantised_free(q);
  }
  return good;
}

// No weight is -32768, so each can be negated.
static void
negate(MnQuantised const* const q, char const* const name, uint8_t const* const negated)
{
  size_t         shape[2];
  int16_t* const weight = (int16_t*)mn_quantised_values(q, name, shape);
  for (size_t i = 0; i < shape[0] * shape[1]; ++i) {
    weight[i] = negated[i % shape[1]] ? (int16_t)-weight[i] : weight[i];
  }
}

void
mn_quantised_decoder_negate(MnQuantised* const q, uint8_t const* const negated)
{
  if (q->count) {
    negate(q, start_names.weight, negated);
    negate(q, given_names.weight, negated);
  }
}
