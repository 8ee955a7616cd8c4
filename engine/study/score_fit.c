// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "score_fit.h"

#include "base/fixed.h"
#include "curve.h"
#include "moments.h"

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

// The ridge keeps directions with next to no variance from amplifying the encoder's
// rounding errors. Their variance is at most a twentieth of it, also with int8 weights. A
// larger ridge hides the quiet neurons of a well-trained encoder.
static double const ridge = 1e-5;

// With fewer windows than so many times the neurons, the fit is cross-validated. Fewer
// than the least teach nothing.
enum { MANY_WINDOWS = 20, LEAST_WINDOWS = 4 };

enum { PARTS = 5 };

// How many windows are converted to doubles at a time.
enum { BLOCK = 4096 };

// Some directions of the noise neurons, and where they are measured from.
typedef struct {
  unsigned directions;
  double*  rows;   // [directions][width]
  double*  center; // [width]
} Fit;

// Windows of one kind, and mu of some neurons for them.
typedef struct {
  MnSamples const* samples;
  unsigned         latent;
  uint16_t const*  neurons; // [width]
  size_t           width;
  uint8_t*         part; // [samples->count]: which part a window belongs to
  MnMoments        parts[PARTS];
  MnMoments        all;
  double*          statistic; // [samples->count]
} Kind;

enum { REAL, RANDOM, KINDS };

// Rounds to so many decimals: files then hold no noise of the last bits.
static double
round_to(double const value, double const unit)
{
  return rint(value * unit) / unit;
}

static void
fit_free(Fit* const fit)
{
  free(fit->rows);
  free(fit->center);
  *fit = (Fit){0};
}

// Fills `real` with the covariance over real music and the ridge, and `random`
// with the second moments of random notes around the mean of real music.
static void
fill_matrices(MnMoments const* const real_moments,
              MnMoments const* const random_moments,
              size_t const           width,
              double const* const    center,
              double* const          real,
              double* const          random)
{
  double const n      = (double)real_moments->rows;
  double const count  = (double)random_moments->rows;
  double const free_n = n > 1 ? n - 1 : 1;
  for (size_t i = 0; i < width; ++i) {
    for (size_t j = i; j < width; ++j) {
      size_t const at = i * width + j;
      double const a  = random_moments->sum[i] / count;
      double const b  = random_moments->sum[j] / count;
      real[at]        = (real_moments->products[at] - n * center[i] * center[j]) / free_n +
                 (i == j ? ridge : 0);
      random[at] = random_moments->products[at] / count - a * center[j] - center[i] * b +
                   center[i] * center[j];
    }
  }
}

// Takes the directions in which random exceeds real most, each weighted by the
// logarithm of its ratio. @param vectors [width][width], a column for each value.
static bool
keep_directions(Fit* const          fit,
                size_t const        width,
                double const* const ratio,
                double const* const vectors)
{
  fit->rows = (double*)calloc(MN_SCORE_DIRECTIONS * width, sizeof(double));
  if (!fit->rows) {
    return false;
  }
  for (size_t k = width;
       k-- > 0 && fit->directions < MN_SCORE_DIRECTIONS && ratio[k] > 1;) {
    double* const row    = fit->rows + fit->directions++ * width;
    double const  weight = sqrt(log(ratio[k]));
    size_t        top    = 0;
    for (size_t i = 0; i < width; ++i) {
      row[i] = vectors[i * width + k] * weight;
      top    = fabs(row[i]) > fabs(row[top]) ? i : top;
    }
    // A direction has no sign of its own: choose one, so that files compare.
    double const sign = row[top] < 0 ? -1 : 1;
    for (size_t i = 0; i < width; ++i) {
      row[i] = round_to(sign * row[i], 1e4);
    }
  }
  return true;
}

// With v (C + ridge) v' = 1, the eigenvectors of random's second moments against
// C + ridge are those of whitened random notes.
static bool
make_fit(Fit* const             fit,
         MnMoments const* const real_moments,
         MnMoments const* const random_moments,
         size_t const           width,
         MnError* const         error)
{
  double* const real   = (double*)malloc(width * width * sizeof(double));
  double* const random = (double*)malloc(width * width * sizeof(double));
  double* const ratio  = (double*)malloc(width * sizeof(double));
  fit->center          = (double*)malloc(width * sizeof(double));
  bool good            = real && random && ratio && fit->center;
  if (good) {
    for (size_t i = 0; i < width; ++i) {
      fit->center[i] = real_moments->sum[i] / (double)real_moments->rows;
    }
    fill_matrices(real_moments, random_moments, width, fit->center, real, random);
    lapack_int const n = (lapack_int)width;
    lapack_int const info =
      LAPACKE_dsygvd(LAPACK_ROW_MAJOR, 1, 'V', 'U', n, random, n, real, n, ratio);
    if (info) {
      mn_error_set(error,
                   MN_STATUS_BAD_INPUT,
                   "the neurons' covariances cannot be solved (LAPACK: %d)",
                   (int)info);
      good = false;
    } else {
      good = keep_directions(fit, width, ratio, random);
    }
  }
  if (!good && error && !error->status) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
  }
  free(real);
  free(random);
  free(ratio);
  return good;
}

static double
statistic_of(Fit const* const fit, Kind const* const kind, size_t const window)
{
  int32_t const* const mu    = kind->samples->mu + window * kind->latent;
  size_t const         width = kind->width;

  double along[MN_SCORE_DIRECTIONS] = {0};
  for (size_t i = 0; i < width; ++i) {
    double const off = mn_from_q16(mu[kind->neurons[i]]) - fit->center[i];
    for (unsigned k = 0; k < fit->directions; ++k) {
      along[k] += fit->rows[k * width + i] * off;
    }
  }
  double sum = 0;
  for (unsigned k = 0; k < fit->directions; ++k) {
    sum += along[k] * along[k];
  }
  return sum;
}

enum { ALL_PARTS = PARTS };

// Fills in the statistics of the windows of a part.
static void
apply_fit(Fit const* const fit, Kind* const kind, unsigned const part)
{
  for (size_t i = 0; i < kind->samples->count; ++i) {
    if (part == ALL_PARTS || kind->part[i] == part) {
      kind->statistic[i] = statistic_of(fit, kind, i);
    }
  }
}

// Each part is measured by what the others teach.
static bool
cross_check(Kind kinds[KINDS], size_t const width, MnError* const error)
{
  bool good = true;
  for (unsigned part = 0; good && part < PARTS; ++part) {
    if (!kinds[REAL].parts[part].rows && !kinds[RANDOM].parts[part].rows) {
      continue;
    }
    for (unsigned k = 0; k < KINDS; ++k) {
      mn_moments_add(&kinds[k].all, &kinds[k].parts[part], -1, width);
    }
    Fit fit = {0};
    good    = make_fit(&fit, &kinds[REAL].all, &kinds[RANDOM].all, width, error);
    for (unsigned k = 0; k < KINDS; ++k) {
      if (good) {
        apply_fit(&fit, &kinds[k], part);
      }
      mn_moments_add(&kinds[k].all, &kinds[k].parts[part], 1, width);
    }
    fit_free(&fit);
  }
  return good;
}

// Parts windows by tune, since those of one tune are alike; or, if one part would
// have nearly all, one by one.
static void
part_windows(MnSamples const* const samples, uint8_t* const part)
{
  size_t counts[PARTS] = {0};
  size_t largest       = 0;
  for (size_t i = 0; i < samples->count; ++i) {
    part[i]            = (uint8_t)(samples->tune[i] % PARTS);
    size_t const count = ++counts[part[i]];
    largest            = count > largest ? count : largest;
  }
  for (size_t i = 0; samples->count - largest < 2 && i < samples->count; ++i) {
    part[i] = (uint8_t)(i % PARTS);
  }
}

// Adds up the moments of all parts, a block of windows at a time.
static bool
add_up(Kind* const kind)
{
  MnSamples const* const samples = kind->samples;
  for (size_t at = 0; at < samples->count; at += BLOCK) {
    size_t const rest  = samples->count - at;
    size_t const rows  = rest < BLOCK ? rest : BLOCK;
    MnSheet      sheet = {0};
    if (!mn_sheet_pick(&sheet,
                       samples->mu + at * kind->latent,
                       rows,
                       kind->latent,
                       kind->neurons,
                       kind->width)) {
      return false;
    }
    for (unsigned part = 0; part < PARTS; ++part) {
      mn_moments_add_rows(&kind->parts[part], &sheet, kind->part + at, (uint8_t)part);
    }
    mn_sheet_free(&sheet);
  }
  for (unsigned part = 0; part < PARTS; ++part) {
    mn_moments_add(&kind->all, &kind->parts[part], 1, kind->width);
  }
  return true;
}

static bool
kind_init(Kind* const            kind,
          MnSamples const* const samples,
          unsigned const         latent,
          uint16_t const* const  noise,
          unsigned const         width)
{
  *kind     = (Kind){.samples   = samples,
                     .latent    = latent,
                     .neurons   = noise,
                     .width     = width,
                     .part      = (uint8_t*)calloc(samples->count, 1),
                     .statistic = (double*)calloc(samples->count, sizeof(double))};
  bool good = kind->part && kind->statistic && mn_moments_init(&kind->all, width);
  for (unsigned part = 0; good && part < PARTS; ++part) {
    good = mn_moments_init(&kind->parts[part], width);
  }
  if (!good) {
    return false;
  }
  part_windows(samples, kind->part);
  return add_up(kind);
}

static void
kind_free(Kind* const kind)
{
  free(kind->part);
  free(kind->statistic);
  mn_moments_free(&kind->all);
  for (unsigned part = 0; part < PARTS; ++part) {
    mn_moments_free(&kind->parts[part]);
  }
}

// A score that says nothing, for models in which nothing can be told.
static bool
make_neutral(MnScore* const score, unsigned const latent)
{
  *score = (MnScore){
    .latent     = latent,
    .directions = 1,
    .projection = (float*)calloc(latent, sizeof(float)),
    .center     = (float*)calloc(latent, sizeof(float)),
    .curve      = (MnCurve*)malloc(sizeof(MnCurve)),
    .auc        = 0.5,
  };
  if (!score->projection || !score->center || !score->curve) {
    return false;
  }
  score->curve->rows = 1;
  for (unsigned k = 0; k < MN_CURVE_KNOTS; ++k) {
    score->curve->statistic[k]      = k;
    score->curve->probability[0][k] = 0.5;
  }
  return true;
}

// Lays a fit on the noise neurons out for the file, where all neurons are.
static bool
store_fit(MnScore* const        score,
          Fit const* const      fit,
          size_t const          width,
          uint16_t const* const noise)
{
  float* const projection =
    (float*)calloc((size_t)fit->directions * score->latent, sizeof(float));
  if (!projection) {
    return false;
  }
  for (size_t i = 0; i < width; ++i) {
    score->center[noise[i]] = (float)round_to(fit->center[i], 1e6);
    for (unsigned k = 0; k < fit->directions; ++k) {
      projection[k * score->latent + noise[i]] = (float)fit->rows[k * width + i];
    }
  }
  free(score->projection);
  score->projection = projection;
  score->directions = fit->directions;
  return true;
}

// Turns the statistics of a kind into what the curve makes of them, negated: less
// probable is larger.
static void
to_probabilities(MnCurve const* const curve, Kind* const kind)
{
  for (size_t i = 0; i < kind->samples->count; ++i) {
    kind->statistic[i] = -mn_curve_at(curve, kind->statistic[i], kind->samples->onsets[i]);
  }
}

// Makes the curve, from statistics that are there; they are used up.
static bool
fit_curve(MnScore* const score, Kind kinds[KINDS])
{
  MnCurveSide  sides[KINDS];
  size_t const real   = kinds[REAL].samples->count;
  size_t const random = kinds[RANDOM].samples->count;
  for (unsigned k = 0; k < KINDS; ++k) {
    sides[k] =
      (MnCurveSide){kinds[k].statistic, kinds[k].samples->onsets, kinds[k].samples->count};
  }
  MnCurve* const curve = (MnCurve*)malloc(sizeof(*curve));
  if (!curve || !mn_curve_fit(curve, &sides[REAL], &sides[RANDOM])) {
    free(curve);
    return false;
  }
  free(score->curve);
  score->curve = curve;
  to_probabilities(curve, &kinds[REAL]);
  to_probabilities(curve, &kinds[RANDOM]);
  score->auc = mn_curve_auc(kinds[REAL].statistic, real, kinds[RANDOM].statistic, random);
  return true;
}

static bool
fit_score(Kind                  kinds[KINDS],
          MnScore* const        score,
          uint16_t const* const noise,
          MnError* const        error)
{
  size_t const width = kinds[REAL].width;
  bool const   few   = kinds[REAL].samples->count < MANY_WINDOWS * width;
  if (few && !cross_check(kinds, width, error)) {
    return false;
  }
  Fit  fit  = {0};
  bool good = make_fit(&fit, &kinds[REAL].all, &kinds[RANDOM].all, width, error);
  if (good && !few) {
    apply_fit(&fit, &kinds[REAL], ALL_PARTS);
    apply_fit(&fit, &kinds[RANDOM], ALL_PARTS);
  }
  if (good && fit.directions && fit_curve(score, kinds)) {
    score->works = true;
    good         = store_fit(score, &fit, width, noise);
  }
  fit_free(&fit);
  return good;
}

bool
mn_score_fit(MnSamples const* const real,
             MnSamples const* const random,
             unsigned const         latent,
             uint16_t const* const  noise,
             unsigned const         noise_count,
             MnScore* const         score,
             MnError* const         error)
{
  MnError reason = {0};
  bool    good   = make_neutral(score, latent);
  if (good && noise_count && real->count >= LEAST_WINDOWS &&
      random->count >= LEAST_WINDOWS) {
    Kind kinds[KINDS] = {0};
    good              = kind_init(&kinds[REAL], real, latent, noise, noise_count) &&
           kind_init(&kinds[RANDOM], random, latent, noise, noise_count) &&
           fit_score(kinds, score, noise, &reason);
    kind_free(&kinds[REAL]);
    kind_free(&kinds[RANDOM]);
  }
  if (!good) {
    mn_score_free(score);
    if (!reason.status) {
      mn_error_set(&reason, MN_STATUS_NO_MEMORY, "out of memory");
    }
    mn_error_set(error, reason.status, "%s", reason.text);
  }
  return good;
}

void
mn_score_free(MnScore* const score)
{
  free(score->projection);
  free(score->center);
  free(score->curve);
  *score = (MnScore){0};
}
