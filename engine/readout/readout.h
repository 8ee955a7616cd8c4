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
  float     musicality;        ///< probability of real music, 0..1; see course.h, too
  float     sense;             ///< share of notes that are as written, 0..1: see sense.h
  float     form;              ///< sense relative to the windows before, 0..1: see course.h
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
/// @param tokens [model->steps]. @param mu [model->latent], Q16. @param sigma Likewise.
void
mn_readout_window(MnModel const* model,
                  uint8_t const* tokens,
                  int32_t const* mu,
                  int32_t const* sigma,
                  MnReadout*     readout) MN_REALTIME;

/// The same without sense, which stays neutral.
void
mn_readout_compute(MnModel const* model,
                   uint8_t const* tokens,
                   int32_t const* mu,
                   int32_t const* sigma,
                   MnReadout*     readout) MN_REALTIME;

/// The distance of the noise neurons from where real music of that register has them. The
/// musicality is read from this and the number of onsets: the larger, the less musical.
double
mn_readout_statistic(MnModel const* model,
                     uint8_t const* tokens,
                     int32_t const* mu,
                     int32_t const* sigma) MN_REALTIME;

/// The mean pitch of the notes of a window, in steps of two octaves from E4; 0 without notes.
double
mn_readout_register(uint8_t const* tokens, unsigned steps) MN_REALTIME;

/// The percentile of a neuron's value among its values on real music: 0..1.
float
mn_readout_percentile(MnModel const* model, unsigned neuron, double mu) MN_REALTIME;

/// The same of a music neuron of the model's second level, by its rank.
float
mn_readout_long_percentile(MnModel const* model, unsigned rank, double mu) MN_REALTIME;

#endif // MN_READOUT_H
