// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "picture_file.h"

#include "base/newfile.h"
#include "common/terminal.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

typedef enum { PICTURE_PNG, PICTURE_SVG, PICTURE_PDF, PICTURE_KINDS } PictureKind;

static char const* const endings[PICTURE_KINDS] = {".png", ".svg", ".pdf"};

static PictureKind
kind_of(char const* const path)
{
  char const* const dot  = strrchr(path, '.');
  int               kind = 0;
  while (kind < PICTURE_KINDS && !(dot && !strcasecmp(dot, endings[kind]))) {
    ++kind;
  }
  return (PictureKind)kind;
}

bool
mn_picture_file_is_known(char const* const path)
{
  bool const known = kind_of(path) != PICTURE_KINDS;
  if (!known) {
    mn_fail(MN_EXIT_BAD_INPUT, "%s: is to end in .png, .svg or .pdf", path);
  }
  return known;
}

// Keeps the system's error, which cairo's messages do not contain.
typedef struct {
  FILE* file;
  int   error;
} Sink;

static cairo_status_t
write_bytes(void* const closure, unsigned char const* const data, unsigned const size)
{
  Sink* const sink = (Sink*)closure;
  if (fwrite(data, 1, size, sink->file) == size) {
    return CAIRO_STATUS_SUCCESS;
  }
  sink->error = sink->error ? sink->error : errno;
  return CAIRO_STATUS_WRITE_ERROR;
}

static cairo_surface_t*
new_surface(PictureKind const kind,
            Sink* const       sink,
            double const      width,
            double const      height,
            char const* const title)
{
  cairo_surface_t* const surface =
    kind == PICTURE_SVG
      ? cairo_svg_surface_create_for_stream(write_bytes, sink, width, height)
    : kind == PICTURE_PDF
      ? cairo_pdf_surface_create_for_stream(write_bytes, sink, width, height)
      : cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width, (int)height);
  if (kind == PICTURE_SVG) {
    cairo_svg_surface_set_document_unit(surface, CAIRO_SVG_UNIT_PX);
  }
  if (kind == PICTURE_PDF) {
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title);
  }
  return surface;
}

int
mn_picture_file_write(char const* const path,
                      double const      width,
                      double const      height,
                      char const* const title,
                      MnPainter const   paint,
                      void const* const context)
{
  MnError   error = {0};
  MnNewFile n;
  if (!mn_newfile_open(&n, path, &error)) {
    return mn_fail_writing(&error);
  }
  PictureKind const      kind    = kind_of(path);
  Sink                   sink    = {n.file, 0};
  cairo_surface_t* const surface = new_surface(kind, &sink, width, height, title);
  cairo_t* const         cr      = cairo_create(surface);
  paint(cr, width, height, context);
  cairo_status_t status = cairo_status(cr);
  cairo_destroy(cr);
  if (!status && kind == PICTURE_PNG) {
    status = cairo_surface_write_to_png_stream(surface, write_bytes, &sink);
  }
  cairo_surface_finish(surface);
  status = status ? status : cairo_surface_status(surface);
  cairo_surface_destroy(surface);
  if (status) {
    mn_error_set(&error,
                 MN_STATUS_IO,
                 "%.400s: cannot write: %s",
                 path,
                 sink.error ? strerror(sink.error) : cairo_status_to_string(status));
  }
  bool const good = !status && mn_newfile_close(&n, &error) && mn_newfile_keep(&n, &error);
  mn_newfile_drop(&n);
  return good ? MN_EXIT_GOOD : mn_fail_writing(&error);
}
