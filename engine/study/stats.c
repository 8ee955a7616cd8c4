// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "stats.h"

#include <math.h>
#include <stdlib.h>

typedef struct {
  double value;
  size_t index;
} Item;

static int
compare_numbers(void const* const a, void const* const b)
{
  double const x = *(double const*)a;
  double const y = *(double const*)b;
  return (x > y) - (x < y);
}

void
mn_stats_sort(double* const values, size_t const count)
{
  qsort(values, count, sizeof(*values), compare_numbers);
}

double
mn_stats_quantile(double const* const sorted, size_t const count, double const share)
{
  if (!count) {
    return NAN;
  }
  double const at  = share * (double)(count - 1);
  size_t const low = (size_t)at;
  size_t const top = low + 1 < count ? low + 1 : low;
  return sorted[low] + (at - (double)low) * (sorted[top] - sorted[low]);
}

static double
mean_of(double const* const values, size_t const count)
{
  double sum = 0;
  for (size_t i = 0; i < count; ++i) {
    sum += values[i];
  }
  return sum / (double)count;
}

double
mn_stats_pearson(double const* const a, double const* const b, size_t const count)
{
  double const mean_a = mean_of(a, count);
  double const mean_b = mean_of(b, count);
  double       aa     = 0;
  double       ab     = 0;
  double       bb     = 0;
  for (size_t i = 0; i < count; ++i) {
    aa += (a[i] - mean_a) * (a[i] - mean_a);
    ab += (a[i] - mean_a) * (b[i] - mean_b);
    bb += (b[i] - mean_b) * (b[i] - mean_b);
  }
  return aa > 0 && bb > 0 ? ab / (sqrt(aa) * sqrt(bb)) : NAN;
}

static void
rank_values(double const* const values,
            size_t const        count,
            Item* const         room,
            double* const       ranks)
{
  for (size_t i = 0; i < count; ++i) {
    room[i] = (Item){values[i], i};
  }
  qsort(room, count, sizeof(*room), compare_numbers); // its value is its first member
  for (size_t first = 0, next = 0; first < count; first = next) {
    while (next < count && !(room[next].value > room[first].value)) {
      ++next;
    }
    for (size_t i = first; i < next; ++i) {
      ranks[room[i].index] = (double)(first + next - 1) / 2;
    }
  }
}

bool
mn_stats_spearman(double const* const a,
                  double const* const b,
                  size_t const        count,
                  double* const       rho)
{
  Item* const   room  = (Item*)malloc((count + 1) * sizeof(*room));
  double* const ranks = (double*)malloc((2 * count + 1) * sizeof(*ranks));
  bool const    good  = room && ranks;
  if (good) {
    rank_values(a, count, room, ranks);
    rank_values(b, count, room, ranks + count);
    *rho = mn_stats_pearson(ranks, ranks + count, count);
  }
  free(room);
  free(ranks);
  return good;
}

void
mn_stats_cholesky(double* const matrix, size_t const size, double const least)
{
  for (size_t k = 0; k < size; ++k) {
    double* const column = matrix + k * size;
    double const  pivot  = sqrt(fmax(column[k], least));
    column[k]            = pivot;
    for (size_t i = k + 1; i < size; ++i) {
      column[i] /= pivot;
    }
    for (size_t i = k + 1; i < size; ++i) {
      for (size_t j = i; j < size; ++j) {
        matrix[i * size + j] -= column[i] * column[j];
      }
    }
  }
}

double
mn_stats_distance(double const* const columns, size_t const size, double* const x)
{
  double sum = 0;
  for (size_t k = 0; k < size; ++k) {
    double const* const column = columns + k * size;
    double const        y      = x[k] / column[k];
    sum += y * y;
    for (size_t i = k + 1; i < size; ++i) {
      x[i] -= column[i] * y;
    }
  }
  return sum;
}
