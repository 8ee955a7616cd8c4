// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Pictures to compare: drawn ones and those in files.

#ifndef MN_TEST_IMAGE_H
#define MN_TEST_IMAGE_H

#include "draw.h"

/// Draws a view on a new image. The caller destroys it.
cairo_surface_t*
image_draw(MnView const* view, MnTheme const* theme, int width, int height);

/// Rounds an image to 5 bits a channel, with which its file is half as large.
void
image_coarsen(cairo_surface_t* image);

/// A colour that no theme has, to see where nothing was drawn.
cairo_surface_t*
image_unpainted(int width, int height);

uint32_t
image_pixel(cairo_surface_t* image, int x, int y);

/// Whether a pixel is as image_unpainted() left it.
bool
image_is_unpainted(cairo_surface_t* image, int x, int y);

typedef struct {
  double mean; ///< of 0..255
  double most;
} Difference;

/// How far two images of the same size are apart when each is reduced to blocks
/// of 8 x 8 pixels. That keeps what is drawn where, in which colour and how
/// bright, and lets go of how a machine renders its fonts.
Difference
image_difference(cairo_surface_t* a, cairo_surface_t* b);

#endif // MN_TEST_IMAGE_H
