// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "peaks.h"

#include <math.h>

static double const hold    = 1.5;   // seconds
static double const half    = 0.3;   // seconds in which the distance halves
static float const  visible = 0.02F; // of mu: a peak closer than this is mu itself

static float
peak_at(MnPeaks const* const p, unsigned const rank, double const now)
{
  double const passed = now - p->falls[rank];
  if (passed <= 0) {
    return p->from[rank];
  }
  float const distance = (p->from[rank] - p->to[rank]) * (float)exp2(-passed / half);
  return fabsf(distance) > visible ? p->to[rank] + distance : p->to[rank];
}

void
mn_peaks_take(MnPeaks* const p, MnView* const view, double const now)
{
  unsigned const music = mn_view_music(view);
  for (unsigned rank = 0; rank < music; ++rank) {
    float const mu          = view->window.mu[view->model.order[rank]];
    float const held        = peak_at(p, rank, now);
    bool const  up          = fabsf(mu) >= fabsf(held);
    p->from[rank]           = up ? mu : held;
    p->to[rank]             = mu;
    p->falls[rank]          = up ? now + hold : fmax(p->falls[rank], now);
    view->window.peak[rank] = p->from[rank];
  }
}

bool
mn_peaks_show(MnPeaks const* const p, MnView* const view, double const now)
{
  unsigned const music   = mn_view_music(view);
  bool           changed = false;
  for (unsigned rank = 0; rank < music; ++rank) {
    float const peak        = peak_at(p, rank, now);
    changed                 = changed || peak != view->window.peak[rank];
    view->window.peak[rank] = peak;
  }
  return changed;
}
