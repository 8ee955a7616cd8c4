// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "encoder.h"

#include "fixed.h"

#include <string.h>

static_assert(MN_MAX_STEPS < 1 << 14, "twice a cell in Q16 fits 32 bits");

enum { FORWARD, BACKWARD, DIRECTIONS };

struct MnEncoder {
  MnModel const*  model;
  MnKernel const* kernel;
  unsigned        done; ///< units of this window
  int32_t*        mu;
  int32_t*        sigma;
  int32_t*        sums;
  int32_t*        cell[DIRECTIONS];
  int16_t*        state[DIRECTIONS]; ///< [hidden], padded with zeros
  int16_t*        last;              ///< [2 hidden]: both states at the end
  int16_t*        outputs;           ///< [steps][2 hidden] of layer 0, if there is more
  int16_t*        wide;              ///< [3 hidden]: what layer 1 reads in a step
  uint8_t         tokens[MN_MAX_STEPS];
};

// The memory behind the struct, taken piece by piece, all of them aligned.
typedef struct {
  char*  base; ///< NULL: only count
  size_t used;
} Layout;

static void*
take(Layout* const layout, size_t const size)
{
  size_t const at = layout->used;
  layout->used += (size + MN_ENCODER_ALIGN - 1) / MN_ENCODER_ALIGN * MN_ENCODER_ALIGN;
  return layout->base ? layout->base + at : NULL;
}

static size_t
lay_out(MnEncoder* const encoder, MnModel const* const model, void* const memory)
{
  Layout       layout = {(char*)memory, 0};
  size_t const gates  = model->direction[FORWARD].recurrent.rows;
  size_t const latent = model->mu.weight.rows;
  size_t const units  = model->direction[FORWARD].recurrent.columns;

  take(&layout, sizeof(MnEncoder));
  encoder->mu    = (int32_t*)take(&layout, latent * sizeof(int32_t));
  encoder->sigma = (int32_t*)take(&layout, latent * sizeof(int32_t));
  encoder->sums =
    (int32_t*)take(&layout, (gates > latent ? gates : latent) * sizeof(int32_t));
  for (unsigned d = 0; d < DIRECTIONS; ++d) {
    encoder->cell[d]  = (int32_t*)take(&layout, units * sizeof(int32_t));
    encoder->state[d] = (int16_t*)take(&layout, units * sizeof(int16_t));
  }
  encoder->last = (int16_t*)take(&layout, model->mu.weight.columns * sizeof(int16_t));
  if (model->layers > 1) {
    size_t const both = 2 * (size_t)model->hidden;
    encoder->outputs  = (int16_t*)take(&layout, model->steps * both * sizeof(int16_t));
    encoder->wide =
      (int16_t*)take(&layout, model->upper[FORWARD].weight.columns * sizeof(int16_t));
  }
  return layout.used;
}

size_t
mn_encoder_size(MnModel const* const model)
{
  MnEncoder counted;
  return lay_out(&counted, model, NULL);
}

MnEncoder*
mn_encoder_init(void* const memory, MnModel const* const model, MnKernel const* const kernel)
{
  MnEncoder* const encoder = (MnEncoder*)memory;
  memset(encoder, 0, sizeof(*encoder));
  encoder->model  = model;
  encoder->kernel = kernel;
  lay_out(encoder, model, memory);
  memset(encoder->last, 0, model->mu.weight.columns * sizeof(int16_t)); // where it pads
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
  encoder->done = 0;
}

unsigned
mn_encoder_units(MnModel const* const model)
{
  return model->layers * DIRECTIONS * model->steps + 2; // and two heads
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

static void
run_step(MnEncoder* const e, unsigned const direction, unsigned const step)
{
  MnDirection const* const d = &e->model->direction[direction];
  int32_t const* const     input =
    d->input + (size_t)e->tokens[step] * d->recurrent.rows;

  e->kernel->product(&d->recurrent, input, e->state[direction], e->sums);
  run_gates(e, direction, d->multiplier);
  if (e->outputs) {
    size_t const hidden = e->model->hidden;
    memcpy(e->outputs + (2 * step + direction) * hidden,
           e->state[direction],
           hidden * sizeof(int16_t));
  }
}

// A step of layer 1, on what both directions of layer 0 gave at that step.
static void
run_upper_step(MnEncoder* const e, unsigned const direction, unsigned const step)
{
  MnLinear const* const upper  = &e->model->upper[direction];
  size_t const          hidden = e->model->hidden;
  memcpy(e->wide, e->outputs + 2 * step * hidden, 2 * hidden * sizeof(int16_t));
  memcpy(e->wide + 2 * hidden, e->state[direction], hidden * sizeof(int16_t));

  e->kernel->product(&upper->weight, upper->bias, e->wide, e->sums);
  run_gates(e, direction, upper->multiplier);
}

static void
run_head(MnEncoder* const e, MnLinear const* const head, int32_t* const out)
{
  e->kernel->product(&head->weight, head->bias, e->last, e->sums);
  for (unsigned i = 0; i < e->model->latent; ++i) {
    out[i] = mn_scale_q16(e->sums[i], head->multiplier[i]);
  }
}

static void
run_mu(MnEncoder* const e)
{
  unsigned const hidden = e->model->hidden;
  memcpy(e->last, e->state[FORWARD], hidden * sizeof(int16_t));
  memcpy(e->last + hidden, e->state[BACKWARD], hidden * sizeof(int16_t));
  run_head(e, &e->model->mu, e->mu);
}

static void
run_sigma(MnEncoder* const e)
{
  run_head(e, &e->model->sigma, e->sigma);
  for (unsigned i = 0; i < e->model->latent; ++i) {
    e->sigma[i] = mn_softplus(e->sigma[i]);
  }
}

// One direction after the other, so that a cache need hold the weights of one only.
static void
run_unit(MnEncoder* const e, unsigned const unit)
{
  unsigned const steps     = e->model->steps;
  unsigned const heads     = e->model->layers * DIRECTIONS * steps;
  unsigned const layer     = unit / (DIRECTIONS * steps);
  unsigned const direction = unit / steps % DIRECTIONS;
  unsigned const at        = unit % steps;
  unsigned const step      = direction == FORWARD ? at : steps - 1 - at;
  if (unit == heads) {
    run_mu(e);
  } else if (unit > heads) {
    run_sigma(e);
  } else if (layer == 0) {
    run_step(e, direction, step);
  } else {
    if (direction == FORWARD && at == 0) {
      clear_states(e);
    }
    run_upper_step(e, direction, step);
  }
}

bool
mn_encoder_run(MnEncoder* const e, unsigned const budget)
{
  unsigned const units = mn_encoder_units(e->model);
  for (unsigned i = 0; i < budget && e->done < units; ++i) {
    run_unit(e, e->done++);
  }
  return e->done == units;
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
