// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Readouts to control values: values glide in a straight line to each new
/// readout, indices and counts step. All functions: audio thread, O(1).

#ifndef MN_OUTPUTS_H
#define MN_OUTPUTS_H

#include "readout.h"

#include <stdbool.h>

enum { MN_GLIDE_MUSICALITY, MN_GLIDE_ENERGY, MN_GLIDE_RANKED, MN_GLIDES = 2 + MN_RANKED };

typedef struct {
  MnReadout target;
  float     value[MN_GLIDES];
  uint32_t  frames_left; ///< until the values reach the target
} MnOutputs;

/// Starts at the neutral readout.
void
mn_outputs_init(MnOutputs* outputs) MN_REALTIME;

/// Sets where to go, within `frames`.
void
mn_outputs_aim(MnOutputs* outputs, MnReadout const* target, uint32_t frames) MN_REALTIME;

/// Moves on by `frames`.
void
mn_outputs_advance(MnOutputs* outputs, uint32_t frames) MN_REALTIME;

#endif // MN_OUTPUTS_H
