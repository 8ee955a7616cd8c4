// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// How much of a flood of notes is heard, so that the work of a block is bounded.
///
/// Up to MN_FLOOD_NOTES notes are heard at once, more than ten fingers or a score for
/// sixteen channels ever strike, and one more for every MN_FLOOD_FRAMES frames. What comes
/// beyond that passes through unheard, and is counted. Only the frames of the notes decide,
/// so the same ones are heard however the host cuts its blocks. The same holds for MIDI clocks,
/// and for the starts and stops of one, with other numbers.

#ifndef MN_FLOOD_H
#define MN_FLOOD_H

#include "base/common.h"

#include <stdbool.h>

enum { MN_FLOOD_NOTES = 128, MN_FLOOD_FRAMES = 4 };

/// Those of starts, stops and song positions: each may break the stream.
enum { MN_FLOOD_STARTS = 8, MN_FLOOD_START_FRAMES = 4096 };

/// All zero at first.
typedef struct {
  uint64_t rested;  ///< from this frame on so many notes are heard at once again
  unsigned skipped; ///< of them, how many were not heard
} MnFlood;

/// Whether a message on a frame is heard, of which `most` are at once and one more for each
/// `frames`; counts it if not. Frames do not decrease. Audio thread.
static inline bool
mn_flood_lets(MnFlood* const flood,
              uint64_t const frame,
              unsigned const most,
              unsigned const frames)
{
  uint64_t const from = flood->rested > frame ? flood->rested : frame;
  if (from - frame > (uint64_t)(most - 1) * frames) {
    ++flood->skipped;
    return false;
  }
  flood->rested = from + frames;
  return true;
}

/// The same of a note that is struck.
static inline bool
mn_flood_admits(MnFlood* const flood, uint64_t const frame)
{
  return mn_flood_lets(flood, frame, MN_FLOOD_NOTES, MN_FLOOD_FRAMES);
}

#endif // MN_FLOOD_H
