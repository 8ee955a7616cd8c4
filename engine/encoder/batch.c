// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "batch.h"

#include "base/carve.h"
#include "base/fixed.h"
#include "encoder.h"

#include <string.h>

enum { FORWARD, BACKWARD, DIRECTIONS };

// With weights that fit a cache, 16 windows are enough: more only push the sums out of it
// (5 % slower at 64). With weights in memory, more windows pay (1.2 x from 16 to 64).
// Measured with hidden 256 to 2048 on Zen 4.
enum { FEW_WINDOWS = 16, MOST_WINDOWS = 64 };

// Weights of a step above this size do not stay in a cache.
static size_t const many_weights = 8U << 20;

// The most memory for the outputs of the first of two layers.
static size_t const most_outputs = 16U << 20;

struct MnBatch {
  MnModel const*  model;
  MnKernel const* kernel;
  MnWatch const*  watch; ///< or NULL
  unsigned        windows;
  int32_t*        sums;    ///< [windows][rows] of gates or of a head
  int32_t*        cells;   ///< [windows][hidden]
  int16_t*        states;  ///< [windows][hidden, padded]
  int16_t*        last;    ///< [windows][2 hidden, padded]
  int16_t*        outputs; ///< [steps][windows][2 hidden] of layer 0, with 2 layers
  int16_t*        wide;    ///< [windows][3 hidden, padded]: input of layer 1
  int32_t const*  start[MOST_WINDOWS];
};

unsigned
mn_batch_windows(MnModel const* const model)
{
  MnMatrix const* const weights = &model->direction[FORWARD].recurrent;
  size_t const          values  = (size_t)weights->rows * weights->columns;
  size_t const          bytes  = values * (weights->w16 ? sizeof(int16_t) : sizeof(int8_t));
  unsigned const        wanted = bytes > many_weights ? MOST_WINDOWS : FEW_WINDOWS;
  size_t const          each =
    model->layers > 1 ? (size_t)model->steps * 2 * model->hidden * sizeof(int16_t) : 1;
  size_t const most = most_outputs / each;
  return most < 1 ? 1 : most < wanted ? (unsigned)most : wanted;
}

static size_t
lay_out(MnBatch* const b, MnModel const* const model, void* const memory)
{
  MnCarve      carve   = {(char*)memory, 0};
  size_t const windows = mn_batch_windows(model);
  size_t const gates   = model->direction[FORWARD].recurrent.rows;
  size_t const latent  = model->mu.weight.rows;

  mn_carve(&carve, sizeof(MnBatch));
  b->sums = (int32_t*)mn_carve(
    &carve, windows * (gates > latent ? gates : latent) * sizeof(int32_t));
  b->cells  = (int32_t*)mn_carve(&carve, windows * model->hidden * sizeof(int32_t));
  b->states = (int16_t*)mn_carve(
    &carve, windows * model->direction[FORWARD].recurrent.columns * sizeof(int16_t));
  b->last =
    (int16_t*)mn_carve(&carve, windows * model->mu.weight.columns * sizeof(int16_t));
  if (model->layers > 1) {
    b->outputs = (int16_t*)mn_carve(
      &carve, windows * model->steps * 2 * model->hidden * sizeof(int16_t));
    b->wide = (int16_t*)mn_carve(
      &carve, windows * model->upper[FORWARD].weight.columns * sizeof(int16_t));
  }
  return carve.used;
}

size_t
mn_batch_size(MnModel const* const model)
{
  MnBatch counted;
  return lay_out(&counted, model, NULL);
}

MnBatch*
mn_batch_init(void* const memory, MnModel const* const model, MnKernel const* const kernel)
{
  size_t const   size = mn_batch_size(model);
  MnBatch* const b    = (MnBatch*)memory;
  memset(memory, 0, size); // padding columns stay 0
  b->model   = model;
  b->kernel  = kernel;
  b->windows = mn_batch_windows(model);
  lay_out(b, model, memory);
  return b;
}

void
mn_batch_watch(MnBatch* const b, MnWatch const* const watch)
{
  b->watch = watch;
}

// Computes the sums of all windows. The kernel has a faster way for a single window.
static void
run_product(MnBatch* const        b,
            MnMatrix const* const matrix,
            unsigned const        count,
            int16_t const* const  states)
{
  if (b->watch) {
    b->watch->see(b->watch->context, matrix, count, states);
  }
  if (count == 1) {
    b->kernel->product(matrix, b->start[0], states, b->sums);
  } else {
    b->kernel->products(matrix, count, b->start, states, b->sums);
  }
}

// Computes the gates of all windows. Their states are `width` apart.
static void
run_gates(MnBatch* const       b,
          unsigned const       count,
          size_t const         rows,
          int32_t const* const multiplier,
          size_t const         width)
{
  unsigned const hidden = b->model->hidden;
  for (unsigned w = 0; w < count; ++w) {
    b->kernel->gates(hidden,
                     b->model->hidden_frac,
                     b->sums + w * rows,
                     multiplier,
                     b->cells + (size_t)w * hidden,
                     b->states + w * width);
  }
}

static void
clear_states(MnBatch* const b)
{
  size_t const hidden = b->model->hidden;
  memset(b->cells, 0, b->windows * hidden * sizeof(int32_t));
  memset(b->states,
         0,
         b->windows * b->model->direction[FORWARD].recurrent.columns * sizeof(int16_t));
}

static void
run_step(MnBatch* const       b,
         unsigned const       direction,
         unsigned const       step,
         uint8_t const* const tokens,
         unsigned const       count)
{
  MnDirection const* const d      = &b->model->direction[direction];
  size_t const             hidden = b->model->hidden;
  for (unsigned w = 0; w < count; ++w) {
    uint8_t const  said  = tokens[(size_t)w * b->model->steps + step];
    unsigned const token = said < MN_CLASSES ? said : MN_HOLD;
    b->start[w]          = d->input + (size_t)token * d->recurrent.rows;
  }
  run_product(b, &d->recurrent, count, b->states);
  run_gates(b, count, d->recurrent.rows, d->multiplier, d->recurrent.columns);
  for (unsigned w = 0; b->outputs && w < count; ++w) {
    memcpy(b->outputs + ((size_t)step * b->windows + w) * 2 * hidden + direction * hidden,
           b->states + (size_t)w * d->recurrent.columns,
           hidden * sizeof(int16_t));
  }
}

// A step of layer 1. Its input is the output of both directions of layer 0.
static void
run_upper_step(MnBatch* const b,
               unsigned const direction,
               unsigned const step,
               unsigned const count)
{
  MnLinear const* const upper  = &b->model->upper[direction];
  size_t const          hidden = b->model->hidden;
  size_t const          width  = upper->weight.columns;
  size_t const          own    = b->model->direction[direction].recurrent.columns;
  for (unsigned w = 0; w < count; ++w) {
    int16_t* const to = b->wide + w * width;
    memcpy(to,
           b->outputs + ((size_t)step * b->windows + w) * 2 * hidden,
           2 * hidden * sizeof(int16_t));
    memcpy(to + 2 * hidden, b->states + w * own, hidden * sizeof(int16_t));
    b->start[w] = upper->bias;
  }
  run_product(b, &upper->weight, count, b->wide);
  run_gates(b, count, upper->weight.rows, upper->multiplier, own);
}

// Keeps the last states of a direction for the heads.
static void
keep_last(MnBatch* const b, unsigned const direction, unsigned const count)
{
  size_t const hidden = b->model->hidden;
  for (unsigned w = 0; w < count; ++w) {
    memcpy(b->last + w * (size_t)b->model->mu.weight.columns + direction * hidden,
           b->states + w * (size_t)b->model->direction[direction].recurrent.columns,
           hidden * sizeof(int16_t));
  }
}

static void
run_layer(MnBatch* const       b,
          unsigned const       layer,
          uint8_t const* const tokens,
          unsigned const       count)
{
  unsigned const steps = b->model->steps;
  for (unsigned direction = 0; direction < DIRECTIONS; ++direction) {
    clear_states(b);
    for (unsigned at = 0; at < steps; ++at) {
      unsigned const step = direction == FORWARD ? at : steps - 1 - at;
      if (layer == 0) {
        run_step(b, direction, step, tokens, count);
      } else {
        run_upper_step(b, direction, step, count);
      }
    }
    keep_last(b, direction, count);
  }
}

static void
run_head(MnBatch* const        b,
         MnLinear const* const head,
         unsigned const        count,
         int32_t* const        out)
{
  unsigned const latent = b->model->latent;
  for (unsigned w = 0; w < count; ++w) {
    b->start[w] = head->bias;
  }
  run_product(b, &head->weight, count, b->last);
  for (unsigned w = 0; w < count; ++w) {
    int32_t const* const sums = b->sums + (size_t)w * head->weight.rows;
    for (unsigned n = 0; n < latent; ++n) {
      out[(size_t)w * latent + n] = mn_scale_q16(sums[n], head->multiplier[n]);
    }
  }
}

void
mn_batch_run(MnBatch* const       b,
             uint8_t const* const tokens,
             unsigned const       count,
             int32_t* const       mu,
             int32_t* const       sigma)
{
  for (unsigned layer = 0; layer < b->model->layers; ++layer) {
    run_layer(b, layer, tokens, count);
  }
  run_head(b, &b->model->mu, count, mu);
  run_head(b, &b->model->sigma, count, sigma);
  for (size_t i = 0; i < (size_t)count * b->model->latent; ++i) {
    sigma[i] = mn_softplus_q16(sigma[i]);
  }
}
