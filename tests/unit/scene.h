// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Views of the window to draw in tests: the same numbers on every machine, and no
/// model needed.

#ifndef MN_TEST_SCENE_H
#define MN_TEST_SCENE_H

#include "view.h"

typedef enum {
  SCENE_EMPTY,   ///< no model
  SCENE_MELODY,  ///< a melody in the middle of a window, above an accompaniment
  SCENE_NOISE,   ///< random notes
  SCENE_LARGE,   ///< 16 bars, 88 music neurons without labels
  SCENE_ERROR,   ///< a melody, and a model that could not be loaded
  SCENE_CC,      ///< the second page, with a control focused
  SCENE_MENU,    ///< the second page, with a menu open
  SCENE_SEVEN,   ///< a melody in 7/8 while free-running, the pointer on a neuron
  SCENE_AXES,    ///< a melody, by a model with axes
  SCENE_OFF,     ///< Enabled is off
  SCENE_RESTING, ///< silent for longer than Hold
  SCENE_OPENING, ///< the plugin has not answered yet
  SCENE_PAST,    ///< bars of the past are chosen
  SCENE_MAP,     ///< the third page, with landmarks of which two are near each other
  SCENE_PLAYER,  ///< the player's window when it opens
  SCENE_MORPH,   ///< the player between four full slots, with some sliders moved
  SCENE_STYLES,  ///< the third page, with a model that has a second level
  SCENE_SPAN,    ///< neurons of 16 bars
  SCENE_COUNT,
} Scene;

extern char const* const scene_names[SCENE_COUNT];

/// @return A view, which the caller releases with free().
MnView*
scene_make(Scene scene);

/// Gives a model axes, with their names.
void
scene_name_axes(MnViewModel* model);

#endif // MN_TEST_SCENE_H
