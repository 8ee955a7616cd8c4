// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Small statistics of columns of numbers, in a fixed order of sums.

#ifndef MN_STATS_H
#define MN_STATS_H

#include "base/common.h"

#include <stdbool.h>

void
mn_stats_sort(double* values, size_t count);

/// A quantile of sorted values, between two where it falls between; NAN of none.
double
mn_stats_quantile(double const* sorted, size_t count, double share);

/// The correlation of two columns after Pearson; NAN where one does not vary.
double
mn_stats_pearson(double const* a, double const* b, size_t count);

/// The correlation of their ranks; equal values share their mean rank.
///
/// @param rho The result; NAN where one does not vary. @return false without memory.
bool
mn_stats_spearman(double const* a, double const* b, size_t count, double* rho);

/// A symmetric matrix as L times its transpose, after Cholesky, in its own place.
/// Only entries [i][j] with j >= i are read; row i then holds column i of L.
///
/// @param least What is on the diagonal counts as this at least, above 0.
void
mn_stats_cholesky(double* matrix, size_t size, double least);

/// The square of the length of L^-1 x, which is x' (L L')^-1 x.
///
/// @param x Used up.
double
mn_stats_distance(double const* columns, size_t size, double* x);

#endif // MN_STATS_H
