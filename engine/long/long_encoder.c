// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "long_encoder.h"

#include "base/fixed.h"
#include "encoder/unit.h"
#include "style.h"

#include <string.h>

// In this order: the last window for the style, the phrase for mu and sigma, the style.
enum {
  WINDOW_0,
  WINDOW_1,
  INPUT,
  FIRST_BLOCK,
  MU = FIRST_BLOCK + 2 * MN_LONG_BLOCKS,
  SIGMA,
  STYLE,
  OUTPUT,
  STAGES,
};

enum {
  DROPPED_BITS = 16 - MN_LONG_FRAC,
  ONE          = 1 << MN_LONG_FRAC,
  MOST_Q16     = 1 << (MN_LONG_BITS + DROPPED_BITS), // what a state can be
};

static_assert(MN_PHRASE * (MN_MAX_LONG_NEURONS + 1) * MN_UNIT_ROWS <= MN_UNIT_PRODUCTS,
              "the widest rows fit a unit");

// Where the work stands.
typedef struct {
  unsigned stage;
  unsigned row; // rows of the stage that are done
} Place;

struct MnLong {
  MnModel const*  model;
  MnKernel const* kernel;
  unsigned        units; // of a phrase
  unsigned        room;  // of a unit, in products
  unsigned        left;  // units of this phrase that are left
  unsigned        heard;
  unsigned        own; // the place of the last window
  Place           place;
  int32_t*        sums;
  int32_t*        h;      // [width], Q16
  int16_t*        x;      // [MN_PHRASE (neurons + 1)]: input, padded with zeros, as are:
  int16_t*        window; // [neurons]: the last window's
  int16_t*        state;  // [width]: h
  int16_t*        inner;  // [width]
  int16_t*        unit_0; // [style.width]: of the last window
  int16_t*        unit_1; // likewise
  int16_t*        pooled; // [2 style.width]: mean and largest
  int16_t*        hidden; // [style.hidden]
  int32_t*        total;  // [style.width]: sums of the windows before
  int32_t*        mu;     // [latent], Q16
  int32_t*        sigma;  // likewise
  int32_t         logits[MN_ROWS_PACKED];
  uint32_t        styles[MN_STYLES];
  int16_t*        windows; // [MN_PHRASE_PLACES][neurons]: those that were heard
  int16_t*        units_1; // [MN_PHRASE_PLACES][style.width], likewise: unit_1
};

static MnLinear const*
linear_of(MnLongTable const* const t, unsigned const stage)
{
  unsigned const block = stage - FIRST_BLOCK;
  return stage <= WINDOW_1 ? &t->style.window[stage]
         : stage == INPUT  ? &t->input
         : stage < MU      ? &t->block[block / 2][block % 2]
         : stage == MU     ? &t->mu
         : stage == SIGMA  ? &t->sigma
         : stage == STYLE  ? &t->style.phrase
                           : &t->style.output;
}

static int16_t*
carve_states(MnCarve* const carve, MnLinear const* const reader)
{
  return (int16_t*)mn_carve(carve, reader->weight.columns * sizeof(int16_t));
}

// Lays out the arrays behind the struct. Returns the size in bytes.
//
// @param cleared What is to be 0 at first, in bytes.
static size_t
lay_out(MnLong* const        e,
        MnModel const* const model,
        void* const          memory,
        size_t* const        cleared)
{
  MnLongTable const* const  t     = &model->long_table;
  MnStyleTable const* const s     = &t->style;
  MnCarve                   carve = {(char*)memory, 0};
  size_t                    rows  = 0;
  for (unsigned stage = 0; stage < STAGES; ++stage) {
    size_t const own = linear_of(t, stage)->weight.rows;
    rows             = own > rows ? own : rows;
  }
  mn_carve(&carve, sizeof(MnLong));
  e->sums   = (int32_t*)mn_carve(&carve, rows * sizeof(int32_t));
  e->h      = (int32_t*)mn_carve(&carve, t->width * sizeof(int32_t));
  e->x      = carve_states(&carve, &t->input);
  e->window = carve_states(&carve, s->count ? &s->window[0] : &t->input);
  e->state  = carve_states(&carve, &t->mu);
  e->inner  = carve_states(&carve, &t->mu);
  e->unit_0 = carve_states(&carve, &s->window[1]);
  e->unit_1 = carve_states(&carve, &s->window[1]);
  e->pooled = carve_states(&carve, &s->phrase);
  e->hidden = carve_states(&carve, &s->output);
  e->total  = (int32_t*)mn_carve(&carve, s->width * sizeof(int32_t));
  e->mu     = (int32_t*)mn_carve(&carve, t->latent * sizeof(int32_t));
  e->sigma  = (int32_t*)mn_carve(&carve, t->latent * sizeof(int32_t));
  *cleared  = carve.used;
  // Last, so that a wide hop touches little memory.
  e->windows = (int16_t*)mn_carve(&carve, MN_PHRASE_PLACES * t->neurons * sizeof(int16_t));
  e->units_1 = (int16_t*)mn_carve(&carve, MN_PHRASE_PLACES * s->width * sizeof(int16_t));
  return carve.used;
}

size_t
mn_long_size(MnModel const* const model)
{
  MnLong counted;
  size_t cleared;
  return lay_out(&counted, model, NULL, &cleared);
}

// The next rows to multiply, with so many products to go; 0 if none fit. Skips stages that
// the model does not have.
static unsigned
next_rows(MnLongTable const* const t, Place* const place, unsigned const products)
{
  MnMatrix const* matrix = NULL;
  for (; place->stage < STAGES; ++place->stage) {
    matrix = &linear_of(t, place->stage)->weight;
    if (matrix->rows) {
      unsigned const rest = matrix->rows - place->row;
      unsigned const fit  = products / (matrix->columns * MN_UNIT_ROWS) * MN_UNIT_ROWS;
      return rest < fit ? rest : fit;
    }
  }
  return 0;
}

// Goes on by rows of the stage. @return whether it is complete, and the next one begins.
static bool
pass(MnLongTable const* const t, Place* const place, unsigned const rows)
{
  place->row += rows;
  bool const complete = place->row == linear_of(t, place->stage)->weight.rows;
  if (complete) {
    ++place->stage;
    place->row = 0;
  }
  return complete;
}

// The products that a unit has room for: at the most those of a step of level one, or half of
// what a unit may have, so that one tells how long the next takes. They are shared out evenly,
// for the same reason: a last unit of next to nothing would tell that the machine is fast.
static unsigned
room_of_unit(MnModel const* const model)
{
  enum { LEAST = MN_UNIT_PRODUCTS / 4, MOST = MN_UNIT_PRODUCTS / 2 };
  MnLongTable const* const t      = &model->long_table;
  uint64_t const           step   = 4ULL * model->hidden * model->hidden;
  uint64_t const           most   = step < LEAST ? LEAST : step < MOST ? step : MOST;
  uint64_t                 all    = 0;
  unsigned                 widest = 0;
  for (unsigned stage = 0; stage < STAGES; ++stage) {
    MnMatrix const* const m = &linear_of(t, stage)->weight;
    all += (uint64_t)m->rows * m->columns;
    widest = m->columns > widest ? m->columns : widest;
  }
  // A unit ends with a block of rows, so it may be short of its share by less than one.
  uint64_t const block = (uint64_t)widest * MN_UNIT_ROWS;
  uint64_t const units = block < most ? 1 + all / (most - block) : 1 + all / MOST;
  uint64_t const room  = all / units + block + 1;
  return room < MN_UNIT_PRODUCTS ? (unsigned)room : MN_UNIT_PRODUCTS;
}

static unsigned
units_of(MnModel const* const model, unsigned const whole)
{
  MnLongTable const* const t     = &model->long_table;
  Place                    place = {0, 0};
  unsigned                 units = 0;
  while (place.stage < STAGES) {
    unsigned room = whole;
    unsigned rows = 0;
    while ((rows = next_rows(t, &place, room))) {
      room -= rows * linear_of(t, place.stage)->weight.columns;
      pass(t, &place, rows);
    }
    ++units;
  }
  return units;
}

unsigned
mn_long_units(MnModel const* const model)
{
  return units_of(model, room_of_unit(model));
}

MnLong*
mn_long_init(void* const memory, MnModel const* const model, MnKernel const* const kernel)
{
  MnLong* const e = (MnLong*)memory;
  MnLong        counted;
  size_t        cleared;
  lay_out(&counted, model, NULL, &cleared);
  memset(memory, 0, cleared); // padding stays 0
  lay_out(e, model, memory, &cleared);
  e->model  = model;
  e->kernel = kernel;
  e->room   = room_of_unit(model);
  e->units  = units_of(model, e->room);
  return e;
}

static int32_t
cut_off(int32_t const q16)
{
  return q16 > MOST_Q16 ? MOST_Q16 : q16 < -MOST_Q16 ? -MOST_Q16 : q16;
}

static int16_t
state_of(int32_t const q16)
{
  return (int16_t)((cut_off(q16) + (1 << (DROPPED_BITS - 1))) >> DROPPED_BITS);
}

// Pools the units of a window that was heard.
static void
pool(MnLong* const e, int16_t const* const units)
{
  unsigned const width   = e->model->long_table.style.width;
  int16_t* const largest = e->pooled + width;
  for (unsigned i = 0; i < width; ++i) {
    e->total[i] += units[i];
    largest[i] = units[i] > largest[i] ? units[i] : largest[i];
  }
}

// Takes what was heard of a window that lies in a place, the `i`th of the phrase.
static void
recall(MnLong* const e, unsigned const i, size_t const place)
{
  MnLongTable const* const t = &e->model->long_table;
  memcpy(e->x + (size_t)i * t->neurons,
         e->windows + place * t->neurons,
         t->neurons * sizeof(*e->x));
  pool(e, e->units_1 + place * t->style.width);
  e->x[MN_PHRASE * (size_t)t->neurons + i] = ONE;
  ++e->heard;
}

void
mn_long_start(MnLong* const e, MnPhrasePlaces const* const places, int32_t const* const mu)
{
  MnLongTable const* const t    = &e->model->long_table;
  unsigned const           last = MN_PHRASE_BEFORE;
  memset(e->x, 0, t->input.weight.columns * sizeof(*e->x));
  memset(e->pooled, 0, t->style.phrase.weight.columns * sizeof(*e->pooled));
  memset(e->total, 0, t->style.width * sizeof(*e->total));
  e->heard = 1;
  for (unsigned i = 0; i < MN_PHRASE_BEFORE; ++i) {
    if (places->before[i] != MN_PHRASE_UNHEARD) {
      recall(e, i, (size_t)places->before[i]);
    }
  }
  for (unsigned i = 0; i < t->neurons; ++i) {
    e->window[i] = state_of(mu[t->neuron[i]]);
  }
  memcpy(e->x + (size_t)last * t->neurons, e->window, t->neurons * sizeof(*e->window));
  e->x[MN_PHRASE * (size_t)t->neurons + last] = ONE;
  e->own                                      = (unsigned)places->last;
  e->left                                     = e->units;
  e->place                                    = (Place){0, 0};
}

// Puts what was heard of the last window in its place.
static void
remember(MnLong* const e)
{
  MnLongTable const* const t     = &e->model->long_table;
  size_t const             width = t->style.width;
  memcpy(
    e->windows + (size_t)e->own * t->neurons, e->window, t->neurons * sizeof(*e->window));
  memcpy(e->units_1 + e->own * width, e->unit_1, width * sizeof(*e->unit_1));
}

unsigned
mn_long_left(MnLong const* const encoder)
{
  return encoder->left;
}

static int16_t const*
input_of(MnLong const* const e, unsigned const stage)
{
  return stage == WINDOW_0                         ? e->window
         : stage == WINDOW_1                       ? e->unit_0
         : stage == INPUT                          ? e->x
         : stage < MU && (stage - FIRST_BLOCK) % 2 ? e->inner
         : stage < STYLE                           ? e->state
         : stage == STYLE                          ? e->pooled
                                                   : e->hidden;
}

// What a row's sum comes to, Q16.
static int32_t
value(MnLong const* const e, MnLinear const* const linear, unsigned const row)
{
  return mn_scale_q16(e->sums[row], linear->multiplier[row]);
}

static void
rectify(MnLong const* const   e,
        MnLinear const* const linear,
        unsigned const        count,
        int16_t* const        states)
{
  for (unsigned i = 0; i < count; ++i) {
    int32_t const x = value(e, linear, i);
    states[i]       = state_of(x > 0 ? x : 0);
  }
}

static void
add_to_h(MnLong* const e, MnLinear const* const linear)
{
  for (unsigned i = 0; i < e->model->long_table.width; ++i) {
    e->h[i]     = cut_off(e->h[i] + value(e, linear, i));
    e->state[i] = state_of(e->h[i]);
  }
}

// The mean of units over the windows heard, to nearest.
static void
take_mean(MnLong* const e)
{
  int32_t const heard = (int32_t)e->heard;
  pool(e, e->unit_1);
  for (unsigned i = 0; i < e->model->long_table.style.width; ++i) {
    e->pooled[i] = (int16_t)((2 * e->total[i] + heard) / (2 * heard));
  }
}

static void
tell_styles(MnLong* const e, MnLinear const* const linear)
{
  unsigned const count = e->model->long_table.style.count;
  for (unsigned i = 0; i < count; ++i) {
    e->logits[i] = value(e, linear, i);
  }
  mn_style_probabilities(e->logits, count, e->styles);
}

// Ends a stage whose products are complete.
static void
end_stage(MnLong* const e, unsigned const stage)
{
  MnLongTable const* const t      = &e->model->long_table;
  MnLinear const* const    linear = linear_of(t, stage);
  if (stage == WINDOW_0) {
    rectify(e, linear, t->style.width, e->unit_0);
  } else if (stage == WINDOW_1) {
    rectify(e, linear, t->style.width, e->unit_1);
    take_mean(e);
  } else if (stage == INPUT) {
    memset(e->h, 0, t->width * sizeof(*e->h));
    add_to_h(e, linear);
  } else if (stage < MU && (stage - FIRST_BLOCK) % 2 == 0) {
    rectify(e, linear, t->width, e->inner);
  } else if (stage < MU) {
    add_to_h(e, linear);
  } else if (stage == STYLE) {
    rectify(e, linear, t->style.hidden, e->hidden);
  } else if (stage == OUTPUT) {
    tell_styles(e, linear);
  } else {
    for (unsigned i = 0; i < t->latent; ++i) {
      int32_t const x = value(e, linear, i);
      if (stage == MU) {
        e->mu[i] = x;
      } else {
        e->sigma[i] = mn_softplus_q16(x);
      }
    }
  }
}

static void
run_unit(MnLong* const e)
{
  MnLongTable const* const t    = &e->model->long_table;
  unsigned                 room = e->room;
  unsigned                 rows = 0;
  while ((rows = next_rows(t, &e->place, room))) {
    unsigned const        stage  = e->place.stage;
    unsigned const        row    = e->place.row;
    MnLinear const* const linear = linear_of(t, stage);
    MnMatrix const        part   = mn_matrix_rows(&linear->weight, row, rows);
    e->kernel->product(&part, linear->bias + row, input_of(e, stage), e->sums + row);
    room -= rows * part.columns;
    if (pass(t, &e->place, rows)) {
      end_stage(e, stage);
    }
  }
}

bool
mn_long_run(MnLong* const e, unsigned const budget)
{
  for (unsigned i = 0; i < budget && e->left; ++i) {
    run_unit(e);
    if (!--e->left) {
      remember(e);
    }
  }
  return !e->left;
}

unsigned
mn_long_heard(MnLong const* const encoder)
{
  return encoder->heard;
}

int32_t const*
mn_long_mu(MnLong const* const encoder)
{
  return encoder->mu;
}

int32_t const*
mn_long_sigma(MnLong const* const encoder)
{
  return encoder->sigma;
}

uint32_t const*
mn_long_styles(MnLong const* const encoder)
{
  return encoder->styles;
}
