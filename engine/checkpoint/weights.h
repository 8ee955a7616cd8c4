// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Reads the float weights of MusicVAE's encoder from a checkpoint, by their names, and
/// checks that they fit together.

#ifndef MN_WEIGHTS_H
#define MN_WEIGHTS_H

#include "checkpoint.h"
#include "dense.h"
#include "model/model.h"

/// The encoder. Layer 0 reads 90 classes; layer 1 reads both directions of layer 0. The
/// kernel of an LSTM is [inputs + hidden][4 hidden], with the gates i, j, f, o. Its bias
/// does not contain the forget bias of 1.
typedef struct {
  unsigned layers; ///< 1 or 2
  unsigned hidden;
  unsigned latent;
  unsigned steps;                  ///< 32, or 256 for a two-layer (hierarchical) encoder
  MnDense  lstm[MN_MAX_LAYERS][2]; ///< [layer][forward, backward]
  MnDense  mu;
  MnDense  sigma;
} MnWeights;

/// Reads an encoder. Returns NULL with the reason: a missing name, a wrong shape, or a
/// value that is not finite.
MN_NODISCARD MnWeights*
mn_weights_read(MnCheckpoint* checkpoint, MnError* error);

void
mn_weights_free(MnWeights* weights);

#endif // MN_WEIGHTS_H
