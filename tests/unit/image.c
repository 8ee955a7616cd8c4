// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "image.h"

#include "check.h"

#include <math.h>
#include <string.h>

enum { BLOCK = 8, CHANNELS = 3 };

static uint32_t const unpainted = 0x00FF00FE;

cairo_surface_t*
image_draw(MnView const* const  view,
           MnTheme const* const theme,
           int const            width,
           int const            height)
{
  cairo_surface_t* const image =
    cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
  cairo_t* const cr = cairo_create(image);
  mn_draw(cr, view, theme, width, height);
  assert_int_equal(cairo_status(cr), CAIRO_STATUS_SUCCESS);
  cairo_destroy(cr);
  cairo_surface_flush(image);
  assert_int_equal(cairo_surface_status(image), CAIRO_STATUS_SUCCESS);
  return image;
}

static uint32_t
coarsen(uint32_t const pixel)
{
  uint32_t coarse = 0;
  for (int channel = 0; channel < CHANNELS; ++channel) {
    uint32_t const value = pixel >> 8 * channel & 0xFF;
    uint32_t const five  = (value * 31 + 127) / 255;
    coarse |= (five * 255 + 15) / 31 << 8 * channel;
  }
  return coarse;
}

void
image_coarsen(cairo_surface_t* const image)
{
  int const height = cairo_image_surface_get_height(image);
  int const stride = cairo_image_surface_get_stride(image);
  for (int y = 0; y < height; ++y) {
    unsigned char* const row =
      cairo_image_surface_get_data(image) + (size_t)y * (size_t)stride;
    for (int x = 0; x < cairo_image_surface_get_width(image); ++x) {
      uint32_t const pixel = coarsen(image_pixel(image, x, y));
      memcpy(row + (size_t)x * sizeof(pixel), &pixel, sizeof(pixel));
    }
  }
  cairo_surface_mark_dirty(image);
}

cairo_surface_t*
image_unpainted(int const width, int const height)
{
  cairo_surface_t* const image =
    cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
  cairo_t* const cr = cairo_create(image);
  cairo_set_source_rgb(cr, 1, 0, 254.0 / 255);
  cairo_paint(cr);
  cairo_destroy(cr);
  cairo_surface_flush(image);
  return image;
}

uint32_t
image_pixel(cairo_surface_t* const image, int const x, int const y)
{
  uint32_t pixel;
  memcpy(&pixel,
         cairo_image_surface_get_data(image) +
           (size_t)y * (size_t)cairo_image_surface_get_stride(image) +
           (size_t)x * sizeof(pixel),
         sizeof(pixel));
  return pixel & 0xFFFFFF;
}

bool
image_is_unpainted(cairo_surface_t* const image, int const x, int const y)
{
  return image_pixel(image, x, y) == unpainted;
}

static double
block_mean(cairo_surface_t* const image, int const x, int const y, int const channel)
{
  unsigned sum = 0;
  for (int dy = 0; dy < BLOCK; ++dy) {
    for (int dx = 0; dx < BLOCK; ++dx) {
      sum += image_pixel(image, x + dx, y + dy) >> 8 * channel & 0xFF;
    }
  }
  return (double)sum / (BLOCK * BLOCK);
}

Difference
image_difference(cairo_surface_t* const a, cairo_surface_t* const b)
{
  int const width  = cairo_image_surface_get_width(a);
  int const height = cairo_image_surface_get_height(a);
  assert_int_equal(cairo_image_surface_get_width(b), width);
  assert_int_equal(cairo_image_surface_get_height(b), height);
  Difference d     = {0, 0};
  int        count = 0;
  for (int y = 0; y + BLOCK <= height; y += BLOCK) {
    for (int x = 0; x + BLOCK <= width; x += BLOCK) {
      for (int channel = 0; channel < CHANNELS; ++channel) {
        double const apart =
          fabs(block_mean(a, x, y, channel) - block_mean(b, x, y, channel));
        d.mean += apart;
        d.most = fmax(d.most, apart);
        ++count;
      }
    }
  }
  d.mean /= count;
  return d;
}
