// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// The neurons of a second level: what each goes with over 16 bars, and whether it looks across
// them.

#include "base/fixed.h"
#include "base/parallel.h"
#include "figures.h"
#include "long_phrases.h"
#include "phik_table.h"
#include "posteriors.h"
#include "stats.h"
#include "study_parts.h"

#include <math.h>
#include <stdlib.h>

enum { SHOWN = 3, KINDS = 3 };

// Of pitch, melody and rhythm: the letters of jSymbolic's scalars, and of the form.
static char const kinds[KINDS + 1] = "PMR";

typedef struct {
  MnStudy const*   study;
  MnWindows const* phrases;
  unsigned         music;
  size_t           features; // those of a window, then the form
  MnLongPhrases    found;
  double*          neuron;  // [music][phrases]: mu
  double*          feature; // [features][phrases]
  double*          rho;     // [music][features]: Spearman; NAN: not defined
  MnPhikTable      table;
  MnPhikTable      half[2]; // over the tunes of an even and of an odd number
} Task;

static MnFeature const*
feature_at(size_t const f)
{
  return f < mn_feature_count ? &mn_features[f] : &mn_forms[f - mn_feature_count];
}

static unsigned
neuron_at(Task const* const t, size_t const rank)
{
  return t->study->model->long_table.order[rank];
}

static void
compute_features(void* const context, size_t const index, unsigned const worker)
{
  (void)worker;
  Task const* const    t      = (Task const*)context;
  size_t const         count  = t->phrases->count;
  uint8_t const* const tokens = t->phrases->tokens + index * MN_FORM_STEPS;
  double               form[MN_FORMS];
  double* const        values = (double*)malloc(mn_feature_count * sizeof(double));
  if (values) {
    mn_features_compute(tokens, MN_FORM_STEPS, values);
  }
  mn_forms_compute(tokens, form);
  for (size_t f = 0; f < t->features; ++f) {
    double const own              = f >= mn_feature_count ? form[f - mn_feature_count]
                                    : values              ? values[f]
                                                          : NAN;
    t->feature[f * count + index] = own;
  }
  free(values);
}

// Spearman's, over the phrases that have the feature.
static void
correlate_neuron(void* const context, size_t const rank, unsigned const worker)
{
  (void)worker;
  Task const* const t     = (Task const*)context;
  size_t const      count = t->phrases->count;
  double* const     pair  = (double*)malloc((2 * count + 1) * sizeof(double));
  for (size_t f = 0; pair && f < t->features; ++f) {
    double* const rho  = &t->rho[rank * t->features + f];
    size_t        kept = 0;
    for (size_t i = 0; i < count; ++i) {
      double const value = t->feature[f * count + i];
      if (isfinite(value)) {
        pair[kept]         = t->neuron[rank * count + i];
        pair[count + kept] = value;
        ++kept;
      }
    }
    if (!mn_stats_spearman(pair, pair + count, kept, rho)) {
      *rho = NAN;
    }
  }
  free(pair);
}

static void
report_pairs(void* const context, size_t const done, size_t const count)
{
  mn_study_progress((MnStudy const*)context, "phik of 16 bars", done, count);
}

static void
report_phrases(void* const context, size_t const done, size_t const count)
{
  mn_study_progress((MnStudy const*)context, "phrases", done, count);
}

// Phik over the tunes of an even or an odd number.
static bool
fill_half(Task* const t, unsigned const odd)
{
  size_t const  count = t->phrases->count;
  size_t const  lines = t->music + t->features;
  double* const some  = (double*)malloc((lines * count + 1) * sizeof(double));
  size_t        kept  = 0;
  for (size_t i = 0; i < count; ++i) {
    kept += (t->phrases->tune[i] & 1U) == odd;
  }
  for (size_t line = 0; some && line < lines; ++line) {
    double const* const all =
      line < t->music ? t->neuron + line * count : t->feature + (line - t->music) * count;
    double* to = some + line * kept;
    for (size_t i = 0; i < count; ++i) {
      if ((t->phrases->tune[i] & 1U) == odd) {
        *to++ = all[i];
      }
    }
  }
  MnPhikInput const in = {
    kept, some, some ? some + t->music * kept : NULL, t->music, t->features};
  bool const good = some && mn_phik_table_fill(&in, NULL, &t->half[odd]);
  free(some);
  return good;
}

static bool
compute(Task* const t)
{
  MnStudy const* const s       = t->study;
  void* const          context = (void*)(uintptr_t)s;
  size_t const         count   = t->phrases->count;
  MnProgress const     phrases = {report_phrases, context};
  MnProgress const     pairs   = {report_pairs, context};
  if (!mn_long_phrases_encode(s->model, t->phrases, &phrases, &t->found)) {
    return false;
  }
  t->neuron  = (double*)malloc((t->music * count + 1) * sizeof(double));
  t->feature = (double*)malloc((t->features * count + 1) * sizeof(double));
  t->rho     = (double*)calloc(t->music * t->features + 1, sizeof(double));
  if (!t->neuron || !t->feature || !t->rho) {
    return false;
  }
  for (size_t rank = 0; rank < t->music; ++rank) {
    for (size_t i = 0; i < count; ++i) {
      t->neuron[rank * count + i] =
        mn_from_q16(t->found.mu[i * t->found.latent + neuron_at(t, rank)]);
    }
  }
  MnPieces const jobs[] = {{.count = count, .context = t, .piece = compute_features},
                           {.count = t->music, .context = t, .piece = correlate_neuron}};
  mn_parallel_run(&jobs[0]);
  mn_parallel_run(&jobs[1]);
  MnPhikInput const in = {count, t->neuron, t->feature, t->music, t->features};
  return mn_phik_table_fill(&in, &pairs, &t->table) && fill_half(t, 0) && fill_half(t, 1);
}

static json_t*
names_json(Task const* const t)
{
  json_t* const names = json_array();
  for (size_t f = 0; f < t->features; ++f) {
    MnFeature const* const feature = feature_at(f);
    json_array_append_new(
      names, json_pack("{s:s,s:s}", "code", feature->code, "name", feature->name));
  }
  return mn_figures_complete(names, t->features);
}

static json_t*
feature_json(Task const* const t, size_t const rank, size_t const f)
{
  size_t const at = rank * t->features + f;
  return json_pack("{s:s,s:s,s:o,s:o,s:b}",
                   "code",
                   feature_at(f)->code,
                   "feature",
                   feature_at(f)->name,
                   "phik",
                   mn_figures_number(t->table.phik[at]),
                   "rho",
                   mn_figures_number(t->rho[at]),
                   "clear",
                   t->table.phik[at] > t->table.chance[f]);
}

// The feature of a kind that a neuron goes with most.
static size_t
strongest(Task const* const        t,
          MnPhikTable const* const table,
          size_t const             rank,
          char const               kind)
{
  double const* const phik = table->phik + rank * t->features;
  size_t              best = t->features;
  for (size_t f = 0; f < t->features; ++f) {
    if (feature_at(f)->code[0] == kind && (best == t->features || phik[f] > phik[best])) {
      best = f;
    }
  }
  return best;
}

// The letter of the kind that has the strongest of all, or '-' if that may be chance.
static char
kind_of(Task const* const t, MnPhikTable const* const table, size_t const rank)
{
  double const* const phik = table->phik + rank * t->features;
  char                kind = kinds[0];
  size_t              best = strongest(t, table, rank, kind);
  for (unsigned k = 1; k < KINDS; ++k) {
    size_t const other = strongest(t, table, rank, kinds[k]);
    if (phik[other] > phik[best]) {
      best = other;
      kind = kinds[k];
    }
  }
  return phik[best] > table->chance[best] ? kind : '-';
}

static json_t*
kinds_json(Task const* const t, size_t const rank)
{
  json_t* const object = json_object();
  for (unsigned k = 0; k < KINDS; ++k) {
    char const name[2] = {kinds[k], '\0'};
    json_object_set_new(
      object, name, feature_json(t, rank, strongest(t, &t->table, rank, kinds[k])));
  }
  return object;
}

static json_t*
top_json(Task const* const t, size_t const rank)
{
  size_t        shown[SHOWN];
  size_t const  count = mn_phik_table_top(&t->table, rank, SHOWN, shown);
  json_t* const array = json_array();
  for (size_t i = 0; i < count; ++i) {
    json_array_append_new(array, feature_json(t, rank, shown[i]));
  }
  return mn_figures_complete(array, count);
}

// Pearson's correlation of mu with that of the same windows in another order.
static double
kept_in_any_order(Task const* const t, size_t const rank)
{
  size_t const  count = t->phrases->count;
  double* const mixed = (double*)malloc((count + 1) * sizeof(double));
  double        kept  = NAN;
  if (mixed) {
    for (size_t i = 0; i < count; ++i) {
      mixed[i] = mn_from_q16(t->found.shuffled[i * t->found.latent + neuron_at(t, rank)]);
    }
    kept = mn_stats_pearson(t->neuron + rank * count, mixed, count);
  }
  free(mixed);
  return kept;
}

// How many windows mu draws on: 1 / sum p^2 of the shares p of the windows in the variance that
// one of another phrase in their place makes.
static double
windows_drawn_on(Task const* const t, size_t const rank)
{
  double   square[MN_PHRASE] = {0};
  unsigned times[MN_PHRASE]  = {0};
  double   sum               = 0;
  double   squares           = 0;
  for (size_t i = 0; i < t->phrases->count; ++i) {
    size_t const at     = i * t->found.latent + neuron_at(t, rank);
    double const change = mn_from_q16(t->found.replaced[at]) - mn_from_q16(t->found.mu[at]);
    square[i % MN_PHRASE] += change * change;
    ++times[i % MN_PHRASE];
  }
  for (unsigned w = 0; w < MN_PHRASE; ++w) {
    double const mean = times[w] ? square[w] / times[w] : 0;
    sum += mean;
    squares += mean * mean;
  }
  return squares > 0 ? sum * sum / squares : NAN;
}

static double
divergence(Task const* const t, size_t const rank)
{
  double sum = 0;
  for (size_t i = 0; i < t->phrases->count; ++i) {
    size_t const at = i * t->found.latent + neuron_at(t, rank);
    sum += mn_posterior_kl(mn_from_q16(t->found.mu[at]), mn_from_q16(t->found.sigma[at]));
  }
  return sum / (double)t->phrases->count;
}

static json_t*
neuron_json(Task const* const t, size_t const rank)
{
  MnLabel const* const labels = t->study->model->long_table.labels;
  char const half[3] = {kind_of(t, &t->half[0], rank), kind_of(t, &t->half[1], rank), '\0'};
  char const kind[2] = {kind_of(t, &t->table, rank), '\0'};
  return json_pack("{s:I,s:i,s:s,s:o,s:s,s:s,s:o,s:o,s:o,s:o}",
                   "rank",
                   (json_int_t)rank + 1,
                   "neuron",
                   (int)neuron_at(t, rank),
                   "label",
                   labels ? labels[rank].label : "",
                   "kl",
                   mn_figures_number(divergence(t, rank)),
                   "kind",
                   kind,
                   "kind_of_halves",
                   half,
                   "kinds",
                   kinds_json(t, rank),
                   "top",
                   top_json(t, rank),
                   "any_order",
                   mn_figures_number(kept_in_any_order(t, rank)),
                   "windows",
                   mn_figures_number(windows_drawn_on(t, rank)));
}

static json_t*
neurons_json(Task const* const t)
{
  json_t* const array = json_array();
  for (size_t rank = 0; rank < t->music; ++rank) {
    json_array_append_new(array, neuron_json(t, rank));
  }
  return mn_figures_complete(array, t->music);
}

static json_t*
result_json(Task const* const t)
{
  return json_pack("{s:I,s:I,s:i,s:i,s:o,s:o,s:o,s:o,s:o}",
                   "phrases",
                   (json_int_t)t->phrases->count,
                   "train_phrases",
                   (json_int_t)t->study->in->train_phrases->count,
                   "latent",
                   (int)t->found.latent,
                   "music",
                   (int)t->music,
                   "names",
                   names_json(t),
                   "phik",
                   mn_phik_table_rows(&t->table, t->table.phik),
                   "shuffled",
                   mn_phik_table_chance(&t->table),
                   "neurons",
                   neurons_json(t),
                   "styles",
                   mn_study_long_styles(t->study, &t->found));
}

json_t*
mn_study_long(MnStudy const* const s)
{
  MnLongTable const* const deep = &s->model->long_table;
  if (!deep->neurons || !s->in->phrases || !s->in->phrases->count) {
    return json_null();
  }
  Task    t      = {.study    = s,
                    .phrases  = s->in->phrases,
                    .music    = deep->music,
                    .features = mn_feature_count + MN_FORMS};
  json_t* result = compute(&t) ? result_json(&t) : NULL;
  mn_long_phrases_free(&t.found);
  mn_phik_table_free(&t.table);
  mn_phik_table_free(&t.half[0]);
  mn_phik_table_free(&t.half[1]);
  free(t.neuron);
  free(t.feature);
  free(t.rho);
  return result;
}
