// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A file that is dragged out of the window to another one, of any client: the source's side
/// of XDND, version 5 (freedesktop.org/wiki/Specifications/XDND), with text/uri-list alone.
/// The file is written when the other window asks for it, and removed if it is not taken.

#ifndef MN_DRAG_H
#define MN_DRAG_H

#include "xdnd.h"

#include <limits.h>
#include <stdbool.h>
#include <xcb/xcb.h>

/// What is dragged.
typedef struct {
  void* handle;
  bool (*write)(void* handle, char path[PATH_MAX]); ///< writes it, and says where
  void (*end)(void* handle, bool taken);            ///< the drag is over
} MnDragFile;

enum { MN_DRAG_ATOMS = 12 };

typedef enum {
  MN_DRAG_OFF,
  MN_DRAG_HELD,     ///< the button is down
  MN_DRAG_RELEASED, ///< it is up; the last answer of the window below is not here yet
  MN_DRAG_DROPPED,  ///< that window fetches the file
} MnDragState;

/// All zeros: nothing is dragged. In the window's thread only.
typedef struct {
  xcb_connection_t* connection;
  xcb_window_t      root;
  xcb_window_t      window; ///< the source
  xcb_atom_t        atom[MN_DRAG_ATOMS];
  xcb_cursor_t      cursor[2]; ///< not over a window that takes it, over one
  MnDragFile        file;
  MnDragState       state;
  xcb_timestamp_t   time; ///< of the pointer's last event
  int16_t           x;    ///< of the pointer on the screen
  int16_t           y;
  bool              moved;          ///< since the window below was told
  MnXdndTarget      below;          ///< the window below that knows XDND, if any
  bool              waiting;        ///< for its answer
  bool              accepted;       ///< it takes the file
  double            until;          ///< an answer has this long, in seconds
  char              path[PATH_MAX]; ///< of the file; empty: it is not written yet
} MnDrag;

/// Starts a drag, while the first button is down. A drag before it ends.
///
/// @param window The source, which gets the events of the pointer. @param time Of the last
/// event. @return false if the display does not agree; then nothing is called.
bool
mn_drag_start(MnDrag*           drag,
              xcb_connection_t* connection,
              xcb_window_t      root,
              xcb_window_t      window,
              xcb_timestamp_t   time,
              MnDragFile        file);

/// Takes an event of the source. @return false if it is not one of the drag.
bool
mn_drag_event(MnDrag* drag, xcb_generic_event_t const* event);

/// Goes on, once all events have been taken: tells the window below, drops, gives up. It
/// waits for the display, not for other clients. Call this in each round of the main loop.
void
mn_drag_go_on(MnDrag* drag);

/// Ends it without a drop, or, after the drop, without the other window's thanks.
/// @return false if nothing is dragged.
bool
mn_drag_cancel(MnDrag* drag);

#endif // MN_DRAG_H
