// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Where in the latent space to play: from ideas to a place, by the player's settings.
///
/// The mode gives a place, and chance moves it (decoder/place.h). A style pulls it
/// (decoder/place_style.h). The offsets of neurons are added. Then the axes move: those with an
/// offset by that much; density and register, where that is asked for, to where what was heard
/// has them, and by their offset from there; and those that are locked back to where the mode
/// had them, whatever their offsets say. Noise neurons are 0.
///
/// What an axis is: where the model knows it, what the decoder writes along the axis
/// (decoder/place_move.h); the axes that are not meant stay. Else the linear part of what the
/// encoder hears, on the music neurons: a value w z, and the least way to another value, along
/// w. (A bend would make the way depend on the place.)
///
/// Offsets are in standard deviations of real music: of a neuron's mu there, or of an axis's
/// value, as the quantiles of the model file have them at one standard deviation either way.
///
/// Only +, -, *, /, square roots and rounding are used: the same bits on every machine.

#ifndef MN_MOVE_H
#define MN_MOVE_H

#include "idea.h"
#include "model/model.h"

#include <stdbool.h>

typedef enum {
  MN_PLAY_ANSWER,
  MN_PLAY_VARY,
  MN_PLAY_MORPH,
  MN_PLAY_DRIFT,
  MN_PLAY_COUNT,
} MnPlayMode;

typedef enum {
  MN_LOCK_OFF,
  MN_LOCK_PITCH,  ///< register, contour and range stay
  MN_LOCK_RHYTHM, ///< all other axes stay
  MN_LOCK_COUNT,
} MnLock;

typedef struct {
  MnPlayMode mode;
  double     x; ///< 0..1: from A to B, and from C to D
  double     y; ///< 0..1: from these to those
  double     amount;
  uint64_t   seed;
  int64_t    number; ///< of the turn: each draws numbers of its own
  unsigned   pace;   ///< turns from one place of the walk to the next
  MnLock     lock;
  bool       follow_density;
  bool       follow_register;
  unsigned   style;             ///< an index of the model's styles
  double     pull;              ///< towards it: 0 none, 1 as its music is spread
  double     neuron[MN_RANKED]; ///< offsets
  double     axis[MN_AXES];
} MnMove;

/// Whether there is a place to play from: in the mode Morph a slot, in Drift always, and else
/// what was heard. `is_there` says which ideas are.
bool
mn_move_has_base(MnPlayMode mode, bool const is_there[MN_IDEAS]) MN_REALTIME;

/// Finds the place. Any thread, bounded work.
///
/// @param mu The ideas' places, [latent] in Q16, NULL where there is no idea.
/// @param place [latent], Q16.
void
mn_move_find(MnMove const*        move,
             MnModel const*       model,
             int32_t const* const mu[MN_IDEAS],
             int32_t*             place) MN_REALTIME;

#endif // MN_MOVE_H
