// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// What the music neurons stand for: phik of each with each feature, phik by chance, and
// the sign from Spearman's rho.

#include "window_features.h"

#include "figures.h"
#include "labels.h"
#include "phik_table.h"
#include "study_parts.h"

#include <stdlib.h>

enum { SHOWN = 3 };

// The scalars of jSymbolic that the paper looks at.
typedef struct {
  char     letter;
  unsigned least;
  unsigned most;
} Scalars;

static Scalars const pitch_scalars  = {'P', 11, 15};
static Scalars const rhythm_scalars = {'R', 15, 23};

typedef struct {
  MnStudy const* study;
  double*        neurons;  // [music][windows]: mu
  double*        features; // [features][windows]
  double*        rho;      // [music][features]: Spearman
  MnPhikTable    table;
} Task;

static void
report_pairs(void* const context, size_t const done, size_t const count)
{
  mn_study_progress((MnStudy const*)context, "phik", done, count);
}

static bool
task_init(Task* const t, MnStudy const* const s)
{
  size_t const pairs = s->music * mn_feature_count;
  *t                 = (Task){
                    .study    = s,
                    .neurons  = (double*)malloc((s->music * s->count + 1) * sizeof(double)),
                    .features = (double*)malloc((mn_feature_count * s->count + 1) * sizeof(double)),
                    .rho      = (double*)calloc(pairs + 1, sizeof(double)),
  };
  if (!t->neurons || !t->features || !t->rho) {
    return false;
  }
  for (size_t rank = 0; rank < s->music; ++rank) {
    unsigned const neuron = s->model->readout.order[rank];
    for (size_t i = 0; i < s->count; ++i) {
      t->neurons[rank * s->count + i] =
        mn_from_q16(s->posteriors.mu[i * s->latent + neuron]);
    }
  }
  for (size_t f = 0; f < mn_feature_count; ++f) {
    for (size_t i = 0; i < s->count; ++i) {
      t->features[f * s->count + i] = s->features[i * mn_feature_count + f];
    }
  }
  return true;
}

static void
task_free(Task* const t)
{
  free(t->neurons);
  free(t->features);
  free(t->rho);
  mn_phik_table_free(&t->table);
}

static bool
compute(Task* const t)
{
  MnStudy const* const s     = t->study;
  MnHeard const        heard = {
           s->in->heldout->tokens, s->model->steps, s->count, s->posteriors.mu, s->latent, NULL};
  MnPhikInput const in = {s->count, t->neurons, t->features, s->music, mn_feature_count};
  MnProgress const  progress = {report_pairs, (void*)(uintptr_t)s};
  return mn_phik_table_fill(&in, &progress, &t->table) &&
         mn_labels_correlate(&heard, s->model->readout.order, s->music, t->rho);
}

static json_t*
names_json(void)
{
  json_t* const names = json_array();
  for (size_t f = 0; f < mn_feature_count; ++f) {
    json_array_append_new(
      names,
      json_pack("{s:s,s:s}", "code", mn_features[f].code, "name", mn_features[f].name));
  }
  return mn_figures_complete(names, mn_feature_count);
}

// The pair of a neuron and a feature, and how they go together.
static json_t*
pair_json(Task const* const t, size_t const rank, size_t const feature)
{
  size_t const at = rank * mn_feature_count + feature;
  return json_pack("{s:I,s:i,s:s,s:s,s:o,s:o}",
                   "rank",
                   (json_int_t)rank + 1,
                   "neuron",
                   (int)t->study->model->readout.order[rank],
                   "code",
                   mn_features[feature].code,
                   "feature",
                   mn_features[feature].name,
                   "phik",
                   mn_figures_number(t->table.phik[at]),
                   "rho",
                   mn_figures_number(t->rho[at]));
}

static json_t*
top_json(Task const* const t)
{
  json_t* const rows = json_array();
  for (size_t rank = 0; rank < t->study->music; ++rank) {
    json_t* const found = json_array();
    size_t        shown[SHOWN];
    size_t const  count = mn_phik_table_top(&t->table, rank, SHOWN, shown);
    for (size_t i = 0; i < count; ++i) {
      json_array_append_new(found, pair_json(t, rank, shown[i]));
    }
    json_array_append_new(rows,
                          json_pack("{s:I,s:i,s:o}",
                                    "rank",
                                    (json_int_t)rank + 1,
                                    "neuron",
                                    (int)t->study->model->readout.order[rank],
                                    "features",
                                    found));
  }
  return mn_figures_complete(rows, t->study->music);
}

static bool
is_among(MnFeature const* const feature, Scalars const* const scalars)
{
  unsigned long const number =
    feature->code[0] == scalars->letter ? strtoul(feature->code + 1, NULL, 10) : 0;
  return number >= scalars->least && number <= scalars->most;
}

// The pair with the largest phik, among the features of a kind.
static json_t*
best_json(Task const* const t, Scalars const* const scalars)
{
  bool   any     = false;
  size_t rank    = 0;
  size_t feature = 0;
  for (size_t r = 0; r < t->study->music; ++r) {
    for (size_t f = 0; f < mn_feature_count; ++f) {
      double const* const phik = t->table.phik;
      double const        own  = phik[r * mn_feature_count + f];
      if (is_among(&mn_features[f], scalars) && own > t->table.chance[f] &&
          (!any || own > phik[rank * mn_feature_count + feature])) {
        any     = true;
        rank    = r;
        feature = f;
      }
    }
  }
  return any ? pair_json(t, rank, feature) : json_null();
}

json_t*
mn_study_features(MnStudy const* const s)
{
  Task    t;
  json_t* result = NULL;
  if (task_init(&t, s) && compute(&t)) {
    result = json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o}",
                       "names",
                       names_json(),
                       "phik",
                       mn_phik_table_rows(&t.table, t.table.phik),
                       "rho",
                       mn_phik_table_rows(&t.table, t.rho),
                       "top",
                       top_json(&t),
                       "best_pitch",
                       best_json(&t, &pitch_scalars),
                       "best_rhythm",
                       best_json(&t, &rhythm_scalars),
                       "shuffled",
                       mn_phik_table_chance(&t.table));
  }
  task_free(&t);
  return result;
}
