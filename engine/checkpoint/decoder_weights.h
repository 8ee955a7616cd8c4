// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Reads the float weights of MusicVAE's flat decoder from a checkpoint, by their names,
/// and checks that they fit together.

#ifndef MN_DECODER_WEIGHTS_H
#define MN_DECODER_WEIGHTS_H

#include "checkpoint.h"
#include "dense.h"
#include "model/model.h"

/// A linear layer maps a latent z to the first state. In each step, the first LSTM reads
/// the previous class and z, and every other LSTM reads the one below it. A linear layer
/// maps the state of the last LSTM to a class. Gates are i, j, f, o; the biases do not
/// contain the forget bias of 1.
typedef struct {
  unsigned layers;
  unsigned hidden;
  unsigned latent;
  MnDense  start; ///< [latent][2 layers hidden]: c and h of layer 0, of layer 1, ...
  MnDense  lstm[MN_MAX_DECODER_LAYERS]; ///< [inputs + hidden][4 hidden]
  MnDense  output;                      ///< [hidden][MN_CLASSES]
} MnDecoderWeights;

/// Reads a decoder.
///
/// @return NULL with the reason, which names the file: a missing name, a wrong shape, or a
/// value that is not finite.
MN_NODISCARD MnDecoderWeights*
mn_decoder_weights_read(MnCheckpoint* checkpoint, MnError* error);

void
mn_decoder_weights_free(MnDecoderWeights* weights);

#endif // MN_DECODER_WEIGHTS_H
