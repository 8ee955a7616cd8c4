// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Posteriors: mu and sigma of many windows, from a model's encoder on all processors.
/// The number of processors makes no difference.

#ifndef MN_POSTERIORS_H
#define MN_POSTERIORS_H

#include "base/common.h"
#include "encoder/batches.h"
#include "model/model.h"
#include "windows.h"

#include <stdbool.h>

/// The posterior of each window.
typedef struct {
  size_t   count;
  unsigned latent;
  int32_t* mu;    ///< [count][latent], Q16
  int32_t* sigma; ///< likewise
} MnPosteriors;

/// The posteriors of very many windows, and means over them.
typedef struct {
  size_t   count;
  unsigned latent;
  int32_t* mu;       ///< [count][latent], Q16
  int32_t* log;      ///< likewise: the logarithms of sigma to base 2
  double*  kl;       ///< [latent]: mean KL divergence of a neuron, in nats
  double*  sigma;    ///< [latent]: mean sigma
  double*  variance; ///< [latent]: variance of mu
} MnPosteriorSummary;

/// Encodes windows.
///
/// @param tokens [count][model->steps], each below MN_CLASSES. @param progress May
/// be NULL. @return false if memory runs out; then there is nothing to free.
bool
mn_posteriors_encode(MnModel const*    model,
                     uint8_t const*    tokens,
                     size_t            count,
                     MnProgress const* progress,
                     MnPosteriors*     posteriors);

void
mn_posteriors_free(MnPosteriors* posteriors);

/// Encodes windows block by block.
///
/// @param progress May be NULL. @return false if memory runs out; then there is
/// nothing to free.
bool
mn_posterior_summary_encode(MnModel const*      model,
                            MnWindows const*    windows,
                            MnProgress const*   progress,
                            MnPosteriorSummary* summary);

void
mn_posterior_summary_free(MnPosteriorSummary* summary);

/// The KL divergence of one neuron's posterior from the prior, in nats.
///
/// @param sigma 0 or above; next to 0 it counts as 1e-6.
double
mn_posterior_kl(double mu, double sigma);

#endif // MN_POSTERIORS_H
