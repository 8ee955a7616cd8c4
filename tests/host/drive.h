// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A host that a test drives by hand, at 120 beats a minute and 48 kHz. A tape records
/// its output.

#ifndef MN_DRIVE_H
#define MN_DRIVE_H

#include "tape.h"

enum {
  DRIVE_RATE  = 48000,
  STEP_FRAMES = 6000,
  BEAT_FRAMES = 4 * STEP_FRAMES,
  BAR_FRAMES  = 4 * BEAT_FRAMES,
  BLOCK       = 1000,
};

/// Frames from the start of a window of 2 bars to the frame on which it closes. From
/// there on mn_step_round() rounds a note to the step after the window.
enum { CLOSE_FRAMES = 188983 };

extern char const drive_bundle[];

typedef struct {
  Host*    host;
  uint32_t block; ///< the longest; BLOCK at first
  Tape     tape;
} Drive;

/// A new instance of HOST_MONITOR or HOST_CV with glides of 0. With `freewheel`,
/// results come on the frame where the window closes.
Drive
drive_new(char const* uri, HostWorker worker, bool freewheel);

void
drive_free(Drive* drive);

/// Queues events for the next block.
void
drive_note(Drive* drive, uint32_t frame, bool on, unsigned channel, unsigned pitch);
void
drive_control(Drive*   drive,
              uint32_t frame,
              unsigned channel,
              unsigned controller,
              unsigned value);

/// Queues a transport position in 4/4 at 120 beats a minute.
void
drive_locate(Drive* drive, int64_t bar, double bar_beat, double speed);

/// The same in any metre.
void
drive_locate_in(Drive* drive, int64_t bar, double bar_beat, int beats, int unit);

/// Runs for a number of frames.
void
drive_frames(Drive* drive, uint32_t frames);

/// Plays quarter notes for a number of bars: a scale of two bars, from its first note.
void
drive_bars(Drive* drive, unsigned bars);

/// Sets a port of a CC slot, 1..8, named by the end of its symbol.
void
drive_slot(Drive* drive, unsigned slot, char const* what, double value);

#endif // MN_DRIVE_H
