// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Pictures as files: PNG, SVG or PDF, by the ending of the name.

#ifndef MN_CLI_PICTURE_FILE_H
#define MN_CLI_PICTURE_FILE_H

#include <cairo.h>
#include <stdbool.h>

/// Paints a picture of a size in pixels.
typedef void (*MnPainter)(cairo_t* cr, double width, double height, void const* context);

/// Whether a file's name ends as that of a picture. If not, that is told on stderr.
bool
mn_picture_file_is_known(char const* path);

/// Writes a picture, which replaces an old file when it is complete.
///
/// @param title Of a PDF. @return The exit status.
int
mn_picture_file_write(char const* path,
                      double      width,
                      double      height,
                      char const* title,
                      MnPainter   paint,
                      void const* context);

#endif // MN_CLI_PICTURE_FILE_H
