// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "pad.h"

#include "controls.h"

enum { X = MN_TARGET_OF(X), Y = MN_TARGET_OF(Y) };

void
mn_pad_grab(MnGestures* const g)
{
  mn_gestures_grab(g, X);
  mn_gestures_grab(g, Y);
}

void
mn_pad_release(MnGestures* const g)
{
  mn_gestures_release(g, X);
  mn_gestures_release(g, Y);
}

void
mn_pad_move(MnGestures* const g, MnRect const pad, double const x, double const y)
{
  if (pad.width > 0 && pad.height > 0) {
    mn_gestures_change(g, X, mn_control_at(X, (x - pad.x) / pad.width));
    mn_gestures_change(g, Y, mn_control_at(Y, (y - pad.y) / pad.height));
  }
}

// What goes up in the window is less of y.
unsigned
mn_pad_key(MnKey* const key)
{
  switch (*key) {
  case MN_KEY_UP:
    *key = MN_KEY_DOWN;
    return Y;
  case MN_KEY_DOWN:
    *key = MN_KEY_UP;
    return Y;
  case MN_KEY_PAGE_UP:
    *key = MN_KEY_PAGE_DOWN;
    return Y;
  case MN_KEY_PAGE_DOWN:
    *key = MN_KEY_PAGE_UP;
    return Y;
  default:
    return X;
  }
}

bool
mn_pad_has(unsigned const port)
{
  return port == X || port == Y;
}
