// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the player's ports say of a turn, and of its notes.

#include "player_plugin.h"

#include <math.h>

MnMove
mn_player_read_move(MnPlayer const* const p, int64_t const number)
{
  MnMove move = {
    .mode            = p->live.mode,
    .x               = mn_player_control(p, MN_PLAYER_PORT_X),
    .y               = mn_player_control(p, MN_PLAYER_PORT_Y),
    .amount          = mn_player_control(p, MN_PLAYER_PORT_AMOUNT),
    .seed            = (uint64_t)lrint(mn_player_control(p, MN_PLAYER_PORT_SEED)),
    .number          = number,
    .pace            = (unsigned)lrint(mn_player_control(p, MN_PLAYER_PORT_PACE)),
    .lock            = (MnLock)lrint(mn_player_control(p, MN_PLAYER_PORT_LOCK)),
    .follow_density  = mn_player_control(p, MN_PLAYER_PORT_FOLLOW_DENSITY) > 0,
    .follow_register = mn_player_control(p, MN_PLAYER_PORT_FOLLOW_REGISTER) > 0,
    .style           = (unsigned)lrint(mn_player_control(p, MN_PLAYER_PORT_STYLE)),
    .pull            = mn_player_control(p, MN_PLAYER_PORT_STYLE_PULL),
  };
  for (unsigned i = 0; i < MN_RANKED; ++i) {
    move.neuron[i] = mn_player_control(p, MN_PLAYER_PORT_NEURON_1 + i);
  }
  for (unsigned i = 0; i < MN_AXES; ++i) {
    move.axis[i] = mn_player_control(p, MN_PLAYER_PORT_AXIS_1 + i);
  }
  return move;
}

MnTuning
mn_player_read_tuning(MnPlayer const* const p)
{
  return (MnTuning){
    .transpose = (int)lrint(mn_player_control(p, MN_PLAYER_PORT_TRANSPOSE)),
    .scale     = (MnScale)lrint(mn_player_control(p, MN_PLAYER_PORT_SCALE)),
    .key       = (unsigned)lrint(mn_player_control(p, MN_PLAYER_PORT_KEY)),
    .low       = (unsigned)lrint(mn_player_control(p, MN_PLAYER_PORT_LOW)),
    .high      = (unsigned)lrint(mn_player_control(p, MN_PLAYER_PORT_HIGH)),
  };
}

MnTouch
mn_player_read_touch(MnPlayer const* const p)
{
  bool const   follows = mn_player_control(p, MN_PLAYER_PORT_VELOCITY_FROM) > 0;
  double const own     = mn_player_control(p, MN_PLAYER_PORT_VELOCITY);
  return (MnTouch){
    .gate     = mn_player_control(p, MN_PLAYER_PORT_GATE),
    .velocity = follows ? p->velocity : (uint8_t)lrint(own),
    .channel  = (uint8_t)(lrint(mn_player_control(p, MN_PLAYER_PORT_CHANNEL)) - 1),
  };
}
