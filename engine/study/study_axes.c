// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// How well axes follow their features and how far they are from each other, and how
// labels hold, on music that no model has seen.

#include "figures.h"
#include "label_groups.h"
#include "readout/bend_values.h"
#include "stats.h"
#include "study_parts.h"
#include "window_features.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// The mean of a gradient changes little with more windows.
enum { GRADIENT_WINDOWS = 4000 };

// All styles, or all registers.
enum { ALL = -1 };

typedef struct {
  MnStudy const* study;
  double*        value; // [MN_AXES][count]
  size_t         pitch; // the feature
  double*        a;     // room for two columns, [count]
  double*        b;
} Task;

// Windows of a style, or of jazz, with a mean pitch from `low` to below `high`.
typedef struct {
  int    style;
  bool   jazz;
  double low;
  double high;
} Part;

static Part const everywhere = {ALL, false, -INFINITY, INFINITY};

typedef struct {
  double rho;
  size_t count;
} Rho;

static bool
is_in(Task const* const t, Part const* const p, size_t const window)
{
  MnStudyInput const* const in    = t->study->in;
  unsigned const            style = in->style[window];
  double const pitch = t->study->features[window * mn_feature_count + t->pitch];
  return (p->style == ALL || p->style == (int)style) &&
         (!p->jazz || !strncmp(in->styles[style], "jazz", 4)) && pitch >= p->low &&
         pitch < p->high;
}

// Of a column and a feature, over the windows of a part on which the feature is defined.
// @return false if memory runs out.
static bool
correlate(Task const* const   t,
          double const* const column,
          size_t const        feature,
          Part const* const   part,
          Rho* const          rho)
{
  *rho = (Rho){NAN, 0};
  for (size_t i = 0; i < t->study->count; ++i) {
    double const value = t->study->features[i * mn_feature_count + feature];
    if (!isnan(value) && is_in(t, part, i)) {
      t->a[rho->count]   = column[i];
      t->b[rho->count++] = value;
    }
  }
  return !rho->count || mn_stats_spearman(t->a, t->b, rho->count, &rho->rho);
}

static bool
append(json_t* const array, char const* const name, Rho const rho)
{
  return !json_array_append_new(array,
                                json_pack("{s:s,s:I,s:o}",
                                          "name",
                                          name,
                                          "count",
                                          (json_int_t)rho.count,
                                          "rho",
                                          mn_figures_number(rho.rho)));
}

// An axis and its feature in each style, each register and all jazz.
static json_t*
parts_json(Task const* const t, double const* const column, size_t const feature)
{
  static char const* const names[MN_REGISTERS] = {
    "below C3", "C3 to C4", "C4 to C5", "C5 to C6", "from C6"};
  MnStudyInput const* const in        = t->study->in;
  json_t* const             styles    = json_array();
  json_t* const             registers = json_array();
  Part                      part      = everywhere;
  Rho                       rho       = {NAN, 0};
  bool                      good      = true;
  for (size_t k = 0; good && k < in->style_count; ++k) {
    part.style = (int)k;
    good       = correlate(t, column, feature, &part, &rho) &&
           (!rho.count || append(styles, in->styles[k], rho));
  }
  part = everywhere;
  for (unsigned r = 0; good && r < MN_REGISTERS; ++r) {
    part.low  = r ? mn_register_end[r - 1] : 0;
    part.high = mn_register_end[r];
    good = correlate(t, column, feature, &part, &rho) && append(registers, names[r], rho);
  }
  part      = everywhere;
  part.jazz = true;
  good      = good && correlate(t, column, feature, &part, &rho);
  if (!good) {
    json_decref(styles);
    json_decref(registers);
    return NULL;
  }
  return json_pack("{s:o,s:o,s:o}",
                   "jazz",
                   mn_figures_number(rho.rho),
                   "styles",
                   styles,
                   "registers",
                   registers);
}

// The mean gradient of each axis over music, in standard deviations of the neurons,
// [MN_AXES][latent]: the direction in the latent space along which it rises.
static double*
find_directions(MnStudy const* const s)
{
  MnBendTable const* const t       = &s->model->readout.axis_table;
  size_t const             latent  = s->latent;
  size_t const             rows    = MN_AXES + t->bends;
  size_t                   windows = s->count;
  double* const            slope   = (double*)calloc(t->bends + 1, sizeof(double));
  double* const            way     = (double*)calloc(MN_AXES * latent, sizeof(double));
  if (windows > GRADIENT_WINDOWS) {
    windows = GRADIENT_WINDOWS;
  }
  for (size_t i = 0; slope && way && i < windows; ++i) {
    int32_t const* const mu = s->posteriors.mu + i * s->count / windows * latent;
    for (size_t b = 0; b < t->bends; ++b) {
      double h = (double)t->offset[MN_AXES + b];
      for (size_t n = 0; n < latent; ++n) {
        h += (double)t->input[n * rows + MN_AXES + b] * mn_from_q16(mu[n]);
      }
      double const size = 1 + fabs(h);
      slope[b] += h * (size + 1) / (size * size) / (double)windows;
    }
  }
  for (size_t n = 0; slope && way && n < latent; ++n) {
    double sum    = 0;
    double square = 0;
    for (size_t i = 0; i < s->count; ++i) {
      double const mu = mn_from_q16(s->posteriors.mu[i * latent + n]);
      sum += mu;
      square += mu * mu;
    }
    double const mean   = sum / (double)s->count;
    double const spread = sqrt(fmax(square / (double)s->count - mean * mean, 0));
    for (size_t a = 0; a < MN_AXES; ++a) {
      double rise = (double)t->input[n * rows + a];
      for (size_t b = 0; b < t->bends; ++b) {
        rise += slope[b] * (double)t->bend[b * MN_AXES + a] *
                (double)t->input[n * rows + MN_AXES + b];
      }
      way[a * latent + n] = rise * spread;
    }
  }
  bool const good = slope && way;
  free(slope);
  if (!good) {
    free(way);
    return NULL;
  }
  return way;
}

static double
cosine(double const* const a, double const* const b, size_t const count)
{
  double aa = 0;
  double ab = 0;
  double bb = 0;
  for (size_t i = 0; i < count; ++i) {
    aa += a[i] * a[i];
    ab += a[i] * b[i];
    bb += b[i] * b[i];
  }
  return ab / sqrt(aa * bb);
}

// What an axis has to do with each of the axes.
static json_t*
others_json(Task const* const t, double const* const directions, size_t const axis)
{
  size_t const  count  = t->study->count;
  size_t const  latent = t->study->latent;
  json_t* const rhos   = json_array();
  json_t* const angles = json_array();
  for (size_t b = 0; b < MN_AXES; ++b) {
    double rho = NAN;
    if (!mn_stats_spearman(t->value + axis * count, t->value + b * count, count, &rho)) {
      json_decref(rhos);
      json_decref(angles);
      return NULL;
    }
    json_array_append_new(rhos, mn_figures_number(rho));
    json_array_append_new(angles,
                          mn_figures_number(cosine(
                            directions + axis * latent, directions + b * latent, latent)));
  }
  return json_pack("{s:o,s:o}", "rho", rhos, "cosine", angles);
}

static json_t*
axis_json(Task const* const t, double const* const directions, size_t const axis)
{
  MnAxis const* const words   = &t->study->model->readout.axes[axis];
  double const* const column  = t->value + axis * t->study->count;
  size_t const        feature = mn_features_find(words->feature);
  Rho                 all     = {NAN, 0};
  if (feature == mn_feature_count) {
    return json_pack("{s:s,s:s}", "name", words->name, "feature", words->feature);
  }
  if (!correlate(t, column, feature, &everywhere, &all)) {
    return NULL;
  }
  return json_pack("{s:s,s:s,s:o,s:o,s:o}",
                   "name",
                   words->name,
                   "feature",
                   words->feature,
                   "all",
                   mn_figures_number(all.rho),
                   "parts",
                   parts_json(t, column, feature),
                   "axes",
                   others_json(t, directions, axis));
}

static void
compute_values(Task const* const t)
{
  MnStudy const* const s = t->study;
  for (size_t i = 0; i < s->count; ++i) {
    double values[MN_AXES];
    mn_bend_values(&s->model->readout.axis_table, s->posteriors.mu + i * s->latent, values);
    for (size_t a = 0; a < MN_AXES; ++a) {
      t->value[a * s->count + i] = values[a];
    }
  }
}

static bool
init(Task* const t, MnStudy const* const s)
{
  size_t const size = (s->count + 1) * sizeof(double);
  *t                = (Task){.study = s,
                             .value = (double*)malloc(MN_AXES * size),
                             .pitch = mn_features_find("mean pitch"),
                             .a     = (double*)malloc(size),
                             .b     = (double*)malloc(size)};
  return t->value && t->a && t->b;
}

static void
clean(Task* const t)
{
  free(t->value);
  free(t->a);
  free(t->b);
}

json_t*
mn_study_axes(MnStudy const* const s)
{
  if (!s->model->readout.axes) {
    return json_array();
  }
  Task          t;
  json_t* const rows       = json_array();
  double* const directions = find_directions(s);
  bool          good       = init(&t, s) && directions;
  if (good) {
    compute_values(&t);
  }
  for (size_t a = 0; good && a < MN_AXES; ++a) {
    good = !json_array_append_new(rows, axis_json(&t, directions, a));
  }
  free(directions);
  clean(&t);
  if (!good) {
    json_decref(rows);
    return NULL;
  }
  return rows;
}

// The style or register in which a label holds least, of those with windows enough.
static json_t*
label_json(Task const* const t, unsigned const rank)
{
  MnStudy const* const s       = t->study;
  MnLabel const* const label   = &s->model->readout.labels[rank];
  size_t const         feature = mn_features_find(label->feature);
  unsigned const       neuron  = s->model->readout.order[rank];
  Rho                  least   = {INFINITY, 0};
  char const*          where   = "";
  for (size_t i = 0; i < s->count; ++i) {
    t->value[i] = s->posteriors.mu[i * s->latent + neuron];
  }
  for (size_t k = 0; feature < mn_feature_count && k < s->in->style_count; ++k) {
    Part const part = {(int)k, false, label->low, label->high};
    Rho        rho  = {NAN, 0};
    if (!correlate(t, t->value, feature, &part, &rho)) {
      return NULL;
    }
    if (rho.count >= MN_GROUP_LEAST && rho.rho < least.rho) {
      least = rho;
      where = s->in->styles[k];
    }
  }
  return json_pack("{s:i,s:i,s:s,s:f,s:o,s:s}",
                   "rank",
                   (int)rank + 1,
                   "neuron",
                   (int)neuron,
                   "label",
                   label->label,
                   "stability",
                   label->stability,
                   "least",
                   mn_figures_number(least.rho),
                   "style",
                   where);
}

json_t*
mn_study_labels(MnStudy const* const s)
{
  Task          t;
  json_t* const rows = json_array();
  bool          good = init(&t, s);
  for (unsigned rank = 0; s->model->readout.labels && good && rank < s->music; ++rank) {
    if (s->model->readout.labels[rank].stability > 0) {
      good = !json_array_append_new(rows, label_json(&t, rank));
    }
  }
  clean(&t);
  if (!good) {
    json_decref(rows);
    return NULL;
  }
  return rows;
}
