// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The place of a control or a tab in a window of some size, for scripts that click there:
/// gui_where WIDTH HEIGHT SYMBOL
///
/// SYMBOL is that of a port of the monitor, "player:" and that of a port of the player,
/// "player:pad", "model", "save", "tap", "map-x", "map-y", "past" (the line of
/// time), or "page-0" and so on. Prints left, top, width and height in pixels.

#include "controls.h"
#include "layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char const of_player[] = "player:";

static int
target_of_player(char const* const symbol)
{
  for (int target = MN_TARGET_PLAYER; target < MN_TARGETS; ++target) {
    MnControl control;
    if (mn_control_get((unsigned)target, &control) && !strcmp(control.symbol, symbol)) {
      return target;
    }
  }
  return strcmp(symbol, "pad") != 0 ? MN_TARGET_NONE : MN_TARGET_PAD;
}

static int
target_of(char const* const symbol)
{
  static struct {
    char const* name;
    int         target;
  } const buttons[] = {{"model", MN_TARGET_MODEL},
                       {"save", MN_TARGET_SAVE},
                       {"tap", MN_TARGET_TAP},
                       {"map-x", MN_TARGET_MAP_X},
                       {"map-y", MN_TARGET_MAP_Y}};

  unsigned page = 0;
  for (unsigned i = 0; i < sizeof(buttons) / sizeof(*buttons); ++i) {
    if (!strcmp(symbol, buttons[i].name)) {
      return buttons[i].target;
    }
  }
  if (!strncmp(symbol, of_player, strlen(of_player))) {
    return target_of_player(symbol + strlen(of_player));
  }
  if (sscanf(symbol, "page-%u", &page) == 1 && page < MN_PAGES) {
    return MN_TARGET_PAGE + (int)page;
  }
  for (unsigned port = 0; port < MN_PORT_COUNT; ++port) {
    MnControl control;
    if (mn_control_get(port, &control) && !strcmp(control.symbol, symbol)) {
      return (int)port;
    }
  }
  return MN_TARGET_NONE;
}

int
main(int const argc, char** const argv)
{
  static MnView view;
  MnLayout      layout;
  bool const    past   = argc == 4 && !strcmp(argv[3], "past");
  int const     target = argc == 4 && !past ? target_of(argv[3]) : MN_TARGET_NONE;
  if (target == MN_TARGET_NONE && !past) {
    fprintf(stderr, "where: WIDTH HEIGHT SYMBOL\n");
    return 1;
  }
  mn_view_init(&view);
  bool const is_cc    = target >= MN_PORT_CC_SHARE && target < MN_PORT_COUNT;
  bool const is_map   = target == MN_TARGET_MAP_X || target == MN_TARGET_MAP_Y;
  view.player         = target >= MN_TARGET_PAD;
  view.model.has_axes = true; // as in the shipped models: then there is a map
  view.model.latent   = MN_MAX_LATENT;
  view.pointer.page   = is_cc ? MN_PAGE_CC : is_map ? MN_PAGE_MAP : MN_PAGE_NEURONS;
  mn_layout_init(&layout, &view, atoi(argv[1]), atoi(argv[2]));
  MnRect const r = past ? layout.past : layout.target[target];
  printf("%.0f %.0f %.0f %.0f\n", r.x, r.y, r.width, r.height);
  return 0;
}
