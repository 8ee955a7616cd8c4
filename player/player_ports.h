// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The ports of the player, and what values they take: all of it from
/// player_port_table.def, of which the plugin's turtle is made too.

#ifndef MN_PLAYER_PORTS_H
#define MN_PLAYER_PORTS_H

#include "protocol/ports.h"

#include <string.h>

#define MN_PLAYER_URI "urn:music-neurons:player"

#define REPEAT(set, count, constant, ...) \
  static_assert((count) == (constant), "as many ports as the engine has values");
#include "player_port_table.def"

enum {
#define ATOM(name, ...) MN_PLAYER_PORT_##name,
#define INPUT ATOM
#define OUTPUT ATOM
#define REPEAT(set, count, ...) \
  MN_PLAYER_PORT_##set##_1,     \
    MN_PLAYER_PORT_##set##_LAST = MN_PLAYER_PORT_##set##_1 + (count)-1,
#include "player_port_table.def"
  MN_PLAYER_PORT_COUNT,
  MN_PLAYER_PORT_FIRST_CONTROL = MN_PLAYER_PORT_FREEWHEEL,
};

/// The control ports, where those that differ by a set's number alone are one.
enum {
#define INPUT(name, ...) MN_PLAYER_ROW_##name,
#define NEURON_INPUT INPUT
#define AXIS_INPUT INPUT
#define OUTPUT INPUT
#define PLAYED_NEURON_OUTPUT INPUT
#define PLAYED_AXIS_OUTPUT INPUT
#include "player_port_table.def"
  MN_PLAYER_ROW_COUNT,
};

enum {
  MN_PLAYER_CONTROLS = MN_PLAYER_PORT_COUNT - MN_PLAYER_PORT_FIRST_CONTROL,
  /// The inputs that are read in each block: the first ones.
  MN_PLAYER_LIVE_PORTS = MN_PLAYER_PORT_CAPTURE_CC - MN_PLAYER_PORT_FIRST_CONTROL + 1,
};

/// By MN_PLAYER_ROW_*. Constant: any thread.
extern MnPort const mn_player_port_table[MN_PLAYER_ROW_COUNT];

typedef struct {
  float* port[MN_PLAYER_CONTROLS];    ///< never NULL
  float  nowhere[MN_PLAYER_CONTROLS]; ///< NAN; buffers of the ports that have none
} MnPlayerPorts;

/// The row of a control port. Any thread.
static inline MnPort const*
mn_player_port(unsigned const port)
{
  unsigned const row = port < MN_PLAYER_PORT_NEURON_1 ? port - MN_PLAYER_PORT_FIRST_CONTROL
                       : port < MN_PLAYER_PORT_AXIS_1 ? MN_PLAYER_ROW_NEURON
                       : port < MN_PLAYER_PORT_STATE  ? MN_PLAYER_ROW_AXIS
                       : port < MN_PLAYER_PORT_PLAYED_NEURON_1
                         ? MN_PLAYER_ROW_STATE + port - MN_PLAYER_PORT_STATE
                       : port < MN_PLAYER_PORT_PLAYED_AXIS_1 ? MN_PLAYER_ROW_PLAYED_NEURON
                                                             : MN_PLAYER_ROW_PLAYED_AXIS;
  return &mn_player_port_table[row];
}

/// No port has a buffer.
void
mn_player_ports_init(MnPlayerPorts* ports) MN_REALTIME;

/// Gives a control port its buffer, NULL for none.
void
mn_player_ports_connect(MnPlayerPorts* ports, unsigned port, float* buffer) MN_REALTIME;

/// The value of an input within its range; its default if it is not connected, or not a
/// number. Audio thread.
static inline double
mn_player_ports_read(MnPlayerPorts const* const ports, unsigned const port)
{
  MnPort const* const p   = mn_player_port(port);
  float const         raw = *ports->port[port - MN_PLAYER_PORT_FIRST_CONTROL];
  return (double)(isnan(raw) ? p->initial : mn_port_clamp(p, raw));
}

/// Writes an output, within its range. Audio thread.
static inline void
mn_player_ports_write(MnPlayerPorts const* const ports,
                      unsigned const             port,
                      float const                value)
{
  *ports->port[port - MN_PLAYER_PORT_FIRST_CONTROL] =
    mn_port_clamp(mn_player_port(port), value);
}

#endif // MN_PLAYER_PORTS_H
