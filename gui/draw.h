// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Draws the window. The picture is a pure function of the view, the theme and
/// the size; the cairo surface may be of any kind.

#ifndef MN_DRAW_H
#define MN_DRAW_H

#include "layout.h"
#include "theme.h"
#include "view.h"

#include <cairo.h>

/// The areas that a change of the view touches, as bits 1 << MnArea.
enum {
  MN_DRAW_ALL = (1 << MN_AREAS) - 1,
  /// The position has moved, notes have come: mn:Step.
  MN_DRAW_STEP = 1 << MN_AREA_ROLL,
  /// A window is done: mn:Window, mn:History.
  MN_DRAW_WINDOW = 1 << MN_AREA_ROLL | 1 << MN_AREA_PAST | 1 << MN_AREA_SCORE |
                   1 << MN_AREA_WORDS | 1 << MN_AREA_NEURONS | 1 << MN_AREA_FIELD |
                   1 << MN_AREA_AXES | 1 << MN_AREA_MAP | 1 << MN_AREA_STYLES |
                   1 << MN_AREA_STATUS,
  /// Mode, tempo or metre have changed.
  MN_DRAW_STATUS = 1 << MN_AREA_STATUS | 1 << MN_AREA_ROLL | 1 << MN_AREA_CONTROLS,
};

/// Draws everything.
void
mn_draw(cairo_t* cr, MnView const* view, MnTheme const* theme, double width, double height);

/// Draws some areas, and the part of an open menu or tooltip that lies over them.
/// It draws nothing outside of them. Areas move when a message comes or goes and
/// when the page or the model changes; that takes MN_DRAW_ALL.
void
mn_draw_part(cairo_t*       cr,
             MnView const*  view,
             MnTheme const* theme,
             double         width,
             double         height,
             unsigned       areas);

/// The areas that show the value of a port; 0 if none does.
unsigned
mn_draw_areas_of_port(unsigned port);

/// The areas to redraw when only the view's pointer has changed, from `before`.
/// Areas that a menu or a tooltip covers, or did cover, are among them.
unsigned
mn_draw_areas_of_pointer(MnView const*        view,
                         MnViewPointer const* before,
                         double               width,
                         double               height);

#endif // MN_DRAW_H
