// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Images to compare, drawn or loaded from files.

#ifndef MN_TEST_IMAGE_H
#define MN_TEST_IMAGE_H

#include "draw.h"

/// Draws a view on a new image. The caller destroys it.
cairo_surface_t*
image_draw(MnView const* view, MnTheme const* theme, int width, int height);

/// Rounds an image to 5 bits per channel, which halves its file.
void
image_coarsen(cairo_surface_t* image);

/// An image in a colour that no theme uses, to show where nothing was drawn.
cairo_surface_t*
image_unpainted(int width, int height);

uint32_t
image_pixel(cairo_surface_t* image, int x, int y);

/// Whether a pixel still has the colour of image_unpainted().
bool
image_is_unpainted(cairo_surface_t* image, int x, int y);

typedef struct {
  double mean; ///< on a scale of 0 to 255
  double most;
} Difference;

/// How much two images of the same size differ after each is reduced to blocks of 8 x 8
/// pixels. Blocks keep what is drawn where, its colour and its brightness. They drop
/// how a machine renders its fonts.
Difference
image_difference(cairo_surface_t* a, cairo_surface_t* b);

#endif // MN_TEST_IMAGE_H
