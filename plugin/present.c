// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The control ports: inputs within their ranges, outputs to their ranges.

#include "monitor.h"

#include <limits.h>
#include <math.h>
#include <string.h>

bool
mn_monitor_inputs_changed(MnMonitor const* const m,
                          unsigned const         port,
                          unsigned const         count,
                          uint32_t* const        seen)
{
  float* const* const ports   = &m->control[port - MN_PORT_FIRST_CONTROL];
  uint32_t            changed = 0;
  for (unsigned i = 0; i < count; ++i) {
    uint32_t bits;
    memcpy(&bits, ports[i], sizeof(bits));
    changed |= bits ^ seen[i];
    seen[i] = bits;
  }
  return changed;
}

double
mn_monitor_control(MnMonitor const* const m,
                   unsigned const         port,
                   double const           low,
                   double const           high,
                   double const           fallback)
{
  double const value = (double)*m->control[port - MN_PORT_FIRST_CONTROL];
  return isnan(value) ? fallback : value < low ? low : value > high ? high : value;
}

// The ranges of ttl/monitor.ttl.in, where values could leave them.
static float const most_activation = 16.0F;
static float const most_count      = 16777216.0F;
static float const most_ms         = 10000.0F;

static float
clamp(float const value, float const low, float const high)
{
  return value < low ? low : value > high ? high : value;
}

static void
put(MnMonitor const* const m, unsigned const port, float const value)
{
  *m->control[port - MN_PORT_FIRST_CONTROL] = value;
}

// The values that a readout moves.
static void
put_readout(MnMonitor const* const m)
{
  MnReadout const* const target = &m->outputs.target;
  put(m, MN_PORT_MUSICALITY, mn_outputs_value(&m->outputs, MN_GLIDE_MUSICALITY));
  for (unsigned i = 0; i < MN_RANKED; ++i) {
    put(m, MN_PORT_NEURON_1 + i, mn_outputs_value(&m->outputs, MN_GLIDE_RANKED + i));
  }
  for (unsigned i = 0; i < MN_TOP; ++i) {
    put(m, MN_PORT_TOP_1_NEURON + 2 * i, (float)target->top[i].neuron);
    put(m,
        MN_PORT_TOP_1_NEURON + 2 * i + 1,
        clamp(target->top[i].mu, -most_activation, most_activation));
  }
  put(m, MN_PORT_MUSIC_ACTIVE, (float)target->music_active);
  put(m, MN_PORT_NOISE_ACTIVE, (float)target->noise_active);
  put(m,
      MN_PORT_NOISE_ENERGY,
      clamp(mn_outputs_value(&m->outputs, MN_GLIDE_ENERGY), 0, most_activation));
}

// What does not move with a readout, as far as the host does not know it.
static void
put_state(MnMonitor* const m)
{
  MnTold* const told = &m->told;
  if (told->windows != m->windows) {
    told->windows = m->windows;
    put(m, MN_PORT_WINDOW, clamp((float)m->windows, 0, most_count));
  }
  if (told->late != m->jobs.late) {
    told->late = m->jobs.late;
    put(m, MN_PORT_LATE, clamp((float)m->jobs.late, 0, most_count));
  }
  float const encode_ms = m->model ? m->encode_ms : -1;
  if (told->encode_ms != encode_ms) {
    told->encode_ms = encode_ms;
    put(m, MN_PORT_ENCODE_MS, clamp(encode_ms, -1, most_ms));
  }
  if (told->mode != (int)m->timeline.mode) {
    told->mode = (int)m->timeline.mode;
    put(m, MN_PORT_SYNCED, m->timeline.mode == MN_TIMELINE_HOST);
  }
  if (m->listening || told->progress) {
    told->progress = m->listening;
    put(m,
        MN_PORT_PROGRESS,
        m->listening ? (float)mn_grid_progress(&m->grid, mn_timeline_position(&m->timeline))
                     : 0);
  }
}

void
mn_monitor_present(MnMonitor* const m)
{
  if (!m->told.all) {
    // None of these is ever so.
    m->told         = (MnTold){.all       = true,
                               .windows   = UINT32_MAX,
                               .late      = UINT_MAX,
                               .encode_ms = -2,
                               .mode      = -1,
                               .progress  = true};
    m->outputs.told = false;
  }
  if (!m->outputs.told) {
    put_readout(m);
    m->outputs.told = m->outputs.done == m->outputs.total;
  }
  put_state(m);
}
