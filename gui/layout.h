// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The layout: where everything is in a window of any size.

#ifndef MN_LAYOUT_H
#define MN_LAYOUT_H

#include "view.h"

/// The size of a new window (times ui:scaleFactor), and the least readable one.
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

/// The areas tile the window, and each can be drawn alone. Areas that the current
/// page lacks are empty.
typedef enum {
  MN_AREA_HEADER, ///< model and tabs
  MN_AREA_ROLL,
  MN_AREA_PAST,    ///< what was heard before
  MN_AREA_SCORE,   ///< musicality and sense
  MN_AREA_WORDS,   ///< the most excited neurons in words
  MN_AREA_NEURONS, ///< the first music neurons, by name
  MN_AREA_FIELD,   ///< all other neurons
  MN_AREA_AXES,    ///< empty if the model has none
  MN_AREA_CC,      ///< the table of the second page
  MN_AREA_SENT,    ///< what its slots have sent
  MN_AREA_MAP,     ///< the third page
  MN_AREA_PAD,     ///< of the player: the plane between the slots
  MN_AREA_OFFSETS, ///< likewise: sliders of the axes
  MN_AREA_RANKED,  ///< likewise: sliders of the first music neurons
  MN_AREA_STYLES,  ///< beside the map; empty if the model has no second level
  MN_AREA_MESSAGE, ///< empty while there is no message
  MN_AREA_CONTROLS,
  MN_AREA_STATUS,
  MN_AREAS,
} MnArea;

typedef struct {
  double   width;
  double   height;
  MnPage   page;
  double   unit;           ///< pixels per pixel of a window of 900 x 540 on a plain screen
  MnRect   area[MN_AREAS]; ///< whole pixels
  MnRect   target[MN_TARGETS]; ///< widgets, tabs and the model button; empty if absent
  MnRect   past;               ///< the line of time of the past, without its names
  MnRect   neurons;            ///< the list of named neurons, without its title
  bool     neuron_scale;       ///< there is room for a scale above it
  unsigned named;              ///< how many are in it, the first by rank
  unsigned listed;             ///< of them, those of 2 bars: all or none, by the span
  unsigned neuron_columns;
  unsigned neuron_rows;
  double   neuron_gap;  ///< between columns
  bool     field_title; ///< there is room for a title above the cells of the others
  MnRect   field;       ///< the cells of the others, without its title
  unsigned field_columns;
  double   field_cell; ///< side of a cell, with the gap to the next
  MnRect   map;        ///< the plane of the map
  MnRect   pad;        ///< the plane of the player's pad, within its target
  MnRect   menu;       ///< the open menu; empty if none is open
  unsigned menu_items;
} MnLayout;

/// A control of the strip at the bottom.
typedef struct {
  double   share; ///< of the width
  unsigned target;
  bool     group; ///< a new group begins here
} MnStripItem;

void
mn_layout_init(MnLayout* layout, MnView const* view, double width, double height);

/// The same with `pointer` in place of the view's.
void
mn_layout_init_at(MnLayout*            layout,
                  MnView const*        view,
                  MnViewPointer const* pointer,
                  double               width,
                  double               height);

/// The panel of an area: the area less the gaps around it.
MnRect
mn_layout_panel(MnLayout const* layout, MnArea area);

/// The steps of the past (past.h) at both ends of its line of time.
void
mn_layout_past(MnView const* view, double* from, double* to);

/// Where a row of the list is. Empty if there is no such row.
MnRect
mn_layout_row(MnLayout const* layout, unsigned row);

/// Where a neuron of 2 bars is shown: a row of the list or a cell. Empty if it is not shown.
MnRect
mn_layout_neuron(MnLayout const* layout, MnView const* view, unsigned rank);

/// Where an item of the open menu is. Empty if there is no such item.
MnRect
mn_layout_choice(MnLayout const* layout, unsigned choice);

typedef enum {
  MN_HIT_NONE,
  MN_HIT_CONTROL, ///< index: port
  MN_HIT_MODEL,   ///< index: MN_TARGET_MODEL
  MN_HIT_PAGE,    ///< index: MN_TARGET_PAGE + MnPage
  MN_HIT_NEURON,  ///< index: rank, noise neurons too
  MN_HIT_CHOICE,  ///< index: item of the open menu
  MN_HIT_PAST,    ///< index: entry of the past, or -1
  MN_HIT_SAVE,    ///< index: MN_TARGET_SAVE
  MN_HIT_TAP,     ///< index: MN_TARGET_TAP
  MN_HIT_AXIS,    ///< index: MN_TARGET_MAP_X or MN_TARGET_MAP_Y
  MN_HIT_PAD,     ///< index: MN_TARGET_PAD
} MnHitKind;

typedef struct {
  MnHitKind kind;
  int       index;
  MnRect    rect;
} MnHit;

/// What is at a point. While a menu is open, only its items can be hit.
MnHit
mn_layout_hit(MnView const* view, double width, double height, double x, double y);

/// The area at a point, or -1.
int
mn_layout_area(MnView const* view, double width, double height, double x, double y);

/// The target after or before another in the order of the Tab key.
///
/// @param from May be MN_TARGET_NONE. @param step 1, or -1 to go back.
int
mn_layout_next_target(MnView const* view, double width, double height, int from, int step);

#endif // MN_LAYOUT_H
