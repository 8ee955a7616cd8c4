// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A picture of a whole piece on one sheet: its notes, musicality and surprise as curves, axes
/// and neurons as heat maps, with the numbers of bars above and the time below.

#ifndef MN_CLI_SHEET_H
#define MN_CLI_SHEET_H

#include "midi/tempo_map.h"
#include "piece.h"
#include "theme.h"
#include "view.h"

#include <cairo.h>

/// The size of a sheet in pixels, unless another is asked for: the shape of A4.
enum { MN_SHEET_WIDTH = 1414, MN_SHEET_HEIGHT = 1000 };

typedef struct {
  MnPiece const*     piece;
  MnMidiScore const* score; ///< not cut
  MnTempoMap const*  map;
  MnModel const*     model;
  MnView const*      view; ///< shows the model, whose names are drawn
  char const*        title;
  char const*        heard; ///< which notes, and how they are cut
} MnSheet;

/// How many columns a sheet has room for.
unsigned
mn_sheet_columns(double width, double height);

/// Draws a sheet. Nothing in it can make it fail.
void
mn_sheet_draw(cairo_t*       cr,
              MnSheet const* sheet,
              MnTheme const* theme,
              double         width,
              double         height);

#endif // MN_CLI_SHEET_H
