// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "calibrate.h"
#include "figures.h"
#include "moments.h"
#include "stats.h"
#include "study_parts.h"

#include <math.h>
#include <stdlib.h>

// Another rule than that of the calibration: music neurons have a mean sigma below this.
static double const music_sigma = 0.9;

// The columns of a neuron's figures over the held-out windows.
enum {
  COLUMN_KL,
  COLUMN_SIGMA,
  COLUMN_SIGMA_SD,
  COLUMN_MU,
  COLUMN_VARIANCE,
  COLUMN_SIZE,   ///< mean abs(mu)
  COLUMN_ACTIVE, ///< share of windows with abs(mu) above the threshold
  COLUMNS
};

static char const* const column_names[COLUMNS] =
  {"kl", "sigma", "sigma_sd", "mu", "mu_variance", "mu_abs", "active"};

typedef struct {
  double* of[COLUMNS]; ///< [latent] each
} Table;

static void
measure_neuron(MnStudy const* const s, Table const* const t, size_t const n)
{
  double const count        = (double)s->count;
  double       sum[COLUMNS] = {0};
  double       sigma2       = 0;
  double       mu2          = 0;
  for (size_t i = 0; i < s->count; ++i) {
    double const m = mn_from_q16(s->posteriors.mu[i * s->latent + n]);
    double const g = mn_from_q16(s->posteriors.sigma[i * s->latent + n]);
    sum[COLUMN_KL] += mn_posterior_kl(m, g);
    sum[COLUMN_SIGMA] += g;
    sum[COLUMN_MU] += m;
    sum[COLUMN_SIZE] += fabs(m);
    sum[COLUMN_ACTIVE] += fabs(m) > s->model->readout.active;
    sigma2 += g * g;
    mu2 += m * m;
  }
  for (unsigned k = 0; k < COLUMNS; ++k) {
    t->of[k][n] = sum[k] / count;
  }
  double const sigma        = t->of[COLUMN_SIGMA][n];
  double const mu           = t->of[COLUMN_MU][n];
  t->of[COLUMN_SIGMA_SD][n] = sqrt(fmax(sigma2 / count - sigma * sigma, 0));
  t->of[COLUMN_VARIANCE][n] = fmax(mu2 / count - mu * mu, 0);
}

static bool
table_take(MnStudy const* const s, Table* const t)
{
  double* const values = (double*)calloc((size_t)COLUMNS * s->latent, sizeof(double));
  for (size_t k = 0; k < COLUMNS; ++k) {
    t->of[k] = values ? values + k * s->latent : NULL;
  }
  for (size_t n = 0; values && n < s->latent; ++n) {
    measure_neuron(s, t, n);
  }
  return values;
}

static void
table_free(Table* const t)
{
  free(t->of[0]); // holds them all
}

// The label of a neuron in the model's file, or an empty one.
static char const*
label_of(MnStudy const* const s, unsigned const rank)
{
  MnLabel const* const labels = s->model->readout.labels;
  return labels && rank < s->music ? labels[rank].label : "";
}

json_t*
mn_study_neurons(MnStudy const* const s)
{
  Table t;
  if (!table_take(s, &t)) {
    return NULL;
  }
  json_t* const rank    = json_array();
  json_t* const music   = json_array();
  json_t* const negated = json_array();
  json_t* const label   = json_array();
  for (unsigned n = 0; n < s->latent; ++n) {
    unsigned const place = s->model->readout.rank[n];
    json_array_append_new(rank, json_integer((json_int_t)place + 1));
    json_array_append_new(music, json_integer(place < s->music));
    json_array_append_new(negated, json_integer(s->model->readout.negated[n]));
    json_array_append_new(label, json_string(label_of(s, place)));
  }
  json_t* const neurons = json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}",
                                    "label",
                                    mn_figures_complete(label, s->latent),
                                    "rank",
                                    mn_figures_complete(rank, s->latent),
                                    "music",
                                    mn_figures_complete(music, s->latent),
                                    "turned",
                                    mn_figures_complete(negated, s->latent),
                                    "mu_abs_random",
                                    mn_figures_array(s->excitation.size, s->latent),
                                    "active_random",
                                    mn_figures_array(s->excitation.active, s->latent));
  bool          good    = neurons;
  for (unsigned k = 0; good && k < COLUMNS; ++k) {
    good =
      !json_object_set_new(neurons, column_names[k], mn_figures_array(t.of[k], s->latent));
  }
  table_free(&t);
  if (!good) {
    json_decref(neurons);
    return NULL;
  }
  return neurons;
}

// How many neurons a rule names, and how many of them the model calls music.
static json_t*
compare_rule(MnStudy const* const s, double const* const values, double const above)
{
  int named = 0;
  int both  = 0;
  for (unsigned n = 0; n < s->latent; ++n) {
    bool const is = values[n] > above;
    named += is;
    both += is && s->model->readout.rank[n] < s->music;
  }
  return json_pack("{s:i,s:i}", "neurons", named, "also_music", both);
}

// How many of the first neurons by a measure are music neurons of the model.
static int
count_first(MnStudy const* const s, double const* const values)
{
  int count = 0;
  for (unsigned n = 0; n < s->latent; ++n) {
    unsigned before = 0;
    for (unsigned k = 0; k < s->latent; ++k) {
      before += values[k] > values[n] || (!(values[k] < values[n]) && k < n);
    }
    count += before < s->music && s->model->readout.rank[n] < s->music;
  }
  return count;
}

// The agreement of two orders: over all neurons, and over the music neurons.
static json_t*
compare_orders(MnStudy const* const s, double const* const a, double const* const b)
{
  double        all   = NAN;
  double        music = NAN;
  double* const some  = (double*)malloc((2 * (size_t)s->music + 1) * sizeof(*some));
  for (unsigned i = 0; some && i < s->music; ++i) {
    some[i]            = a[s->model->readout.order[i]];
    some[s->music + i] = b[s->model->readout.order[i]];
  }
  bool const good = some && mn_stats_spearman(a, b, s->latent, &all) &&
                    mn_stats_spearman(some, some + s->music, s->music, &music);
  free(some);
  return good ? json_pack("{s:o,s:o}",
                          "all",
                          mn_figures_number(all),
                          "music",
                          mn_figures_number(music))
              : NULL;
}

json_t*
mn_study_orders(MnStudy const* const s)
{
  Table t;
  if (!table_take(s, &t)) {
    return NULL;
  }
  double const* const kl       = t.of[COLUMN_KL];
  double const* const variance = t.of[COLUMN_VARIANCE];
  double* const       narrow   = t.of[COLUMN_SIGMA]; // negated: small sigma, much music
  for (unsigned n = 0; n < s->latent; ++n) {
    narrow[n] = -narrow[n];
  }
  json_t* const result = json_pack("{s:i,s:{s:o,s:o},s:{s:i,s:i,s:i},s:{s:o,s:o,s:o}}",
                                   "music",
                                   (int)s->music,
                                   "rules",
                                   "kl_above_0.03",
                                   compare_rule(s, kl, MN_MUSIC_KL),
                                   "sigma_below_0.9",
                                   compare_rule(s, narrow, -music_sigma),
                                   "first_by",
                                   "kl",
                                   count_first(s, kl),
                                   "sigma",
                                   count_first(s, narrow),
                                   "mu_variance",
                                   count_first(s, variance),
                                   "spearman",
                                   "kl_sigma",
                                   compare_orders(s, kl, narrow),
                                   "kl_mu_variance",
                                   compare_orders(s, kl, variance),
                                   "sigma_mu_variance",
                                   compare_orders(s, narrow, variance));
  table_free(&t);
  return result;
}

static json_t*
correlation_rows(MnMoments const* const m, size_t const width, double* const mean_size)
{
  double const  rows  = (double)m->rows;
  json_t* const lines = json_array();
  double*       line  = (double*)malloc((width + 1) * sizeof(*line));
  double        sum   = 0;
  for (size_t i = 0; line && i < width; ++i) {
    for (size_t j = 0; j < width; ++j) {
      size_t const at = i < j ? i * width + j : j * width + i;
      double const ij = m->products[at] / rows - m->sum[i] / rows * (m->sum[j] / rows);
      double const ii = m->products[i * width + i] / rows - pow(m->sum[i] / rows, 2);
      double const jj = m->products[j * width + j] / rows - pow(m->sum[j] / rows, 2);
      line[j]         = ii > 0 && jj > 0 ? ij / (sqrt(ii) * sqrt(jj)) : 0;
      sum += i != j ? fabs(line[j]) : 0;
    }
    json_array_append_new(lines, mn_figures_array(line, width));
  }
  free(line);
  *mean_size = width > 1 ? sum / (double)(width * (width - 1)) : NAN;
  return mn_figures_complete(lines, width);
}

json_t*
mn_study_correlation(MnStudy const* const s)
{
  MnSheet   sheet  = {0};
  MnMoments sums   = {0};
  json_t*   result = NULL;
  if (mn_sheet_pick(
        &sheet, s->posteriors.mu, s->count, s->latent, s->model->readout.order, s->music) &&
      mn_moments_take(&sums, &sheet, NULL, 0)) {
    double        mean = NAN;
    json_t* const rows = correlation_rows(&sums, s->music, &mean);
    result = json_pack("{s:o,s:o}", "mean_abs", mn_figures_number(mean), "matrix", rows);
  }
  mn_sheet_free(&sheet);
  mn_moments_free(&sums);
  return result;
}
