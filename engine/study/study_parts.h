// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the parts of a study share; not for others.

#ifndef MN_STUDY_PARTS_H
#define MN_STUDY_PARTS_H

#include "answers.h"
#include "base/fixed.h"
#include "study.h"

/// What is measured of a window.
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

/// What the train part says of the noise neurons.
typedef struct {
  double* center;    ///< [noise]
  double* columns;   ///< [noise][noise]: of the covariance, after Cholesky
  double* threshold; ///< [noise]: abs(mu) is rarely above it
} MnYardstick;

/// Some windows' values of something that rises with randomness.
typedef struct {
  double* values;
  size_t  count;
} MnColumn;

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
  MnAnswers           answers;       ///< to the held-out windows
  double*             features;      ///< [count][mn_feature_count]
  MnYardstick         yardstick;
  MnMeasures          real;
  MnMeasures          random;
  MnExcitation        excitation;
} MnStudy;

bool
mn_study_onset(uint8_t token);

/// A number, or null where it is not finite; numbers; whole numbers as they are.
json_t*
mn_study_number(double value);
json_t*
mn_study_numbers(double const* values, size_t count);

/// The array if it has so many members, else NULL: memory ran out on the way.
json_t*
mn_study_complete(json_t* array, size_t count);

/// The 10 %, 25 %, 50 %, 75 % and 90 % quantiles, by name. Sorts the values.
json_t*
mn_study_quantiles(double* values, size_t count);

/// Tells the progress of a step.
void
mn_study_tell(MnStudy const* study, char const* what, size_t done, size_t count);

/// Encodes windows and tells the progress under a name.
bool
mn_study_encode(MnStudy const*   study,
                char const*      what,
                MnWindows const* windows,
                MnAnswers*       answers);

// Measures: study_measures.c.

bool
mn_measures_init(MnMeasures* measures, size_t count);
void
mn_measures_free(MnMeasures* measures);

/// Learns the yardstick from the train part.
bool
mn_yardstick_learn(MnStudy* study);
void
mn_yardstick_free(MnYardstick* yardstick);

/// Measures windows that the model has answered to, from `first` on.
bool
mn_measures_take(MnStudy const*   study,
                 MnAnswers const* answers,
                 uint8_t const*   tokens,
                 MnMeasures*      measures,
                 size_t           first);

/// Encodes windows in pieces and measures them.
///
/// @param excitation NULL, or where to add up, [latent] of zeros.
bool
mn_measures_encode(MnStudy const*   study,
                   char const*      what,
                   MnWindows const* windows,
                   MnExcitation*    excitation,
                   MnMeasures*      measures);

// Real against random: study_detectors.c.

/// What is said apart of windows with so many onsets: fewer say little.
enum { MN_MANY_ONSETS = 8 };

/// Takes the score of windows, less than 0 so that it rises with randomness; if
/// `style` is not NULL, that of the wanted style. @return false without memory.
bool
mn_column_take_score(MnColumn*         column,
                     MnMeasures const* measures,
                     uint16_t const*   style,
                     size_t            wanted);

/// The share of pairs in which the random one is larger; NAN of none. Sorts both.
double
mn_column_auc(MnColumn* real, MnColumn* random);

// The parts of the result, each NULL without memory.

json_t*
mn_study_neurons(MnStudy const* study);
json_t*
mn_study_orders(MnStudy const* study);
json_t*
mn_study_correlation(MnStudy const* study);
json_t*
mn_study_decoder_neurons(MnStudy const* study);
json_t*
mn_study_features(MnStudy const* study);
json_t*
mn_study_activated(MnStudy const* study);
json_t*
mn_study_detectors(MnStudy const* study);
json_t*
mn_study_score(MnStudy const* study);
json_t*
mn_study_harder(MnStudy const* study);
json_t*
mn_study_styles(MnStudy const* study);
json_t*
mn_study_attributes(MnStudy const* study);
json_t*
mn_study_reconstruction(MnStudy const* study);

#endif // MN_STUDY_PARTS_H
