// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "scene_player.h"

#include <stdio.h>

static void
set(MnView* const view, unsigned const port, float const value)
{
  view->value[MN_TARGET_PLAYER + port] = value;
}

void
scene_set_morph(MnView* const view)
{
  static float const axes[MN_AXES]        = {1.5F, -2, 0, 0, 0, 0.75F, 0, 0};
  static float const played_axes[MN_AXES] = {0.93F, 0.1F, 0.4F, 0.55F, 0.6F, 0.8F, 0.3F, 0};
  static float const neurons[MN_RANKED]   = {0, 0, 3.25F, 0, 0, 0, -6, 0, 0, 0, 6};
  view->player                            = true;
  snprintf(view->model.name, MN_VIEW_NAME, "melody-2bar-open");
  view->answered = true;
  set(view, MN_PLAYER_PORT_MODE, 2);
  set(view, MN_PLAYER_PORT_X, 0.3F);
  set(view, MN_PLAYER_PORT_Y, 0.65F);
  set(view, MN_PLAYER_PORT_SCALE, 4);
  set(view, MN_PLAYER_PORT_KEY, 2);
  set(view, MN_PLAYER_PORT_LOCK, 2);
  set(view, MN_PLAYER_PORT_SEED, 1789);
  set(view, MN_PLAYER_PORT_STATE, 4);
  set(view, MN_PLAYER_PORT_TURNS, 38);
  set(view, MN_PLAYER_PORT_LATE, 1);
  set(view, MN_PLAYER_PORT_SYNCED, 1);
  for (unsigned slot = 0; slot < 4; ++slot) {
    set(view, MN_PLAYER_PORT_SLOT_A + slot, 1);
  }
  for (unsigned i = 0; i < MN_AXES; ++i) {
    set(view, MN_PLAYER_PORT_AXIS_1 + i, axes[i]);
    set(view, MN_PLAYER_PORT_PLAYED_AXIS_1 + i, played_axes[i]);
  }
  for (unsigned i = 0; i < MN_RANKED; ++i) {
    set(view, MN_PLAYER_PORT_NEURON_1 + i, neurons[i]);
    set(view, MN_PLAYER_PORT_PLAYED_NEURON_1 + i, (float)(i * 7 % 17) / 16);
  }
  view->pointer.focused = MN_TARGET_PAD;
}
