// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A window inside a window of the host, and the picture that it shows.
///
/// It uses XCB and a connection of its own. The host may destroy its window, and
/// ours with it, at any time; then our requests fail. With XCB such an error is a
/// message to our connection alone. With Xlib it would call the one error handler of
/// the process, which is the host's and may end the host.

#ifndef MN_X11_H
#define MN_X11_H

#include "drag.h"
#include "input.h"
#include "layout.h"

#include <cairo.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct MnX11 MnX11;

typedef struct {
  unsigned width;
  unsigned height;
} MnSize;

/// Opens a window in the window `parent`, mapped, with its size hints set.
///
/// @param ground The colour before the first frame, 0xRRGGBB.
/// @param why Receives the reason of a failure. @return NULL on failure.
MnX11*
mn_x11_open(uint32_t parent, MnSize size, MnSize least, uint32_t ground, char const** why);

/// Closes the window unless the host has destroyed it. NULL is ignored.
void
mn_x11_close(MnX11* x11);

/// The window's identifier.
uint32_t
mn_x11_window(MnX11 const* x11);

/// Takes the next input. The size of the window may change in this call.
/// @return false if there is none.
bool
mn_x11_next(MnX11* x11, MnInput* input);

/// Whether the window is gone: the host has destroyed it, or the display has closed.
bool
mn_x11_is_gone(MnX11 const* x11);

/// Whether anything of the window can be seen.
bool
mn_x11_is_visible(MnX11 const* x11);

/// Whether the size has changed since the last call, so that the picture is lost.
bool
mn_x11_take_resized(MnX11* x11);

/// The size of the picture.
MnSize
mn_x11_size(MnX11 const* x11);

/// The picture to draw on. It stays until the size changes. NULL if there is no
/// memory.
cairo_surface_t*
mn_x11_picture(MnX11* x11);

/// Copies a part of the picture to the screen.
void
mn_x11_show(MnX11* x11, MnRect rect);

/// Sends all requests to the display.
void
mn_x11_flush(MnX11* x11);

/// Asks the display for another size.
void
mn_x11_resize(MnX11* x11, MnSize size);

/// Takes the keyboard focus, and gives it back.
void
mn_x11_take_keyboard(MnX11* x11);
void
mn_x11_give_keyboard(MnX11* x11);

/// Passes the last key press on to the host.
void
mn_x11_pass_key(MnX11* x11);

/// Drags a file out of the window, while the first button is down. Then the pointer and
/// Escape are the drag's, until it is over. @return false if the display does not agree.
bool
mn_x11_drag(MnX11* x11, MnDragFile file);

/// Takes the text of an unexpected error of the display. @return false if there is
/// none.
bool
mn_x11_trouble(MnX11* x11, char* text, size_t size);

#endif // MN_X11_H
