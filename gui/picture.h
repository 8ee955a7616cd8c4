// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A picture in memory that cairo draws on. It goes to the screen when it is
/// complete, so nothing flickers.

#ifndef MN_PICTURE_H
#define MN_PICTURE_H

#include "layout.h"

#include <cairo.h>
#include <stdbool.h>
#include <xcb/xcb.h>

typedef struct {
  xcb_connection_t* connection;
  cairo_format_t    format; ///< the screen's own
  uint8_t           depth;
  size_t            most_bytes; ///< of a request to the display
  int               width;
  int               height;
  cairo_surface_t*  surface;
  uint8_t*          strip; ///< rows on their way to the screen
  size_t            strip_size;
} MnPicture;

/// @return false if cairo has no format that matches the screen's.
bool
mn_picture_init(MnPicture*          picture,
                xcb_connection_t*   connection,
                xcb_screen_t const* screen);

void
mn_picture_clear(MnPicture* picture);

/// The pixel of a colour 0xRRGGBB.
uint32_t
mn_picture_pixel(MnPicture const* picture, uint32_t colour);

/// Makes a new, black picture. @return false if there is no memory.
bool
mn_picture_resize(MnPicture* picture, int width, int height);

/// Copies a part of the picture to the same place in a window.
void
mn_picture_show(MnPicture*     picture,
                xcb_window_t   window,
                xcb_gcontext_t context,
                MnRect         rect);

#endif // MN_PICTURE_H
