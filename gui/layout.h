// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Where things are in a window of any size.

#ifndef MN_LAYOUT_H
#define MN_LAYOUT_H

#include "view.h"

/// The size to open with (times ui:scaleFactor), and the least that is readable.
enum {
  MN_WINDOW_WIDTH        = 900,
  MN_WINDOW_HEIGHT       = 540,
  MN_WINDOW_LEAST_WIDTH  = 600,
  MN_WINDOW_LEAST_HEIGHT = 360,
};

typedef struct {
  double x;
  double y;
  double width;
  double height;
} MnRect;

/// The areas tile the window, and each can be drawn alone. Those that the page
/// does not have are empty.
typedef enum {
  MN_AREA_HEADER, ///< model and tabs
  MN_AREA_ROLL,
  MN_AREA_SCORE, ///< musicality and its history
  MN_AREA_NOISE,
  MN_AREA_NEURONS,
  MN_AREA_CC,      ///< the second page
  MN_AREA_MESSAGE, ///< only while there is one
  MN_AREA_CONTROLS,
  MN_AREA_STATUS,
  MN_AREAS,
} MnArea;

typedef struct {
  double   width;
  double   height;
  MnPage   page;
  double   unit;               ///< pixels to a pixel at 900 x 540
  MnRect   area[MN_AREAS];     ///< whole pixels
  MnRect   target[MN_TARGETS]; ///< widgets by port, and the others; empty if not there
  MnRect   neurons;            ///< the list, without its title
  unsigned neuron_columns;
  unsigned neuron_rows;
  double   neuron_gap; ///< between columns
  MnRect   noise;      ///< the field of cells
  unsigned noise_columns;
  double   noise_cell; ///< from one to the next
  MnRect   menu;       ///< the open one's items, one under another; empty if closed
  unsigned menu_items;
} MnLayout;

void
mn_layout_init(MnLayout* layout, MnView const* view, double width, double height);

/// The same with another pointer than the view's.
void
mn_layout_init_at(MnLayout*            layout,
                  MnView const*        view,
                  MnViewPointer const* pointer,
                  double               width,
                  double               height);

/// Where an area's panel lies, within the gaps between panels.
MnRect
mn_layout_panel(MnLayout const* layout, MnArea area);

/// Where a neuron is shown; empty if it is not.
MnRect
mn_layout_neuron(MnLayout const* layout, MnView const* view, unsigned rank);

/// Where an item of the open menu is.
MnRect
mn_layout_choice(MnLayout const* layout, unsigned choice);

typedef enum {
  MN_HIT_NONE,
  MN_HIT_CONTROL, ///< index: port
  MN_HIT_MODEL,   ///< index: MN_TARGET_MODEL
  MN_HIT_PAGE,    ///< index: MN_TARGET_PAGE + MnPage
  MN_HIT_NEURON,  ///< index: rank, noise neurons too
  MN_HIT_CHOICE,  ///< index: of the open menu
} MnHitKind;

typedef struct {
  MnHitKind kind;
  int       index;
  MnRect    rect;
} MnHit;

/// What lies at a point. While a menu is open there is nothing but its items.
MnHit
mn_layout_hit(MnView const* view, double width, double height, double x, double y);

/// The target that Tab moves to; `step` is 1 or -1. `from` may be MN_TARGET_NONE.
int
mn_layout_next_target(MnView const* view, double width, double height, int from, int step);

#endif // MN_LAYOUT_H
