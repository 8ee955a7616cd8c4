// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// How much of a flood of notes is heard, so that the work of a block is bounded.
///
/// Up to MN_FLOOD_NOTES notes are heard at once, more than ten fingers or a score for
/// sixteen channels ever strike, and one more for every MN_FLOOD_FRAMES frames. What comes
/// beyond that passes through unheard, and is counted. Only the frames of the notes decide,
/// so the same ones are heard however the host cuts its blocks.

#ifndef MN_FLOOD_H
#define MN_FLOOD_H

#include "base/common.h"

#include <stdbool.h>

enum { MN_FLOOD_NOTES = 128, MN_FLOOD_FRAMES = 4 };

/// All zero at first.
typedef struct {
  uint64_t rested;  ///< from this frame on so many notes are heard at once again
  unsigned skipped; ///< notes that were not heard
} MnFlood;

/// Whether a note that is struck on a frame is heard; counts it if not. Frames do not
/// decrease. Audio thread.
static inline bool
mn_flood_admits(MnFlood* const flood, uint64_t const frame)
{
  uint64_t const from = flood->rested > frame ? flood->rested : frame;
  if (from - frame > (MN_FLOOD_NOTES - 1) * MN_FLOOD_FRAMES) {
    ++flood->skipped;
    return false;
  }
  flood->rested = from + MN_FLOOD_FRAMES;
  return true;
}

#endif // MN_FLOOD_H
