// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "control_ports.h"

#include <limits.h>
#include <math.h>

_Static_assert((int)MN_MOST_HOP == MN_HOP_COUNT - 1, "a choice for each hop");
_Static_assert((int)MN_MOST_VOICE == MN_VOICE_COUNT - 1, "a choice for each voice");
_Static_assert((int)MN_MOST_CHANNEL == MN_CHANNELS, "channels 1 to 16, and any");
_Static_assert((int)MN_MOST_STYLE_TOP == MN_STYLES, "every style's number");
_Static_assert((int)MN_MOST_BARS_HEARD == 2 * MN_PHRASE, "every bar of a phrase");
_Static_assert((int)MN_MOST_TOP_NEURON == MN_MAX_LATENT - 1, "every neuron's index");

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

static void
put(MnControlPorts const* const ports, unsigned const port, float const value)
{
  *ports->port[port - MN_PORT_FIRST_CONTROL] = value;
}

// Writes a value that may leave the port's range.
static void
put_within(MnControlPorts const* const ports, unsigned const port, float const value)
{
  put(ports, port, mn_port_clamp(mn_port(port), value));
}

// Writes the values that a readout moves. Most blocks have none: it is not inlined, so that
// they do not save the registers that its loops need.
__attribute__((noinline)) static void
put_readout(MnControlPorts const* const ports, MnOutputs const* const outputs)
{
  MnReadout const* const target = &outputs->target;
  put(ports, MN_PORT_MUSICALITY, mn_outputs_value(outputs, MN_GLIDE_MUSICALITY));
  for (unsigned i = 0; i < MN_RANKED; ++i) {
    put(ports, MN_PORT_NEURON_1 + i, mn_outputs_value(outputs, MN_GLIDE_RANKED + i));
  }
  put(ports, MN_PORT_SENSE, mn_outputs_value(outputs, MN_GLIDE_SENSE));
  put(ports, MN_PORT_FORM, mn_outputs_value(outputs, MN_GLIDE_FORM));
  put_within(ports,
             MN_PORT_SURPRISE,
             MN_SURPRISE_FULL * mn_outputs_value(outputs, MN_GLIDE_SURPRISE));
  for (unsigned i = 0; i < MN_AXES; ++i) {
    put(ports, MN_PORT_AXIS_1 + i, mn_outputs_value(outputs, MN_GLIDE_AXES + i));
  }
  for (unsigned i = 0; i < MN_TOP; ++i) {
    unsigned const port = MN_PORT_TOP_1 + MN_TOP_PORT_COUNT * i;
    put(ports, port + MN_TOP_PORT_NEURON, (float)target->top[i].neuron);
    put(ports, port + MN_TOP_PORT_ACTIVATION, target->top[i].mu);
  }
  put(ports, MN_PORT_MUSIC_ACTIVE, (float)target->music_active);
  put(ports, MN_PORT_NOISE_ACTIVE, (float)target->noise_active);
  put(ports, MN_PORT_NOISE_ENERGY, mn_outputs_value(outputs, MN_GLIDE_ENERGY));
}

// Writes what the second level tells. Most models have none.
static void
put_view(MnControlPorts const* const ports, MnOutputs* const outputs)
{
  for (unsigned i = 0; i < MN_STYLES; ++i) {
    put(ports, MN_PORT_STYLE_1 + i, mn_outputs_value(outputs, MN_GLIDE_STYLES + i));
  }
  put(ports, MN_PORT_STYLE_TOP, (float)outputs->style_top);
  put(ports, MN_PORT_STYLE_CONFIDENCE, mn_outputs_value(outputs, MN_GLIDE_CONFIDENCE));
  put(ports, MN_PORT_BARS_HEARD, (float)outputs->bars);
  outputs->rests = !outputs->tells;
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
    put_within(ports, MN_PORT_WINDOW, (float)windows);
  }
  if (written->late != late) {
    written->late = late;
    put_within(ports, MN_PORT_LATE, (float)late);
  }
  if (written->encode_ms != encode_ms) {
    written->encode_ms = encode_ms;
    put_within(ports, MN_PORT_ENCODE_MS, encode_ms);
  }
  if (written->mode != (int)l->timeline.mode) {
    written->mode = (int)l->timeline.mode;
    put(ports, MN_PORT_SYNCED, mn_timeline_has_bars(&l->timeline));
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
    outputs->rests   = false;
  }
  if (!outputs->written) {
    put_readout(ports, outputs);
    if (!outputs->rests) {
      put_view(ports, outputs);
    }
    outputs->written = outputs->done == outputs->total;
  }
  put_status(ports, listening, windows, late, encode_ms);
}
