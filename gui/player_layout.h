// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the player's window has in place of the monitor's pages: a roll of what is heard and
/// played, a pad between four slots, and sliders of the axes and of the first neurons.

#ifndef MN_PLAYER_LAYOUT_H
#define MN_PLAYER_LAYOUT_H

#include "layout.h"

/// The controls of the strip at the bottom.
enum { MN_PLAYER_STRIP = 12 };
extern MnStripItem const mn_player_strip[MN_PLAYER_STRIP];

/// Lays the areas between `top` and `top + height`; `layout` has its size and its unit.
void
mn_player_layout_areas(MnLayout* layout, double top, double height);

/// Lays what is in the areas and in the header, by the panels of the areas.
void
mn_player_layout_targets(MnLayout* layout, MnRect const panel[MN_AREAS]);

/// The order of the Tab key.
/// @return How many there are: at most MN_TARGETS.
unsigned
mn_player_layout_order(int order[MN_TARGETS]);

#endif // MN_PLAYER_LAYOUT_H
