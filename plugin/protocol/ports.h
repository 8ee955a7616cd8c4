// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The ports of the monitor in the order of ttl/monitor.ttl.in, and of its
/// sibling in that of ttl/cv.ttl.in. What each one means is said there; tests
/// hold them together.

#ifndef MN_PORTS_H
#define MN_PORTS_H

#include "readout/readout.h"

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
  PORT_TOP_1_NEURON = PORT_NEURON_1 + MN_RANKED, // then its activation, ...
  PORT_MUSIC_ACTIVE = PORT_TOP_1_NEURON + 2 * MN_TOP,
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

/// The CV outputs of the sibling.
enum {
  MN_CV_MUSICALITY,
  MN_CV_NEURON_1,
  MN_CV_NEURONS = 8,
  MN_CV_NOISE   = MN_CV_NEURON_1 + MN_CV_NEURONS,
  MN_CV_WINDOW, ///< a gate: a window is done
  MN_CV_TOP,    ///< a gate: another neuron is the most excited
  MN_CV_COUNT,
};

/// The ports of the sibling: the monitor's inputs, less the CC slots, then CV.
enum {
  CV_PORT_IN,
  CV_PORT_NOTIFY,
  CV_PORT_FIRST_CONTROL, ///< PORT_ENABLED
  CV_PORT_FIRST_CV = CV_PORT_FIRST_CONTROL + PORT_FREEWHEEL - PORT_ENABLED + 1,
  CV_PORT_COUNT    = CV_PORT_FIRST_CV + MN_CV_COUNT,
};

#endif // MN_PORTS_H
