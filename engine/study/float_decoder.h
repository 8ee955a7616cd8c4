// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A flat MusicVAE decoder in float32, from latents to melodies. The study uses it to
/// see how much of a melody mu still holds.
///
/// Sums are taken in a fixed order without contraction, so that the same build
/// gives the same bits with any number of threads and any vector width.

#ifndef MN_FLOAT_DECODER_H
#define MN_FLOAT_DECODER_H

#include "base/common.h"
#include "checkpoint/checkpoint.h"

#include <stdbool.h>

typedef struct MnFloatDecoder MnFloatDecoder;

/// Reads the decoder's tensors of a checkpoint, LSTMs of any number of layers.
/// @return NULL with the reason, which names the file.
MN_NODISCARD MnFloatDecoder*
mn_float_decoder_read(MnCheckpoint* checkpoint, MnError* error);

void
mn_float_decoder_free(MnFloatDecoder* decoder);

/// The number of neurons in its latent space.
unsigned
mn_float_decoder_latent(MnFloatDecoder const* decoder);

/// Decodes on all processors; each step takes the most probable class.
///
/// @param z [count][latent]. @param taught [count][steps]: the true steps (teacher
/// forcing: the decoder sees the true step before it guesses the next), or NULL (free
/// running: it sees its own guess). @param tokens [count][steps]: the guesses.
/// @return false if memory runs out.
bool
mn_float_decoder_run(MnFloatDecoder const* decoder,
                     float const*          z,
                     size_t                count,
                     unsigned              steps,
                     uint8_t const*        taught,
                     uint8_t*              tokens);

#endif // MN_FLOAT_DECODER_H
