// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the parts of a study share: its input, what is known of all windows, and how
/// it reports its progress.

#ifndef MN_STUDY_CONTEXT_H
#define MN_STUDY_CONTEXT_H

#include "base/fixed.h"
#include "posteriors.h"
#include "study.h"

/// The measures of a window.
typedef enum {
  MN_MEASURE_ONSETS,
  MN_MEASURE_MUSIC_ACTIVE, ///< music neurons with abs(mu) above the model's threshold
  MN_MEASURE_NOISE_ACTIVE, ///< noise neurons likewise: the paper's measure
  MN_MEASURE_ENERGY,       ///< mean square of mu over the noise neurons
  MN_MEASURE_DISTANCE,     ///< of the noise neurons from train, after Mahalanobis
  MN_MEASURE_UNUSUAL,      ///< noise neurons with abs(mu) above their own threshold
  MN_MEASURE_STATISTIC,    ///< what the model's score is read from
  MN_MEASURE_SCORE,        ///< the model's score: probability of real music
  MN_MEASURES
} MnMeasure;

typedef struct {
  size_t  count;
  double* of[MN_MEASURES]; ///< [count] each
} MnMeasures;

/// What the train part teaches about the noise neurons: other windows are measured
/// against it.
typedef struct {
  double* center;    ///< [noise]
  double* columns;   ///< [noise][noise]: of the covariance, after Cholesky
  double* threshold; ///< [noise]: abs(mu) is rarely above it
} MnYardstick;

/// How random sequences excite the neurons.
typedef struct {
  double* size;   ///< [latent]: mean abs(mu)
  double* active; ///< [latent]: share of windows with abs(mu) above the threshold
} MnExcitation;

typedef struct {
  MnStudyInput const* in;
  MnModel const*      model;
  unsigned            latent;
  unsigned            music; ///< the first of the model's order
  unsigned            noise;
  uint16_t*           noise_neurons; ///< [noise], ascending
  size_t              count;         ///< of held-out windows
  MnPosteriors        posteriors;    ///< of the held-out windows
  double*             features;      ///< [count][mn_feature_count]
  MnYardstick         yardstick;
  MnMeasures          real;
  MnMeasures          random;
  MnExcitation        excitation;
} MnStudy;

/// Reports the progress of a step to the caller of mn_study().
void
mn_study_progress(MnStudy const* study, char const* what, size_t done, size_t count);

/// Encodes `count` windows from `first` on, and reports the progress under a name.
/// @return false if memory runs out.
bool
mn_study_encode(MnStudy const*   study,
                char const*      what,
                MnWindows const* windows,
                size_t           first,
                size_t           count,
                MnPosteriors*    posteriors);

#endif // MN_STUDY_CONTEXT_H
