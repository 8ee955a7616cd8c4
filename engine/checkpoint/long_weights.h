// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Reads the float weights of a second level from a checkpoint, by their names, and checks
/// that they fit together. engine/training/README.md says what they are.

#ifndef MN_LONG_WEIGHTS_H
#define MN_LONG_WEIGHTS_H

#include "checkpoint.h"
#include "dense.h"
#include "model/model.h"

/// The encoder of phrases, and what tells styles, if the checkpoint has that. The rest, such
/// as the conductor, is not read. MnLongTable says how the layers go together.
typedef struct {
  unsigned neurons;                     ///< of level one, that it reads
  unsigned neuron[MN_MAX_LONG_NEURONS]; ///< their numbers: metadata level1_neurons
  /// [MN_MAX_LATENT]: 1 for neurons of level one that were negated where level two was
  /// trained: metadata level1_turned.
  uint8_t  turned[MN_MAX_LATENT];
  bool     knows_turned; ///< the checkpoint says which
  unsigned width;
  unsigned latent;
  MnDense  input;
  MnDense  block[MN_LONG_BLOCKS][2];
  MnDense  mu;
  MnDense  sigma;
  unsigned styles;                             ///< 0: it tells none
  char     style[MN_STYLES][MN_MAX_LABEL + 1]; ///< their names: metadata labels
  unsigned style_width;
  unsigned style_hidden;
  MnDense  style_window[2];
  MnDense  style_phrase;
  MnDense  style_output;
} MnLongWeights;

/// Reads level two.
///
/// @return NULL with the reason, which names the file: a missing name, a wrong shape, a value
/// that is not finite, or metadata that do not say what is read.
MN_NODISCARD MnLongWeights*
mn_long_weights_read(MnCheckpoint* checkpoint, MnError* error);

/// The layers of a second level, those of its styles last.
enum { MN_LONG_LAYERS = 3 + 2 * MN_LONG_BLOCKS + 4 };

/// Lists all layers in the order of the model file. Without styles the last four are empty.
/// Any thread.
void
mn_long_weights_layers(MnLongWeights const* weights, MnDense const* layers[MN_LONG_LAYERS]);

void
mn_long_weights_free(MnLongWeights* weights);

#endif // MN_LONG_WEIGHTS_H
