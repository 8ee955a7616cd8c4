// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The ports of the monitor in the order of ttl/monitor.ttl.in. What each one
/// means is said there; a test holds the two together.

#ifndef MN_PORTS_H
#define MN_PORTS_H

#include "readout.h"

enum { MN_CC_SLOTS = 8 };

/// The ports of one of the slots that send MIDI controllers (CC), from PORT_CC_1.
enum {
  MN_CC_SOURCE, ///< an MnCcSource
  MN_CC_CONTROLLER,
  MN_CC_CHANNEL,
  MN_CC_LOW,
  MN_CC_HIGH,
  MN_CC_INVERT,
  MN_CC_CURVE,
  MN_CC_GLIDE,
  MN_CC_THRESHOLD,
  MN_CC_RATE,
  MN_CC_WIDE,

  MN_CC_PORTS,
};

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

  PORT_CC_SHARE,
  PORT_CC_1,

  PORT_COUNT         = PORT_CC_1 + MN_CC_SLOTS * MN_CC_PORTS,
  PORT_FIRST_CONTROL = PORT_ENABLED,
};

/// What a slot sends.
typedef enum {
  MN_CC_OFF,
  MN_CC_MUSICALITY,
  MN_CC_NOISE,    ///< share of the noise neurons that are excited
  MN_CC_TOP,      ///< abs(mu) of the most excited neuron, 4 is all
  MN_CC_NEURON_1, ///< percentiles of the first MN_RANKED music neurons
  MN_CC_SOURCES = MN_CC_NEURON_1 + MN_RANKED,
} MnCcSource;

#endif // MN_PORTS_H
