// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The ports of the monitor in the order of ttl/monitor.ttl.in. What each one
/// means is said there; a test holds the two together.

#ifndef MN_PORTS_H
#define MN_PORTS_H

#include "readout.h"

enum {
  PORT_IN,
  PORT_OUT,
  PORT_NOTIFY,

  PORT_ENABLED,
  PORT_HOP,
  PORT_CHANNEL,
  PORT_VOICE,
  PORT_TEMPO,
  PORT_GLIDE,
  PORT_HOLD,
  PORT_RESET,
  PORT_FREEWHEEL,

  PORT_MUSICALITY,
  PORT_NEURON_1,
  PORT_TOP_1_NEURON     = PORT_NEURON_1 + MN_RANKED, // then its activation, ...
  PORT_MUSIC_ACTIVE     = PORT_TOP_1_NEURON + 2 * MN_TOP,
  PORT_NOISE_ACTIVE,
  PORT_NOISE_ENERGY,
  PORT_WINDOW,
  PORT_PROGRESS,
  PORT_LATE,
  PORT_ENCODE_MS,
  PORT_SYNCED,

  PORT_COUNT,
  PORT_FIRST_CONTROL = PORT_ENABLED,
  PORT_FIRST_OUTPUT  = PORT_MUSICALITY,
};

#endif // MN_PORTS_H
