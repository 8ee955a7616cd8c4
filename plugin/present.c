// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The control ports: inputs within their ranges, outputs to their ranges.

#include "monitor.h"

#include <math.h>

double
mn_monitor_control(MnMonitor const* const m,
                   unsigned const         port,
                   double const           low,
                   double const           high,
                   double const           fallback)
{
  float const* const from  = m->control[port - PORT_FIRST_CONTROL];
  double const       value = from ? (double)*from : fallback;
  return isnan(value) ? fallback : value < low ? low : value > high ? high : value;
}

// The ranges of ttl/monitor.ttl.in, where values could leave them.
static float const most_activation = 16.0F;
static float const most_count      = 16777216.0F;

static float
clamp(float const value, float const low, float const high)
{
  return value < low ? low : value > high ? high : value;
}

static void
put(MnMonitor const* const m, unsigned const port, float const value)
{
  float* const to = m->control[port - PORT_FIRST_CONTROL];
  if (to) {
    *to = value;
  }
}

void
mn_monitor_present(MnMonitor const* const m)
{
  MnReadout const* const target = &m->outputs.target;
  put(m, PORT_MUSICALITY, mn_outputs_value(&m->outputs, MN_GLIDE_MUSICALITY));
  for (unsigned i = 0; i < MN_RANKED; ++i) {
    put(m, PORT_NEURON_1 + i, mn_outputs_value(&m->outputs, MN_GLIDE_RANKED + i));
  }
  for (unsigned i = 0; i < MN_TOP; ++i) {
    put(m, PORT_TOP_1_NEURON + 2 * i, (float)target->top[i].neuron);
    put(m,
        PORT_TOP_1_NEURON + 2 * i + 1,
        clamp(target->top[i].mu, -most_activation, most_activation));
  }
  put(m, PORT_MUSIC_ACTIVE, (float)target->music_active);
  put(m, PORT_NOISE_ACTIVE, (float)target->noise_active);
  put(m,
      PORT_NOISE_ENERGY,
      clamp(mn_outputs_value(&m->outputs, MN_GLIDE_ENERGY), 0, most_activation));
  put(m, PORT_WINDOW, clamp((float)m->windows, 0, most_count));
  put(m,
      PORT_PROGRESS,
      m->listening ? (float)mn_grid_progress(&m->grid, mn_timeline_position(&m->timeline))
                   : 0);
  put(m, PORT_LATE, clamp((float)m->jobs.late, 0, most_count));
  put(m, PORT_ENCODE_MS, m->model ? m->encode_ms : -1);
  put(m, PORT_SYNCED, m->timeline.mode == MN_TIMELINE_HOST);
}
