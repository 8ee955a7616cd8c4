// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the keys of the display mean.

#ifndef MN_KEYBOARD_H
#define MN_KEYBOARD_H

#include "input.h"

#include <stdbool.h>
#include <xcb/xcb.h>

typedef struct {
  uint8_t       first;
  uint8_t       columns; ///< symbols per key
  unsigned      count;   ///< of symbols
  xcb_keysym_t* symbols;
} MnKeyboard;

/// Asks the display for its keys and waits for the answer. @return false if that
/// fails.
bool
mn_keyboard_init(MnKeyboard* keyboard, xcb_connection_t* connection);

void
mn_keyboard_clear(MnKeyboard* keyboard);

/// What a key means under a state of the modifiers. With Control, Alt or Super it
/// is MN_KEY_OTHER: those are the host's.
MnKey
mn_keyboard_key(MnKeyboard const* keyboard, xcb_keycode_t code, uint16_t state);

#endif // MN_KEYBOARD_H
