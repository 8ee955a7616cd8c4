// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "xdnd.h"

#include <stdlib.h>
#include <string.h>

enum {
  LEAST_VERSION = 3,  // older ones have other messages
  MOST_DEPTH    = 32, // of windows in windows
};

static xcb_get_property_cookie_t
ask(MnXdndSeeker const* const s,
    xcb_window_t const        window,
    xcb_atom_t const          name,
    xcb_atom_t const          type)
{
  return xcb_get_property(s->connection, 0, window, name, type, 0, 1);
}

// A property of 32 bits, or 0.
static uint32_t
value_of(MnXdndSeeker const* const s, xcb_get_property_cookie_t const asked)
{
  xcb_get_property_reply_t* const reply =
    xcb_get_property_reply(s->connection, asked, NULL);
  uint32_t value = 0;
  if (reply && reply->format == 32 &&
      xcb_get_property_value_length(reply) >= (int)sizeof(value)) {
    memcpy(&value, xcb_get_property_value(reply), sizeof(value));
  }
  free(reply);
  return value;
}

static MnXdndTarget
target_of(MnXdndSeeker const* const s, xcb_window_t const window)
{
  xcb_get_property_cookie_t const aware    = ask(s, window, s->aware, XCB_ATOM_ATOM);
  xcb_get_property_cookie_t const proxy    = ask(s, window, s->proxy, XCB_ATOM_WINDOW);
  uint32_t                        version  = value_of(s, aware);
  xcb_window_t                    receiver = value_of(s, proxy);
  // A proxy that does not name itself was left behind by a client that is gone.
  if (receiver && value_of(s, ask(s, receiver, s->proxy, XCB_ATOM_WINDOW)) == receiver) {
    version = value_of(s, ask(s, receiver, s->aware, XCB_ATOM_ATOM));
  } else {
    receiver = window;
  }
  if (version < LEAST_VERSION) {
    return (MnXdndTarget){0};
  }
  return (MnXdndTarget){
    window, receiver, version < MN_XDND_VERSION ? version : MN_XDND_VERSION};
}

MnXdndTarget
mn_xdnd_find(MnXdndSeeker const* const s, int16_t const x, int16_t const y)
{
  MnXdndTarget found  = {0};
  xcb_window_t window = s->root;
  for (int depth = 0; depth < MOST_DEPTH; ++depth) {
    xcb_translate_coordinates_reply_t* const reply = xcb_translate_coordinates_reply(
      s->connection, xcb_translate_coordinates(s->connection, s->root, window, x, y), NULL);
    window = reply ? reply->child : XCB_WINDOW_NONE;
    free(reply);
    if (window == XCB_WINDOW_NONE) {
      break;
    }
    if (window == s->source) {
      return (MnXdndTarget){0};
    }
    if (!found.window) {
      found = target_of(s, window);
    }
  }
  return found;
}
