// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Reads out mu: which neurons a window excites, and how musical the window is.
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

/// Stands for no neuron: the model has fewer than were asked for.
enum { MN_NO_NEURON = -1 };

typedef struct {
  int   neuron; ///< index, or MN_NO_NEURON
  float mu;
} MnExcited;

typedef struct {
  float     musicality;        ///< probability of real music, 0..1
  unsigned  music_active;      ///< music neurons with abs(mu) above the threshold
  unsigned  noise_active;      ///< the same of the noise neurons
  float     noise_energy;      ///< mean of mu^2 over the noise neurons
  float     ranked[MN_RANKED]; ///< percentiles of the first music neurons, 0..1
  float     axes[MN_AXES];     ///< percentiles of the axes, 0..1; 0.5 without axes
  MnExcited top[MN_TOP];       ///< the neurons of largest abs(mu), in order
} MnReadout;

/// The readout of silence: no neuron is excited, percentiles and score are 0.5.
extern MnReadout const mn_readout_neutral;

/// Reads out a window. Any thread: the work is bounded, and nothing is allocated.
///
/// @param mu [model->latent], Q16. @param onsets Of the window.
void
mn_readout_compute(MnModel const* model,
                   int32_t const* mu,
                   unsigned       onsets,
                   MnReadout*     readout) MN_REALTIME;

/// The distance of the noise neurons from their values on real music. The musicality is
/// read from this and the number of onsets: the larger, the less musical.
double
mn_readout_statistic(MnModel const* model, int32_t const* mu) MN_REALTIME;

/// The percentile of a neuron's value among its values on real music: 0..1.
float
mn_readout_percentile(MnModel const* model, unsigned neuron, double mu) MN_REALTIME;

/// The values of the axes, before percentiles. All operations are sums, products and
/// quotients of doubles in a fixed order: the same bits everywhere.
///
/// @param mu [latent], Q16. @param values [MN_AXES]: finite for every table of finite
/// floats.
void
mn_readout_axes(MnAxisTable const* table,
                unsigned           latent,
                int32_t const*     mu,
                double*            values) MN_REALTIME;

#endif // MN_READOUT_H
