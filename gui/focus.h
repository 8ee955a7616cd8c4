// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The keyboard focus of a window: taken with a click, and given back to the
/// window that had it.

#ifndef MN_FOCUS_H
#define MN_FOCUS_H

#include <stdbool.h>
#include <xcb/xcb.h>

typedef struct {
  xcb_connection_t* connection;
  xcb_window_t      window;
  xcb_window_t      parent;
  xcb_timestamp_t   time; ///< of the last event: X11 orders changes of focus by it
  bool              is_here;
  bool              asked; ///< `before` is a request whose answer was not read yet

  xcb_get_input_focus_cookie_t before; ///< asks which window had the focus
} MnFocus;

void
mn_focus_take(MnFocus* focus);

void
mn_focus_give_back(MnFocus* focus);

/// Handles a FocusIn (`in`) or FocusOut event.
void
mn_focus_event(MnFocus* focus, xcb_focus_in_event_t const* event, bool in);

#endif // MN_FOCUS_H
