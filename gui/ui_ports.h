// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The plugins that have the window, and how they number what it knows as ports (targets.h).

#ifndef MN_UI_PORTS_H
#define MN_UI_PORTS_H

#include "targets.h"

typedef enum {
  MN_UI_MONITOR,
  MN_UI_CV, ///< has CV in place of values and controllers
  MN_UI_PLAYER,
  MN_UI_NONE, ///< not a plugin of ours
} MnUiPlugin;

MnUiPlugin
mn_ui_plugin(char const* uri);

/// The plugin's own number of a port, or of MN_PORT_IN or MN_PORT_OUT. -1: it has not this one.
int
mn_ui_number(MnUiPlugin plugin, unsigned port);

/// The other way round.
int
mn_ui_port(MnUiPlugin plugin, uint32_t number);

#endif // MN_UI_PORTS_H
