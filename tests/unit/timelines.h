// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Timelines, and positions as hosts say them.

#ifndef MN_TEST_TIMELINES_H
#define MN_TEST_TIMELINES_H

#include "check.h"
#include "notes/timeline.h"

/// Frames a second.
#define TIMELINE_RATE 48000.0

/// Tolerances, in steps: rounding alone; a 1/1920 of a beat, as Ardour rounds.
#define EXACT 1e-9
#define COARSE (1.0 / 480)

/// A position of a host that tells everything.
MnPosition
rolling(int64_t bar, double bar_beat, double beats_per_bar, int beat_unit, double bpm);

/// A position of a host that tells nothing else.
MnPosition
only_speed(double speed);

/// A host in 4/4 at 120 bpm, where a step is 6000 frames and a bar 96000.
MnPosition
common_time(double beats);

/// A timeline at TIMELINE_RATE and 120 bpm that no host has told anything.
MnTimeline
free_timeline(void);

/// The same, told once that the host rolls in common time.
MnTimeline
following(double beats);

/// Tells a timeline what a host says.
MnStream
say(MnTimeline* t, MnPosition said);

/// The current bar of the stream, and the step within it.
void
assert_at(MnTimeline const* t, int64_t number, double steps, double tolerance);

/// How many beats pass in a time.
double
beats_after(uint64_t frames, double bpm);

#endif // MN_TEST_TIMELINES_H
