// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Level two: encodes a phrase, the windows of 16 bars, to mu and sigma of its own, and tells
/// which style it has. In integers, by what level one says of the windows.
///
/// With x the mu of all windows, 0 where one was not heard, and then what was heard:
/// h = x W + b; twice h = h + relu(h W + b) W + b; mu = h Wm + bm, sigma =
/// softplus(h Ws + bs). Residual blocks are those of K. He et al., "Deep Residual
/// Learning for Image Recognition", CVPR 2016; levels, those of A. Roberts et al., "A
/// Hierarchical Latent Vector Model for Learning Long-Term Structure in Music", ICML 2018.
/// MnStyleTable says how styles are told. States are cut off at 16 either way.
///
/// An encoder lives in memory of its caller, belongs to one thread at a time, and never
/// allocates. Its work can be done in slices. It keeps what was heard of the last windows: a
/// phrase (phrase.h) knows which belong together.

#ifndef MN_LONG_ENCODER_H
#define MN_LONG_ENCODER_H

#include "base/carve.h"
#include "encoder/kernel.h"
#include "phrase.h"

typedef struct MnLong MnLong;

/// Alignment of an encoder's memory.
enum { MN_LONG_ALIGN = MN_CARVE_ALIGN };

/// The size of an encoder for `model`, which has a second level, in bytes.
size_t
mn_long_size(MnModel const* model) MN_REALTIME;

/// Makes an encoder in `memory`, aligned to MN_LONG_ALIGN. It uses the model and the kernel as
/// long as it is used itself. This processor must support the kernel.
MnLong*
mn_long_init(void* memory, MnModel const* model, MnKernel const* kernel) MN_REALTIME;

/// Begins the phrase that ends with a window of which level one says `mu`. What was heard of
/// the windows before it lies in their places, where the encoder puts that of this one when the
/// phrase is complete.
///
/// @param places By mn_phrase_add(). @param mu_q16 [model->latent].
void
mn_long_start(MnLong* encoder, MnPhrasePlaces const* places, int32_t const* mu_q16)
  MN_REALTIME;

/// Works on for at most `budget` units of MN_UNIT_PRODUCTS. Slicing changes no bit.
/// @return true when the phrase is complete.
bool
mn_long_run(MnLong* encoder, unsigned budget) MN_REALTIME;

/// The number of units of a phrase.
unsigned
mn_long_units(MnModel const* model) MN_REALTIME;

/// The number of units that are left of the phrase that was begun.
unsigned
mn_long_left(MnLong const* encoder) MN_REALTIME;

/// How many windows of the phrase were heard, the last among them: 1 to MN_PHRASE.
unsigned
mn_long_heard(MnLong const* encoder) MN_REALTIME;

/// The mean of each neuron, [latent], Q16. Valid, as all below, once the run is complete.
int32_t const*
mn_long_mu(MnLong const* encoder) MN_REALTIME;

/// The standard deviation of each neuron, [latent], Q16.
int32_t const*
mn_long_sigma(MnLong const* encoder) MN_REALTIME;

/// The probability of each style, [style.count], Q30.
uint32_t const*
mn_long_styles(MnLong const* encoder) MN_REALTIME;

#endif // MN_LONG_ENCODER_H
