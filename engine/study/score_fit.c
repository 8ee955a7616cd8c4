// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "score_fit.h"

#include "base/fixed.h"
#include "base/parallel.h"
#include "curve.h"
#include "moments.h"
#include "readout/readout.h"
#include "score_directions.h"
#include "score_weights.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// With fewer windows than so many times the neurons, the fit is cross-validated. Fewer
// than the least teach nothing.
enum { MANY_WINDOWS = 20, LEAST_WINDOWS = 4 };

enum { PARTS = 5 };

// With few windows fewer directions count: more would only be theirs.
enum { FEW_DIRECTIONS = 8 };

// How many windows are converted to doubles at a time.
enum { BLOCK = 1024 };

// Windows of one kind. A column is a value of a window: mu of the noise neurons, the
// logarithms of their sigma, the register and its square.
typedef struct {
  MnSamples const* samples;
  unsigned         latent;
  uint16_t const*  neurons; // [width]
  size_t           width;
  size_t           columns;
  uint8_t*         part; // [samples->count]: which part a window belongs to
  MnMoments        parts[PARTS];
  MnMoments        all;
  double*          squares;   // [samples->count][MN_SCORE_MOST_DIRECTIONS at most]
  double*          statistic; // [samples->count]
} Kind;

enum { REAL, RANDOM, KINDS };

// Rounds to so many decimals: files then hold no noise of the last bits.
static double
round_to(double const value, double const unit)
{
  return rint(value * unit) / unit;
}

// The columns of some windows, side by side. @return false if memory runs out.
static bool
fill_sheet(Kind const* const kind,
           size_t const      first,
           size_t const      rows,
           MnSheet* const    sheet)
{
  MnSamples const* const s = kind->samples;
  *sheet =
    (MnSheet){rows, kind->columns, (double*)malloc(rows * kind->columns * sizeof(double))};
  for (size_t r = 0; sheet->values && r < rows; ++r) {
    double* const row  = sheet->values + r * kind->columns;
    size_t const  from = (first + r) * kind->latent;
    for (size_t i = 0; i < kind->width; ++i) {
      row[i]               = mn_from_q16(s->mu[from + kind->neurons[i]]);
      row[kind->width + i] = mn_from_q16(s->log[from + kind->neurons[i]]);
    }
    double const height = mn_readout_register(s->tokens + (first + r) * s->steps, s->steps);
    row[2 * kind->width]     = height;
    row[2 * kind->width + 1] = height * height;
  }
  return sheet->values;
}

static size_t
block_at(Kind const* const kind, size_t const first)
{
  size_t const rest = kind->samples->count - first;
  return rest < BLOCK ? rest : BLOCK;
}

typedef struct {
  Kind*                    kind;
  MnScoreDirections const* directions;
  MnSheet const*           sheet;
  size_t                   first;
  unsigned                 part;
} Measuring;

enum { ALL_PARTS = PARTS };

static void
measure_window(void* const context, size_t const index, unsigned const worker)
{
  (void)worker;
  Measuring const* const         m  = (Measuring const*)context;
  MnScoreDirections const* const d  = m->directions;
  size_t const                   at = m->first + index;
  if (m->part != ALL_PARTS && m->kind->part[at] != m->part) {
    return;
  }
  double* const squares = m->kind->squares + at * d->count;
  double        sum     = 0;
  mn_score_directions_squares(d, m->sheet->values + index * m->sheet->columns, squares);
  for (unsigned k = 0; k < d->count; ++k) {
    sum += d->weight[k] * squares[k];
  }
  m->kind->statistic[at] = sum;
}

// Fills in the squares and statistics of the windows of a part. @return false if memory runs
// out.
static bool
measure(MnScoreDirections const* const d, Kind* const kind, unsigned const part)
{
  for (size_t at = 0; at < kind->samples->count; at += BLOCK) {
    MnSheet sheet;
    if (!fill_sheet(kind, at, block_at(kind, at), &sheet)) {
      return false;
    }
    Measuring      m   = {kind, d, &sheet, at, part};
    MnPieces const job = {.count = sheet.rows, .context = &m, .piece = measure_window};
    mn_parallel_run(&job);
    mn_sheet_free(&sheet);
  }
  return true;
}

static bool
find(Kind const               kinds[KINDS],
     unsigned const           most,
     MnScoreDirections* const d,
     MnError* const           error)
{
  return mn_score_directions_find(
    d, &kinds[REAL].all, &kinds[RANDOM].all, kinds[REAL].columns, most, error);
}

// Each part is measured by what the others teach.
static bool
cross_check(Kind kinds[KINDS], MnError* const error)
{
  size_t const columns = kinds[REAL].columns;
  bool         good    = true;
  for (unsigned part = 0; good && part < PARTS; ++part) {
    if (!kinds[REAL].parts[part].rows && !kinds[RANDOM].parts[part].rows) {
      continue;
    }
    for (unsigned k = 0; k < KINDS; ++k) {
      mn_moments_add(&kinds[k].all, &kinds[k].parts[part], -1, columns);
    }
    MnScoreDirections d;
    good = find(kinds, FEW_DIRECTIONS, &d, error);
    for (unsigned k = 0; k < KINDS; ++k) {
      good = good && measure(&d, &kinds[k], part);
      mn_moments_add(&kinds[k].all, &kinds[k].parts[part], 1, columns);
    }
    mn_score_directions_free(&d);
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
  for (size_t at = 0; at < kind->samples->count; at += BLOCK) {
    MnSheet sheet;
    if (!fill_sheet(kind, at, block_at(kind, at), &sheet)) {
      return false;
    }
    for (unsigned part = 0; part < PARTS; ++part) {
      mn_moments_add_rows(&kind->parts[part], &sheet, kind->part + at, (uint8_t)part);
    }
    mn_sheet_free(&sheet);
  }
  for (unsigned part = 0; part < PARTS; ++part) {
    mn_moments_add(&kind->all, &kind->parts[part], 1, kind->columns);
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
  size_t const count   = samples->count;
  size_t const columns = 2 * (size_t)width + MN_SCORE_GIVEN;

  *kind =
    (Kind){.samples   = samples,
           .latent    = latent,
           .neurons   = noise,
           .width     = width,
           .columns   = columns,
           .part      = (uint8_t*)calloc(count, 1),
           .squares   = (double*)calloc(count * MN_SCORE_MOST_DIRECTIONS, sizeof(double)),
           .statistic = (double*)calloc(count, sizeof(double))};
  bool good =
    kind->part && kind->squares && kind->statistic && mn_moments_init(&kind->all, columns);
  for (unsigned part = 0; good && part < PARTS; ++part) {
    good = mn_moments_init(&kind->parts[part], columns);
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
  free(kind->squares);
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
  unsigned const inputs = mn_score_inputs(latent);

  *score = (MnScore){
    .inputs     = inputs,
    .directions = 1,
    .projection = (float*)calloc(inputs, sizeof(float)),
    .center     = (float*)calloc(inputs, sizeof(float)),
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

// Which input of the score a column is.
static size_t
input_of(Kind const* const kind, size_t const column)
{
  size_t const width = kind->width;
  return column < width       ? kind->neurons[column]
         : column < 2 * width ? kind->latent + (size_t)kind->neurons[column - width]
                              : 2 * (size_t)kind->latent + column - 2 * width;
}

// Lays directions out for the file, where all neurons are. A row counts by its weight.
static bool
store(MnScore* const score, MnScoreDirections const* const d, Kind const* const kind)
{
  float* const projection = (float*)calloc((size_t)d->count * score->inputs, sizeof(float));
  if (!projection) {
    return false;
  }
  for (size_t i = 0; i < kind->columns; ++i) {
    size_t const to   = input_of(kind, i);
    score->center[to] = (float)round_to(d->center[i], 1e6);
    for (unsigned k = 0; k < d->count; ++k) {
      double const value = d->rows[k * d->columns + i] * sqrt(d->weight[k]);
      projection[(size_t)k * score->inputs + to] = (float)round_to(value, 1e5);
    }
  }
  free(score->projection);
  score->projection = projection;
  score->directions = d->count;
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

// Learns how much each direction counts, and measures all windows again.
static bool
weigh(Kind kinds[KINDS], MnScoreDirections* const d)
{
  MnWeightSide sides[KINDS];
  for (unsigned k = 0; k < KINDS; ++k) {
    MnSamples const* const samples = kinds[k].samples;
    sides[k] = (MnWeightSide){kinds[k].squares, samples->onsets, samples->count};
  }
  return mn_score_weights_learn(&sides[REAL], &sides[RANDOM], d->count, d->weight) &&
         measure(d, &kinds[REAL], ALL_PARTS) && measure(d, &kinds[RANDOM], ALL_PARTS);
}

static bool
fit_score(Kind kinds[KINDS], MnScore* const score, MnError* const error)
{
  bool const few = kinds[REAL].samples->count < MANY_WINDOWS * kinds[REAL].columns;
  if (few && !cross_check(kinds, error)) {
    return false;
  }
  MnScoreDirections d;
  bool good = find(kinds, few ? FEW_DIRECTIONS : MN_SCORE_MOST_DIRECTIONS, &d, error);
  if (good && !few && d.count) {
    good = measure(&d, &kinds[REAL], ALL_PARTS) && measure(&d, &kinds[RANDOM], ALL_PARTS) &&
           weigh(kinds, &d);
  }
  if (good && d.count && fit_curve(score, kinds)) {
    score->works = true;
    good         = store(score, &d, &kinds[REAL]);
  }
  mn_score_directions_free(&d);
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
           fit_score(kinds, score, &reason);
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
