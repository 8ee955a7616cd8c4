// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Turns frames into steps: where in the music the audio thread is.
///
/// Positions count *steps* (sixteenth notes) on a stream, which only moves forward. While
/// the host rolls, the stream follows the bars and beats of the host. A jump to the same
/// place in another bar, as in a loop of whole bars, continues the stream; any other jump
/// breaks it. While no host rolls, it follows the bars of a MIDI clock that does, and else
/// runs at a tempo: the host's, if it tells one, or that of a clock, or a fixed one.
///
/// All functions: audio thread, O(1).

#ifndef MN_TIMELINE_H
#define MN_TIMELINE_H

#include "base/common.h"

#include <stdbool.h>

/// The transport as the host reported it. A field is known if its `has_` is true. Hosts
/// may send any subset; a field keeps its value until it is sent again.
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

/// A bar on the stream. The bars after it have the same metre. Starts and lengths need
/// not be whole steps: a bar of 7/32 has 3.5 steps.
typedef struct {
  double  start;  ///< in steps
  double  length; ///< in steps
  double  beat;   ///< length of a beat in steps
  int64_t number;
} MnBar;

/// What drives the stream.
typedef enum {
  MN_TIMELINE_FREE,  ///< a tempo: no host, or its transport is stopped
  MN_TIMELINE_HOST,  ///< the bars and beats of the host
  MN_TIMELINE_STILL, ///< nothing: the host plays backwards
  MN_TIMELINE_CLOCK, ///< a MIDI clock, in the metre of the host or in 4/4
} MnTimelineMode;

/// Whose the tempo is.
typedef enum {
  MN_TIMELINE_TEMPO_OWN,
  MN_TIMELINE_TEMPO_HOST,
  MN_TIMELINE_TEMPO_CLOCK,
} MnTimelineTempo;

/// What a MIDI clock says about the current frame: see midi_clock.h.
typedef struct {
  bool   told;    ///< it says something
  bool   rolling; ///< `step` is known
  double step;    ///< since the start of the song
  double bpm;     ///< quarter notes per minute; 0: not known
} MnClockPlace;

/// Whether the stream goes on or starts anew.
typedef enum {
  MN_STREAM_CONTINUES,
  MN_STREAM_BROKEN, ///< held notes and open windows are dropped
} MnStream;

typedef struct {
  double         rate; ///< frames a second
  double         own_bpm;
  double         clock_bpm; ///< of a MIDI clock; 0: there is none
  MnPosition     host;      ///< the last speed, tempo and metre of the host
  MnTimelineMode mode;
  MnBar          bar;
  bool           has_pause;   ///< the host stopped at a known place
  double         pause_phase; ///< steps since the start of bar `pause_bar`
  int64_t        pause_bar;
  double         furthest; ///< the furthest position of the stream
  double         anchor;   ///< position at frames = 0
  uint64_t       frames;   ///< since the anchor
  double         steps_per_frame;
} MnTimeline;

/// A bar of 4/4 at the start of the stream.
extern MnBar const mn_bar_default;

/// A bar that starts at `start`, in a metre such as 6 and 8.
MnBar
mn_bar_make(double start, int64_t number, double beats_per_bar, int beat_unit) MN_REALTIME;

/// The bar that contains `position`, if all bars have the metre of `bar`.
MnBar
mn_bar_at(MnBar const* bar, double position) MN_REALTIME;

/// Starts at step 0, and runs at `bpm` until the host reports a position.
void
mn_timeline_init(MnTimeline* timeline, double rate, double bpm) MN_REALTIME;

/// Sets the tempo to use while the host reports none.
void
mn_timeline_set_tempo(MnTimeline* timeline, double bpm) MN_REALTIME;

/// Advances by `frames`.
static inline void
mn_timeline_advance(MnTimeline* const timeline, uint32_t const frames)
{
  timeline->frames += frames;
}

/// Reads what the host reports about the current frame. A field with an impossible value
/// (not finite, no tempo, no metre) is ignored.
MnStream
mn_timeline_locate(MnTimeline* timeline, MnPosition const* said) MN_REALTIME;

/// Reads what a MIDI clock says about the current frame, or that it has gone (no tempo). The
/// host's bars win: while it rolls, this changes nothing.
MnStream
mn_timeline_clock(MnTimeline* timeline, MnClockPlace const* said) MN_REALTIME;

/// While running free: starts bar 0 at the current frame.
void
mn_timeline_start_bar(MnTimeline* timeline) MN_REALTIME;

/// The current tempo, in quarter notes a minute.
double
mn_timeline_bpm(MnTimeline const* timeline) MN_REALTIME;

/// Whose that is.
MnTimelineTempo
mn_timeline_tempo(MnTimeline const* timeline) MN_REALTIME;

/// Whether something gives bars: the host or a MIDI clock.
static inline bool
mn_timeline_has_bars(MnTimeline const* const timeline)
{
  return timeline->mode == MN_TIMELINE_HOST || timeline->mode == MN_TIMELINE_CLOCK;
}

/// The position, in steps, a number of frames from now, if the host reports nothing new.
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
