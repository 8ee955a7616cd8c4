// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Calibrates a second level: which of its neurons are music, in which order, where their
/// values lie on real music, and what they go with; and which part of the prior is a style's.

#ifndef MN_LONG_RANKS_H
#define MN_LONG_RANKS_H

#include "checkpoint/model_writer.h"
#include "encoder/batches.h"
#include "labels.h"
#include "style_parts.h"
#include "windows.h"

enum { MN_LONG_RANKS_TENSORS = 2 };

/// A neuron of level two is music if it carries more than this on average, in nats. Of 512
/// that all carry a little, this keeps those that say something.
#define MN_LONG_MUSIC_KL 1.0

/// The steps of a phrase.
enum { MN_PHRASE_STEPS = MN_PHRASE * MN_STEPS_2BAR };

typedef struct {
  unsigned     latent;
  unsigned     music;     ///< so many of the first in order; at least 1
  uint16_t*    order;     ///< [latent]: neurons by mean KL divergence, most first
  float*       quantiles; ///< [music][MN_QUANTILES] of mu, by rank
  MnNamed*     labels;  ///< [music], likewise: they keep the neurons' signs; NULL: none yet
  size_t       phrases; ///< that this was measured on
  MnStyleParts parts; ///< of the styles, where the model has some and phrases were measured
} MnLongRanks;

/// Encodes phrases and learns from the result. The number of processors makes no
/// difference.
///
/// @param model   With a second level; its own ranks do not matter. @param phrases Windows
/// of MN_PHRASE_STEPS. @param progress May be NULL. @return false if memory runs out.
MN_NODISCARD bool
mn_long_ranks_measure(MnModel const*    model,
                      MnWindows const*  phrases,
                      MnProgress const* progress,
                      MnLongRanks*      ranks);

/// Ranks for a model that has none yet, so that it loads. @return false if memory runs out.
MN_NODISCARD bool
mn_long_ranks_neutral(unsigned latent, MnLongRanks* ranks);

void
mn_long_ranks_free(MnLongRanks* ranks);

/// The tensors; they live as long as the ranks. @return How many.
size_t
mn_long_ranks_tensors(MnLongRanks const* ranks,
                      MnModelTensor      tensors[MN_LONG_RANKS_TENSORS]);

#endif // MN_LONG_RANKS_H
