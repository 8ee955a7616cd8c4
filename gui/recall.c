// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "recall.h"

#include <math.h>
#include <string.h>

static double const most_sigma = 2;

static double
within(double const value, double const low, double const high)
{
  return value >= low ? (value <= high ? value : high) : low; // NaN becomes `low`
}

static uint8_t
byte_of(double const part)
{
  return (uint8_t)lrint(within(part, 0, 1) * 255);
}

static int8_t
mu_byte(double const mu)
{
  return (int8_t)lrint(within(mu * MN_PAST_MU, -127, 127));
}

static void
keep_values(MnPastEntry* const e, MnView const* const view)
{
  MnViewWindow const* const w       = &view->window;
  unsigned const            neurons = mn_view_neurons(view);
  unsigned const            music   = mn_view_music(view);
  e->neurons = (uint16_t)(neurons < MN_PAST_NEURONS ? neurons : MN_PAST_NEURONS);
  for (unsigned rank = 0; rank < e->neurons; ++rank) {
    e->mu[rank] = mu_byte((double)w->mu[view->model.order[rank]]);
  }
  for (unsigned rank = 0; rank < music && rank < MN_PAST_MUSIC; ++rank) {
    unsigned const neuron = view->model.order[rank];
    e->sigma[rank]        = byte_of((double)w->sigma[neuron] / most_sigma);
    e->percentile[rank]   = byte_of((double)w->percentile[rank]);
  }
}

void
mn_recall_keep(MnView* const view, int64_t const bar)
{
  MnViewWindow const* const w   = &view->window;
  MnPastWindow              now = {
                 .number = (int32_t)w->number,
                 .bar    = (int32_t)within((double)bar, INT32_MIN, INT32_MAX),
                 .steps = (uint8_t)(w->steps < sizeof(now.tokens) ? w->steps : sizeof(now.tokens)),
  };
  memcpy(now.tokens, w->tokens, now.steps);
  if (w->scored) {
    now.scored       = 1;
    now.music_active = (uint16_t)w->music_active;
    now.noise_active = (uint16_t)w->noise_active;
    now.musicality   = byte_of((double)w->musicality);
    now.sense        = byte_of((double)w->sense);
    for (unsigned i = 0; i < MN_AXES; ++i) {
      now.axes[i] = byte_of((double)w->axes[i]);
    }
    for (unsigned i = 0; i < MN_RANKED && i < mn_view_music(view); ++i) {
      now.mu[i] = mu_byte((double)w->mu[view->model.order[i]]);
    }
  }
  MnPastEntry* const e = mn_past_newest(&view->past, &now, w->start);
  if (w->scored) {
    keep_values(e, view);
  }
}

MnPastEntry const*
mn_recall_chosen(MnView const* const view)
{
  double const at = view->pointer.chosen;
  bool const   on = at >= 0 && view->pointer.page != MN_PAGE_CC; // the map shows it, too
  int const    i  = on ? mn_past_find(&view->past, at) : -1;
  return i < 0 ? NULL : &view->past.entry[i];
}

void
mn_recall(MnView const* const view, MnPastEntry const* const e, MnViewWindow* const w)
{
  unsigned const latent = mn_view_neurons(view);
  unsigned const music  = mn_view_music(view);
  memset(w, 0, sizeof(*w));
  w->number = (unsigned)e->said.number;
  w->start  = e->start;
  w->steps =
    e->said.steps < sizeof(e->said.tokens) ? e->said.steps : sizeof(e->said.tokens);
  w->scored       = e->said.scored && e->model == view->past.model;
  w->has_values   = w->scored;
  w->musicality   = e->said.musicality / 255.0F;
  w->sense        = e->said.sense / 255.0F;
  w->music_active = e->said.music_active;
  w->noise_active = e->said.noise_active;
  memcpy(w->tokens, e->said.tokens, w->steps);
  for (unsigned i = 0; i < MN_AXES; ++i) {
    w->axes[i] = e->said.axes[i] / 255.0F;
  }
  for (unsigned rank = 0; rank < latent; ++rank) {
    unsigned const neuron = view->model.order[rank];
    int const      mu     = rank < e->neurons                 ? e->mu[rank]
                            : !e->neurons && rank < MN_RANKED ? e->said.mu[rank]
                                                              : 0;
    if (neuron < MN_MAX_LATENT) {
      w->mu[neuron] = (float)mu / MN_PAST_MU;
      if (rank < music) {
        w->peak[rank] = w->mu[neuron];
      }
      if (rank < music && rank < MN_PAST_MUSIC && e->neurons) {
        w->sigma[neuron]    = (float)(e->sigma[rank] / 255.0 * most_sigma);
        w->percentile[rank] = e->percentile[rank] / 255.0F;
      }
    }
  }
  w->has_percentiles = e->neurons;
}
