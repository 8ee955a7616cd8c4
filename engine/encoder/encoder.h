// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Encodes a window to mu and sigma. This is the encoder of MusicVAE, a bidirectional
/// LSTM and two linear heads, in integers.
///
/// Per step and direction, with x the one-hot token: g = [x, h] K + b, split
/// into i, j, f, o; c = c sigm(f + 1) + sigm(i) tanh(j); h = sigm(o) tanh(c).
/// With H the last h of both directions: mu = H Wm + bm, sigma =
/// softplus(H Ws + bs). (A. Roberts et al., "A Hierarchical Latent Vector Model
/// for Learning Long-Term Structure in Music", ICML 2018, as built by Magenta.)
///
/// An encoder lives in memory of its caller, belongs to one thread at a time, and never
/// allocates. Its work can be done in slices.

#ifndef MN_ENCODER_H
#define MN_ENCODER_H

#include "base/carve.h"
#include "base/common.h"
#include "kernel.h"
#include "model/model.h"
#include "unit.h"

#include <stdbool.h>

typedef struct MnEncoder MnEncoder;

/// Alignment of an encoder's memory.
enum { MN_ENCODER_ALIGN = MN_CARVE_ALIGN };

/// The size of an encoder for `model` in bytes.
size_t
mn_encoder_size(MnModel const* model) MN_REALTIME;

/// Makes an encoder in `memory`, aligned to MN_ENCODER_ALIGN. It uses the model and the
/// kernel as long as it is used itself. This processor must support the kernel.
MnEncoder*
mn_encoder_init(void* memory, MnModel const* model, MnKernel const* kernel) MN_REALTIME;

/// Begins a window of model->steps tokens (0..89). They are copied.
void
mn_encoder_start(MnEncoder* encoder, uint8_t const* tokens) MN_REALTIME;

/// Works on for at most `budget` units. A unit is a step of one direction, or a head, or
/// as many of its rows as MN_UNIT_PRODUCTS allows. Slicing changes no bit of the result.
/// @return true when mu and sigma are complete.
bool
mn_encoder_run(MnEncoder* encoder, unsigned budget) MN_REALTIME;

/// The number of units of a window.
unsigned
mn_encoder_units(MnModel const* model) MN_REALTIME;

/// The number of units that are left.
unsigned
mn_encoder_left(MnEncoder const* encoder) MN_REALTIME;

/// The mean of each neuron, [latent], Q16. Valid once the run is complete.
int32_t const*
mn_encoder_mu(MnEncoder const* encoder) MN_REALTIME;

/// The standard deviation of each neuron, [latent], Q16.
int32_t const*
mn_encoder_sigma(MnEncoder const* encoder) MN_REALTIME;

#endif // MN_ENCODER_H
