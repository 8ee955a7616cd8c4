// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the pointer and the keyboard change: the view, and the ports.

#ifndef MN_INTERACT_H
#define MN_INTERACT_H

#include "input.h"
#include "view.h"

#include <stdbool.h>

/// What is asked of the host.
typedef struct {
  void* handle;
  void (*write)(void* handle, unsigned port, float value);
  void (*touch)(void* handle, unsigned port, bool grabbed); ///< a gesture's ends
  void (*choose_model)(void* handle);
} MnActions;

typedef struct {
  MnActions actions;
  MnView*   view;
  double    width; ///< of the window, kept by the owner
  double    height;
  unsigned  areas; ///< to draw anew; the owner clears it

  // Since the button went down.
  double x;
  double y;
  double last_x;
  double last_y;
  double unit;
  float  from; ///< the value at x, y
  bool   fine;
  bool   dragging;
  int    clicked; ///< the last target that was pressed
  double clicked_time;

  // A trigger is 1 for a while, so that the plugin surely sees it.
  int    trigger;     ///< port, or -1
  double trigger_end; ///< 0: not known yet
} MnInteract;

typedef enum {
  MN_INPUT_TAKEN,
  MN_INPUT_PASSED, ///< a key that means nothing here: it is the host's
  MN_INPUT_LEFT,   ///< the keyboard goes back to where it came from
} MnInputResult;

void
mn_interact_init(MnInteract* interact, MnView* view, MnActions actions);

MnInputResult
mn_interact_input(MnInteract* interact, MnInput const* input);

/// Goes on with what takes time. `now` is in seconds of a steady clock.
void
mn_interact_tick(MnInteract* interact, double now);

/// Lets go of everything that is held: the window closes.
void
mn_interact_end(MnInteract* interact);

/// Whether the pointer or the keyboard holds a port, so that what the host says
/// of it must not move it.
bool
mn_interact_holds(MnInteract const* interact, unsigned port);

#endif // MN_INTERACT_H
