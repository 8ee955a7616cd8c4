// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Turns steps into windows: which parts of the stream are windows, and when a window is
/// complete.
///
/// Windows start on a grid of hops, which starts anew at every bar. Notes round to the
/// nearest step, so a window closes half a step after its end: nothing later can change
/// it.
///
/// All functions: audio thread, bounded work per step.

#ifndef MN_WINDOW_H
#define MN_WINDOW_H

#include "base/common.h"
#include "melody.h"
#include "timeline.h"

#include <stdbool.h>

/// The distance from the start of one window to the start of the next.
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
  unsigned steps; ///< of a window
  MnHop    hop;
  int64_t  next;   ///< the next step to begin
  int64_t  oldest; ///< the first step of the oldest open window; `next` if none is
  uint8_t  starts[MN_MELODY_RING]; ///< whether a window starts on a step
} MnGrid;

/// A window with fewer note-ons is reported but not scored.
enum { MN_ONSETS_TO_SCORE = 2 };

/// The names of the hops, by MnHop, for the command line and for menus of hosts.
extern char const* const mn_hop_names[MN_HOP_COUNT];

/// Starts the grid at `position`. Windows may start from the start of the current bar on,
/// so a stream that begins in mid-bar begins with rests.
void
mn_grid_init(MnGrid* grid, unsigned steps, MnHop hop, MnBar const* bar, double position)
  MN_REALTIME;

/// Takes the next window that is complete at `position`. Call this until it returns false,
/// and only then give the events at `position` to `melody`.
bool
mn_grid_next(MnGrid*         grid,
             MnBar const*    bar,
             MnMelody const* melody,
             double          position,
             MnWindow*       window) MN_REALTIME;

/// Corrects the grid for a bar that has just begun. Its first step began half a step
/// earlier, when its number was only predicted; where a loop turns, the number differs.
void
mn_grid_recount(MnGrid* grid, MnBar const* bar) MN_REALTIME;

/// The first step of the oldest open window, or the next step if none is open.
int64_t
mn_grid_start(MnGrid const* grid) MN_REALTIME;

/// The part of the oldest open window that has passed at `position`, 0..1.
double
mn_grid_progress(MnGrid const* grid, double position) MN_REALTIME;

#endif // MN_WINDOW_H
