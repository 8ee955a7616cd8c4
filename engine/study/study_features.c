// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// What the music neurons stand for: phik of each with each feature, phik by chance, and
// the sign from Spearman's rho.

#include "window_features.h"

#include "base/parallel.h"
#include "base/random.h"
#include "figures.h"
#include "labels.h"
#include "phik.h"
#include "stats.h"
#include "study_parts.h"

#include <stdlib.h>

enum { SHOWN = 3, SHUFFLE_SEED = 4 };

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
  size_t         count;    // windows
  uint8_t*       neurons;  // [music][count]: bins
  uint8_t*       shuffled; // likewise, by windows in another order
  uint8_t*       features; // [features][count]
  uint32_t*      order;    // [count]: that order
  double**       room;     // [workers][count]
  double*        phik;     // [music][features]
  double*        null;     // likewise, of shuffled neurons
  double*        chance;   // [features]: the largest of these
  double*        rho;      // likewise: Spearman
} Task;

static void
bin_neuron(void* const context, size_t const rank, unsigned const worker)
{
  Task* const          t        = (Task*)context;
  MnStudy const* const s        = t->study;
  unsigned const       neuron   = s->model->readout.order[rank];
  double* const        values   = t->room[worker];
  uint8_t* const       bins     = t->neurons + rank * t->count;
  uint8_t* const       shuffled = t->shuffled + rank * t->count;
  for (size_t i = 0; i < t->count; ++i) {
    values[i] = mn_from_q16(s->posteriors.mu[i * s->latent + neuron]);
  }
  mn_phik_bin(values, t->count, bins);
  for (size_t i = 0; i < t->count; ++i) {
    shuffled[i] = bins[t->order[i]];
  }
}

static void
bin_feature(void* const context, size_t const feature, unsigned const worker)
{
  Task* const   t      = (Task*)context;
  double* const values = t->room[worker];
  for (size_t i = 0; i < t->count; ++i) {
    values[i] = t->study->features[i * mn_feature_count + feature];
  }
  mn_phik_bin(values, t->count, t->features + feature * t->count);
}

static void
correlate_pair(void* const context, size_t const index, unsigned const worker)
{
  (void)worker;
  Task* const          t       = (Task*)context;
  size_t const         rank    = index / mn_feature_count;
  uint8_t const* const feature = t->features + index % mn_feature_count * t->count;
  t->phik[index]               = mn_phik(t->neurons + rank * t->count, feature, t->count);
  t->null[index]               = mn_phik(t->shuffled + rank * t->count, feature, t->count);
}

static void
report_pairs(void* const context, size_t const done)
{
  Task const* const t = (Task const*)context;
  mn_study_progress(t->study, "phik", done, t->study->music * mn_feature_count);
}

// A fixed random order of the windows.
static void
shuffle(uint32_t* const order, size_t const count)
{
  uint64_t state = SHUFFLE_SEED;
  for (size_t i = 0; i < count; ++i) {
    order[i] = (uint32_t)i;
  }
  for (size_t i = count; i > 1; --i) {
    size_t const   other = mn_random_below(&state, (uint32_t)i);
    uint32_t const keep  = order[i - 1];
    order[i - 1]         = order[other];
    order[other]         = keep;
  }
}

static bool
task_init(Task* const t, MnStudy const* const s)
{
  unsigned const workers = mn_parallel_workers();
  size_t const   pairs   = s->music * mn_feature_count;
  *t                     = (Task){
                        .study    = s,
                        .count    = s->count,
                        .neurons  = (uint8_t*)malloc(s->music * s->count + 1),
                        .shuffled = (uint8_t*)malloc(s->music * s->count + 1),
                        .features = (uint8_t*)malloc(mn_feature_count * s->count + 1),
                        .order    = (uint32_t*)malloc((s->count + 1) * sizeof(uint32_t)),
                        .room     = (double**)calloc(workers, sizeof(double*)),
                        .phik     = (double*)calloc(pairs + 1, sizeof(double)),
                        .null     = (double*)calloc(pairs + 1, sizeof(double)),
                        .chance   = (double*)calloc(mn_feature_count, sizeof(double)),
                        .rho      = (double*)calloc(pairs + 1, sizeof(double)),
  };
  bool good = t->neurons && t->shuffled && t->features && t->order && t->room && t->phik &&
              t->null && t->chance && t->rho;
  for (unsigned i = 0; good && i < workers; ++i) {
    t->room[i] = (double*)malloc((s->count + 1) * sizeof(double));
    good       = t->room[i];
  }
  return good;
}

static void
task_free(Task* const t)
{
  for (unsigned i = 0; t->room && i < mn_parallel_workers(); ++i) {
    free(t->room[i]);
  }
  free(t->room);
  free(t->neurons);
  free(t->shuffled);
  free(t->features);
  free(t->order);
  free(t->phik);
  free(t->null);
  free(t->chance);
  free(t->rho);
}

static bool
compute(Task* const t)
{
  MnStudy const* const s     = t->study;
  MnHeard const        heard = {
           s->in->heldout->tokens, s->model->steps, s->count, s->posteriors.mu, s->latent, NULL};
  MnPieces const jobs[] = {
    {.count = s->music, .context = t, .piece = bin_neuron},
    {.count = mn_feature_count, .context = t, .piece = bin_feature},
    {.count    = s->music * mn_feature_count,
     .context  = t,
     .piece    = correlate_pair,
     .progress = report_pairs},
  };
  shuffle(t->order, t->count);
  for (size_t i = 0; i < sizeof(jobs) / sizeof(*jobs); ++i) {
    mn_parallel_run(&jobs[i]);
  }
  for (size_t i = 0; i < s->music * mn_feature_count; ++i) {
    double* const chance = &t->chance[i % mn_feature_count];
    *chance              = t->null[i] > *chance ? t->null[i] : *chance;
  }
  return mn_labels_correlate(&heard, s->model->readout.order, s->music, t->rho);
}

static json_t*
matrix_json(double const* const values, size_t const rows)
{
  json_t* const array = json_array();
  for (size_t i = 0; i < rows; ++i) {
    json_array_append_new(
      array, mn_figures_array(values + i * mn_feature_count, mn_feature_count));
  }
  return mn_figures_complete(array, rows);
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
                   mn_figures_number(t->phik[at]),
                   "rho",
                   mn_figures_number(t->rho[at]));
}

// A phik counts if it is larger than that feature's with any shuffled neuron.
static bool
is_clear(Task const* const t, size_t const rank, size_t const feature)
{
  return t->phik[rank * mn_feature_count + feature] > t->chance[feature];
}

// The feature of a neuron with the largest phik that counts and is none of those
// before it; mn_feature_count if there is none.
static size_t
largest_after(Task const* const t,
              size_t const      rank,
              size_t const      shown[SHOWN],
              size_t const      before)
{
  double const* const phik    = t->phik + rank * mn_feature_count;
  size_t              largest = mn_feature_count;
  for (size_t f = 0; f < mn_feature_count; ++f) {
    bool fits = is_clear(t, rank, f);
    for (size_t i = 0; i < before; ++i) {
      fits = fits && shown[i] != f;
    }
    if (fits && (largest == mn_feature_count || phik[f] > phik[largest])) {
      largest = f;
    }
  }
  return largest;
}

static json_t*
top_json(Task const* const t)
{
  json_t* const rows = json_array();
  for (size_t rank = 0; rank < t->study->music; ++rank) {
    json_t* const found = json_array();
    size_t        shown[SHOWN];
    for (size_t i = 0; i < SHOWN; ++i) {
      shown[i] = largest_after(t, rank, shown, i);
      if (shown[i] < mn_feature_count) {
        json_array_append_new(found, pair_json(t, rank, shown[i]));
      }
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
      double const phik = t->phik[r * mn_feature_count + f];
      if (is_among(&mn_features[f], scalars) && is_clear(t, r, f) &&
          (!any || phik > t->phik[rank * mn_feature_count + feature])) {
        any     = true;
        rank    = r;
        feature = f;
      }
    }
  }
  return any ? pair_json(t, rank, feature) : json_null();
}

static json_t*
null_json(Task const* const t)
{
  size_t const pairs = t->study->music * mn_feature_count;
  mn_stats_sort(t->null, pairs);
  return json_pack("{s:o,s:o,s:o}",
                   "by_feature",
                   mn_figures_array(t->chance, mn_feature_count),
                   "p95",
                   mn_figures_number(mn_stats_quantile(t->null, pairs, 0.95)),
                   "largest",
                   mn_figures_number(mn_stats_quantile(t->null, pairs, 1)));
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
                       matrix_json(t.phik, s->music),
                       "rho",
                       matrix_json(t.rho, s->music),
                       "top",
                       top_json(&t),
                       "best_pitch",
                       best_json(&t, &pitch_scalars),
                       "best_rhythm",
                       best_json(&t, &rhythm_scalars),
                       "shuffled",
                       null_json(&t));
  }
  task_free(&t);
  return result;
}
