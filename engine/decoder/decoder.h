// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Writes a window of melody from a place in the latent space. This is the flat decoder of
/// MusicVAE, some LSTMs and a linear layer, in integers.
///
/// With z the place, tanh(z Wi + bi) is the start of c and h of all layers. Then in each
/// step, with x the class of the step before as one-hot (nothing in the first step):
/// g = [x, z, h] K + b in layer 0 and g = [h of the layer below, h] K + b in the others,
/// split into i, j, f, o; c = c sigm(f + 1) + sigm(i) tanh(j); h = sigm(o) tanh(c). The
/// last h gives the logits h Wo + bo, from which the class is chosen. A note-off where
/// nothing sounds says nothing: a hold is written in its place, while the next step is
/// given what was chosen. (A. Roberts et al., "A
/// Hierarchical Latent Vector Model for Learning Long-Term Structure in Music", ICML 2018,
/// as built by Magenta.)
///
/// A decoder lives in memory of its caller, belongs to one thread at a time, and never
/// allocates. Its work can be done in slices.

#ifndef MN_DECODER_H
#define MN_DECODER_H

#include "base/carve.h"
#include "base/common.h"
#include "choice.h"
#include "encoder/kernel.h"
#include "model/model.h"

#include <stdbool.h>

typedef struct MnDecoder MnDecoder;

/// Alignment of a decoder's memory.
enum { MN_DECODER_ALIGN = MN_CARVE_ALIGN };

/// The size of a decoder for `model`, which has one, in bytes.
size_t
mn_decoder_size(MnModel const* model) MN_REALTIME;

/// Makes a decoder in `memory`, aligned to MN_DECODER_ALIGN. It uses the model, which has a
/// decoder, and the kernel as long as it is used itself. This processor must support the
/// kernel.
MnDecoder*
mn_decoder_init(void* memory, MnModel const* model, MnKernel const* kernel) MN_REALTIME;

/// Begins a window. All arguments are copied.
///
/// @param mu_q16 [model->latent]: z with the signs of the model's mu, as the encoder gives
/// it. Numbers beyond 8 count as 8.
void
mn_decoder_start(MnDecoder* decoder, int32_t const* mu_q16, MnChoice const* choice)
  MN_REALTIME;

/// Works on for at most `budget` units of MN_UNIT_PRODUCTS. Slicing changes no bit.
/// @return true when the window is complete.
bool
mn_decoder_run(MnDecoder* decoder, unsigned budget) MN_REALTIME;

/// The number of units of a window.
unsigned
mn_decoder_units(MnModel const* model) MN_REALTIME;

/// The number of units that are left.
unsigned
mn_decoder_left(MnDecoder const* decoder) MN_REALTIME;

/// The number of steps that are written.
unsigned
mn_decoder_steps(MnDecoder const* decoder) MN_REALTIME;

/// The tokens, [model->steps]. Those of the steps that are written are valid.
uint8_t const*
mn_decoder_tokens(MnDecoder const* decoder) MN_REALTIME;

/// The logits from which the last step was chosen, [MN_CLASSES], Q16.
int32_t const*
mn_decoder_logits(MnDecoder const* decoder) MN_REALTIME;

#endif // MN_DECODER_H
