// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Which window takes what is dragged to a point of the screen, by XDND's properties.

#ifndef MN_XDND_H
#define MN_XDND_H

#include <xcb/xcb.h>

enum { MN_XDND_VERSION = 5 };

typedef struct {
  xcb_connection_t* connection;
  xcb_window_t      root;
  xcb_window_t      source; ///< takes nothing itself
  xcb_atom_t        aware;
  xcb_atom_t        proxy;
} MnXdndSeeker;

typedef struct {
  xcb_window_t window;   ///< XCB_WINDOW_NONE: there is none
  xcb_window_t receiver; ///< of its messages: itself, or its proxy
  uint32_t     version;  ///< that both know
} MnXdndTarget;

/// The outermost window at a point of the screen that knows XDND. It waits for the display.
MnXdndTarget
mn_xdnd_find(MnXdndSeeker const* seeker, int16_t x, int16_t y);

#endif // MN_XDND_H
