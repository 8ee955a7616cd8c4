// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The bits of a melody's notes. A note is settled half a step after its step: from then
/// on no other note can take its place. Then it is asked how little it could be foreseen.
///
/// All functions: audio thread, bounded work per step.

#ifndef MN_SURPRISE_LINE_H
#define MN_SURPRISE_LINE_H

#include "melody.h"
#include "surprise.h"

#include <stdbool.h>

/// The bits of the note on a step.
typedef struct {
  int64_t    step;   ///< the step that now has this slot
  uint32_t   stream; ///< of the line when it was settled; 0: never
  MnNoteBits note;
} MnStepBits;

/// The bits of a window's notes, Q8: MN_NO_BITS where no note is settled, or it has none.
typedef struct {
  uint16_t of[MN_SURPRISE_VIEWS][MN_MAX_STEPS];
} MnWindowBits;

typedef struct {
  MnSurprise surprise;
  int64_t    next;   ///< the first step that is not settled
  uint32_t   stream; ///< how often it has been cleared: notes of before have another one
  MnStepBits ring[MN_MELODY_RING];
} MnSurpriseLine;

/// Forgets all notes: what follows from step `next` on has nothing to do with them. This also
/// makes a line of one that is all zeros.
void
mn_surprise_line_clear(MnSurpriseLine* line, int64_t next) MN_REALTIME;

/// Settles the steps before `step`. Call this before the events at a position that rounds
/// to `step`, and before windows that are complete there are taken.
///
/// @return true if a note was settled.
bool
mn_surprise_line_settle(MnSurpriseLine*        line,
                        MnMelody const*        melody,
                        MnSurpriseTable const* table,
                        int64_t                step) MN_REALTIME;

/// Writes the bits of the notes on the steps from `start` on.
void
mn_surprise_line_bits(MnSurpriseLine const* line,
                      int64_t               start,
                      unsigned              steps,
                      MnWindowBits*         bits) MN_REALTIME;

/// The bits of both views of the note on a window's step; -1 if it has none.
static inline float
mn_window_bits_sum(MnWindowBits const* const bits, unsigned const at)
{
  uint16_t const interval = bits->of[MN_SURPRISE_INTERVAL][at];
  uint16_t const duration = bits->of[MN_SURPRISE_DURATION][at];
  return interval == MN_NO_BITS ? -1.0F : (float)(interval + duration) / MN_BIT_Q8;
}

/// The bits of the notes among some tokens, if nothing came before them.
void
mn_surprise_of_tokens(MnSurpriseTable const* table,
                      uint8_t const*         tokens,
                      unsigned               steps,
                      MnWindowBits*          bits) MN_REALTIME;

#endif // MN_SURPRISE_LINE_H
