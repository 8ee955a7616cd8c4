// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "study_measures.h"

#include "base/parallel.h"
#include "moments.h"
#include "readout/readout.h"
#include "stats.h"

#include <math.h>
#include <stdlib.h>

// As in the score: directions with next to no variance must not amplify the encoder's
// rounding errors, about 1.5e-4.
static double const ridge = 1e-4;

// A neuron is unusual above this quantile of its abs(mu) on the train part.
static double const usual = 0.95;

// How many random windows are encoded at a time, so that memory does not grow.
enum { PIECE = 8192 };

bool
mn_measures_init(MnMeasures* const m, size_t const count)
{
  double* const values = (double*)calloc(count * MN_MEASURES + 1, sizeof(*values));
  m->count             = count;
  for (unsigned k = 0; k < MN_MEASURES; ++k) {
    m->of[k] = values ? values + k * count : NULL;
  }
  return values;
}

void
mn_measures_free(MnMeasures* const m)
{
  free(m->of[0]); // holds them all
  *m = (MnMeasures){0};
}

// Turns sums into the mean and the factors of the covariance.
static void
learn_covariance(MnYardstick* const y, MnMoments const* const m, size_t const width)
{
  double const rows = (double)m->rows;
  for (size_t i = 0; i < width; ++i) {
    y->center[i] = m->sum[i] / rows;
  }
  for (size_t i = 0; i < width; ++i) {
    for (size_t j = i; j < width; ++j) {
      double const product = m->products[i * width + j] / rows;
      y->columns[i * width + j] =
        product - y->center[i] * y->center[j] + (i == j ? ridge : 0);
    }
  }
  mn_stats_cholesky(y->columns, width, ridge);
}

static bool
learn_thresholds(MnYardstick* const y, MnSheet const* const sheet)
{
  double* const sizes = (double*)malloc((sheet->rows + 1) * sizeof(*sizes));
  for (size_t c = 0; sizes && c < sheet->columns; ++c) {
    for (size_t r = 0; r < sheet->rows; ++r) {
      sizes[r] = fabs(sheet->values[r * sheet->columns + c]);
    }
    mn_stats_sort(sizes, sheet->rows);
    y->threshold[c] = mn_stats_quantile(sizes, sheet->rows, usual);
  }
  free(sizes);
  return sizes;
}

bool
mn_yardstick_learn(MnStudy* const s)
{
  size_t const       width = s->noise;
  MnYardstick* const y     = &s->yardstick;
  MnPosteriors       train = {0};
  MnSheet            sheet = {0};
  MnMoments          sums  = {0};
  y->center                = (double*)calloc(width + 1, sizeof(double));
  y->columns               = (double*)calloc(width * width + 1, sizeof(double));
  y->threshold             = (double*)calloc(width + 1, sizeof(double));
  bool const good =
    y->center && y->columns && y->threshold &&
    mn_study_encode(s, "train music", s->in->train, 0, s->in->train->count, &train) &&
    mn_sheet_pick(&sheet, train.mu, train.count, s->latent, s->noise_neurons, width) &&
    mn_moments_take(&sums, &sheet, NULL, 0) && learn_thresholds(y, &sheet);
  if (good) {
    learn_covariance(y, &sums, width);
  }
  mn_posteriors_free(&train);
  mn_sheet_free(&sheet);
  mn_moments_free(&sums);
  return good;
}

void
mn_yardstick_free(MnYardstick* const y)
{
  free(y->center);
  free(y->columns);
  free(y->threshold);
  *y = (MnYardstick){0};
}

typedef struct {
  MnStudy const*      study;
  MnPosteriors const* posteriors;
  uint8_t const*      tokens;
  MnMeasures*         measures;
  size_t              first;
  double**            room; // [workers][noise]
} Task;

static void
measure_window(void* const context, size_t const index, unsigned const worker)
{
  Task const* const        t   = (Task const*)context;
  MnStudy const* const     s   = t->study;
  MnYardstick const* const y   = &s->yardstick;
  int32_t const* const     mu  = t->posteriors->mu + index * s->latent;
  double* const            off = t->room[worker];
  size_t const             at  = t->first + index;
  double* const* const     of  = t->measures->of;

  MnReadout            readout;
  unsigned const       steps  = s->model->steps;
  uint8_t const* const tokens = t->tokens + index * steps;
  int32_t const* const sigma  = t->posteriors->sigma + index * s->latent;
  unsigned const       onsets = mn_count_onsets(tokens, steps);
  mn_readout_compute(s->model, tokens, mu, sigma, &readout);
  of[MN_MEASURE_MUSIC_ACTIVE][at] = readout.music_active;
  of[MN_MEASURE_NOISE_ACTIVE][at] = readout.noise_active;
  of[MN_MEASURE_SCORE][at]        = (double)readout.musicality;
  of[MN_MEASURE_STATISTIC][at]    = mn_readout_statistic(s->model, tokens, mu, sigma);

  double   energy  = 0;
  unsigned unusual = 0;
  for (size_t i = 0; i < s->noise; ++i) {
    double const value = mn_from_q16(mu[s->noise_neurons[i]]);
    energy += value * value;
    unusual += fabs(value) > y->threshold[i];
    off[i] = value - y->center[i];
  }
  of[MN_MEASURE_ENERGY][at]   = s->noise ? energy / s->noise : 0;
  of[MN_MEASURE_UNUSUAL][at]  = unusual;
  of[MN_MEASURE_DISTANCE][at] = mn_stats_distance(y->columns, s->noise, off);
  of[MN_MEASURE_ONSETS][at]   = onsets;
}

bool
mn_measures_take(MnStudy const* const      s,
                 MnPosteriors const* const posteriors,
                 uint8_t const* const      tokens,
                 MnMeasures* const         measures,
                 size_t const              first)
{
  unsigned const workers = mn_parallel_workers();
  Task           t       = {s, posteriors, tokens, measures, first, NULL};
  t.room                 = (double**)calloc(workers, sizeof(*t.room));
  bool good              = t.room;
  for (unsigned i = 0; good && i < workers; ++i) {
    t.room[i] = (double*)malloc((s->noise + 1) * sizeof(double));
    good      = t.room[i];
  }
  if (good) {
    MnPieces const job = {
      .count = posteriors->count, .context = &t, .piece = measure_window};
    mn_parallel_run(&job);
  }
  for (unsigned i = 0; t.room && i < workers; ++i) {
    free(t.room[i]);
  }
  free(t.room);
  return good;
}

static void
add_excitation(MnStudy const* const      s,
               MnPosteriors const* const a,
               size_t const              whole,
               MnExcitation* const       e)
{
  for (size_t i = 0; i < a->count; ++i) {
    for (size_t n = 0; n < s->latent; ++n) {
      double const size = fabs(mn_from_q16(a->mu[i * s->latent + n]));
      e->size[n] += size / (double)whole;
      e->active[n] += (size > s->model->readout.active ? 1.0 : 0.0) / (double)whole;
    }
  }
}

bool
mn_measures_encode(MnStudy const* const   s,
                   char const* const      what,
                   MnWindows const* const windows,
                   MnExcitation* const    excitation,
                   MnMeasures* const      measures)
{
  bool good = mn_measures_init(measures, windows->count);
  for (size_t at = 0; good && at < windows->count; at += PIECE) {
    size_t const         left       = windows->count - at;
    size_t const         count      = left < PIECE ? left : PIECE;
    uint8_t const* const tokens     = windows->tokens + at * windows->steps;
    MnPosteriors         posteriors = {0};
    good = mn_study_encode(s, what, windows, at, count, &posteriors) &&
           mn_measures_take(s, &posteriors, tokens, measures, at);
    if (good && excitation) {
      add_excitation(s, &posteriors, windows->count, excitation);
    }
    mn_posteriors_free(&posteriors);
  }
  return good;
}
