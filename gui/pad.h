// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The pad of the player: two ports that the pointer and the keys move together. X grows to the
/// right, and y downwards: slot A is at the upper left, D at the lower right.

#ifndef MN_PAD_H
#define MN_PAD_H

#include "gestures.h"
#include "input.h"
#include "layout.h"

/// The parts of a gesture: the start, changes, and the end.
void
mn_pad_grab(MnGestures* gestures);
void
mn_pad_release(MnGestures* gestures);

/// Moves both ports to a point in pixels, of the pad or the nearest one of it.
void
mn_pad_move(MnGestures* gestures, MnRect pad, double x, double y);

/// The port that a key moves, and the key that moves it so when the port has the keyboard
/// alone.
unsigned
mn_pad_key(MnKey* key);

/// Whether a gesture on the pad holds a port.
bool
mn_pad_has(unsigned port);

#endif // MN_PAD_H
