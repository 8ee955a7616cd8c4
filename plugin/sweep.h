// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A controller's sweep for a host's MIDI learn: from the low end to the high one and back,
/// counted in frames since the instance was made.
///
/// All functions: audio thread, bounded work.

#ifndef MN_SWEEP_H
#define MN_SWEEP_H

#include <stdbool.h>
#include <stdint.h>

/// How long a sweep takes, and how many messages a second it has at the most.
enum { MN_SWEEP_SECONDS = 2, MN_SWEEP_RATE = 25 };

typedef struct {
  bool     on;
  unsigned slot;  ///< whose controller moves
  uint64_t start; ///< frame
  uint64_t end;   ///< frame on which the slot has its own value again
  uint64_t due;   ///< frame of the next message, at most `end`
} MnSweep;

/// Begins a sweep. The one before ends.
///
/// @param rate Frames a second. @param ready The frame from which on a message may come.
static inline void
mn_sweep_begin(MnSweep* const sweep,
               unsigned const slot,
               double const   rate,
               uint64_t const frame,
               uint64_t const ready)
{
  uint64_t const end = frame + (uint64_t)(MN_SWEEP_SECONDS * rate);
  uint64_t const due = ready > frame ? ready : frame;
  MnSweep const  now = {true, slot, frame, end, due < end ? due : end};
  *sweep             = now;
}

/// Where the controller is between its ends, 0 to 1.
static inline double
mn_sweep_place(MnSweep const* const sweep, uint64_t const frame)
{
  double const part = (double)(frame - sweep->start) / (double)(sweep->end - sweep->start);
  return part < 0.5 ? 2 * part : 2 - 2 * part;
}

/// Sets when the message after one on `frame` comes.
///
/// @param interval Frames between two messages, at least.
static inline void
mn_sweep_go_on(MnSweep* const sweep,
               double const   rate,
               uint64_t const frame,
               uint64_t const interval)
{
  uint64_t const pace = (uint64_t)(rate / MN_SWEEP_RATE);
  uint64_t const due  = frame + (interval > pace ? interval : pace);
  sweep->due          = due < sweep->end ? due : sweep->end;
}

#endif // MN_SWEEP_H
