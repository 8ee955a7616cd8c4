// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The player's window in tests.

#ifndef MN_TEST_SCENE_PLAYER_H
#define MN_TEST_SCENE_PLAYER_H

#include "view.h"

/// Sets a new view to SCENE_MORPH.
void
scene_set_morph(MnView* view);

#endif // MN_TEST_SCENE_PLAYER_H
