// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The outputs of the CV sibling: values as control voltages, a sample a frame, and gates.
/// All functions: audio thread.

#ifndef MN_CV_H
#define MN_CV_H

#include "outputs.h"
#include "protocol/ports.h"

#include <stdbool.h>

/// The voltage of a value of 1, and of a gate that is open.
#define MN_CV_FULL ((float)MN_MOST_CV_MUSICALITY)

typedef struct {
  float*   port[MN_CV_COUNT]; ///< any may be NULL
  bool     used;              ///< this instance is the sibling
  uint32_t gate;              ///< frames that a gate is open
  uint32_t left[MN_CV_COUNT]; ///< frames until a gate closes
  int      top;               ///< the neuron that was the most excited
} MnCv;

/// Closes the gates.
void
mn_cv_init(MnCv* cv, double rate) MN_REALTIME;

/// Opens a gate: a window is done. If its values are `shown`, `top` is the neuron that it
/// excites most. The other gate opens if that is not the same as before.
void
mn_cv_window(MnCv* cv, bool shown, int top) MN_REALTIME;

/// Forgets the most excited neuron: the values are neutral from here on.
void
mn_cv_rest(MnCv* cv) MN_REALTIME;

/// Writes `frames` samples from `offset` in the block on.
void
mn_cv_play(MnCv* cv, MnOutputs const* outputs, uint32_t offset, uint32_t frames)
  MN_REALTIME;

#endif // MN_CV_H
