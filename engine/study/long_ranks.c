// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "long_ranks.h"

#include "base/fixed.h"
#include "long/long_encoder.h"
#include "stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// Windows with fewer notes are not heard, as in the plugin.
enum { LEAST_ONSETS = 2 };

// What phrases are encoded with, and what comes out.
typedef struct {
  MnModel const* model;
  MnBatches*     batches;
  MnPhrase       phrase;
  MnLong*        encoder;
  int32_t*       mu;     // [MN_PHRASE][latent] of level one
  int32_t*       sigma;  // likewise
  double*        values; // [neurons of level two][phrases]: mu
  double*        kl;     // [neurons of level two]: sum
  int32_t*       found;  // [phrases][neurons of level two]: mu again
  uint8_t*       tokens; // [phrases][MN_PHRASE_STEPS]
  uint16_t*      style;  // [phrases]
  MnStyleParts*  parts;
  size_t         count; // of phrases that had a window with notes
  size_t         room;
} Measuring;

static bool
allocate(Measuring* const m, size_t const phrases)
{
  MnModel const* const model  = m->model;
  size_t const         latent = model->long_table.latent;
  m->room                     = phrases;
  m->batches                  = mn_batches_new(model, mn_kernel_best());
  m->encoder                  = (MnLong*)aligned_alloc(MN_LONG_ALIGN, mn_long_size(model));
  m->mu     = (int32_t*)malloc(MN_PHRASE * model->latent * sizeof(*m->mu));
  m->sigma  = (int32_t*)malloc(MN_PHRASE * model->latent * sizeof(*m->sigma));
  m->values = (double*)malloc(latent * (phrases + 1) * sizeof(*m->values));
  m->kl     = (double*)calloc(latent, sizeof(*m->kl));
  m->found  = (int32_t*)malloc(latent * (phrases + 1) * sizeof(*m->found));
  m->tokens = (uint8_t*)malloc(MN_PHRASE_STEPS * (phrases + 1));
  m->style  = (uint16_t*)malloc((phrases + 1) * sizeof(*m->style));
  return m->batches && m->encoder && m->mu && m->sigma && m->values && m->kl && m->found &&
         m->tokens && m->style;
}

static void
release(Measuring* const m)
{
  mn_batches_free(m->batches);
  free(m->encoder);
  free(m->mu);
  free(m->sigma);
  free(m->values);
  free(m->kl);
  free(m->found);
  free(m->tokens);
  free(m->style);
}

// The windows of a phrase as level one is given them: no note comes from before.
static void
cut(uint8_t const* const tokens, uint8_t windows[MN_PHRASE_STEPS])
{
  memcpy(windows, tokens, MN_PHRASE_STEPS);
  for (unsigned w = 0; w < MN_PHRASE; ++w) {
    for (unsigned i = 0; i < MN_STEPS_2BAR; ++i) {
      uint8_t* const token = &windows[w * MN_STEPS_2BAR + i];
      if (mn_is_onset(*token)) {
        break;
      }
      *token = MN_HOLD;
    }
  }
}

static void
take(Measuring* const m, uint8_t const* const tokens, uint16_t const style)
{
  int32_t const* const mu     = mn_long_mu(m->encoder);
  int32_t const* const sigma  = mn_long_sigma(m->encoder);
  unsigned const       latent = m->model->long_table.latent;
  for (unsigned n = 0; n < latent; ++n) {
    double const x                    = mn_from_q16(mu[n]);
    double const s                    = mn_from_q16(sigma[n] > 0 ? sigma[n] : 1);
    m->values[n * m->room + m->count] = x;
    m->kl[n] += (x * x + s * s - 1) / 2 - log(s);
  }
  memcpy(m->found + m->count * latent, mu, latent * sizeof(*mu));
  memcpy(m->tokens + m->count * MN_PHRASE_STEPS, tokens, MN_PHRASE_STEPS);
  m->style[m->count] = style;
  ++m->count;
}

// Each window that was heard belongs to a style as much as the whole phrase does.
static void
add_to_parts(Measuring const* const m, bool const heard[MN_PHRASE])
{
  for (unsigned w = 0; w < MN_PHRASE; ++w) {
    if (heard[w]) {
      mn_style_parts_add(m->parts,
                         mn_long_styles(m->encoder),
                         m->mu + (size_t)w * m->model->latent,
                         m->model->readout.order);
    }
  }
}

// Encodes a phrase from its first window to its last, and takes what its end says.
static void
encode(Measuring* const m, uint8_t const* const tokens, uint16_t const style)
{
  uint8_t windows[MN_PHRASE_STEPS];
  bool    heard[MN_PHRASE] = {false};
  bool    any              = false;
  cut(tokens, windows);
  mn_batches_run(m->batches, windows, MN_PHRASE, NULL, m->mu, m->sigma);
  mn_phrase_clear(&m->phrase);
  for (unsigned w = 0; w < MN_PHRASE; ++w) {
    int64_t const start = (int64_t)w * MN_STEPS_2BAR;
    if (mn_count_onsets(windows + start, MN_STEPS_2BAR) >= LEAST_ONSETS) {
      MnPhrasePlaces const places = mn_phrase_add(&m->phrase, start, true);
      mn_long_start(m->encoder, &places, m->mu + (size_t)w * m->model->latent);
      mn_long_run(m->encoder, mn_long_units(m->model));
      heard[w] = true;
      any      = true;
    }
  }
  if (any) {
    add_to_parts(m, heard);
    take(m, tokens, style);
  }
}

// Sorts the neurons by their divergence, and finds the quantiles of those that are music.
static bool
rank(Measuring* const m, MnLongRanks* const ranks)
{
  unsigned const latent = ranks->latent;
  for (unsigned i = 0; i < latent; ++i) {
    unsigned place = i;
    for (; place > 0 && m->kl[ranks->order[place - 1]] < m->kl[i]; --place) {
      ranks->order[place] = ranks->order[place - 1];
    }
    ranks->order[place] = (uint16_t)i;
  }
  double const least = MN_LONG_MUSIC_KL * (double)m->count;
  ranks->music       = 1;
  while (ranks->music < latent && m->kl[ranks->order[ranks->music]] > least) {
    ++ranks->music;
  }
  free(ranks->quantiles);
  ranks->quantiles = (float*)calloc(ranks->music, MN_QUANTILES * sizeof(float));
  if (!ranks->quantiles) {
    return false;
  }
  for (unsigned i = 0; i < ranks->music && m->count; ++i) {
    double* const column = m->values + ranks->order[i] * m->room;
    mn_stats_sort(column, m->count);
    for (unsigned k = 0; k < MN_QUANTILES; ++k) {
      double const share                     = (double)k / (MN_QUANTILES - 1);
      double const mu                        = mn_stats_quantile(column, m->count, share);
      ranks->quantiles[i * MN_QUANTILES + k] = (float)(rint(mu * 1e4) / 1e4);
    }
  }
  return true;
}

// Names the music neurons by what they go with over whole phrases.
static bool
name(Measuring const* const m, MnLongRanks* const ranks)
{
  MnHeard const heard = {.tokens = m->tokens,
                         .steps  = MN_PHRASE_STEPS,
                         .count  = m->count,
                         .mu     = m->found,
                         .latent = ranks->latent,
                         .style  = m->style};
  free(ranks->labels);
  ranks->labels = (MnNamed*)calloc(ranks->music, sizeof(*ranks->labels));
  return ranks->labels &&
         mn_labels_find(&heard, ranks->order, ranks->music, true, ranks->labels);
}

bool
mn_long_ranks_measure(MnModel const* const    model,
                      MnWindows const* const  phrases,
                      MnProgress const* const progress,
                      MnLongRanks* const      ranks)
{
  Measuring      m      = {.model = model, .parts = &ranks->parts};
  unsigned const styles = model->long_table.style.count;
  bool           good   = allocate(&m, phrases->count) &&
              mn_long_ranks_neutral(model->long_table.latent, ranks) &&
              (!styles || mn_style_parts_init(&ranks->parts, styles, model->readout.music));
  if (good) {
    mn_long_init(m.encoder, model, mn_kernel_best());
    for (size_t i = 0; i < phrases->count; ++i) {
      encode(&m, phrases->tokens + i * MN_PHRASE_STEPS, phrases->style[i]);
      if (progress) {
        progress->tell(progress->context, i + 1, phrases->count);
      }
    }
    ranks->phrases = m.count;
    good           = rank(&m, ranks) && name(&m, ranks) &&
           (!styles || mn_style_parts_solve(&ranks->parts));
  }
  release(&m);
  return good;
}

bool
mn_long_ranks_neutral(unsigned const latent, MnLongRanks* const ranks)
{
  *ranks = (MnLongRanks){
    .latent    = latent,
    .music     = 1,
    .order     = (uint16_t*)calloc(latent, sizeof(uint16_t)),
    .quantiles = (float*)calloc(MN_QUANTILES, sizeof(float)),
  };
  for (unsigned i = 0; ranks->order && i < latent; ++i) {
    ranks->order[i] = (uint16_t)i;
  }
  return ranks->order && ranks->quantiles;
}

void
mn_long_ranks_free(MnLongRanks* const ranks)
{
  free(ranks->order);
  free(ranks->quantiles);
  free(ranks->labels);
  mn_style_parts_free(&ranks->parts);
  *ranks = (MnLongRanks){0};
}

size_t
mn_long_ranks_tensors(MnLongRanks const* const ranks,
                      MnModelTensor            tensors[MN_LONG_RANKS_TENSORS])
{
  MnStyleParts const* const p     = &ranks->parts;
  size_t                    count = 0;
  tensors[count++]                = (MnModelTensor){
                   "long/quantiles", MN_DTYPE_F32, 2, {ranks->music, MN_QUANTILES}, ranks->quantiles};
  if (p->map) {
    tensors[count++] = (MnModelTensor){"long/style/parts",
                                       MN_DTYPE_F32,
                                       2,
                                       {(size_t)p->styles * (p->music + 1), p->music},
                                       p->map};
  }
  return count;
}
