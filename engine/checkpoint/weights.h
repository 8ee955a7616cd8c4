// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The float weights of a MusicVAE, taken from a checkpoint by their names and
/// checked to fit together.

#ifndef MN_WEIGHTS_H
#define MN_WEIGHTS_H

#include "checkpoint.h"
#include "dense.h"
#include "model/model.h"

/// The encoder: layer 0 reads 90 classes, layer 1 both directions of layer 0.
/// An LSTM's kernel is [inputs + hidden][4 hidden], gates i, j, f, o; the forget
/// bias of 1 is not in its bias.
typedef struct {
  unsigned layers; ///< 1 or 2
  unsigned hidden;
  unsigned latent;
  unsigned steps;                  ///< 32, or 256 for a two-layer (hierarchical) encoder
  MnDense  lstm[MN_MAX_LAYERS][2]; ///< [layer][forward, backward]
  MnDense  mu;
  MnDense  sigma;
} MnWeights;

/// Collects the encoder from a checkpoint with MusicVAE's names. Returns NULL
/// with the reason: a name that is missing, a shape that does not fit.
MN_NODISCARD MnWeights*
mn_weights_read(MnCheckpoint* checkpoint, MnError* error);

void
mn_weights_free(MnWeights* weights);

#endif // MN_WEIGHTS_H
