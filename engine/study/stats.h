// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Statistics of columns of numbers. They add up in a fixed order.

#ifndef MN_STATS_H
#define MN_STATS_H

#include "base/common.h"

#include <stdbool.h>

void
mn_stats_sort(double* values, size_t count);

/// A quantile of sorted values, interpolated between two of them; NAN if there are none.
double
mn_stats_quantile(double const* sorted, size_t count, double share);

/// Pearson's correlation of two columns; NAN if one does not vary.
double
mn_stats_pearson(double const* a, double const* b, size_t count);

/// Spearman's correlation, that of ranks; equal values share their mean rank.
///
/// @param rho The result; NAN if one does not vary. @return false if memory runs out.
bool
mn_stats_spearman(double const* a, double const* b, size_t count, double* rho);

/// Factors a symmetric matrix in place into L times its transpose, by Cholesky's method.
/// Only entries [i][j] with j >= i are read; afterwards row i holds column i of L.
///
/// @param least Pivots below this count as this. Above 0.
void
mn_stats_cholesky(double* matrix, size_t size, double least);

/// The square of the length of L^-1 x, which is x' (L L')^-1 x.
///
/// @param x Overwritten.
double
mn_stats_distance(double const* columns, size_t size, double* x);

#endif // MN_STATS_H
