// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The ports of the monitor in the order of ttl/monitor.ttl.in, and of its
/// sibling in that of ttl/cv.ttl.in. What each one means is said there; tests
/// hold them together.

#ifndef MN_PORTS_H
#define MN_PORTS_H

#include "base/common.h"

enum { MN_CC_SLOTS = 8 };

/// The ports of one of the slots that send MIDI controllers (CC), from PORT_CC_1.
enum {
  MN_CC_PORT_SOURCE, ///< an MnSource
  MN_CC_PORT_CONTROLLER,
  MN_CC_PORT_CHANNEL,
  MN_CC_PORT_LOW,
  MN_CC_PORT_HIGH,
  MN_CC_PORT_INVERT,
  MN_CC_PORT_CURVE,
  MN_CC_PORT_GLIDE,
  MN_CC_PORT_THRESHOLD,
  MN_CC_PORT_RATE,
  MN_CC_PORT_WIDE,

  MN_CC_PORT_COUNT,
};

enum {
  MN_PORT_IN,
  MN_PORT_OUT,
  MN_PORT_NOTIFY,

  MN_PORT_ENABLED,
  MN_PORT_HOP,
  MN_PORT_CHANNEL,
  MN_PORT_VOICE,
  MN_PORT_TEMPO,
  MN_PORT_GLIDE,
  MN_PORT_HOLD,
  MN_PORT_RESET,
  MN_PORT_FREEWHEEL,

  MN_PORT_MUSICALITY,
  MN_PORT_NEURON_1,
  MN_PORT_TOP_1_NEURON = MN_PORT_NEURON_1 + MN_RANKED, // then its activation, ...
  MN_PORT_MUSIC_ACTIVE = MN_PORT_TOP_1_NEURON + 2 * MN_TOP,
  MN_PORT_NOISE_ACTIVE,
  MN_PORT_NOISE_ENERGY,
  MN_PORT_WINDOW,
  MN_PORT_PROGRESS,
  MN_PORT_LATE,
  MN_PORT_ENCODE_MS,
  MN_PORT_SYNCED,

  MN_PORT_CC_SHARE,
  MN_PORT_CC_1,

  MN_PORT_COUNT         = MN_PORT_CC_1 + MN_CC_SLOTS * MN_CC_PORT_COUNT,
  MN_PORT_FIRST_CONTROL = MN_PORT_ENABLED,
};

/// What a slot sends.
typedef enum {
  MN_SOURCE_OFF,
  MN_SOURCE_MUSICALITY,
  MN_SOURCE_NOISE,    ///< share of the noise neurons that are excited
  MN_SOURCE_TOP,      ///< abs(mu) of the most excited neuron, 4 is all
  MN_SOURCE_NEURON_1, ///< percentiles of the first MN_RANKED music neurons
  MN_SOURCE_COUNT = MN_SOURCE_NEURON_1 + MN_RANKED,
} MnSource;

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
  MN_CV_PORT_IN,
  MN_CV_PORT_NOTIFY,
  MN_CV_PORT_FIRST_CONTROL, ///< PORT_ENABLED
  MN_CV_PORT_FIRST_CV = MN_CV_PORT_FIRST_CONTROL + MN_PORT_FREEWHEEL - MN_PORT_ENABLED + 1,
  MN_CV_PORT_COUNT    = MN_CV_PORT_FIRST_CV + MN_CV_COUNT,
};

#endif // MN_PORTS_H
