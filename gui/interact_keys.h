// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What keys do: to the open menu, to the focused control or button, to the focus.

#ifndef MN_INTERACT_KEYS_H
#define MN_INTERACT_KEYS_H

#include "gestures.h"
#include "input.h"

/// Handles a key press in a window of a size in pixels.
MnInputResult
mn_interact_key(MnGestures* gestures, double width, double height, MnKey key, double now);

#endif // MN_INTERACT_KEYS_H
