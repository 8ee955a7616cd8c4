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

/// Draws what is heard, and what the colours mean, to the right of the panel's title.
void
mn_draw_roll_head(MnCanvas* canvas, MnRect panel);

#endif // MN_DRAW_ROLL_H
