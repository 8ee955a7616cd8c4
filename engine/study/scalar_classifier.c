// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "scalar_classifier.h"

#include "stats.h"

#include <math.h>
#include <stdlib.h>

// Scalars that are nearly sums of others must not count for much. In variances.
static double const ridge = 0.01;

// A scalar of a row, standardised; what is missing is at the mean.
static double
standard(MnScalarClassifier const* const c, double const* const row, size_t const i)
{
  return isfinite(row[i]) ? (row[i] - c->center[i]) / c->scale[i] : 0;
}

static void
learn_scale(MnScalarClassifier* const c, double const* const rows, size_t const count)
{
  for (size_t i = 0; i < c->scalars; ++i) {
    double sum    = 0;
    double square = 0;
    size_t there  = 0;
    for (size_t r = 0; r < count; ++r) {
      double const x = rows[r * c->scalars + i];
      if (isfinite(x)) {
        sum += x;
        ++there;
      }
    }
    c->center[i] = there ? sum / (double)there : 0;
    for (size_t r = 0; r < count; ++r) {
      double const x = rows[r * c->scalars + i] - c->center[i];
      square += isfinite(x) ? x * x : 0;
    }
    c->scale[i] = square > 0 ? sqrt(square / (double)there) : 1;
  }
}

static bool
learn_means(MnScalarClassifier* const c,
            double const* const       rows,
            unsigned const* const     label,
            size_t const              count)
{
  size_t* const of_class = (size_t*)calloc(c->classes + 1, sizeof(size_t));
  for (size_t r = 0; of_class && r < count; ++r) {
    ++of_class[label[r]];
    for (size_t i = 0; i < c->scalars; ++i) {
      c->mean[label[r] * c->scalars + i] += standard(c, rows + r * c->scalars, i);
    }
  }
  for (unsigned k = 0; of_class && k < c->classes; ++k) {
    c->known[k] = of_class[k];
    for (size_t i = 0; c->known[k] && i < c->scalars; ++i) {
      c->mean[k * c->scalars + i] /= (double)of_class[k];
    }
  }
  free(of_class);
  return of_class;
}

static void
learn_covariance(MnScalarClassifier* const c,
                 double const* const       rows,
                 unsigned const* const     label,
                 size_t const              count)
{
  size_t const n = c->scalars;
  for (size_t r = 0; r < count; ++r) {
    for (size_t i = 0; i < n; ++i) {
      c->room[i] = standard(c, rows + r * n, i) - c->mean[label[r] * n + i];
    }
    for (size_t i = 0; i < n; ++i) {
      for (size_t j = i; j < n; ++j) {
        c->columns[i * n + j] += c->room[i] * c->room[j] / (double)count;
      }
    }
  }
  for (size_t i = 0; i < n; ++i) {
    c->columns[i * n + i] += ridge;
  }
  mn_stats_cholesky(c->columns, n, ridge);
}

bool
mn_scalar_classifier_learn(double const* const       rows,
                           unsigned const* const     label,
                           size_t const              count,
                           size_t const              scalars,
                           unsigned const            classes,
                           MnScalarClassifier* const c)
{
  *c = (MnScalarClassifier){
    .scalars = scalars,
    .classes = classes,
    .center  = (double*)calloc(scalars + 1, sizeof(double)),
    .scale   = (double*)calloc(scalars + 1, sizeof(double)),
    .mean    = (double*)calloc(classes * scalars + 1, sizeof(double)),
    .columns = (double*)calloc(scalars * scalars + 1, sizeof(double)),
    .room    = (double*)calloc(scalars + 1, sizeof(double)),
    .known   = (bool*)calloc(classes + 1, sizeof(bool)),
  };
  bool good = c->center && c->scale && c->mean && c->columns && c->room && c->known;
  if (good) {
    learn_scale(c, rows, count);
    good = learn_means(c, rows, label, count);
  }
  if (good) {
    learn_covariance(c, rows, label, count);
  } else {
    mn_scalar_classifier_free(c);
  }
  return good;
}

void
mn_scalar_classifier_tell(MnScalarClassifier const* const c,
                          double const* const             row,
                          double* const                   probability)
{
  double least = INFINITY;
  double sum   = 0;
  for (unsigned k = 0; k < c->classes; ++k) {
    for (size_t i = 0; i < c->scalars; ++i) {
      c->room[i] = standard(c, row, i) - c->mean[k * c->scalars + i];
    }
    probability[k] =
      c->known[k] ? mn_stats_distance(c->columns, c->scalars, c->room) : INFINITY;
    least = fmin(least, probability[k]);
  }
  for (unsigned k = 0; k < c->classes; ++k) {
    probability[k] = isfinite(probability[k]) ? exp((least - probability[k]) / 2) : 0;
    sum += probability[k];
  }
  for (unsigned k = 0; k < c->classes; ++k) {
    probability[k] = sum > 0 ? probability[k] / sum : 0;
  }
}

void
mn_scalar_classifier_free(MnScalarClassifier* const c)
{
  free(c->center);
  free(c->scale);
  free(c->mean);
  free(c->columns);
  free(c->room);
  free(c->known);
  *c = (MnScalarClassifier){0};
}
