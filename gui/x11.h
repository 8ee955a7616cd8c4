// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A window inside a host's window, and the picture that it shows.
///
/// It speaks to the display through a connection of its own, by XCB: there an
/// error is a message to this connection alone. Through Xlib it would go to the
/// process's one error handler, which is the host's and may end the host; and a
/// host may take its window away, with ours in it, at any time.

#ifndef MN_X11_H
#define MN_X11_H

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
/// @param ground The colour of what is not drawn yet, 0xRRGGBB.
/// @param why Receives what is wrong if that fails. @return NULL if so.
MnX11*
mn_x11_open(uint32_t parent, MnSize size, MnSize least, uint32_t ground, char const** why);

/// Closes the window, if the host has not; NULL is ignored.
void
mn_x11_close(MnX11* x11);

/// The window's identifier.
uint32_t
mn_x11_window(MnX11 const* x11);

/// Takes the next thing that the pointer or the keyboard did. Between two such
/// calls the size may change.
bool
mn_x11_next(MnX11* x11, MnInput* input);

/// Whether the window is there no more: the host took it, or the display went.
bool
mn_x11_is_gone(MnX11 const* x11);

/// Whether anything of the window can be seen.
bool
mn_x11_is_visible(MnX11 const* x11);

/// Returns, and forgets, whether the picture is lost since it has a new size.
bool
mn_x11_take_resized(MnX11* x11);

/// The size of the picture.
MnSize
mn_x11_size(MnX11 const* x11);

/// The picture to draw on; what it holds stays until the size changes. NULL if
/// there is no memory.
cairo_surface_t*
mn_x11_picture(MnX11* x11);

/// Puts a part of the picture on the screen.
void
mn_x11_show(MnX11* x11, MnRect rect);

/// Sends what is to be sent.
void
mn_x11_flush(MnX11* x11);

/// Asks for the size.
void
mn_x11_resize(MnX11* x11, MnSize size);

/// Takes the keyboard at the time of the last event, and gives it back.
void
mn_x11_take_keyboard(MnX11* x11);
void
mn_x11_give_keyboard(MnX11* x11);

/// Passes the last key on to the host.
void
mn_x11_pass_key(MnX11* x11);

/// Takes an error of the display, which was not to be expected, in words.
/// @return false if there is none.
bool
mn_x11_trouble(MnX11* x11, char* text, size_t size);

#endif // MN_X11_H
