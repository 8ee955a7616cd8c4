// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The control ports: reads inputs within their ranges, writes outputs that have
/// changed. All functions: audio thread.

#ifndef MN_CONTROL_PORTS_H
#define MN_CONTROL_PORTS_H

#include "listening.h"
#include "outputs.h"
#include "protocol/ports.h"

#include <stdbool.h>
#include <string.h>

enum { MN_CONTROL_PORTS = MN_PORT_COUNT - MN_PORT_FIRST_CONTROL };

/// What the outputs hold that no readout moves.
typedef struct {
  uint32_t windows;
  unsigned late;
  float    encode_ms;
  int      mode;     ///< an MnTimelineMode
  bool     progress; ///< other than 0
} MnWritten;

typedef struct {
  float*    port[MN_CONTROL_PORTS];    ///< never NULL
  float     nowhere[MN_CONTROL_PORTS]; ///< NAN; buffers of the ports that have none
  bool      fresh;                     ///< nothing is written yet, or a buffer is new
  MnWritten written;
} MnControlPorts;

/// No port has a buffer.
void
mn_control_ports_init(MnControlPorts* ports) MN_REALTIME;

/// Gives a port its buffer, NULL for none. Every output is written anew.
void
mn_control_ports_connect(MnControlPorts* ports, unsigned port, float* buffer) MN_REALTIME;

/// The value of a port as it stands there; NAN if it has no buffer.
static inline float
mn_control_ports_raw(MnControlPorts const* const ports, unsigned const port)
{
  return *ports->port[port - MN_PORT_FIRST_CONTROL];
}

/// The value of an input port within its range; its default if it is not connected,
/// or not a number.
static inline double
mn_control_ports_read(MnControlPorts const* const ports, unsigned const port)
{
  return (double)mn_port_value(port, mn_control_ports_raw(ports, port));
}

/// Compares input ports bit by bit with what they held when they were last `seen`,
/// which is updated. @return whether any has changed.
///
/// @param port The first. @param seen [count].
static inline bool
mn_control_ports_changed(MnControlPorts const* const ports,
                         unsigned const              port,
                         unsigned const              count,
                         uint32_t* const             seen)
{
  uint32_t changed = 0;
  for (unsigned i = 0; i < count; ++i) {
    uint32_t bits;
    memcpy(&bits, ports->port[port - MN_PORT_FIRST_CONTROL + i], sizeof(bits));
    changed |= bits ^ seen[i];
    seen[i] = bits;
  }
  return changed;
}

/// Writes the output ports that have changed.
///
/// @param windows Windows that are done. @param late Windows that were never encoded.
/// @param encode_ms Time that the newest one took; -1: there is no model.
void
mn_control_ports_write(MnControlPorts*    ports,
                       MnOutputs*         outputs,
                       MnListening const* listening,
                       uint32_t           windows,
                       unsigned           late,
                       float              encode_ms) MN_REALTIME;

#endif // MN_CONTROL_PORTS_H
