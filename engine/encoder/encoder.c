// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "encoder.h"

#include "base/fixed.h"

#include <string.h>

static_assert(MN_MAX_STEPS < 1 << 14, "twice a cell in Q16 fits 32 bits");

enum { FORWARD, BACKWARD, DIRECTIONS };

struct MnEncoder {
  MnModel const*  model;
  MnKernel const* kernel;
  unsigned        left;  ///< units of this window that are left
  unsigned        stage; ///< the current stage: see matrix_of()
  unsigned        at;    ///< steps of the stage that are done
  unsigned        row;   ///< rows of the next step that are done
  int32_t*        mu;
  int32_t*        sigma;
  int32_t*        sums;
  int32_t*        cell[DIRECTIONS];
  int16_t*        state[DIRECTIONS]; ///< [hidden], padded with zeros
  int16_t*        last;              ///< [2 hidden]: the last states of both directions
  int16_t*        outputs;           ///< [steps][2 hidden] of layer 0, with 2 layers
  int16_t*        wide;              ///< [3 hidden]: input of layer 1 in a step
  uint8_t         tokens[MN_MAX_STEPS];
};

// Lays out the arrays behind the struct. Returns the size in bytes.
static size_t
lay_out(MnEncoder* const encoder, MnModel const* const model, void* const memory)
{
  MnCarve      carve  = {(char*)memory, 0};
  size_t const gates  = model->direction[FORWARD].recurrent.rows;
  size_t const latent = model->mu.weight.rows;
  size_t const units  = model->direction[FORWARD].recurrent.columns;

  mn_carve(&carve, sizeof(MnEncoder));
  encoder->mu    = (int32_t*)mn_carve(&carve, latent * sizeof(int32_t));
  encoder->sigma = (int32_t*)mn_carve(&carve, latent * sizeof(int32_t));
  encoder->sums =
    (int32_t*)mn_carve(&carve, (gates > latent ? gates : latent) * sizeof(int32_t));
  for (unsigned d = 0; d < DIRECTIONS; ++d) {
    encoder->cell[d]  = (int32_t*)mn_carve(&carve, units * sizeof(int32_t));
    encoder->state[d] = (int16_t*)mn_carve(&carve, units * sizeof(int16_t));
  }
  encoder->last = (int16_t*)mn_carve(&carve, model->mu.weight.columns * sizeof(int16_t));
  if (model->layers > 1) {
    size_t const both = 2 * (size_t)model->hidden;
    encoder->outputs  = (int16_t*)mn_carve(&carve, model->steps * both * sizeof(int16_t));
    encoder->wide =
      (int16_t*)mn_carve(&carve, model->upper[FORWARD].weight.columns * sizeof(int16_t));
  }
  return carve.used;
}

size_t
mn_encoder_size(MnModel const* const model)
{
  MnEncoder counted;
  return lay_out(&counted, model, NULL);
}

MnEncoder*
mn_encoder_init(void* const           memory,
                MnModel const* const  model,
                MnKernel const* const kernel)
{
  MnEncoder* const encoder = (MnEncoder*)memory;
  memset(encoder, 0, sizeof(*encoder));
  encoder->model  = model;
  encoder->kernel = kernel;
  lay_out(encoder, model, memory);
  memset(encoder->last, 0, model->mu.weight.columns * sizeof(int16_t)); // padding stays 0
  if (encoder->wide) {
    memset(encoder->wide, 0, model->upper[FORWARD].weight.columns * sizeof(int16_t));
  }
  return encoder;
}

static void
clear_states(MnEncoder* const encoder)
{
  size_t const units = encoder->model->direction[FORWARD].recurrent.columns;
  for (unsigned d = 0; d < DIRECTIONS; ++d) {
    memset(encoder->cell[d], 0, units * sizeof(int32_t));
    memset(encoder->state[d], 0, units * sizeof(int16_t));
  }
}

void
mn_encoder_start(MnEncoder* const encoder, uint8_t const* const tokens)
{
  clear_states(encoder);
  for (unsigned i = 0; i < encoder->model->steps; ++i) {
    encoder->tokens[i] = tokens[i] < MN_CLASSES ? tokens[i] : MN_HOLD;
  }
  encoder->left  = mn_encoder_units(encoder->model);
  encoder->stage = 0;
  encoder->at    = 0;
  encoder->row   = 0;
}

// The stages are the directions of layer 0, those of layer 1 if there is one, mu, and
// sigma. One direction follows the other, so a cache needs to hold the weights of one.
static unsigned
stages(MnModel const* const model)
{
  return model->layers * DIRECTIONS + 2;
}

static bool
is_head(MnModel const* const model, unsigned const stage)
{
  return stage >= model->layers * DIRECTIONS;
}

// NULL in layer 0, where sums start from the row of the token.
static MnLinear const*
linear_of(MnModel const* const model, unsigned const stage)
{
  return stage == model->layers * DIRECTIONS ? &model->mu
         : is_head(model, stage)             ? &model->sigma
         : stage < DIRECTIONS                ? NULL
                                             : &model->upper[stage - DIRECTIONS];
}

static MnMatrix const*
matrix_of(MnModel const* const model, unsigned const stage)
{
  MnLinear const* const linear = linear_of(model, stage);
  return linear ? &linear->weight : &model->direction[stage].recurrent;
}

unsigned
mn_encoder_units(MnModel const* const model)
{
  unsigned units = 0;
  for (unsigned stage = 0; stage < stages(model); ++stage) {
    MnMatrix const* const matrix = matrix_of(model, stage);
    units += mn_unit_count(matrix->rows, matrix->columns) *
             (is_head(model, stage) ? 1 : model->steps);
  }
  return units;
}

unsigned
mn_encoder_left(MnEncoder const* const encoder)
{
  return encoder->left;
}

static void
run_gates(MnEncoder* const e, unsigned const direction, int32_t const* const multiplier)
{
  e->kernel->gates(e->model->hidden,
                   e->model->hidden_frac,
                   e->sums,
                   multiplier,
                   e->cell[direction],
                   e->state[direction]);
}

// The step of the window that is next in the stage.
static unsigned
step_of(MnEncoder const* const e)
{
  return e->stage % DIRECTIONS == FORWARD ? e->at : e->model->steps - 1 - e->at;
}

// The input of a step's product, and what its sums start from.
typedef struct {
  int16_t const* state;
  int32_t const* start;
} Operands;

static Operands
operands_of(MnEncoder const* const e)
{
  MnLinear const* const linear = linear_of(e->model, e->stage);
  if (linear) {
    return (Operands){is_head(e->model, e->stage) ? e->last : e->wide, linear->bias};
  }
  MnDirection const* const d = &e->model->direction[e->stage];
  return (Operands){e->state[e->stage],
                    d->input + (size_t)e->tokens[step_of(e)] * d->recurrent.rows};
}

// Gathers the input of a step's product where it lies in several places.
static void
begin_step(MnEncoder* const e)
{
  size_t const hidden = e->model->hidden;
  if (is_head(e->model, e->stage)) {
    memcpy(e->last, e->state[FORWARD], hidden * sizeof(int16_t));
    memcpy(e->last + hidden, e->state[BACKWARD], hidden * sizeof(int16_t));
  } else if (e->stage >= DIRECTIONS) {
    if (e->stage == DIRECTIONS && e->at == 0) {
      clear_states(e);
    }
    // The output of both directions of layer 0 at this step, and the own state.
    memcpy(e->wide, e->outputs + 2 * step_of(e) * hidden, 2 * hidden * sizeof(int16_t));
    memcpy(e->wide + 2 * hidden, e->state[e->stage % DIRECTIONS], hidden * sizeof(int16_t));
  }
}

static void
end_head(MnEncoder* const e, MnLinear const* const head)
{
  bool const     is_mu = head == &e->model->mu;
  int32_t* const out   = is_mu ? e->mu : e->sigma;
  for (unsigned i = 0; i < e->model->latent; ++i) {
    int32_t const value = mn_scale_q16(e->sums[i], head->multiplier[i]);
    out[i]              = is_mu ? value : mn_softplus_q16(value);
  }
}

// Ends a step whose products are complete.
static void
end_step(MnEncoder* const e)
{
  MnLinear const* const linear    = linear_of(e->model, e->stage);
  unsigned const        direction = e->stage % DIRECTIONS;
  size_t const          hidden    = e->model->hidden;
  if (is_head(e->model, e->stage)) {
    end_head(e, linear);
    return;
  }
  run_gates(
    e, direction, linear ? linear->multiplier : e->model->direction[direction].multiplier);
  if (!linear && e->outputs) {
    memcpy(e->outputs + (2 * step_of(e) + direction) * hidden,
           e->state[direction],
           hidden * sizeof(int16_t));
  }
}

static void
run_unit(MnEncoder* const e)
{
  MnMatrix const* const matrix = matrix_of(e->model, e->stage);
  unsigned const        most   = mn_unit_rows(matrix->columns);
  unsigned const        rest   = matrix->rows - e->row;
  MnMatrix const        part   = mn_matrix_rows(matrix, e->row, rest < most ? rest : most);
  if (e->row == 0) {
    begin_step(e);
  }
  Operands const operands = operands_of(e);
  e->kernel->product(&part, operands.start + e->row, operands.state, e->sums + e->row);
  e->row += part.rows;
  if (e->row < matrix->rows) {
    return;
  }
  end_step(e);
  e->row = 0;
  if (is_head(e->model, e->stage) || ++e->at == e->model->steps) {
    e->at = 0;
    ++e->stage;
  }
}

bool
mn_encoder_run(MnEncoder* const e, unsigned const budget)
{
  for (unsigned i = 0; i < budget && e->left; ++i) {
    run_unit(e);
    --e->left;
  }
  return !e->left;
}

int32_t const*
mn_encoder_mu(MnEncoder const* const encoder)
{
  return encoder->mu;
}

int32_t const*
mn_encoder_sigma(MnEncoder const* const encoder)
{
  return encoder->sigma;
}
