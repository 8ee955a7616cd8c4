// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What a model's encoder says of very many windows: mu of each, and of the rest
/// only means.

#ifndef MN_ENCODED_H
#define MN_ENCODED_H

#include "answers.h"
#include "windows.h"

typedef struct {
  size_t   count;
  unsigned latent;
  int32_t* mu;       ///< [count][latent], Q16
  double*  kl;       ///< [latent]: mean KL divergence of a neuron, in nats
  double*  sigma;    ///< [latent]: mean sigma
  double*  variance; ///< [latent]: variance of mu
} MnEncoded;

/// Encodes windows on all processors. How many there are makes no difference.
///
/// @param progress May be NULL. @return false without memory; then there is
/// nothing to free.
bool
mn_encoded_take(MnModel const*    model,
                MnWindows const*  windows,
                MnProgress const* progress,
                MnEncoded*        encoded);

void
mn_encoded_free(MnEncoded* encoded);

#endif // MN_ENCODED_H
