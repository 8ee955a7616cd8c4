// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "score_directions.h"

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>

// The ridge keeps directions with next to no variance from amplifying the encoder's
// rounding errors. Their variance is at most a twentieth of it, also with int8 weights. A
// larger ridge hides the quiet neurons of a well-trained encoder.
static double const ridge = 1e-5;

// Windows for each column that a slope takes.
enum { LEAST_ROWS = 8 };

// Registers that differ less tell nothing.
static double const least_determinant = 1e-9;

// Matrices of all columns, both halves filled. What belongs to the given columns is in the
// last rows and columns.
typedef struct {
  size_t  columns;
  size_t  free;   // columns that are not given
  double* real;   // [columns][columns]: covariance of real music
  double* random; // likewise: second moments of random notes around the mean of real music
  double* slope;  // [free][MN_SCORE_GIVEN]: of real music, on what is given
  double* ratio;  // [free]
} Matrices;

static void
matrices_free(Matrices* const m)
{
  free(m->real);
  free(m->random);
  free(m->slope);
  free(m->ratio);
}

static bool
matrices_init(Matrices* const m, size_t const columns)
{
  size_t const free_columns = columns - MN_SCORE_GIVEN;

  *m = (Matrices){.columns = columns,
                  .free    = free_columns,
                  .real    = (double*)malloc(columns * columns * sizeof(double)),
                  .random  = (double*)malloc(columns * columns * sizeof(double)),
                  .slope   = (double*)calloc(free_columns * MN_SCORE_GIVEN, sizeof(double)),
                  .ratio   = (double*)malloc(free_columns * sizeof(double))};
  return m->real && m->random && m->slope && m->ratio;
}

static void
fill_matrices(Matrices const* const  m,
              MnMoments const* const real,
              MnMoments const* const random,
              double const* const    center)
{
  double const n      = (double)real->rows;
  double const count  = (double)random->rows;
  double const free_n = n > 1 ? n - 1 : 1;
  size_t const width  = m->columns;
  for (size_t i = 0; i < width; ++i) {
    for (size_t j = i; j < width; ++j) {
      size_t const at     = i * width + j;
      size_t const mirror = j * width + i;
      double const a      = random->sum[i] / count;
      double const b      = random->sum[j] / count;
      m->real[at]         = (real->products[at] - n * center[i] * center[j]) / free_n;
      m->random[at]       = random->products[at] / count - a * center[j] - center[i] * b +
                      center[i] * center[j];
      m->real[mirror]   = m->real[at];
      m->random[mirror] = m->random[at];
    }
  }
}

// By least squares over real music. If all windows lie in one register, or there are few, the
// slope stays 0: it would not hold in other registers.
static void
find_slope(Matrices const* const m, size_t const rows)
{
  size_t const width = m->columns;
  size_t const x     = m->free;
  size_t const y     = x + 1;
  double const xx    = m->real[x * width + x];
  double const xy    = m->real[x * width + y];
  double const yy    = m->real[y * width + y];
  double const det   = xx * yy - xy * xy;
  if (!(det > least_determinant) || rows < LEAST_ROWS * width) {
    return;
  }
  for (size_t i = 0; i < m->free; ++i) {
    double const a                   = m->real[i * width + x];
    double const b                   = m->real[i * width + y];
    m->slope[i * MN_SCORE_GIVEN]     = (a * yy - b * xy) / det;
    m->slope[i * MN_SCORE_GIVEN + 1] = (b * xx - a * xy) / det;
  }
}

// The moment of what is left of columns i and j.
static double
rest_of(Matrices const* const m, double const* const all, size_t const i, size_t const j)
{
  size_t const        width = m->columns;
  double const* const from  = m->slope + i * MN_SCORE_GIVEN;
  double const* const to    = m->slope + j * MN_SCORE_GIVEN;
  double              rest  = all[i * width + j];
  for (size_t a = 0; a < MN_SCORE_GIVEN; ++a) {
    size_t const x = m->free + a;
    rest -= from[a] * all[x * width + j] + to[a] * all[i * width + x];
    for (size_t b = 0; b < MN_SCORE_GIVEN; ++b) {
      rest += from[a] * to[b] * all[x * width + m->free + b];
    }
  }
  return rest;
}

// Replaces both matrices by [free][free] ones of what is left, their upper halves.
static bool
leave_rest(Matrices* const m)
{
  size_t const  width  = m->free;
  double* const real   = (double*)malloc(width * width * sizeof(double));
  double* const random = (double*)malloc(width * width * sizeof(double));
  if (!real || !random) {
    free(real);
    free(random);
    return false;
  }
  for (size_t i = 0; i < width; ++i) {
    for (size_t j = i; j < width; ++j) {
      real[i * width + j]   = rest_of(m, m->real, i, j) + (i == j ? ridge : 0);
      random[i * width + j] = rest_of(m, m->random, i, j);
    }
  }
  free(m->real);
  free(m->random);
  m->real   = real;
  m->random = random;
  return true;
}

// Takes the directions of the largest ratios. Column k of m->random is an eigenvector v, and
// a window's value along it is v (x - slope given).
static bool
keep_directions(MnScoreDirections* const d, Matrices const* const m, unsigned const most)
{
  size_t const width = m->free;
  d->rows            = (double*)calloc(most * m->columns, sizeof(double));
  if (!d->rows) {
    return false;
  }
  for (size_t k = width; k-- > 0 && d->count < most && m->ratio[k] > 1;) {
    double* const row = d->rows + d->count * m->columns;
    size_t        top = 0;
    for (size_t i = 0; i < width; ++i) {
      row[i] = m->random[i * width + k];
      top    = fabs(row[i]) > fabs(row[top]) ? i : top;
    }
    // A direction has no sign of its own: choose one, so that files compare.
    double const sign = row[top] < 0 ? -1 : 1;
    for (size_t i = 0; i < width; ++i) {
      row[i] *= sign;
      for (size_t a = 0; a < MN_SCORE_GIVEN; ++a) {
        row[width + a] -= row[i] * m->slope[i * MN_SCORE_GIVEN + a];
      }
    }
    d->weight[d->count++] = log(m->ratio[k]);
  }
  return true;
}

// With v (C + ridge) v' = 1, the eigenvectors of random's second moments against
// C + ridge are those of whitened random notes.
static bool
find(MnScoreDirections* const d,
     Matrices* const          m,
     unsigned const           most,
     MnError* const           error)
{
  lapack_int const n = (lapack_int)m->free;
  lapack_int const info =
    LAPACKE_dsygvd(LAPACK_ROW_MAJOR, 1, 'V', 'U', n, m->random, n, m->real, n, m->ratio);
  if (info) {
    mn_error_set(error,
                 MN_STATUS_BAD_INPUT,
                 "the neurons' covariances cannot be solved (LAPACK: %d)",
                 (int)info);
    return false;
  }
  if (!keep_directions(d, m, most)) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    return false;
  }
  return true;
}

bool
mn_score_directions_find(MnScoreDirections* const d,
                         MnMoments const* const   real,
                         MnMoments const* const   random,
                         size_t const             columns,
                         unsigned const           most,
                         MnError* const           error)
{
  Matrices m;
  *d = (MnScoreDirections){
    .columns = columns,
    .center  = (double*)malloc(columns * sizeof(double)),
  };
  bool good = matrices_init(&m, columns) && d->center;
  if (good) {
    for (size_t i = 0; i < columns; ++i) {
      d->center[i] = real->sum[i] / (double)real->rows;
    }
    fill_matrices(&m, real, random, d->center);
    find_slope(&m, (size_t)real->rows);
    good = leave_rest(&m);
  }
  if (good) {
    good = find(d, &m, most, error);
  } else {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
  }
  matrices_free(&m);
  return good;
}

void
mn_score_directions_squares(MnScoreDirections const* const d,
                            double const* const            values,
                            double* const                  squares)
{
  for (unsigned k = 0; k < d->count; ++k) {
    double const* const row   = d->rows + k * d->columns;
    double              along = 0;
    for (size_t i = 0; i < d->columns; ++i) {
      along += row[i] * (values[i] - d->center[i]);
    }
    squares[k] = along * along;
  }
}

void
mn_score_directions_free(MnScoreDirections* const d)
{
  free(d->rows);
  free(d->center);
  *d = (MnScoreDirections){0};
}
