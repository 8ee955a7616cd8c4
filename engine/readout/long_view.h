// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Reads out what a model's second level says of the last 16 bars.

#ifndef MN_LONG_VIEW_H
#define MN_LONG_VIEW_H

#include "base/common.h"
#include "model/model.h"

typedef struct {
  unsigned bars;              ///< that were heard, 2 for each window; 0: none
  float    ranked[MN_RANKED]; ///< percentiles of its first music neurons, 0..1
  float    mu[MN_RANKED];     ///< of these
  float    sigma[MN_RANKED];  ///< likewise
  float    styles[MN_STYLES]; ///< the probability of each; 0 beyond those of the model
  unsigned top;               ///< the number of the likeliest, from 1; 0: none
  float    confidence;        ///< its probability
} MnLongView;

/// That of silence, and of a model without a second level: percentiles are 0.5, the rest is 0.
extern MnLongView const mn_long_view_neutral;

/// Reads out a phrase. Any thread: the work is bounded, and nothing is allocated.
///
/// @param model With a second level. @param heard Windows of the phrase that were heard.
/// @param mu Of level two, [latent], Q16. @param sigma Likewise. @param styles_q30
/// [style.count]: the posterior.
void
mn_long_view(MnModel const*  model,
             unsigned        heard,
             int32_t const*  mu,
             int32_t const*  sigma,
             uint32_t const* styles_q30,
             MnLongView*     view) MN_REALTIME;

#endif // MN_LONG_VIEW_H
