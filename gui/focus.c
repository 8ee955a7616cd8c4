// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "focus.h"

#include <stdlib.h>

// The window that had the focus before. It waits for the display's answer.
static xcb_window_t
read_before(MnFocus* const f)
{
  if (!f->asked) {
    return XCB_NONE;
  }
  xcb_get_input_focus_reply_t* const reply =
    xcb_get_input_focus_reply(f->connection, f->before, NULL);
  xcb_window_t const window = reply ? reply->focus : XCB_NONE;
  free(reply);
  f->asked = false;
  return window;
}

void
mn_focus_take(MnFocus* const f)
{
  if (!f->is_here) {
    read_before(f);
    f->before = xcb_get_input_focus(f->connection); // read when it is needed
    f->asked  = true;
    xcb_set_input_focus(f->connection, XCB_INPUT_FOCUS_PARENT, f->window, f->time);
  }
}

void
mn_focus_give_back(MnFocus* const f)
{
  if (f->is_here) {
    xcb_window_t const before = read_before(f);
    bool const         known  = before != XCB_NONE && before != f->window;
    xcb_set_input_focus(
      f->connection, XCB_INPUT_FOCUS_PARENT, known ? before : f->parent, f->time);
  }
}

void
mn_focus_event(MnFocus* const f, xcb_focus_in_event_t const* const event, bool const in)
{
  // This detail says that the focus follows the pointer: the window does not have it.
  if (event->detail != XCB_NOTIFY_DETAIL_POINTER) {
    f->is_here = in;
  }
}
