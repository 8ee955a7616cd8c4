// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "decoder.h"

#include "base/fixed.h"
#include "encoder/unit.h"

#include <string.h>

static_assert(MN_MAX_STEPS + 1 < 1 << 14, "twice a cell in Q16 fits 32 bits");
static_assert(MN_UNIT_ROWS * 2 * MN_MAX_LATENT <= MN_UNIT_PRODUCTS,
              "rows on both parts of z fit a unit");

// Begin and then repeat: the layers, from FIRST_LAYER on, and the output.
enum { START, GIVEN, FIRST_LAYER };

// Gates are shut or open long before this, 1024.
enum { MOST_GATE_Q16 = 1 << 26 };

// With this multiplier, four times a number in Q16 is scaled to that number.
enum { QUARTER = 1 << 30 };

struct MnDecoder {
  MnModel const*  model;
  MnKernel const* kernel;
  MnChoice        choice;
  unsigned        left;  ///< units of this window that are left
  unsigned        stage; ///< START, GIVEN, the layers, and the output
  unsigned        row;   ///< rows of the stage that are done
  unsigned        step;  ///< steps that are written
  int16_t*        high;  ///< [latent]: the parts of z, padded with zeros
  int16_t*        low;
  int32_t*        sums;
  int32_t*        lows;    ///< sums of the low part of z
  int32_t*        nothing; ///< zeros that sums start from
  int32_t*        quarter; ///< [4 hidden] of QUARTER
  int32_t*        given;   ///< [4 hidden], Q16: what z adds to the gates of layer 0
  int16_t*        wide;    ///< [2 hidden]: input of the other layers, padded with zeros
  int32_t*        cell[MN_MAX_DECODER_LAYERS];
  int16_t*        state[MN_MAX_DECODER_LAYERS]; ///< [hidden], padded with zeros
  int32_t         logits[MN_CLASSES];
  uint8_t         chosen; ///< the class of the last step
  bool            sounds; ///< whether a note sounds after the last step
  uint8_t         tokens[MN_MAX_STEPS];
};

static size_t
larger(size_t const a, size_t const b)
{
  return a > b ? a : b;
}

// Lays out the arrays behind the struct. Returns the size in bytes.
static size_t
lay_out(MnDecoder* const d, MnModel const* const model, void* const memory)
{
  MnDecoderTable const* const t     = &model->decoder;
  MnCarve                     carve = {(char*)memory, 0};
  size_t const                z     = t->start.weight.columns * sizeof(int16_t);
  size_t const                gates = t->first.recurrent.rows;
  size_t const units = larger(t->first.recurrent.columns, t->output.weight.columns);
  size_t const rows =
    larger(larger(gates, t->start.weight.rows), t->output.weight.rows) * sizeof(int32_t);

  mn_carve(&carve, sizeof(MnDecoder));
  d->high    = (int16_t*)mn_carve(&carve, z);
  d->low     = (int16_t*)mn_carve(&carve, z);
  d->sums    = (int32_t*)mn_carve(&carve, rows);
  d->lows    = (int32_t*)mn_carve(&carve, rows);
  d->nothing = (int32_t*)mn_carve(&carve, rows);
  d->quarter = (int32_t*)mn_carve(&carve, gates * sizeof(int32_t));
  d->given   = (int32_t*)mn_carve(&carve, gates * sizeof(int32_t));
  d->wide    = (int16_t*)mn_carve(&carve, 2 * units * sizeof(int16_t));
  for (unsigned layer = 0; layer < t->layers; ++layer) {
    d->cell[layer]  = (int32_t*)mn_carve(&carve, units * sizeof(int32_t));
    d->state[layer] = (int16_t*)mn_carve(&carve, units * sizeof(int16_t));
  }
  return carve.used;
}

size_t
mn_decoder_size(MnModel const* const model)
{
  MnDecoder counted;
  return lay_out(&counted, model, NULL);
}

MnDecoder*
mn_decoder_init(void* const           memory,
                MnModel const* const  model,
                MnKernel const* const kernel)
{
  MnDecoder* const d = (MnDecoder*)memory;
  memset(memory, 0, mn_decoder_size(model)); // padding and `nothing` stay 0
  d->model  = model;
  d->kernel = kernel;
  lay_out(d, model, memory);
  for (unsigned i = 0; i < model->decoder.first.recurrent.rows; ++i) {
    d->quarter[i] = QUARTER;
  }
  return d;
}

void
mn_decoder_start(MnDecoder* const d, int32_t const* const mu, MnChoice const* const choice)
{
  for (unsigned i = 0; i < d->model->latent; ++i) {
    int32_t const z = mu[i] > MN_Z_MOST_Q16    ? MN_Z_MOST_Q16
                      : mu[i] < -MN_Z_MOST_Q16 ? -MN_Z_MOST_Q16
                                               : mu[i];
    d->high[i]      = (int16_t)(z >> MN_Z_LOW_BITS);
    d->low[i]       = (int16_t)(z & ((1 << MN_Z_LOW_BITS) - 1));
  }
  d->choice = *choice;
  d->left   = mn_decoder_units(d->model);
  d->stage  = START;
  d->row    = 0;
  d->step   = 0;
  d->sounds = false;
}

static bool
is_layer(MnDecoderTable const* const t, unsigned const stage)
{
  return stage >= FIRST_LAYER && stage < FIRST_LAYER + t->layers;
}

// NULL in layer 0, where sums start from the row of a class.
static MnLinear const*
linear_of(MnDecoderTable const* const t, unsigned const stage)
{
  return stage == START         ? &t->start
         : stage == GIVEN       ? &t->given
         : stage == FIRST_LAYER ? NULL
         : is_layer(t, stage)   ? &t->upper[stage - FIRST_LAYER - 1]
                                : &t->output;
}

static MnMatrix const*
matrix_of(MnDecoderTable const* const t, unsigned const stage)
{
  MnLinear const* const linear = linear_of(t, stage);
  return linear ? &linear->weight : &t->first.recurrent;
}

// What reads z reads both parts of it.
static unsigned
row_products(MnDecoderTable const* const t, unsigned const stage)
{
  return matrix_of(t, stage)->columns * (stage < FIRST_LAYER ? 2 : 1);
}

unsigned
mn_decoder_units(MnModel const* const model)
{
  MnDecoderTable const* const t     = &model->decoder;
  unsigned                    units = 0;
  for (unsigned stage = START; stage <= FIRST_LAYER + t->layers; ++stage) {
    units += mn_unit_count(matrix_of(t, stage)->rows, row_products(t, stage)) *
             (stage < FIRST_LAYER ? 1 : model->steps);
  }
  return units;
}

unsigned
mn_decoder_left(MnDecoder const* const decoder)
{
  return decoder->left;
}

// Gathers the input of a layer above the first.
static void
begin_stage(MnDecoder* const d)
{
  size_t const hidden = d->model->decoder.hidden;
  if (d->stage > FIRST_LAYER && is_layer(&d->model->decoder, d->stage)) {
    unsigned const layer = d->stage - FIRST_LAYER;
    memcpy(d->wide, d->state[layer - 1], hidden * sizeof(int16_t));
    memcpy(d->wide + hidden, d->state[layer], hidden * sizeof(int16_t));
  }
}

// What the sums of a layer or the output start from.
static int32_t const*
start_of(MnDecoder const* const d)
{
  MnDecoderTable const* const t      = &d->model->decoder;
  MnLinear const* const       linear = linear_of(t, d->stage);
  return linear    ? linear->bias
         : d->step ? t->first.input + (size_t)d->chosen * t->first.recurrent.rows
                   : d->nothing;
}

// What a layer or the output reads.
static int16_t const*
input_of(MnDecoder const* const d)
{
  unsigned const layers = d->model->decoder.layers;
  return d->stage == FIRST_LAYER           ? d->state[0]
         : d->stage < FIRST_LAYER + layers ? d->wide
                                           : d->state[layers - 1];
}

static void
multiply(MnDecoder* const d, MnMatrix const* const part)
{
  int32_t const* const start = start_of(d) + d->row;
  if (d->stage < FIRST_LAYER) {
    d->kernel->product(part, start, d->high, d->sums + d->row);
    d->kernel->product(part, d->nothing, d->low, d->lows + d->row);
  } else {
    d->kernel->product(part, start, input_of(d), d->sums + d->row);
  }
}

// A sum over z, Q16.
static int32_t
sum_of_z(MnDecoder const* const d, MnLinear const* const linear, size_t const row)
{
  int32_t const half = 1 << (MN_Z_LOW_BITS - 1);
  int32_t const sum  = d->sums[row] + ((d->lows[row] + half) >> MN_Z_LOW_BITS);
  return mn_scale_q16(sum, linear->multiplier[row]);
}

static void
set_states(MnDecoder* const d)
{
  MnModel const* const  m      = d->model;
  MnLinear const* const start  = &m->decoder.start;
  size_t const          hidden = m->decoder.hidden;
  int const             shift  = 16 - (int)m->hidden_frac;
  int32_t const         half   = 1 << (shift - 1);
  for (unsigned layer = 0; layer < m->decoder.layers; ++layer) {
    size_t const c = 2 * layer * hidden;
    for (size_t u = 0; u < hidden; ++u) {
      d->cell[layer][u]  = mn_tanh_q16(2 * sum_of_z(d, start, c + u));
      int32_t const h    = mn_tanh_q16(2 * sum_of_z(d, start, c + hidden + u));
      d->state[layer][u] = (int16_t)((h + half) >> shift);
    }
  }
}

static int32_t
clamp_gate(int32_t const gate)
{
  return gate > MOST_GATE_Q16    ? MOST_GATE_Q16
         : gate < -MOST_GATE_Q16 ? -MOST_GATE_Q16
                                 : gate;
}

static void
keep_given(MnDecoder* const d)
{
  MnDecoderTable const* const t = &d->model->decoder;
  for (size_t r = 0; r < 4 * (size_t)t->hidden; ++r) {
    d->given[r] = clamp_gate(sum_of_z(d, &t->given, r));
  }
}

// Layer 0: what z adds has rows of another scale, so both are brought to Q16 first.
static void
add_given(MnDecoder* const d)
{
  int32_t const* const multiplier = d->model->decoder.first.multiplier;
  size_t const         gates      = 4 * (size_t)d->model->decoder.hidden;
  for (size_t r = 0; r < gates; ++r) {
    d->sums[r] = 4 * clamp_gate(mn_scale_q16(d->sums[r], multiplier[r]) + d->given[r]);
  }
}

static void
run_gates(MnDecoder* const d, unsigned const layer)
{
  MnDecoderTable const* const t = &d->model->decoder;
  if (layer == 0) {
    add_given(d);
  }
  d->kernel->gates(t->hidden,
                   d->model->hidden_frac,
                   d->sums,
                   layer ? t->upper[layer - 1].multiplier : d->quarter,
                   d->cell[layer],
                   d->state[layer]);
}

static void
write_step(MnDecoder* const d)
{
  int32_t const* const multiplier = d->model->decoder.output.multiplier;
  for (unsigned k = 0; k < MN_CLASSES; ++k) {
    d->logits[k] = mn_scale_q16(d->sums[k], multiplier[k]);
  }
  d->chosen = (uint8_t)mn_choice_take(
    d->logits, d->choice.temperature_q16, mn_choice_random(&d->choice, d->step));
  bool const says_nothing = d->chosen == MN_NOTE_OFF && !d->sounds;
  d->tokens[d->step]      = says_nothing ? MN_HOLD : d->chosen;
  d->sounds               = d->chosen == MN_HOLD ? d->sounds : d->chosen > MN_NOTE_OFF;
  ++d->step;
}

// Ends a stage whose products are complete, and goes to the next.
static void
end_stage(MnDecoder* const d)
{
  if (d->stage == START) {
    set_states(d);
  } else if (d->stage == GIVEN) {
    keep_given(d);
  } else if (is_layer(&d->model->decoder, d->stage)) {
    run_gates(d, d->stage - FIRST_LAYER);
  } else {
    write_step(d);
    d->stage = GIVEN; // the next step begins after it
  }
  d->row = 0;
  ++d->stage;
}

static void
run_unit(MnDecoder* const d)
{
  MnDecoderTable const* const t      = &d->model->decoder;
  MnMatrix const* const       matrix = matrix_of(t, d->stage);
  unsigned const              most   = mn_unit_rows(row_products(t, d->stage));
  unsigned const              rest   = matrix->rows - d->row;
  MnMatrix const part = mn_matrix_rows(matrix, d->row, rest < most ? rest : most);
  if (d->row == 0) {
    begin_stage(d);
  }
  multiply(d, &part);
  d->row += part.rows;
  if (d->row == matrix->rows) {
    end_stage(d);
  }
}

bool
mn_decoder_run(MnDecoder* const d, unsigned const budget)
{
  for (unsigned i = 0; i < budget && d->left; ++i) {
    run_unit(d);
    --d->left;
  }
  return !d->left;
}

unsigned
mn_decoder_steps(MnDecoder const* const decoder)
{
  return decoder->step;
}

uint8_t const*
mn_decoder_tokens(MnDecoder const* const decoder)
{
  return decoder->tokens;
}

int32_t const*
mn_decoder_logits(MnDecoder const* const decoder)
{
  return decoder->logits;
}
