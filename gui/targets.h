// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the pointer and the keyboard can act on, and the ports among that.

#ifndef MN_TARGETS_H
#define MN_TARGETS_H

#include "player_ports.h"
#include "protocol/ports.h"

#include <stdbool.h>

typedef enum { MN_PAGE_NEURONS, MN_PAGE_CC, MN_PAGE_MAP, MN_PAGES } MnPage;

/// A control port of the monitor, or one of these. Where a port is meant, those of the player
/// have their numbers from MN_TARGET_PLAYER on.
enum {
  MN_TARGET_NONE  = -1,
  MN_TARGET_MODEL = MN_PORT_COUNT,            ///< the button that asks for a model file
  MN_TARGET_PAGE,                             ///< and on, by MnPage: the tab of a page
  MN_TARGET_SAVE = MN_TARGET_PAGE + MN_PAGES, ///< writes what was played to a MIDI file
  MN_TARGET_MAP_X,                            ///< chooses the axis that the map has across
  MN_TARGET_MAP_Y,                            ///< and the one that it has upwards
  MN_TARGET_TAP,                              ///< sets the tempo by clicks in time
  MN_TARGET_PAD,    ///< the plane between the player's slots: moves its x and y
  MN_TARGET_PLAYER, ///< and on, by MN_PLAYER_PORT_*: the ports of the player
  MN_TARGETS = MN_TARGET_PLAYER + MN_PLAYER_PORT_COUNT,
};

/// A control port of the player, by the end of its name.
#define MN_TARGET_OF(name) (MN_TARGET_PLAYER + MN_PLAYER_PORT_##name)

/// Whether a target is a control port, of the monitor or of the player.
static inline bool
mn_target_is_port(int const target)
{
  return (target >= MN_PORT_FIRST_CONTROL && target < MN_PORT_COUNT) ||
         (target >= MN_TARGET_PLAYER + MN_PLAYER_PORT_FIRST_CONTROL && target < MN_TARGETS);
}

/// The row of a control port.
static inline MnPort const*
mn_target_port(unsigned const port)
{
  return port < MN_PORT_COUNT ? mn_port(port) : mn_player_port(port - MN_TARGET_PLAYER);
}

/// The value of a control port that nobody has set.
static inline float
mn_target_initial(unsigned const port)
{
  return port < MN_PORT_COUNT ? mn_port_initial(port) : mn_target_port(port)->initial;
}

#endif // MN_TARGETS_H
