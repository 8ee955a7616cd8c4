// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "parts.h"

#include "base/fixed.h"
#include "encoder/batch.h"
#include "encoder/encoder.h"
#include "read.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DIRECTIONS = 2 };

// The shortest time of a part, so that every ratio exists.
static double const clock_tick = 1e-9;

struct MnParts {
  MnModel const*  model;
  MnKernel const* kernel;
  MnEncoder*      encoder;
  MnBatch*        batch;
  uint8_t*        tokens; // [BATCH_WINDOWS][steps]; the first are the encoder's
  int16_t*        input;  // of all products: any state will do
  int16_t*        state;  // what gates make
  int32_t*        cell;
  int32_t*        sums;
  int32_t*        mu; // [BATCH_WINDOWS][latent]
  int32_t*        sigma;
  uint64_t        seen; // what was read: to be kept, so that it is read
};

char const* const mn_part_names[MN_PART_COUNT] = {
  [MN_PART_ENCODER] = "encoder",
  [MN_PART_FLOOR]   = "floor",
  [MN_PART_READ]    = "read",
  [MN_PART_LOOKUP]  = "lookup",
  [MN_PART_PRODUCT] = "product",
  [MN_PART_GATES]   = "gates",
  [MN_PART_HEADS]   = "heads",
  [MN_PART_BATCH]   = "batch",
};

static size_t
larger(size_t const a, size_t const b)
{
  return a > b ? a : b;
}

static void*
allocate(size_t const size)
{
  size_t const lines = (size + MN_ENCODER_ALIGN - 1) / MN_ENCODER_ALIGN;
  void* const  room  = aligned_alloc(MN_ENCODER_ALIGN, lines * MN_ENCODER_ALIGN);
  return room ? memset(room, 0, lines * MN_ENCODER_ALIGN) : NULL;
}

// A walk over all notes, another in each window, with holds and ends between them.
static void
make_tokens(uint8_t* const tokens, unsigned const count)
{
  unsigned const notes = MN_CLASSES - MN_NOTE_OFF - 1;
  for (unsigned i = 0; i < count; ++i) {
    unsigned const note = MN_NOTE_OFF + 1 + 37 * i % notes;
    tokens[i]           = (uint8_t)(i % 4 == 1 ? MN_HOLD : i % 4 == 3 ? MN_NOTE_OFF : note);
  }
}

static bool
allocate_all(MnParts* const p)
{
  MnModel const* const m    = p->model;
  size_t const         rows = larger(m->direction[0].recurrent.rows, m->mu.weight.rows);
  size_t const         columns =
    larger(larger(m->direction[0].recurrent.columns, m->mu.weight.columns),
           m->layers > 1 ? m->upper[0].weight.columns : 0);
  size_t const results = (size_t)MN_BATCH_WINDOWS * m->latent;

  p->encoder = (MnEncoder*)allocate(mn_encoder_size(m));
  p->batch   = (MnBatch*)allocate(mn_batch_size(m));
  p->tokens  = (uint8_t*)allocate((size_t)MN_BATCH_WINDOWS * m->steps);
  p->input   = (int16_t*)allocate(columns * sizeof(*p->input));
  p->state   = (int16_t*)allocate(columns * sizeof(*p->state));
  p->cell    = (int32_t*)allocate(columns * sizeof(*p->cell));
  p->sums    = (int32_t*)allocate(rows * sizeof(*p->sums));
  p->mu      = (int32_t*)allocate(results * sizeof(*p->mu));
  p->sigma   = (int32_t*)allocate(results * sizeof(*p->sigma));
  // The hidden state is at most 1, which no accumulator overflows at.
  int const one = 1 << m->hidden_frac;
  for (size_t i = 0; p->input && i < columns; ++i) {
    p->input[i] = (int16_t)((int)(i * 7919 % (size_t)(2 * one)) - one);
  }
  return p->encoder && p->batch && p->tokens && p->input && p->state && p->cell &&
         p->sums && p->mu && p->sigma;
}

MnParts*
mn_parts_new(MnModel const* const model, MnKernel const* const kernel)
{
  MnParts* const p = (MnParts*)calloc(1, sizeof(*p));
  if (!p) {
    return NULL;
  }
  p->model  = model;
  p->kernel = kernel;
  if (!allocate_all(p)) {
    mn_parts_free(p);
    return NULL;
  }
  make_tokens(p->tokens, MN_BATCH_WINDOWS * model->steps);
  mn_encoder_init(p->encoder, model, kernel);
  mn_batch_init(p->batch, model, kernel);
  return p;
}

void
mn_parts_free(MnParts* const p)
{
  if (p) {
    void* const all[] = {p->encoder,
                         p->batch,
                         p->tokens,
                         p->input,
                         p->state,
                         p->cell,
                         p->sums,
                         p->mu,
                         p->sigma};
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); ++i) {
      free(all[i]);
    }
    free(p);
  }
}

static int32_t const*
input_row(MnParts const* const p, unsigned const direction, unsigned const at)
{
  MnDirection const* const d    = &p->model->direction[direction];
  unsigned const           step = direction ? p->model->steps - 1 - at : at;
  return d->input + (size_t)p->tokens[step] * d->recurrent.rows;
}

static void
run_encoder(MnParts* const p)
{
  mn_encoder_start(p->encoder, p->tokens);
  mn_encoder_run(p->encoder, mn_encoder_units(p->model));
}

// The recurrent products, from the rows of the tokens or always from the same.
static void
run_products(MnParts* const p, bool const look_up)
{
  MnModel const* const m = p->model;
  for (unsigned d = 0; d < DIRECTIONS; ++d) {
    for (unsigned at = 0; at < m->steps; ++at) {
      p->kernel->product(&m->direction[d].recurrent,
                         look_up ? input_row(p, d, at) : m->direction[d].input,
                         p->input,
                         p->sums);
    }
  }
  for (unsigned d = 0; m->layers > 1 && d < DIRECTIONS; ++d) {
    for (unsigned at = 0; at < m->steps; ++at) {
      p->kernel->product(&m->upper[d].weight, m->upper[d].bias, p->input, p->sums);
    }
  }
}

static void
run_product(MnParts* const p)
{
  run_products(p, false);
}

static void
run_floor(MnParts* const p)
{
  MnModel const* const m = p->model;
  run_products(p, true);
  p->kernel->product(&m->mu.weight, m->mu.bias, p->input, p->sums);
  p->kernel->product(&m->sigma.weight, m->sigma.bias, p->input, p->sums);
}

static void
read_matrix(MnParts* const p, MnMatrix const* const matrix)
{
  size_t const weights = (size_t)matrix->rows * matrix->columns;
  p->seen ^= matrix->w8 ? mn_bench_read(matrix->w8, weights * sizeof(*matrix->w8))
                        : mn_bench_read(matrix->w16, weights * sizeof(*matrix->w16));
}

static void
run_read(MnParts* const p)
{
  MnModel const* const m = p->model;
  for (unsigned d = 0; d < m->layers * DIRECTIONS; ++d) {
    for (unsigned at = 0; at < m->steps; ++at) {
      read_matrix(
        p, d < DIRECTIONS ? &m->direction[d].recurrent : &m->upper[d - DIRECTIONS].weight);
    }
  }
}

static void
run_lookup(MnParts* const p)
{
  for (unsigned d = 0; d < DIRECTIONS; ++d) {
    size_t const size = p->model->direction[d].recurrent.rows * sizeof(int32_t);
    for (unsigned at = 0; at < p->model->steps; ++at) {
      p->seen ^= mn_bench_read(input_row(p, d, at), size);
    }
  }
}

// From a row of the input product, whose accumulators are as good as any.
static void
run_gates(MnParts* const p)
{
  MnModel const* const m = p->model;
  for (unsigned d = 0; d < m->layers * DIRECTIONS; ++d) {
    // A cell grows by no more than 1 a step: it starts from 0 in each window.
    memset(p->cell, 0, m->hidden * sizeof(*p->cell));
    for (unsigned at = 0; at < m->steps; ++at) {
      p->kernel->gates(m->hidden,
                       m->hidden_frac,
                       m->direction[d % DIRECTIONS].input,
                       m->direction[d % DIRECTIONS].multiplier,
                       p->cell,
                       p->state);
    }
  }
}

static void
run_heads(MnParts* const p)
{
  MnModel const* const m = p->model;
  p->kernel->product(&m->mu.weight, m->mu.bias, p->input, p->sums);
  for (unsigned i = 0; i < m->latent; ++i) {
    p->mu[i] = mn_scale_q16(p->sums[i], m->mu.multiplier[i]);
  }
  p->kernel->product(&m->sigma.weight, m->sigma.bias, p->input, p->sums);
  for (unsigned i = 0; i < m->latent; ++i) {
    p->sigma[i] = mn_softplus_q16(mn_scale_q16(p->sums[i], m->sigma.multiplier[i]));
  }
}

// Runs as many at once as pay off.
static void
run_batch(MnParts* const p)
{
  MnModel const* const m    = p->model;
  unsigned const       most = mn_batch_windows(m);
  for (unsigned done = 0; done < MN_BATCH_WINDOWS; done += most) {
    unsigned const left = MN_BATCH_WINDOWS - done;
    mn_batch_run(p->batch,
                 p->tokens + (size_t)done * m->steps,
                 left < most ? left : most,
                 p->mu + (size_t)done * m->latent,
                 p->sigma + (size_t)done * m->latent);
  }
}

double
mn_seconds_now(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double
mn_parts_time(MnParts* const p, MnPart const part)
{
  static void (*const run[MN_PART_COUNT])(MnParts*) = {
    [MN_PART_ENCODER] = run_encoder,
    [MN_PART_FLOOR]   = run_floor,
    [MN_PART_READ]    = run_read,
    [MN_PART_LOOKUP]  = run_lookup,
    [MN_PART_PRODUCT] = run_product,
    [MN_PART_GATES]   = run_gates,
    [MN_PART_HEADS]   = run_heads,
    [MN_PART_BATCH]   = run_batch,
  };
  double const start = mn_seconds_now();
  run[part](p);
  double const taken = mn_seconds_now() - start;
  double const each  = part == MN_PART_BATCH ? taken / MN_BATCH_WINDOWS : taken;
  return each > clock_tick ? each : clock_tick;
}
