// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The picture of the window: a pure function of the view, the theme and the
/// size, on any kind of cairo surface.

#ifndef MN_DRAW_H
#define MN_DRAW_H

#include "layout.h"
#include "theme.h"
#include "view.h"

#include <cairo.h>

/// Sets of areas, as bits 1 << MnArea, that a change of the view touches.
enum {
  MN_DRAW_ALL = (1 << MN_AREAS) - 1,
  /// The position moved, notes came: mn:Step.
  MN_DRAW_STEP = 1 << MN_AREA_ROLL,
  /// A window is done: mn:Window, mn:History.
  MN_DRAW_WINDOW = 1 << MN_AREA_ROLL | 1 << MN_AREA_SCORE | 1 << MN_AREA_NOISE |
                   1 << MN_AREA_NEURONS | 1 << MN_AREA_CC | 1 << MN_AREA_STATUS,
  /// Mode, tempo or metre changed.
  MN_DRAW_STATUS = 1 << MN_AREA_STATUS | 1 << MN_AREA_ROLL,
};

/// Draws everything.
void
mn_draw(cairo_t* cr, MnView const* view, MnTheme const* theme, double width, double height);

/// Draws some areas anew, and what of an open menu or tooltip lies over them.
/// Nothing is drawn outside of them. A message that comes or goes, a change of
/// page or model moves areas: that takes MN_DRAW_ALL.
void
mn_draw_part(cairo_t*       cr,
             MnView const*  view,
             MnTheme const* theme,
             double         width,
             double         height,
             unsigned       areas);

/// The areas that show a port's value; 0 if none does.
unsigned
mn_draw_areas_of_port(unsigned port);

/// The areas to draw anew when only `pointer` went from `before` to what it is in
/// `view`, with what a menu or tooltip covered or now covers.
unsigned
mn_draw_areas_of_pointer(MnView const*        view,
                         MnViewPointer const* before,
                         double               width,
                         double               height);

#endif // MN_DRAW_H
