// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The control ports: inputs within their ranges, outputs to their ranges.

#include "monitor.h"

#include <limits.h>
#include <string.h>

_Static_assert((int)MN_MOST_HOP == MN_HOP_COUNT - 1, "a choice for each hop");
_Static_assert((int)MN_MOST_VOICE == MN_VOICE_COUNT - 1, "a choice for each voice");
_Static_assert((int)MN_MOST_CHANNEL == MN_CHANNELS, "channels 1 to 16, and any");
_Static_assert((int)MN_MOST_TOP_NEURON == MN_MAX_LATENT - 1, "every neuron's index");
_Static_assert((int)MN_MOST_MUSIC_ACTIVE == MN_MAX_LATENT &&
                 (int)MN_MOST_NOISE_ACTIVE == MN_MAX_LATENT,
               "as many as there are neurons");

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

static void
put(MnMonitor const* const m, unsigned const port, float const value)
{
  *m->control[port - MN_PORT_FIRST_CONTROL] = value;
}

// For values that may leave their range.
static void
put_within(MnMonitor const* const m, unsigned const port, float const value)
{
  put(m, port, mn_port_clamp(mn_port(port), value));
}

// The values that a readout moves.
static void
put_readout(MnMonitor const* const m)
{
  MnReadout const* const target     = &m->outputs.target;
  MnPort const* const    activation = &mn_port_table[MN_ROW_TOP_ACTIVATION];
  put(m, MN_PORT_MUSICALITY, mn_outputs_value(&m->outputs, MN_GLIDE_MUSICALITY));
  for (unsigned i = 0; i < MN_RANKED; ++i) {
    put(m, MN_PORT_NEURON_1 + i, mn_outputs_value(&m->outputs, MN_GLIDE_RANKED + i));
  }
  for (unsigned i = 0; i < MN_TOP; ++i) {
    unsigned const port = MN_PORT_TOP_1 + MN_TOP_PORT_COUNT * i;
    put(m, port + MN_TOP_PORT_NEURON, (float)target->top[i].neuron);
    put(m, port + MN_TOP_PORT_ACTIVATION, mn_port_clamp(activation, target->top[i].mu));
  }
  put(m, MN_PORT_MUSIC_ACTIVE, (float)target->music_active);
  put(m, MN_PORT_NOISE_ACTIVE, (float)target->noise_active);
  put_within(m, MN_PORT_NOISE_ENERGY, mn_outputs_value(&m->outputs, MN_GLIDE_ENERGY));
}

// What does not move with a readout, as far as the host does not know it.
static void
put_state(MnMonitor* const m)
{
  MnTold* const told = &m->told;
  if (told->windows != m->windows) {
    told->windows = m->windows;
    put_within(m, MN_PORT_WINDOW, (float)m->windows);
  }
  if (told->late != m->jobs.late) {
    told->late = m->jobs.late;
    put_within(m, MN_PORT_LATE, (float)m->jobs.late);
  }
  float const encode_ms = m->model ? m->encode_ms : -1;
  if (told->encode_ms != encode_ms) {
    told->encode_ms = encode_ms;
    put_within(m, MN_PORT_ENCODE_MS, encode_ms);
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
