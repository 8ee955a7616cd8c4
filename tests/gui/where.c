// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The place of a control or a tab in a window of some size, for scripts that click there:
/// gui_where WIDTH HEIGHT SYMBOL
///
/// SYMBOL is that of a port, "model", or "page-0" and so on. Prints left, top, width and
/// height in pixels.

#include "controls.h"
#include "layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
target_of(char const* const symbol)
{
  unsigned page = 0;
  if (!strcmp(symbol, "model")) {
    return MN_TARGET_MODEL;
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
  int const     target = argc == 4 ? target_of(argv[3]) : MN_TARGET_NONE;
  if (target == MN_TARGET_NONE) {
    fprintf(stderr, "where: WIDTH HEIGHT SYMBOL\n");
    return 1;
  }
  mn_view_init(&view);
  bool const is_cc  = target >= MN_PORT_CC_SHARE && target < MN_PORT_COUNT;
  view.pointer.page = is_cc ? MN_PAGE_CC : MN_PAGE_NEURONS;
  mn_layout_init(&layout, &view, atoi(argv[1]), atoi(argv[2]));
  MnRect const r = layout.target[target];
  printf("%.0f %.0f %.0f %.0f\n", r.x, r.y, r.width, r.height);
  return 0;
}
