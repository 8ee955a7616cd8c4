// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Frames to steps: where in the music the audio thread is.
///
/// Positions are in *steps* (sixteenths, a quarter of a quarter note) on a
/// stream that only moves forward: it counts what was heard. While the host
/// rolls, the stream follows its bars and beats; a jump that lands on the same
/// place in a bar, as a loop of whole bars does, goes on seamlessly, any other
/// jump breaks the stream. Without a rolling host the stream runs from a tempo.
///
/// All functions: audio thread, O(1).

#ifndef MN_TIMELINE_H
#define MN_TIMELINE_H

#include "base/common.h"

#include <stdbool.h>

/// What a host said of its transport; only the fields with their `has_` are
/// known. Hosts may send any subset, and fields keep their value until resent.
typedef struct {
  bool    has_speed;
  bool    has_bar;
  bool    has_bar_beat;
  bool    has_beats_per_bar;
  bool    has_beat_unit;
  bool    has_bpm;
  double  speed;         ///< 0 stopped, 1 rolling, negative in reverse
  int64_t bar;           ///< number of the bar, from 0; may be negative
  double  bar_beat;      ///< beats since the start of the bar
  double  beats_per_bar; ///< numerator of the metre
  int     beat_unit;     ///< denominator of the metre
  double  bpm;           ///< quarter notes per minute
} MnPosition;

/// A bar on the stream, and by continuation all that follow in its metre.
/// Lengths and starts need not be whole steps (a bar of 7/32 is 3.5 steps).
typedef struct {
  double  start;  ///< in steps
  double  length; ///< in steps
  double  beat;   ///< length of a beat in steps
  int64_t number;
} MnBar;

/// What drives the stream.
typedef enum {
  MN_TIMELINE_FREE,  ///< a tempo: no host, or its transport is stopped
  MN_TIMELINE_HOST,  ///< the host's bars and beats
  MN_TIMELINE_STILL, ///< nothing: the host plays backwards
} MnTimelineMode;

/// Whether what follows belongs to what came before.
typedef enum {
  MN_STREAM_CONTINUES,
  MN_STREAM_BROKEN, ///< held notes and open windows are void
} MnStream;

typedef struct {
  double         rate; ///< frames a second
  double         own_bpm;
  MnPosition     host; ///< speed, tempo and metre that the host said last
  MnTimelineMode mode;
  MnBar          bar;
  bool           has_pause;   ///< the host stopped at a known place
  double         pause_phase; ///< steps since the start of bar `pause_bar`
  int64_t        pause_bar;
  double         furthest; ///< position that the stream had reached
  double         anchor;   ///< position at frames = 0
  uint64_t       frames;   ///< since the anchor
  double         steps_per_frame;
} MnTimeline;

/// A bar of 4/4 at the start of the stream.
extern MnBar const mn_bar_default;

/// The bar of a metre, e.g. 6 and 8, which starts at `start`.
MnBar
mn_bar_make(double start, int64_t number, double beats_per_bar, int beat_unit) MN_REALTIME;

/// The bar that holds `position`, by continuing the metre of `bar` both ways.
MnBar
mn_bar_at(MnBar const* bar, double position) MN_REALTIME;

/// Starts at step 0, free-running at `bpm` until the host says more.
void
mn_timeline_init(MnTimeline* timeline, double rate, double bpm) MN_REALTIME;

/// Sets the tempo that counts while the host gives none.
void
mn_timeline_set_tempo(MnTimeline* timeline, double bpm) MN_REALTIME;

/// Moves on by `frames`.
static inline void
mn_timeline_advance(MnTimeline* const timeline, uint32_t const frames)
{
  timeline->frames += frames;
}

/// Takes in what the host says about the current frame. Numbers that make no
/// sense (not finite, no tempo, no metre) are passed over field by field.
MnStream
mn_timeline_locate(MnTimeline* timeline, MnPosition const* said) MN_REALTIME;

/// While free-running: makes the current frame the start of a bar 0.
void
mn_timeline_start_bar(MnTimeline* timeline) MN_REALTIME;

/// The tempo that counts now, in quarter notes a minute.
double
mn_timeline_bpm(MnTimeline const* timeline) MN_REALTIME;

/// The position in steps a number of frames from now, if the host says nothing new.
static inline double
mn_timeline_position_after(MnTimeline const* const timeline, double const frames)
{
  return timeline->anchor + ((double)timeline->frames + frames) * timeline->steps_per_frame;
}

/// The current position.
static inline double
mn_timeline_position(MnTimeline const* const timeline)
{
  return mn_timeline_position_after(timeline, 0);
}

#endif // MN_TIMELINE_H
