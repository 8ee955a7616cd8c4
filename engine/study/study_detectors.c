// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// How many neurons windows activate, and how well this and other statistics of the noise
// neurons distinguish real music from random notes.

#include "figures.h"
#include "stats.h"
#include "study_columns.h"
#include "study_parts.h"

#include <math.h>
#include <stdlib.h>

// Points of a ROC curve but the last.
enum { ROC_STEPS = 200 };

// A measure that rises with randomness, or falls.
typedef struct {
  char const* name;
  MnMeasure   measure;
  bool        falls;
} Detector;

static Detector const detectors[] = {
  {"count", MN_MEASURE_NOISE_ACTIVE, false},
  {"energy", MN_MEASURE_ENERGY, false},
  {"mahalanobis", MN_MEASURE_DISTANCE, false},
  {"own_thresholds", MN_MEASURE_UNUSUAL, false},
  {"statistic", MN_MEASURE_STATISTIC, false},
  {"score", MN_MEASURE_SCORE, true},
};

enum { DETECTORS = sizeof(detectors) / sizeof(*detectors) };

static bool
take_both(MnStudy const* const  s,
          Detector const* const d,
          unsigned const        onsets,
          MnColumn* const       real,
          MnColumn* const       random)
{
  return mn_column_take(real, &s->real, d->measure, d->falls, onsets) &&
         mn_column_take(random, &s->random, d->measure, d->falls, onsets);
}

static json_t*
auc_json(MnStudy const* const s, Detector const* const d, unsigned const onsets)
{
  MnColumn     real   = {0};
  MnColumn     random = {0};
  bool const   good   = take_both(s, d, onsets, &real, &random);
  double const auc    = good ? mn_column_auc(&real, &random) : NAN;
  free(real.values);
  free(random.values);
  return good ? mn_figures_number(auc) : NULL;
}

// How many of sorted values lie above a limit.
static size_t
count_above(MnColumn const* const c, double const limit, bool const with_equals)
{
  size_t low  = 0;
  size_t high = c->count;
  while (low < high) {
    size_t const middle = (low + high) / 2;
    double const value  = c->values[middle];
    bool const   above  = value > limit || (with_equals && !(value < limit));
    low                 = above ? low : middle + 1;
    high                = above ? middle : high;
  }
  return c->count - low;
}

// How many random windows are found at so many false alarms. Between equal windows the
// curve is a straight line, as in their AUC.
static double
count_found(MnColumn const* const real, MnColumn const* const random, double const alarms)
{
  size_t const index = (size_t)alarms < real->count ? (size_t)alarms : real->count - 1;
  double const limit = real->values[real->count - 1 - index];
  double const least = (double)count_above(real, limit, false);
  double const most  = (double)count_above(real, limit, true);
  double const from  = (double)count_above(random, limit, false);
  double const upto  = (double)count_above(random, limit, true);
  return from + (alarms - least) / (most - least) * (upto - from);
}

// For shares of false alarms from 0 to 1: the share of random windows that is found.
static json_t*
roc_json(MnStudy const* const s, Detector const* const d)
{
  MnColumn real   = {0};
  MnColumn random = {0};
  json_t*  points = NULL;
  if (take_both(s, d, 0, &real, &random)) {
    mn_stats_sort(real.values, real.count);
    mn_stats_sort(random.values, random.count);
    points = json_array();
    for (unsigned k = 0; k < ROC_STEPS; ++k) {
      double const alarms = (double)k * (double)real.count / ROC_STEPS;
      double const found  = count_found(&real, &random, alarms);
      json_array_append_new(points, mn_figures_number(found / (double)random.count));
    }
    json_array_append_new(points, mn_figures_number(1));
  }
  free(real.values);
  free(random.values);
  return points ? mn_figures_complete(points, ROC_STEPS + 1) : NULL;
}

json_t*
mn_study_detectors(MnStudy const* const s)
{
  json_t* const result = json_object();
  bool          good   = result;
  for (size_t i = 0; good && i < DETECTORS; ++i) {
    Detector const* const d = &detectors[i];
    good                    = !json_object_set_new(result,
                                d->name,
                                json_pack("{s:o,s:o,s:o}",
                                          "auc",
                                          auc_json(s, d, 0),
                                          "auc_8_onsets",
                                          auc_json(s, d, MN_MANY_ONSETS),
                                          "roc",
                                          roc_json(s, d)));
  }
  if (!good) {
    json_decref(result);
    return NULL;
  }
  return result;
}

// How often each count occurs, and its quantiles.
static json_t*
counts_json(MnMeasures const* const m, MnMeasure const measure, unsigned const most)
{
  double* const values = (double*)malloc((m->count + 1) * sizeof(*values));
  double* const times  = (double*)calloc((size_t)most + 1, sizeof(*times));
  json_t*       result = NULL;
  if (values && times) {
    for (size_t i = 0; i < m->count; ++i) {
      values[i] = m->of[measure][i];
      ++times[(size_t)values[i]];
    }
    json_t* const histogram = json_array();
    for (size_t k = 0; k <= most; ++k) {
      json_array_append_new(histogram, json_integer((json_int_t)times[k]));
    }
    result = json_pack("{s:o,s:o}",
                       "quantiles",
                       mn_figures_quantiles(values, m->count),
                       "histogram",
                       mn_figures_complete(histogram, (size_t)most + 1));
  }
  free(values);
  free(times);
  return result;
}

json_t*
mn_study_activated(MnStudy const* const s)
{
  return json_pack("{s:i,s:i,s:{s:o,s:o},s:{s:o,s:o}}",
                   "music_neurons",
                   (int)s->music,
                   "noise_neurons",
                   (int)s->noise,
                   "music",
                   "real",
                   counts_json(&s->real, MN_MEASURE_MUSIC_ACTIVE, s->music),
                   "random",
                   counts_json(&s->random, MN_MEASURE_MUSIC_ACTIVE, s->music),
                   "noise",
                   "real",
                   counts_json(&s->real, MN_MEASURE_NOISE_ACTIVE, s->noise),
                   "random",
                   counts_json(&s->random, MN_MEASURE_NOISE_ACTIVE, s->noise));
}
