// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// Attribute vectors against single neurons. The vector of a feature is the mean mu of
// windows that have much of it, minus that of windows that have little. The vector and
// the best neuron are chosen on one half of the tunes, and measured on the other.

#include "base/parallel.h"
#include "curve.h"
#include "figures.h"
#include "stats.h"
#include "study_parts.h"
#include "window_features.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// The features, by jSymbolic's codes: one or two of each kind that a listener would
// name.
static char const* const codes[] = {"P12", "P10", "P9", "M2", "M11", "M17", "R15", "R17"};

enum { ATTRIBUTES = sizeof(codes) / sizeof(*codes) };

// With fewer windows in a class or a half, there are no figures.
enum { LEAST_WINDOWS = 8 };

// A feature over the windows that have it: which are of which half, and where its
// lowest and its highest quarter end. The quarters are the first half's.
typedef struct {
  MnStudy const* study;
  size_t         feature;
  uint8_t const* half; // [windows]
  double         low;
  double         high;
  double*        values; // room for a number a window, four times
  double*        others;
  double*        lowest;
  double*        highest;
  double*        vector; // [latent]
} Attribute;

typedef struct {
  double auc; ///< of the highest quarter against the lowest
  double rho; ///< Spearman's with the feature
} Skill;

static double
value_of(Attribute const* const a, size_t const window)
{
  return a->study->features[window * mn_feature_count + a->feature];
}

static double
mu_of(Attribute const* const a, size_t const window, size_t const neuron)
{
  return mn_from_q16(a->study->posteriors.mu[window * a->study->latent + neuron]);
}

// Ends of the quarters. @return false if the feature does not distinguish windows.
static bool
find_quarters(Attribute* const a)
{
  size_t count = 0;
  for (size_t i = 0; i < a->study->count; ++i) {
    if (a->half[i] == 0 && !isnan(value_of(a, i))) {
      a->values[count++] = value_of(a, i);
    }
  }
  mn_stats_sort(a->values, count);
  a->low  = mn_stats_quantile(a->values, count, 0.25);
  a->high = mn_stats_quantile(a->values, count, 0.75);
  return count >= LEAST_WINDOWS && a->low < a->high;
}

// @return false if a class has too few windows.
static bool
find_vector(Attribute* const a)
{
  size_t const latent    = a->study->latent;
  size_t       counts[2] = {0, 0};
  for (unsigned pass = 0; pass < 2; ++pass) {
    for (size_t i = 0; i < a->study->count; ++i) {
      double const value = value_of(a, i);
      bool const   high  = value >= a->high;
      if (a->half[i] || !(high || value <= a->low)) {
        continue;
      }
      if (!pass) {
        ++counts[high];
        continue;
      }
      double const weight = (high ? 1.0 : -1.0) / (double)counts[high];
      for (size_t n = 0; n < latent; ++n) {
        a->vector[n] += weight * mu_of(a, i, n);
      }
    }
  }
  return counts[0] >= LEAST_WINDOWS && counts[1] >= LEAST_WINDOWS;
}

// A window's mu along the vector, or of a single neuron.
static double
project(Attribute const* const a, size_t const window, size_t const neuron)
{
  if (neuron < a->study->latent) {
    return mu_of(a, window, neuron);
  }
  double sum = 0;
  for (size_t n = 0; n < a->study->latent; ++n) {
    sum += a->vector[n] * mu_of(a, window, n);
  }
  return sum;
}

// The AUC of a neuron, or of the vector, in a half.
static double
measure_auc(Attribute const* const a, unsigned const half, size_t const neuron)
{
  size_t low  = 0;
  size_t high = 0;
  for (size_t i = 0; i < a->study->count; ++i) {
    double const value = value_of(a, i);
    if (a->half[i] == half && value >= a->high) {
      a->highest[high++] = project(a, i, neuron);
    } else if (a->half[i] == half && value <= a->low) {
      a->lowest[low++] = project(a, i, neuron);
    }
  }
  return low && high ? mn_curve_auc(a->lowest, low, a->highest, high) : NAN;
}

static bool
measure_skill(Attribute const* const a, size_t const neuron, Skill* const skill)
{
  size_t count = 0;
  for (size_t i = 0; i < a->study->count; ++i) {
    if (a->half[i] == 1 && !isnan(value_of(a, i))) {
      a->values[count]   = value_of(a, i);
      a->others[count++] = project(a, i, neuron);
    }
  }
  skill->auc = measure_auc(a, 1, neuron);
  return mn_stats_spearman(a->values, a->others, count, &skill->rho);
}

static size_t
find_neuron(Attribute const* const a)
{
  size_t best  = 0;
  double clear = -1;
  for (size_t n = 0; n < a->study->latent; ++n) {
    double const off = fabs(measure_auc(a, 0, n) - 0.5);
    if (off > clear) {
      clear = off;
      best  = n;
    }
  }
  return best;
}

// A neuron that falls with the feature says the same with the other sign.
static json_t*
skill_json(Skill const* const s)
{
  bool const falls = s->auc < 0.5;
  return json_pack("{s:o,s:o}",
                   "auc",
                   mn_figures_number(falls ? 1 - s->auc : s->auc),
                   "rho",
                   mn_figures_number(falls ? -s->rho : s->rho));
}

// @return JSON null if the feature does not distinguish windows; NULL if memory runs out.
static json_t*
attribute_json(Attribute* const a)
{
  if (!find_quarters(a) || !find_vector(a)) {
    return json_null();
  }
  size_t const neuron = find_neuron(a);
  Skill        vector = {0};
  Skill        single = {0};
  if (!measure_skill(a, a->study->latent, &vector) || !measure_skill(a, neuron, &single)) {
    return NULL;
  }
  return json_pack("{s:s,s:s,s:o,s:o,s:I,s:i}",
                   "code",
                   mn_features[a->feature].code,
                   "feature",
                   mn_features[a->feature].name,
                   "vector",
                   skill_json(&vector),
                   "single",
                   skill_json(&single),
                   "neuron",
                   (json_int_t)neuron,
                   "rank",
                   (int)a->study->model->readout.rank[neuron] + 1);
}

typedef struct {
  MnStudy const* study;
  uint8_t*       half;
  json_t*        rows[ATTRIBUTES];
} Task;

static void
study_attribute(void* const context, size_t const index, unsigned const worker)
{
  (void)worker;
  Task* const  t     = (Task*)context;
  size_t const count = t->study->count + 1;
  size_t       f     = 0;
  while (f < mn_feature_count && strcmp(mn_features[f].code, codes[index]) != 0) {
    ++f;
  }
  double* const room = (double*)calloc(4 * count + t->study->latent, sizeof(*room));
  Attribute     a    = {.study = t->study, .feature = f, .half = t->half, .values = room};
  if (room && f < mn_feature_count) {
    a.others       = a.values + count;
    a.lowest       = a.others + count;
    a.highest      = a.lowest + count;
    a.vector       = a.highest + count;
    t->rows[index] = attribute_json(&a);
  } else if (room) {
    t->rows[index] = json_null();
  }
  free(room);
}

static void
report_progress(void* const context, size_t const done)
{
  mn_study_progress(((Task const*)context)->study, "attributes", done, ATTRIBUTES);
}

// Windows of one tune are alike, so a half takes whole tunes. If one half had nearly all
// windows, each takes every other window.
static void
halve(MnStudy const* const s, uint8_t* const half)
{
  size_t counts[2] = {0, 0};
  for (size_t i = 0; i < s->count; ++i) {
    half[i] = s->in->heldout->tune[i] % 2;
    ++counts[half[i]];
  }
  bool const uneven = counts[0] < s->count / 4 || counts[1] < s->count / 4;
  for (size_t i = 0; uneven && i < s->count; ++i) {
    half[i] = i % 2;
  }
}

json_t*
mn_study_attributes(MnStudy const* const s)
{
  Task t = {.study = s, .half = (uint8_t*)malloc(s->count + 1)};
  if (!t.half) {
    return NULL;
  }
  halve(s, t.half);
  MnPieces const job = {.count    = ATTRIBUTES,
                        .context  = &t,
                        .piece    = study_attribute,
                        .progress = report_progress};
  mn_parallel_run(&job);
  free(t.half);

  json_t* const rows = json_array();
  bool          good = rows;
  for (size_t i = 0; i < ATTRIBUTES; ++i) {
    if (json_is_null(t.rows[i])) {
      continue;
    }
    good = !json_array_append_new(rows, t.rows[i]) && good;
  }
  if (!good) {
    json_decref(rows);
    return NULL;
  }
  return rows;
}
