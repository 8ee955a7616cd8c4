// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "picture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PIXEL_BYTES = 4 };

static unsigned
bits_of_depth(xcb_setup_t const* const setup, uint8_t const depth)
{
  xcb_format_iterator_t i = xcb_setup_pixmap_formats_iterator(setup);
  while (i.rem && i.data->depth != depth) {
    xcb_format_next(&i);
  }
  return i.rem ? i.data->bits_per_pixel : 0;
}

// Cairo's formats have the byte order of the processor, so the display's must too.
bool
mn_picture_init(MnPicture* const          picture,
                xcb_connection_t* const   connection,
                xcb_screen_t const* const screen)
{
  xcb_setup_t const* const setup  = xcb_get_setup(connection);
  uint16_t const           probe  = 1;
  bool const               little = *(uint8_t const*)&probe;
  uint8_t const            depth  = screen->root_depth;
  *picture                        = (MnPicture){
                           .connection = connection,
                           .depth      = depth,
                           .most_bytes = 4 * (size_t)xcb_get_maximum_request_length(connection),
                           .format     = depth == 24   ? CAIRO_FORMAT_RGB24
                                         : depth == 30 ? CAIRO_FORMAT_RGB30
                                                       : CAIRO_FORMAT_INVALID,
  };
  return picture->format != CAIRO_FORMAT_INVALID &&
         bits_of_depth(setup, depth) == 8 * PIXEL_BYTES &&
         (setup->image_byte_order == XCB_IMAGE_ORDER_LSB_FIRST) == little;
}

void
mn_picture_clear(MnPicture* const picture)
{
  cairo_surface_destroy(picture->surface);
  free(picture->strip);
  *picture = (MnPicture){.connection = NULL};
}

uint32_t
mn_picture_pixel(MnPicture const* const picture, uint32_t const colour)
{
  return picture->depth == 30
           ? (colour & 0xFF0000) << 6 | (colour & 0xFF00) << 4 | (colour & 0xFF) << 2
           : colour;
}

bool
mn_picture_resize(MnPicture* const picture, int const width, int const height)
{
  cairo_surface_destroy(picture->surface);
  picture->width   = width;
  picture->height  = height;
  picture->surface = cairo_image_surface_create(picture->format, width, height);
  if (cairo_surface_status(picture->surface)) {
    cairo_surface_destroy(picture->surface);
    picture->surface = NULL;
  }
  return picture->surface;
}

static bool
make_strip(MnPicture* const picture, size_t const size)
{
  if (size > picture->strip_size) {
    free(picture->strip);
    picture->strip      = (uint8_t*)malloc(size);
    picture->strip_size = picture->strip ? size : 0;
  }
  return picture->strip;
}

void
mn_picture_show(MnPicture* const     picture,
                xcb_window_t const   window,
                xcb_gcontext_t const context,
                MnRect const         rect)
{
  if (!picture->surface) {
    return;
  }
  int const left   = (int)fmax(floor(rect.x), 0);
  int const top    = (int)fmax(floor(rect.y), 0);
  int const right  = (int)fmin(ceil(rect.x + rect.width), picture->width);
  int const bottom = (int)fmin(ceil(rect.y + rect.height), picture->height);
  if (right <= left || bottom <= top) {
    return;
  }
  // A request takes as many rows as fit.
  size_t const row     = PIXEL_BYTES * (size_t)(right - left);
  size_t const most    = picture->most_bytes / 2 / row;
  int const    all     = bottom - top;
  int const    at_once = most < 1 ? 1 : most < (size_t)all ? (int)most : all;
  if (!make_strip(picture, row * (size_t)at_once)) {
    return;
  }
  cairo_surface_flush(picture->surface);
  size_t const         stride = (size_t)cairo_image_surface_get_stride(picture->surface);
  uint8_t const* const pixels = cairo_image_surface_get_data(picture->surface);
  for (int y = top; y < bottom; y += at_once) {
    int const rows = y + at_once > bottom ? bottom - y : at_once;
    for (int i = 0; i < rows; ++i) {
      memcpy(picture->strip + (size_t)i * row,
             pixels + (size_t)(y + i) * stride + (size_t)left * PIXEL_BYTES,
             row);
    }
    xcb_put_image(picture->connection,
                  XCB_IMAGE_FORMAT_Z_PIXMAP,
                  window,
                  context,
                  (uint16_t)(right - left),
                  (uint16_t)rows,
                  (int16_t)left,
                  (int16_t)y,
                  0,
                  picture->depth,
                  (uint32_t)(row * (size_t)rows),
                  picture->strip);
  }
}
