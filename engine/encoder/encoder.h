// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A window to mu and sigma: the encoder of MusicVAE, a bidirectional LSTM and
/// two linear heads, in integers.
///
/// Per step and direction, with x the one-hot token: g = [x, h] K + b, split
/// into i, j, f, o; c = c sigm(f + 1) + sigm(i) tanh(j); h = sigm(o) tanh(c).
/// With H the last h of both directions: mu = H Wm + bm, sigma =
/// softplus(H Ws + bs). (A. Roberts et al., "A Hierarchical Latent Vector Model
/// for Learning Long-Term Structure in Music", ICML 2018, as built by Magenta.)
///
/// An encoder lives in memory that its caller gives, belongs to one thread at a
/// time, and never allocates. The work can be cut into slices.

#ifndef MN_ENCODER_H
#define MN_ENCODER_H

#include "base/carve.h"
#include "base/common.h"
#include "kernel.h"
#include "model/model.h"

#include <stdbool.h>

typedef struct MnEncoder MnEncoder;

/// Alignment of an encoder's memory.
enum { MN_ENCODER_ALIGN = MN_CARVE_ALIGN };

/// Products of a weight and a state in a unit of work, at most. A step of one
/// direction of hidden 512 is one unit, one of hidden 2048 is 16: some 30 to 70 us
/// each, and below 1 ms wherever there are 10^9 products a second.
enum { MN_UNIT_PRODUCTS = 1 << 20 };

/// Bytes of memory that an encoder for `model` needs.
size_t
mn_encoder_size(MnModel const* model) MN_REALTIME;

/// Makes an encoder in `memory`, aligned to MN_ENCODER_ALIGN. The model and the
/// kernel, which this processor must support, are used until it is forgotten.
MnEncoder*
mn_encoder_init(void* memory, MnModel const* model, MnKernel const* kernel) MN_REALTIME;

/// Begins a window of model->steps tokens (0..89), which are copied.
void
mn_encoder_start(MnEncoder* encoder, uint8_t const* tokens) MN_REALTIME;

/// Goes on for at most `budget` units: a step of one direction or a head, or as many
/// rows of one as MN_UNIT_PRODUCTS allow. How a run is cut changes no bit.
/// @return true when mu and sigma are there.
bool
mn_encoder_run(MnEncoder* encoder, unsigned budget) MN_REALTIME;

/// Units that a window takes in all.
unsigned
mn_encoder_units(MnModel const* model) MN_REALTIME;

/// Of them, those that are still to be done.
unsigned
mn_encoder_left(MnEncoder const* encoder) MN_REALTIME;

/// The mean of each neuron, [latent], Q16. Valid once the run is complete.
int32_t const*
mn_encoder_mu(MnEncoder const* encoder) MN_REALTIME;

/// The standard deviation of each neuron, [latent], Q16.
int32_t const*
mn_encoder_sigma(MnEncoder const* encoder) MN_REALTIME;

#endif // MN_ENCODER_H
