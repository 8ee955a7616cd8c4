// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Moves places in the latent space along the axes, so that what the decoder writes there
/// has more or less of one feature, and as much as before of the others.

#ifndef MN_PLACE_MOVE_H
#define MN_PLACE_MOVE_H

#include "base/common.h"
#include "model/model.h"

#include <stdbool.h>

/// Whether a model knows what its decoder writes along the axes.
static inline bool
mn_place_can_move(MnModel const* const model)
{
  return model->readout.move_table.values;
}

/// What moves need to know of a model.
typedef struct {
  MnBendTable const* table;     ///< the axes, of music neurons by rank
  uint16_t const*    order;     ///< the neurons by rank
  float const*       quantiles; ///< [latent][MN_QUANTILES] of mu over music
} MnMoves;

/// Moves a place along all axes at once. Only music neurons are moved.
///
/// An axis goes with a feature of what the decoder writes. In 8 steps, each axis goes an
/// eighth of its way and the others stay, by the shortest step in units of the neurons'
/// spreads s over music: d = S J' (J S J')^-1 e, with J the slopes of the axes there, S the
/// squares of s, and e what each axis still lacks (Gauss and Newton's method, least norm).
///
/// Only +, -, *, / and rounding are used, which are the same to the bit on every machine.
/// Any thread; bounded work, 8 (latent (8 (bends + 8) + 2 bends)) products of doubles at most.
///
/// @param amounts For each axis, how far: 1 is a standard deviation of its feature over
/// music, as a normal score. Beyond 4 either way counts as 4.
/// @param mu_q16 [latent]. A neuron moves within 8 either way.
void
mn_place_move_by(MnMoves const* moves, double const amounts[MN_AXES], int32_t* mu_q16)
  MN_REALTIME;

/// The same with what the model knows (readout.move_table). A model that cannot move leaves
/// the place as it is.
///
/// @param mu_q16 [model->latent].
void
mn_place_move(MnModel const* model, double const amounts[MN_AXES], int32_t* mu_q16)
  MN_REALTIME;

#endif // MN_PLACE_MOVE_H
