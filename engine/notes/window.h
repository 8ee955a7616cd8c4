// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Steps to windows: which stretches of the stream are looked at, and when
/// they are complete.
///
/// Windows start on a grid of hops that is laid anew at every bar. Since notes
/// round to the nearest step, nothing later than half a step after a window's
/// last grid line can change it: there it closes.
///
/// All functions: audio thread, bounded work per step.

#ifndef MN_WINDOW_H
#define MN_WINDOW_H

#include "base/common.h"
#include "melody.h"
#include "timeline.h"

#include <stdbool.h>

/// The distance from the start of a window to the start of the next.
typedef enum {
  MN_HOP_2_BARS,
  MN_HOP_BAR,
  MN_HOP_HALF_BAR,
  MN_HOP_BEAT,
  MN_HOP_HALF_BEAT,
  MN_HOP_STEP,
  MN_HOP_COUNT,
} MnHop;

/// A complete window.
typedef struct {
  int64_t  start; ///< its first step on the stream
  unsigned steps;
  unsigned onsets; ///< note-ons among the tokens
  uint8_t  tokens[MN_MAX_STEPS];
} MnWindow;

/// The grid of windows.
typedef struct {
  unsigned steps; ///< in a window
  MnHop    hop;
  int64_t  next;   ///< the first step that has not begun
  int64_t  oldest; ///< the first step of the oldest open window; `next` if none is
  uint8_t  starts[MN_MELODY_RING]; ///< whether a window starts on a step
} MnGrid;

/// Windows with fewer note-ons are reported but not scored.
enum { MN_ONSETS_TO_SCORE = 2 };

/// Names of the hops on the command line and in host menus, by MnHop.
extern char const* const mn_hop_names[MN_HOP_COUNT];

/// Starts the grid at `position`: windows count that start in the bar that
/// holds it, so that a stream which begins in mid-bar begins with rests.
void
mn_grid_init(MnGrid* grid, unsigned steps, MnHop hop, MnBar const* bar, double position)
  MN_REALTIME;

/// Takes the next window that is complete at `position`. Call it until it
/// returns false before the events at that position are given to `melody`.
bool
mn_grid_next(MnGrid*         grid,
             MnBar const*    bar,
             MnMelody const* melody,
             double          position,
             MnWindow*       window) MN_REALTIME;

/// Takes in what the host says of a bar that has begun: its number may be another than
/// it seemed to be half a step before, when its first step did, as where a loop turns.
void
mn_grid_recount(MnGrid* grid, MnBar const* bar) MN_REALTIME;

/// The first step of the oldest open window; if none is open, the next to begin.
int64_t
mn_grid_start(MnGrid const* grid) MN_REALTIME;

/// How much of the oldest open window has passed at `position`, 0..1.
double
mn_grid_progress(MnGrid const* grid, double position) MN_REALTIME;

#endif // MN_WINDOW_H
