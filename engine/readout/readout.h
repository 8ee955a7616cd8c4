// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Mu to what a listener is told: which neurons a window excites, and how
/// musical that is.
///
/// After G. Barenboim et al., "Exploring how a generative AI interprets music"
/// (Neural Comput. & Applic. 36, 2024): most neurons of a music VAE stay silent
/// on real music (noise neurons), a few dozen carry it (music neurons), and
/// random notes wake the silent ones.

#ifndef MN_READOUT_H
#define MN_READOUT_H

#include "base/common.h"
#include "model/model.h"

#include <stdbool.h>

/// A neuron that is not there (a model with fewer than asked for).
enum { MN_NO_NEURON = -1 };

typedef struct {
  int   neuron; ///< index, or MN_NO_NEURON
  float mu;
} MnExcited;

typedef struct {
  float     musicality;        ///< probability of real music, 0..1
  unsigned  music_active;      ///< music neurons with abs(mu) above the threshold
  unsigned  noise_active;      ///< noise neurons likewise
  float     noise_energy;      ///< mean of mu^2 over the noise neurons
  float     ranked[MN_RANKED]; ///< percentiles of the first music neurons, 0..1
  MnExcited top[MN_TOP];       ///< the largest abs(mu) of all neurons, in order
} MnReadout;

/// The readout of silence: nothing excited, percentiles and score in the middle.
extern MnReadout const mn_readout_neutral;

/// Reads out a window. Bounded work, no allocation: any thread.
///
/// @param mu [model->latent], Q16. @param onsets Of the window.
void
mn_readout_compute(MnModel const* model,
                   int32_t const* mu,
                   unsigned       onsets,
                   MnReadout*     readout) MN_REALTIME;

/// How far the noise neurons are from where real music leaves them: what the
/// musicality is read from, given the number of onsets. The larger, the less musical.
double
mn_readout_statistic(MnModel const* model, int32_t const* mu) MN_REALTIME;

/// Where a value of a neuron lies among those on real music: 0..1.
float
mn_readout_percentile(MnModel const* model, unsigned neuron, double mu) MN_REALTIME;

#endif // MN_READOUT_H
