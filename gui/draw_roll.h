// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the parts of the roll share.

#ifndef MN_DRAW_ROLL_H
#define MN_DRAW_ROLL_H

#include "draw_canvas.h"

/// Colours of notes, from what could be foreseen to what could not.
enum { MN_TINTS = 7 };

MnColour
mn_tint_colour(MnCanvas const* canvas, int tint);

/// The grid of the roll, in which notes are drawn.
typedef struct {
  MnRect   grid;
  unsigned steps;
  int      low;        ///< the lowest pitch, in MIDI
  int      high;       ///< the highest
  double   row;        ///< height of one
  double   step;       ///< width of one
  double   now;        ///< the position in steps from the left edge, within bounds
  bool     numbered;   ///< the bars have numbers
  double   first_bar;  ///< where a bar begins, in steps from the left edge
  int64_t  bar_number; ///< of that bar, from 0
  int      tint;       ///< of the notes that are drawn
} MnRoll;

/// The roll of a view in the room of its panel.
MnRoll
mn_roll_of(MnCanvas const* canvas, MnRect room);

/// Draws rows, bars and keys.
void
mn_draw_roll_grid(MnCanvas* canvas, MnRoll const* roll);

/// Where a step, counted from the left edge, is in pixels: within the grid.
double
mn_roll_x(MnRoll const* roll, double step);

/// Where a note is, in pixels: `start` and `end` in steps from the left edge, `pitch` in MIDI.
MnRect
mn_roll_note(MnRoll const* roll, double start, double end, int pitch);

/// Colours of the player's notes.
MnColour
mn_played_colour(MnCanvas const* canvas, bool to_come);

/// Draws the notes that the player has played and is about to play.
void
mn_draw_roll_played(MnCanvas* canvas, MnRoll const* roll);

/// Draws what is heard, and what the colours mean, to the right of the panel's title.
void
mn_draw_roll_head(MnCanvas* canvas, MnRect panel);

#endif // MN_DRAW_ROLL_H
