// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Turns input into changes of the view and of the control ports.

#ifndef MN_INTERACT_H
#define MN_INTERACT_H

#include "gestures.h"
#include "input.h"

#include <stdbool.h>

typedef struct {
  MnGestures gestures;
  double     width; ///< of the window, in pixels
  double     height;

  // Since the button was pressed.
  double x; ///< where a drag started, or went on as a fine or a coarse one
  double y;
  double last_x;
  double last_y;
  double unit;
  float  from;  ///< the value at x, y
  double range; ///< how far a drag goes from end to end, in pixels
  bool   fine;
  bool   slides; ///< the control lies along the range: only what goes across counts
  bool   dragging;
  bool   on_pad;   ///< the pointer holds the pad
  bool   sweeping; ///< the pointer chooses windows of the past
  bool   lifting;  ///< it is on what can be dragged out; a click means something else
  int    clicked;  ///< the target of the last press
  double clicked_time;
} MnInteract;

void
mn_interact_init(MnInteract* interact, MnView* view, MnActions actions);

/// Says how large the window is.
void
mn_interact_resize(MnInteract* interact, double width, double height);

MnInputResult
mn_interact_input(MnInteract* interact, MnInput const* input);

/// The areas to redraw since the last call; see draw.h.
unsigned
mn_interact_take_areas(MnInteract* interact);

/// Finishes what takes time. `now` is in seconds of a steady clock.
void
mn_interact_tick(MnInteract* interact, double now);

/// Releases every control that is held: the window closes.
void
mn_interact_end(MnInteract* interact);

/// Whether the user holds a port, so that a value from the host must not move it.
bool
mn_interact_holds(MnInteract const* interact, unsigned port);

#endif // MN_INTERACT_H
