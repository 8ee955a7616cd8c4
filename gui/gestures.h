// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the pointer and the keyboard both do: they change controls, open menus
/// and turn pages. The host is told of each change of a control as a gesture,
/// with its start and its end.

#ifndef MN_GESTURES_H
#define MN_GESTURES_H

#include "view.h"

#include <stdbool.h>

/// Calls to the host.
typedef struct {
  void* handle;
  void (*write)(void* handle, unsigned port, float value);
  void (*touch)(void* handle, unsigned port, bool grabbed); ///< a gesture starts or ends
  void (*choose_model)(void* handle, unsigned item);        ///< of the menu of models
  void (*save)(void* handle); ///< writes what was chosen of the past to a MIDI file
  void (*drag)(void* handle); ///< lets the pointer take that file to another window
} MnActions;

typedef struct {
  MnActions actions;
  MnView*   view;
  unsigned  areas; ///< to redraw; see draw.h

  // A trigger stays at 1 for a while, so that the plugin sees it.
  int    trigger;     ///< port, or -1
  double trigger_end; ///< 0: not known yet

  unsigned taps; ///< in time, so far
  double   first_tap;
  double   last_tap;
} MnGestures;

void
mn_gestures_init(MnGestures* gestures, MnView* view, MnActions actions);

/// The parts of a gesture: the start, changes of the port, and the end.
void
mn_gestures_grab(MnGestures* gestures, unsigned port);
void
mn_gestures_change(MnGestures* gestures, unsigned port, float value);
void
mn_gestures_release(MnGestures* gestures, unsigned port);

/// Sets a port to the nearest value that it takes. This is a whole gesture.
void
mn_gestures_set(MnGestures* gestures, unsigned port, float value);

/// Moves a port by steps of the wheel or of an arrow key. This is a whole gesture.
void
mn_gestures_nudge(MnGestures* gestures, unsigned port, int steps);

/// Does what a click or the Enter key does: flips a toggle, opens the menu of a
/// choice, pulls a trigger. @return false if the control is a number.
bool
mn_gestures_push(MnGestures* gestures, unsigned port);

/// Sets a pulled trigger back to 0 when it has been 1 for long enough. `now` is in
/// seconds of a steady clock.
void
mn_gestures_tick(MnGestures* gestures, double now);

/// Sets a pulled trigger back to 0 at once.
void
mn_gestures_end(MnGestures* gestures);

void
mn_gestures_close_menu(MnGestures* gestures);

/// Closes the open menu and sets its port to a choice, or chooses the model.
void
mn_gestures_choose(MnGestures* gestures, int choice);

/// Shows the page of a tab. @param target The tab: MN_TARGET_PAGE and on.
void
mn_gestures_show_page(MnGestures* gestures, int target);

/// Opens the menu of models.
void
mn_gestures_open_models(MnGestures* gestures);

/// Opens the menu of an axis of the map.
void
mn_gestures_open_axes(MnGestures* gestures, int target);

/// Moves an axis of the map on to the next one, or back.
void
mn_gestures_turn_axis(MnGestures* gestures, int target, int steps);

/// Writes what was chosen of the past, or its last bars.
void
mn_gestures_save(MnGestures* gestures);

/// Lets the pointer drag the same out of the window, while the button is down.
void
mn_gestures_drag(MnGestures* gestures);

/// Takes a tap. From the second one on, the tempo is that of the taps. `now` is in seconds.
void
mn_gestures_tap(MnGestures* gestures, double now);

/// Shows the newest window again. @return false if it is shown.
bool
mn_gestures_show_now(MnGestures* gestures);

/// Scrolls the past by some steps, to older ones if they are positive.
void
mn_gestures_scroll(MnGestures* gestures, double steps);

/// Shows more of the past, or less of it: by a factor, around a place (past.h).
void
mn_gestures_zoom(MnGestures* gestures, double factor, double at);

/// Removes the message. @return false if there was none.
bool
mn_gestures_dismiss(MnGestures* gestures);

#endif // MN_GESTURES_H
