// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the parts of a study share; not for others.

#ifndef MN_STUDY_PARTS_H
#define MN_STUDY_PARTS_H

#include "answers.h"
#include "study.h"

/// What is measured of a window.
typedef enum {
  MEASURE_ONSETS,
  MEASURE_MUSIC_ACTIVE, ///< music neurons with abs(mu) above the model's threshold
  MEASURE_NOISE_ACTIVE, ///< noise neurons likewise: the paper's measure
  MEASURE_ENERGY,       ///< mean square of mu over the noise neurons
  MEASURE_DISTANCE,     ///< of the noise neurons from train, after Mahalanobis
  MEASURE_UNUSUAL,      ///< noise neurons with abs(mu) above their own threshold
  MEASURE_STATISTIC,    ///< what the model's score is read from
  MEASURE_SCORE,        ///< the model's score: probability of real music
  MEASURES
} Measure;

typedef struct {
  size_t  count;
  double* of[MEASURES]; ///< [count] each
} Measures;

/// What the train part says of the noise neurons.
typedef struct {
  double* center;    ///< [noise]
  double* columns;   ///< [noise][noise]: of the covariance, after Cholesky
  double* threshold; ///< [noise]: abs(mu) is rarely above it
} Yardstick;

/// Some windows' values of something that rises with randomness.
typedef struct {
  double* values;
  size_t  count;
} Column;

/// How random sequences excite the neurons.
typedef struct {
  double* size;   ///< [latent]: mean abs(mu)
  double* active; ///< [latent]: share of windows with abs(mu) above the threshold
} Excitation;

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
  Yardstick           yardstick;
  Measures            real;
  Measures            random;
  Excitation          excitation;
} Study;

double
study_from_q16(int32_t value);

bool
study_onset(uint8_t token);

/// A number, or null where it is not finite; numbers; whole numbers as they are.
json_t*
study_number(double value);
json_t*
study_numbers(double const* values, size_t count);

/// The array if it has so many members, else NULL: memory ran out on the way.
json_t*
study_complete(json_t* array, size_t count);

/// The 10 %, 25 %, 50 %, 75 % and 90 % quantiles, by name. Sorts the values.
json_t*
study_quantiles(double* values, size_t count);

/// Tells the progress of a step.
void
study_tell(Study const* study, char const* what, size_t done, size_t count);

/// Encodes windows and tells the progress under a name.
bool
study_encode(Study const*     study,
             char const*      what,
             MnWindows const* windows,
             MnAnswers*       answers);

// Measures: study_measures.c.

bool
measures_init(Measures* measures, size_t count);
void
measures_free(Measures* measures);

/// Learns the yardstick from the train part.
bool
yardstick_learn(Study* study);
void
yardstick_free(Yardstick* yardstick);

/// Measures windows that the model has answered to, from `first` on.
bool
measures_take(Study const*     study,
              MnAnswers const* answers,
              uint8_t const*   tokens,
              Measures*        measures,
              size_t           first);

/// Encodes windows in pieces and measures them.
///
/// @param excitation NULL, or where to add up, [latent] of zeros.
bool
measures_encode(Study const*     study,
                char const*      what,
                MnWindows const* windows,
                Excitation*      excitation,
                Measures*        measures);

// Real against random: study_detectors.c.

/// What is said apart of windows with so many onsets: fewer say little.
enum { MANY_ONSETS = 8 };

/// Takes the score of windows, less than 0 so that it rises with randomness; if
/// `style` is not NULL, that of the wanted style. @return false without memory.
bool
column_take_score(Column*         column,
                  Measures const* measures,
                  uint16_t const* style,
                  size_t          wanted);

/// The share of pairs in which the random one is larger; NAN of none. Sorts both.
double
column_auc(Column* real, Column* random);

// The parts of the result, each NULL without memory.

json_t*
study_neurons(Study const* study);
json_t*
study_orders(Study const* study);
json_t*
study_correlation(Study const* study);
json_t*
study_decoder_neurons(Study const* study);
json_t*
study_features(Study const* study);
json_t*
study_activated(Study const* study);
json_t*
study_detectors(Study const* study);
json_t*
study_score(Study const* study);
json_t*
study_harder(Study const* study);
json_t*
study_styles(Study const* study);
json_t*
study_attributes(Study const* study);
json_t*
study_reconstruction(Study const* study);

#endif // MN_STUDY_PARTS_H
