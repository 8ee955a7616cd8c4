// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Pulls places in the latent space towards a style.

#ifndef MN_PLACE_STYLE_H
#define MN_PLACE_STYLE_H

#include "base/common.h"
#include "model/model.h"

#include <stdbool.h>

/// Whether a model has the parts that styles have in its prior.
static inline bool
mn_place_can_pull(MnModel const* const model)
{
  return model->long_table.style.part;
}

/// Pulls the music neurons of a place towards a style: z + amount (T(z) - z).
///
/// T takes music as a whole, as one Gaussian, to the music of the style, as another, so that
/// places move as little as they can in the mean square (I. Olkin, F. Pukelsheim, "The
/// distance between two random vectors with given dispersion matrices", 1982). What is
/// particular about a melody stays so: only where it lies among others becomes the place
/// where it would lie among those of the style.
///
/// Only +, -, *, / and rounding are used, which are the same to the bit on every machine.
/// Any thread; bounded work, music^2 products of doubles.
///
/// @param style An index of the model's styles; one that it does not have pulls nowhere, nor
/// does a model that cannot pull. @param amount 0: as it is; 1: as the style's music is
/// spread; above 1: beyond. @param mu_q16 [model->latent]. A neuron moves within 8 either way.
void
mn_place_pull(MnModel const* model, unsigned style, double amount, int32_t* mu_q16)
  MN_REALTIME;

#endif // MN_PLACE_STYLE_H
