// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// Many windows are decoded side by side, so that each weight is read once for all of
// them. A group of MN_LANES windows has a row of as many floats for each neuron, unit or
// class. A piece of work is a few groups.

#include "float_decoder.h"

#include "base/parallel.h"
#include "checkpoint/decoder_weights.h"
#include "product.h"

#include <stdlib.h>
#include <string.h>

enum { GROUPS = 2, BLOCK = MN_LANES * GROUPS };

// The gates of an LSTM, in the order in which they are stored.
enum { GATE_I, GATE_J, GATE_F, GATE_O, GATES };

// MusicVAE adds this to the forget gate at run time.
static float const forget_bias = 1.0F;

struct MnFloatDecoder {
  unsigned  layers;
  unsigned  hidden;
  unsigned  latent;
  MnProduct start; // of z: the state
  MnProduct given; // of z: its share of the first LSTM's gates, and the bias
  float*    shown; // [MN_CLASSES][gates]: a class's share of them
  MnProduct lstm[MN_MAX_DECODER_LAYERS]; // the first one's is the rest
  MnProduct output;
};

// What a worker needs, each for GROUPS groups in turn: rows of MN_LANES windows.
typedef struct {
  float* z;      // [latent]
  float* start;  // [start.outputs]
  float* given;  // [gates]
  float* gates;  // [gates]
  float* c;      // [layers hidden]
  float* h;      // [layers hidden]
  float* logits; // [output.outputs]
  float* all;    // the memory of all these
} Desk;

typedef struct {
  MnFloatDecoder const* decoder;
  float const*          z;
  size_t                count;
  unsigned              steps;
  uint8_t const*        taught;
  uint8_t*              tokens;
  Desk*                 desks; // a worker's own
} Task;

static bool
lstm_init(MnFloatDecoder* const         decoder,
          MnDecoderWeights const* const w,
          unsigned const                layer)
{
  MnDense const* const dense   = &w->lstm[layer];
  MnProduct* const     product = &decoder->lstm[layer];
  size_t const         hidden  = w->hidden;
  // The first rows of the first LSTM take the last token and z.
  size_t const from   = layer ? 0 : MN_CLASSES + (size_t)w->latent;
  bool const   good   = mn_product_init(product, dense, from, dense->inputs - from);
  float* const biases = layer ? product->bias : decoder->given.bias;
  for (size_t unit = 0; good && unit < hidden; ++unit) {
    biases[GATE_F * hidden + unit] += forget_bias;
  }
  return good;
}

static bool
decoder_init(MnFloatDecoder* const decoder, MnDecoderWeights const* const w)
{
  size_t const gates = GATES * (size_t)w->hidden;
  decoder->layers    = w->layers;
  decoder->hidden    = w->hidden;
  decoder->latent    = w->latent;
  decoder->shown     = mn_product_floats(MN_CLASSES * gates);
  if (!decoder->shown || !mn_product_init(&decoder->start, &w->start, 0, w->latent) ||
      !mn_product_init(&decoder->given, &w->lstm[0], MN_CLASSES, w->latent) ||
      !mn_product_init(&decoder->output, &w->output, 0, w->hidden)) {
    return false;
  }
  memcpy(decoder->shown, w->lstm[0].kernel, MN_CLASSES * gates * sizeof(float));
  for (unsigned layer = 0; layer < w->layers; ++layer) {
    if (!lstm_init(decoder, w, layer)) {
      return false;
    }
  }
  return true;
}

MnFloatDecoder*
mn_float_decoder_read(MnCheckpoint* const checkpoint, MnError* const error)
{
  MnDecoderWeights* const weights = mn_decoder_weights_read(checkpoint, error);
  if (!weights) {
    return NULL;
  }
  MnFloatDecoder* decoder = (MnFloatDecoder*)calloc(1, sizeof(*decoder));
  if (!decoder || !decoder_init(decoder, weights)) {
    mn_float_decoder_free(decoder);
    decoder = NULL;
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
  }
  mn_decoder_weights_free(weights);
  return decoder;
}

void
mn_float_decoder_free(MnFloatDecoder* const decoder)
{
  if (decoder) {
    mn_product_free(&decoder->start);
    mn_product_free(&decoder->given);
    mn_product_free(&decoder->output);
    for (unsigned layer = 0; layer < MN_MAX_DECODER_LAYERS; ++layer) {
      mn_product_free(&decoder->lstm[layer]);
    }
    free(decoder->shown);
    free(decoder);
  }
}

unsigned
mn_float_decoder_latent(MnFloatDecoder const* const decoder)
{
  return decoder->latent;
}

// The tanh of floats.
static void
squash(size_t const count, float const* const from, float* const to)
{
  for (size_t k = 0; k < count / MN_LANES * MN_VECTORS; ++k) {
    ((MnVector*)to)[k] = mn_tanh(((MnVector const*)from)[k]);
  }
}

// An LSTM's step: gates [4 hidden] of a group to its c and h [hidden].
static void
update_state(size_t const hidden, float const* const gates, float* const c, float* const h)
{
  size_t const          count = hidden * MN_VECTORS;
  MnVector const* const gate  = (MnVector const*)gates;
  MnVector* const       cells = (MnVector*)c;
  MnVector* const       outs  = (MnVector*)h;
  for (size_t k = 0; k < count; ++k) {
    MnVector const in   = mn_sigmoid(gate[GATE_I * count + k]);
    MnVector const new  = mn_tanh(gate[GATE_J * count + k]);
    MnVector const keep = mn_sigmoid(gate[GATE_F * count + k]);
    MnVector const out  = mn_sigmoid(gate[GATE_O * count + k]);
    cells[k]            = cells[k] * keep + in * new;
    outs[k]             = out * mn_tanh(cells[k]);
  }
}

static size_t
groups_of(size_t const windows)
{
  return (windows + MN_LANES - 1) / MN_LANES;
}

// Where the lane of a window begins, among groups of so many rows.
static size_t
lane_of(size_t const window, size_t const rows)
{
  return window / MN_LANES * rows * MN_LANES + window % MN_LANES;
}

// Brings z into rows, and computes what depends on z alone, for `count` windows from
// `first` on. Lanes without a window hold zeros.
static void
begin(Task const* const t, Desk* const d, size_t const first, size_t const count)
{
  MnFloatDecoder const* const m           = t->decoder;
  size_t const                groups      = groups_of(count);
  size_t const                unit_floats = (size_t)m->hidden * MN_LANES;
  memset(d->z, 0, groups * m->latent * MN_LANES * sizeof(float));
  for (size_t n = 0; n < count; ++n) {
    float const* const z    = t->z + (first + n) * m->latent;
    float* const       lane = d->z + lane_of(n, m->latent);
    for (size_t i = 0; i < m->latent; ++i) {
      lane[i * MN_LANES] = z[i];
    }
  }
  mn_product_multiply(&m->given, groups, d->z, m->latent, d->given);
  mn_product_multiply(&m->start, groups, d->z, m->latent, d->start);
  for (size_t g = 0; g < groups; ++g) {
    for (unsigned layer = 0; layer < m->layers; ++layer) {
      float const* const start =
        d->start + g * m->start.outputs * MN_LANES + 2 * layer * unit_floats;
      size_t const state = (g * m->layers + layer) * unit_floats;
      squash(unit_floats, start, d->c + state);
      squash(unit_floats, start + unit_floats, d->h + state);
    }
  }
}

// Begins the first LSTM's gates with the part of z and the row of the last class: the
// window's own guess, or the truth. The first step has no last class.
static void
show(Task const* const t,
     Desk const* const d,
     size_t const      first,
     size_t const      count,
     unsigned const    step)
{
  MnFloatDecoder const* const m     = t->decoder;
  size_t const                gates = m->given.outputs;
  size_t const                rows  = groups_of(count) * gates;
  memcpy(d->gates, d->given, rows * MN_LANES * sizeof(float));
  for (size_t n = 0; step && n < count; ++n) {
    size_t const       at  = (first + n) * t->steps + step - 1;
    float* const       sum = d->gates + lane_of(n, gates);
    float const* const row = m->shown + (t->taught ? t->taught : t->tokens)[at] * gates;
    for (size_t k = 0; k < gates; ++k) {
      sum[k * MN_LANES] += row[k];
    }
  }
}

static void
run_layers(MnFloatDecoder const* const m, Desk const* const d, size_t const groups)
{
  size_t const unit_floats = (size_t)m->hidden * MN_LANES;
  size_t const all         = (size_t)m->hidden * m->layers;
  for (unsigned layer = 0; layer < m->layers; ++layer) {
    // The output of the layer below lies before its own state, as in the kernel.
    if (layer) {
      mn_product_multiply(
        &m->lstm[layer], groups, d->h + (layer - 1) * unit_floats, all, d->gates);
    } else {
      mn_product_add(&m->lstm[0], groups, d->h, all, d->gates);
    }
    for (size_t g = 0; g < groups; ++g) {
      size_t const state = (g * m->layers + layer) * unit_floats;
      update_state(
        m->hidden, d->gates + g * GATES * unit_floats, d->c + state, d->h + state);
    }
  }
  mn_product_multiply(
    &m->output, groups, d->h + (m->layers - 1) * unit_floats, all, d->logits);
}

// The first of the most probable classes.
static uint8_t
guess(float const* const logits)
{
  unsigned best = 0;
  for (unsigned class = 1; class < MN_CLASSES; ++class) {
    best = logits[class * MN_LANES] > logits[best * MN_LANES] ? class : best;
  }
  return (uint8_t)best;
}

static void
decode_block(void* const context, size_t const index, unsigned const worker)
{
  Task const* const t     = (Task const*)context;
  Desk* const       d     = &t->desks[worker];
  size_t const      first = index * BLOCK;
  size_t const      count = t->count - first < BLOCK ? t->count - first : BLOCK;
  size_t const      rows  = t->decoder->output.outputs;
  begin(t, d, first, count);
  for (unsigned step = 0; step < t->steps; ++step) {
    show(t, d, first, count, step);
    run_layers(t->decoder, d, groups_of(count));
    for (size_t n = 0; n < count; ++n) {
      t->tokens[(first + n) * t->steps + step] = guess(d->logits + lane_of(n, rows));
    }
  }
}

static bool
desk_init(Desk* const d, MnFloatDecoder const* const m)
{
  size_t const gates = m->given.outputs;
  size_t const state = (size_t)m->layers * m->hidden;
  size_t const rows =
    m->latent + m->start.outputs + 2 * gates + 2 * state + m->output.outputs;
  d->all = mn_product_floats(rows * BLOCK);
  if (!d->all) {
    return false;
  }
  d->z      = d->all;
  d->start  = d->z + m->latent * BLOCK;
  d->given  = d->start + m->start.outputs * BLOCK;
  d->gates  = d->given + gates * BLOCK;
  d->c      = d->gates + gates * BLOCK;
  d->h      = d->c + state * BLOCK;
  d->logits = d->h + state * BLOCK;
  return true;
}

bool
mn_float_decoder_run(MnFloatDecoder const* const decoder,
                     float const* const          z,
                     size_t const                count,
                     unsigned const              steps,
                     uint8_t const* const        taught,
                     uint8_t* const              tokens)
{
  unsigned const workers = mn_parallel_workers();
  Desk* const    desks   = (Desk*)calloc(workers, sizeof(Desk));
  bool           good    = desks;
  for (unsigned i = 0; good && i < workers; ++i) {
    good = desk_init(&desks[i], decoder);
  }
  Task task = {decoder, z, count, steps, taught, tokens, desks};
  if (good) {
    mn_parallel_run(&(MnPieces){
      .count = (count + BLOCK - 1) / BLOCK, .context = &task, .piece = decode_block});
  }
  for (unsigned i = 0; desks && i < workers; ++i) {
    free(desks[i].all);
  }
  free(desks);
  return good;
}
