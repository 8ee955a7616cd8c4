// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the window has of the plugins that listen: three pages and the strip of controls.

#ifndef MN_MONITOR_LAYOUT_H
#define MN_MONITOR_LAYOUT_H

#include "layout.h"

/// The controls of the strip at the bottom.
enum { MN_MONITOR_STRIP = 9 };
extern MnStripItem const mn_monitor_strip[MN_MONITOR_STRIP];

/// Lays the areas of the page between `top` and `top + height`; `layout` has its size, its unit
/// and its page.
void
mn_monitor_layout_areas(MnLayout* layout, MnView const* view, double top, double height);

/// Lays what is in the areas and in the header, by the panels of the areas.
void
mn_monitor_layout_targets(MnLayout*     layout,
                          MnView const* view,
                          MnRect const  panel[MN_AREAS]);

/// The order of the Tab key: from top to bottom.
/// @return How many there are: at most MN_TARGETS.
unsigned
mn_monitor_layout_order(MnLayout const* layout, int order[MN_TARGETS]);

#endif // MN_MONITOR_LAYOUT_H
