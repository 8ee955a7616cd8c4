// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Quantises the float weights of a flat decoder to the integer tensors of a model file.

#ifndef MN_QUANTISE_DECODER_H
#define MN_QUANTISE_DECODER_H

#include "decoder_weights.h"
#include "quantised.h"

/// The number of weights of a decoder that are read in every step.
size_t
mn_quantised_decoder_step_count(MnDecoderWeights const* weights);

/// Quantises a decoder. Each row gets the finest scale at which its weights fit the type
/// and no sum can overflow; weights round to nearest. Layers that read z, and the output,
/// are always int16. Works on all processors, whose number makes no difference.
///
/// @return false with the reason: weights are too large, or memory runs out.
MN_NODISCARD bool
mn_quantise_decoder(MnDecoderWeights const* weights,
                    MnWeightsType           type,
                    unsigned                hidden_frac,
                    MnQuantised*            quantised,
                    MnError*                error);

/// Negates neurons: the decoder then reads the negative of what it read. Nothing happens
/// where there is no decoder.
///
/// @param negated [latent]: 1 for those to negate.
void
mn_quantised_decoder_negate(MnQuantised* quantised, uint8_t const* negated);

#endif // MN_QUANTISE_DECODER_H
