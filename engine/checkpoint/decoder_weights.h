// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The float weights of a MusicVAE's flat decoder, taken from a checkpoint by
/// their names and checked to fit together.

#ifndef MN_DECODER_WEIGHTS_H
#define MN_DECODER_WEIGHTS_H

#include "checkpoint.h"
#include "dense.h"

/// MusicVAE's largest flat decoder has 3.
enum { MN_MAX_DECODER_LAYERS = 8 };

/// A latent z is turned into the state at the start. Each step, the first LSTM
/// reads the step before and z, each other one the LSTM below it, and the last
/// one's state is turned into a class. Gates are i, j, f, o; the forget bias of 1
/// is not in the biases.
typedef struct {
  unsigned layers;
  unsigned hidden;
  unsigned latent;
  MnDense  start; ///< [latent][2 layers hidden]: c and h of layer 0, of layer 1, ...
  MnDense  lstm[MN_MAX_DECODER_LAYERS]; ///< [inputs + hidden][4 hidden]
  MnDense  output;                      ///< [hidden][MN_CLASSES]
} MnDecoderWeights;

/// @return NULL with the reason, which names the file: a name that is missing, a
/// shape that does not fit, a value that is not finite.
MN_NODISCARD MnDecoderWeights*
mn_decoder_weights_read(MnCheckpoint* checkpoint, MnError* error);

void
mn_decoder_weights_free(MnDecoderWeights* weights);

#endif // MN_DECODER_WEIGHTS_H
