// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Input from the pointer and the keyboard, without X11.

#ifndef MN_INPUT_H
#define MN_INPUT_H

#include <stdbool.h>
#include <stdint.h>

typedef enum {
  MN_INPUT_PRESS, ///< of the first button
  MN_INPUT_RELEASE,
  MN_INPUT_MOVE,
  MN_INPUT_LEAVE, ///< the pointer has left the window
  MN_INPUT_WHEEL, ///< by `steps`, up is positive
  MN_INPUT_KEY,
} MnInputKind;

typedef enum {
  MN_KEY_OTHER,
  MN_KEY_TAB,
  MN_KEY_BACK_TAB,
  MN_KEY_LEFT,
  MN_KEY_RIGHT,
  MN_KEY_UP,
  MN_KEY_DOWN,
  MN_KEY_PAGE_UP,
  MN_KEY_PAGE_DOWN,
  MN_KEY_HOME,
  MN_KEY_END,
  MN_KEY_ENTER,
  MN_KEY_SPACE,
  MN_KEY_DELETE, ///< or Backspace
  MN_KEY_ESCAPE,
} MnKey;

typedef struct {
  MnInputKind kind;
  double      x; ///< in pixels
  double      y;
  int         steps;
  bool        shift;
  MnKey       key;
  double      time; ///< of the event, in seconds of the display's clock
} MnInput;

/// What became of an input.
typedef enum {
  MN_INPUT_TAKEN,
  MN_INPUT_PASSED, ///< a key without a meaning here: the host gets it
  MN_INPUT_LEFT,   ///< the keyboard goes back to where it came from
} MnInputResult;

#endif // MN_INPUT_H
