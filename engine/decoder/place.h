// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Places in the latent space to decode: between two others, or near one.
///
/// Only +, -, *, /, square roots and rounding are used, which are the same to the bit on
/// every machine. Any thread, bounded work.

#ifndef MN_PLACE_H
#define MN_PLACE_H

#include "base/common.h"
#include "model/model.h"

/// Sets the noise neurons to 0.
///
/// @param mu_q16 [model->latent].
void
mn_place_silence_noise(MnModel const* model, int32_t* mu_q16) MN_REALTIME;

/// Finds the place at a share of the way from `a` to `b`, along the arc between them:
/// sin((1 - t) w) / sin w a + sin(t w) / sin w b, where w is their angle (K. Shoemake,
/// "Animating rotation with quaternion curves", 1985). Where there is no such arc, for they
/// lie opposite each other (more than 177 degrees apart) or one is the origin, the way is
/// straight.
///
/// @param a_q16 [count], as `b_q16` and `mixed_q16`, which may be one of them. @param t From
/// 0, which is `a`, to 1, which is `b`.
void
mn_place_mix(int32_t const* a_q16,
             int32_t const* b_q16,
             unsigned       count,
             double         t,
             int32_t*       mixed_q16) MN_REALTIME;

/// Moves the music neurons of a place by chance: sqrt(1 - amount^2) mu + amount n, with n
/// from the prior (nearly: sums of 12 uniform numbers). So what was typical of music stays so.
///
/// @param amount 0: as it is; 1: any place of the prior. @param seed, number The same give
/// the same.
void
mn_place_vary(MnModel const* model,
              double         amount,
              uint64_t       seed,
              uint64_t       number,
              int32_t*       mu_q16) MN_REALTIME;

#endif // MN_PLACE_H
