// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "control_ports.h"

#include <limits.h>
#include <math.h>

void
mn_control_ports_init(MnControlPorts* const ports)
{
  for (unsigned i = 0; i < MN_CONTROL_PORTS; ++i) {
    mn_control_ports_connect(ports, MN_PORT_FIRST_CONTROL + i, NULL);
  }
}

// A port without a buffer gets one that nobody else reads or writes.
void
mn_control_ports_connect(MnControlPorts* const ports,
                         unsigned const        port,
                         float* const          buffer)
{
  unsigned const i  = port - MN_PORT_FIRST_CONTROL;
  ports->nowhere[i] = NAN;
  ports->port[i]    = buffer ? buffer : &ports->nowhere[i];
  ports->fresh      = true;
}

double
mn_control_ports_read(MnControlPorts const* const ports,
                      unsigned const              port,
                      double const                low,
                      double const                high,
                      double const                fallback)
{
  double const value = (double)mn_control_ports_raw(ports, port);
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
put(MnControlPorts const* const ports, unsigned const port, float const value)
{
  *ports->port[port - MN_PORT_FIRST_CONTROL] = value;
}

// Writes the values that a readout moves.
static void
put_readout(MnControlPorts const* const ports, MnOutputs const* const outputs)
{
  MnReadout const* const target = &outputs->target;
  put(ports, MN_PORT_MUSICALITY, mn_outputs_value(outputs, MN_GLIDE_MUSICALITY));
  for (unsigned i = 0; i < MN_RANKED; ++i) {
    put(ports, MN_PORT_NEURON_1 + i, mn_outputs_value(outputs, MN_GLIDE_RANKED + i));
  }
  for (unsigned i = 0; i < MN_TOP; ++i) {
    put(ports, MN_PORT_TOP_1_NEURON + 2 * i, (float)target->top[i].neuron);
    put(ports,
        MN_PORT_TOP_1_NEURON + 2 * i + 1,
        clamp(target->top[i].mu, -most_activation, most_activation));
  }
  put(ports, MN_PORT_MUSIC_ACTIVE, (float)target->music_active);
  put(ports, MN_PORT_NOISE_ACTIVE, (float)target->noise_active);
  put(ports,
      MN_PORT_NOISE_ENERGY,
      clamp(mn_outputs_value(outputs, MN_GLIDE_ENERGY), 0, most_activation));
}

// Writes what no readout moves, as far as it has changed.
static void
put_status(MnControlPorts* const    ports,
           MnListening const* const l,
           uint32_t const           windows,
           unsigned const           late,
           float const              encode_ms)
{
  MnWritten* const written = &ports->written;
  if (written->windows != windows) {
    written->windows = windows;
    put(ports, MN_PORT_WINDOW, clamp((float)windows, 0, most_count));
  }
  if (written->late != late) {
    written->late = late;
    put(ports, MN_PORT_LATE, clamp((float)late, 0, most_count));
  }
  if (written->encode_ms != encode_ms) {
    written->encode_ms = encode_ms;
    put(ports, MN_PORT_ENCODE_MS, clamp(encode_ms, -1, most_ms));
  }
  if (written->mode != (int)l->timeline.mode) {
    written->mode = (int)l->timeline.mode;
    put(ports, MN_PORT_SYNCED, l->timeline.mode == MN_TIMELINE_HOST);
  }
  if (l->open || written->progress) {
    double const position = mn_timeline_position(&l->timeline);
    written->progress     = l->open;
    put(ports, MN_PORT_PROGRESS, l->open ? (float)mn_grid_progress(&l->grid, position) : 0);
  }
}

void
mn_control_ports_write(MnControlPorts* const    ports,
                       MnOutputs* const         outputs,
                       MnListening const* const listening,
                       uint32_t const           windows,
                       unsigned const           late,
                       float const              encode_ms)
{
  if (ports->fresh) {
    // No output is ever one of these, so all are written.
    ports->written   = (MnWritten){.windows   = UINT32_MAX,
                                   .late      = UINT_MAX,
                                   .encode_ms = -2,
                                   .mode      = -1,
                                   .progress  = true};
    ports->fresh     = false;
    outputs->written = false;
  }
  if (!outputs->written) {
    put_readout(ports, outputs);
    outputs->written = outputs->done == outputs->total;
  }
  put_status(ports, listening, windows, late, encode_ms);
}
