// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// How well a second level tells the styles of held-out phrases and tunes, beside what a
// classifier of the same phrases' scalars does.

#include "figures.h"
#include "scalar_classifier.h"
#include "study_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BINS = 10 };

// Below this a probability is no less likely, so that one phrase cannot decide a tune.
static double const least_probability = 1e-9;

// The styles of the corpus that a label stands for, as engine/training/level2_windows.py merges
// them; any other label is the style of its name.
static struct {
  char const* label;
  char const* style;
} const merged[] = {
  {"folk dance", "reel"},
  {"folk dance", "hornpipe"},
  {"folk dance", "folk_other"},
  {"hymn", "hymn_chorale"},
  {"voice", "sacred_vocal"},
  {"voice", "early_music"},
  {"voice", "art_song"},
  {"bass", "bass_line"},
  {"jazz", "jazz_trad_swing"},
  {"jazz", "jazz_bop"},
  {"jazz", "jazz_modern"},
  {"baroque keyboard", "keyboard_bach"},
};

// Phrases that have a label.
typedef struct {
  size_t    count;
  size_t*   phrase; // [count]: which of all
  unsigned* label;  // [count]
} Labelled;

typedef struct {
  MnStudy const*      study;
  MnStyleTable const* table;
  Labelled            own;
  Labelled            train;
  size_t*             tune;       // [own.count]: numbers from 0
  unsigned*           tune_label; // [tunes]
  size_t              tunes;
  double*             probability; // [own.count][labels]: what is told now
  double*             sum;         // [tunes][labels]: of their logarithms
} Task;

static char const*
style_name(MnWindows const* const w, uint16_t const style)
{
  for (unsigned i = 0; i < w->names; ++i) {
    if (w->name[i].style == style) {
      return w->name[i].text;
    }
  }
  return "";
}

// The label of a style; `count` if it has none.
static unsigned
label_of(MnStyleTable const* const t, char const* const style)
{
  char const* name = style;
  for (size_t i = 0; i < sizeof(merged) / sizeof(*merged); ++i) {
    name = strcmp(merged[i].style, style) ? name : merged[i].label;
  }
  unsigned label = 0;
  while (label < t->count && strcmp(t->name[label], name) != 0) {
    ++label;
  }
  return label;
}

static bool
find_labelled(MnStyleTable const* const t, MnWindows const* const w, Labelled* const found)
{
  found->phrase = (size_t*)malloc((w->count + 1) * sizeof(size_t));
  found->label  = (unsigned*)malloc((w->count + 1) * sizeof(unsigned));
  for (size_t i = 0; found->phrase && found->label && i < w->count; ++i) {
    unsigned const label = label_of(t, style_name(w, w->style[i]));
    if (label < t->count) {
      found->phrase[found->count]  = i;
      found->label[found->count++] = label;
    }
  }
  return found->phrase && found->label;
}

// Numbers the tunes. The groups of two corpora may have the same number, so a tune is one of
// both a group and a style.
static bool
find_tunes(Task* const t)
{
  MnWindows const* const w = t->study->in->phrases;
  t->tune                  = (size_t*)malloc((t->own.count + 1) * sizeof(size_t));
  t->tune_label            = (unsigned*)malloc((t->own.count + 1) * sizeof(unsigned));
  if (!t->tune || !t->tune_label) {
    return false;
  }
  for (size_t i = 0; i < t->own.count; ++i) {
    size_t const a = t->own.phrase[i];
    size_t       k = 0;
    while (k < i && (w->tune[t->own.phrase[k]] != w->tune[a] ||
                     w->style[t->own.phrase[k]] != w->style[a])) {
      ++k;
    }
    t->tune[i]                = k < i ? t->tune[k] : t->tunes++;
    t->tune_label[t->tune[i]] = t->own.label[i];
  }
  return true;
}

static unsigned
largest(double const* const values, unsigned const count)
{
  unsigned best = 0;
  for (unsigned k = 1; k < count; ++k) {
    best = values[k] > values[best] ? k : best;
  }
  return best;
}

// What was told of phrases or tunes: "accuracy", "balanced" and "confusion", a row a label.
static json_t*
told_json(double const* const   values,
          unsigned const* const label,
          size_t const          count,
          unsigned const        labels)
{
  double confusion[MN_STYLES][MN_STYLES] = {{0}};
  double right                           = 0;
  double balanced                        = 0;
  double rows                            = 0;
  for (size_t i = 0; i < count; ++i) {
    unsigned const told = largest(values + i * labels, labels);
    confusion[label[i]][told] += 1;
    right += told == label[i];
  }
  json_t* const array = json_array();
  for (unsigned k = 0; k < labels; ++k) {
    double sum = 0;
    for (unsigned j = 0; j < labels; ++j) {
      sum += confusion[k][j];
    }
    rows += sum > 0;
    balanced += sum > 0 ? confusion[k][k] / sum : 0;
    json_array_append_new(array, mn_figures_array(confusion[k], labels));
  }
  return json_pack("{s:o,s:o,s:o}",
                   "accuracy",
                   mn_figures_number(right / (double)count),
                   "balanced",
                   mn_figures_number(balanced / rows),
                   "confusion",
                   mn_figures_complete(array, labels));
}

// Whether as many phrases are right as the probability of the likeliest label says.
static json_t*
reliability_json(Task const* const t)
{
  unsigned const labels      = t->table->count;
  double         times[BINS] = {0};
  double         said[BINS]  = {0};
  double         right[BINS] = {0};
  double         error       = 0;
  for (size_t i = 0; i < t->own.count; ++i) {
    double const* const own  = t->probability + i * labels;
    unsigned const      told = largest(own, labels);
    unsigned const      bin  = own[told] < 1 ? (unsigned)(own[told] * BINS) : BINS - 1;
    times[bin] += 1;
    said[bin] += own[told];
    right[bin] += told == t->own.label[i];
  }
  json_t* const bins = json_array();
  for (unsigned b = 0; b < BINS; ++b) {
    error += fabs(said[b] - right[b]) / (double)t->own.count;
    json_array_append_new(bins,
                          json_pack("{s:f,s:o,s:o}",
                                    "weight",
                                    times[b] / (double)t->own.count,
                                    "said",
                                    mn_figures_number(said[b] / times[b]),
                                    "right",
                                    mn_figures_number(right[b] / times[b])));
  }
  return json_pack("{s:f,s:o}", "error", error, "bins", mn_figures_complete(bins, BINS));
}

// Of what `probability` says.
static json_t*
classifier_json(Task* const t)
{
  unsigned const labels = t->table->count;
  memset(t->sum, 0, t->tunes * labels * sizeof(double));
  for (size_t i = 0; i < t->own.count; ++i) {
    for (unsigned k = 0; k < labels; ++k) {
      // All were set to 0. NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign)
      t->sum[t->tune[i] * labels + k] +=
        log(fmax(t->probability[i * labels + k], least_probability));
    }
  }
  return json_pack("{s:o,s:o,s:o}",
                   "phrases",
                   told_json(t->probability, t->own.label, t->own.count, labels),
                   "tunes",
                   told_json(t->sum, t->tune_label, t->tunes, labels),
                   "reliability",
                   reliability_json(t));
}

static json_t*
model_json(Task* const t, MnLongPhrases const* const found)
{
  unsigned const labels = t->table->count;
  for (size_t i = 0; i < t->own.count; ++i) {
    for (unsigned k = 0; k < labels; ++k) {
      t->probability[i * labels + k] =
        (double)found->style[t->own.phrase[i] * found->styles + k] / (double)(1U << 30);
    }
  }
  return classifier_json(t);
}

// jSymbolic's scalars of labelled phrases, [count][*scalars]; the caller frees them.
static double*
scalars_of(MnWindows const* const w, Labelled const* const some, size_t* const scalars)
{
  double* const all = (double*)malloc(mn_feature_count * sizeof(double));
  double* const rows =
    (double*)malloc((some->count * mn_feature_count + 1) * sizeof(double));
  size_t at = 0;
  for (size_t i = 0; all && rows && i < some->count; ++i) {
    mn_features_compute(w->tokens + some->phrase[i] * MN_FORM_STEPS, MN_FORM_STEPS, all);
    for (size_t f = 0; f < mn_feature_count; ++f) {
      if (*mn_features[f].code) {
        rows[at++] = all[f];
      }
    }
  }
  *scalars = some->count ? at / some->count : 0;
  free(all);
  if (!all) {
    free(rows);
    return NULL;
  }
  return rows;
}

// Null if there is nothing to learn from.
static json_t*
scalars_json(Task* const t)
{
  if (!t->train.count) {
    return json_null();
  }
  size_t             scalars = 0;
  json_t*            result  = NULL;
  MnScalarClassifier c       = {0};
  double* const      train   = scalars_of(t->study->in->train_phrases, &t->train, &scalars);
  double* const      own     = scalars_of(t->study->in->phrases, &t->own, &scalars);
  if (train && own &&
      mn_scalar_classifier_learn(
        train, t->train.label, t->train.count, scalars, t->table->count, &c)) {
    for (size_t i = 0; i < t->own.count; ++i) {
      mn_scalar_classifier_tell(
        &c, own + i * scalars, t->probability + i * t->table->count);
    }
    result = classifier_json(t);
  }
  mn_scalar_classifier_free(&c);
  free(train);
  free(own);
  return result;
}

// The share of the label that most have.
static double
majority(unsigned const* const label, size_t const count)
{
  size_t times[MN_STYLES] = {0};
  size_t most             = 0;
  for (size_t i = 0; i < count; ++i) {
    ++times[label[i]];
    most = times[label[i]] > most ? times[label[i]] : most;
  }
  return (double)most / (double)count;
}

static json_t*
labels_json(MnStyleTable const* const t)
{
  json_t* const array = json_array();
  for (unsigned k = 0; k < t->count; ++k) {
    json_array_append_new(array, json_string(t->name[k]));
  }
  return mn_figures_complete(array, t->count);
}

static json_t*
result_json(Task* const t, MnLongPhrases const* const found)
{
  size_t const cells = t->own.count * t->table->count;
  t->probability     = (double*)malloc((cells + 1) * sizeof(double));
  t->sum             = (double*)malloc((cells + 1) * sizeof(double));
  if (!t->probability || !t->sum || !find_tunes(t)) {
    return NULL;
  }
  return json_pack("{s:o,s:I,s:I,s:{s:f,s:f},s:o,s:o}",
                   "labels",
                   labels_json(t->table),
                   "phrases",
                   (json_int_t)t->own.count,
                   "tunes",
                   (json_int_t)t->tunes,
                   "majority",
                   "phrases",
                   majority(t->own.label, t->own.count),
                   "tunes",
                   majority(t->tune_label, t->tunes),
                   "model",
                   model_json(t, found),
                   "scalars",
                   scalars_json(t));
}

static void
labelled_free(Labelled* const l)
{
  free(l->phrase);
  free(l->label);
}

json_t*
mn_study_long_styles(MnStudy const* const s, MnLongPhrases const* const found)
{
  Task    t      = {.study = s, .table = &s->model->long_table.style};
  json_t* result = NULL;
  if (find_labelled(t.table, s->in->phrases, &t.own) &&
      find_labelled(t.table, s->in->train_phrases, &t.train)) {
    result = t.own.count ? result_json(&t, found) : json_null();
  }
  labelled_free(&t.own);
  labelled_free(&t.train);
  free(t.tune);
  free(t.tune_label);
  free(t.probability);
  free(t.sum);
  return result;
}
