// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "phik.h"

#include "phik_normal.h"

#include <math.h>

// How many rows have each pair of bins. Bins that no row has are left out.
typedef struct {
  unsigned rows;
  unsigned columns;
  double   total;
  double   cell[MN_PHIK_BINS][MN_PHIK_BINS];
  double   row[MN_PHIK_BINS];
  double   column[MN_PHIK_BINS];
} Table;

void
mn_phik_bin(double const* const values, size_t const count, uint8_t* const bins)
{
  double low  = INFINITY;
  double high = -INFINITY;
  for (size_t i = 0; i < count; ++i) {
    if (isfinite(values[i])) {
      low  = fmin(low, values[i]);
      high = fmax(high, values[i]);
    }
  }
  // Halves, because the widest range overflows a double.
  double const range = high / 2 - low / 2;
  for (size_t i = 0; i < count; ++i) {
    double const part = range > 0 ? (values[i] / 2 - low / 2) / range : 0;
    bins[i]           = !isfinite(values[i]) ? MN_PHIK_MISSING
                        : part < 1           ? (uint8_t)(part * MN_PHIK_BINS)
                                             : MN_PHIK_BINS - 1;
  }
}

// The place of each bin among those with rows. @return How many those are.
static unsigned
number_used(size_t const* const sums, unsigned* const place)
{
  unsigned used = 0;
  for (unsigned i = 0; i < MN_PHIK_BINS; ++i) {
    place[i] = used;
    used += sums[i] > 0;
  }
  return used;
}

static void
count_pairs(Table* const         t,
            uint8_t const* const a,
            uint8_t const* const b,
            size_t const         count)
{
  size_t pairs[MN_PHIK_BINS][MN_PHIK_BINS] = {{0}};
  for (size_t n = 0; n < count; ++n) {
    if (a[n] < MN_PHIK_BINS && b[n] < MN_PHIK_BINS) {
      ++pairs[a[n]][b[n]];
    }
  }
  size_t rows[MN_PHIK_BINS]    = {0};
  size_t columns[MN_PHIK_BINS] = {0};
  for (unsigned i = 0; i < MN_PHIK_BINS; ++i) {
    for (unsigned j = 0; j < MN_PHIK_BINS; ++j) {
      rows[i] += pairs[i][j];
      columns[j] += pairs[i][j];
    }
  }
  unsigned row[MN_PHIK_BINS];
  unsigned column[MN_PHIK_BINS];
  *t         = (Table){0};
  t->rows    = number_used(rows, row);
  t->columns = number_used(columns, column);
  for (unsigned i = 0; i < MN_PHIK_BINS; ++i) {
    for (unsigned j = 0; j < MN_PHIK_BINS; ++j) {
      if (pairs[i][j]) {
        double const n             = (double)pairs[i][j];
        t->cell[row[i]][column[j]] = n;
        t->row[row[i]] += n;
        t->column[column[j]] += n;
        t->total += n;
      }
    }
  }
}

// Pearson's, against the product of the margins.
static double
chi_squared(Table const* const t)
{
  double sum = 0;
  for (unsigned i = 0; i < t->rows; ++i) {
    for (unsigned j = 0; j < t->columns; ++j) {
      double const expected = t->row[i] * t->column[j] / t->total;
      double const excess   = t->cell[i][j] - expected;
      sum += excess * excess / expected;
    }
  }
  return sum;
}

double
mn_phik(uint8_t const* const a, uint8_t const* const b, size_t const count)
{
  Table t;
  count_pairs(&t, a, b, count);
  if (t.rows < 2 || t.columns < 2) {
    return 0;
  }
  // The chi squared of independent variables on average, and the largest of all. No row
  // and no column is empty, so no expected count is 0.
  double const noise = (double)(t.rows - 1) * (t.columns - 1);
  double const most  = t.total * (t.rows < t.columns ? t.rows - 1 : t.columns - 1);
  double const chi   = chi_squared(&t);
  if (chi <= noise) {
    return 0;
  }
  if (chi >= most) {
    return 1;
  }
  return mn_normal_correlation(t.rows, t.columns, (chi - noise) / (most - noise));
}
