// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the pointer and the keyboard have in common: gestures on controls, each
/// told to the host with its beginning and its end. For interact*.c alone.

#ifndef MN_GESTURES_H
#define MN_GESTURES_H

#include "interact.h"

/// Sets a port to the nearest value that it takes.
void
mn_interact_set(MnInteract* interact, unsigned port, float value);

void
mn_interact_nudge(MnInteract* interact, unsigned port, int steps);

void
mn_interact_toggle(MnInteract* interact, unsigned port);

/// Makes a trigger 1; mn_interact_tick() makes it 0 again.
void
mn_interact_pull(MnInteract* interact, unsigned port);

/// The menu of a port's choices.
void
mn_interact_open(MnInteract* interact, unsigned port);
void
mn_interact_close(MnInteract* interact);

/// Closes the open menu with a choice.
void
mn_interact_choose(MnInteract* interact, int choice);

/// Turns to the page of a tab, by its target.
void
mn_interact_page(MnInteract* interact, int target);

/// Takes the message away. @return false if there was none.
bool
mn_interact_dismiss(MnInteract* interact);

/// A key went down.
MnInputResult
mn_interact_key(MnInteract* interact, MnKey key);

#endif // MN_GESTURES_H
