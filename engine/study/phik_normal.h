// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The bivariate normal distribution in a table of cells, which phik compares a table
/// of counts with.

#ifndef MN_PHIK_NORMAL_H
#define MN_PHIK_NORMAL_H

#include "phik.h"

/// The correlation, 0..1, at which a bivariate normal distribution on [-5, 5]^2, in
/// so many equally wide rows and columns (2..MN_PHIK_BINS), is as far from the
/// uncorrelated one as `share` (0..1) of the distance at full correlation. The distance
/// is the sum of (F - F0)^2 / F0 over the masses of cells. Exact to 1e-9. Any thread.
double
mn_normal_correlation(unsigned rows, unsigned columns, double share);

#endif // MN_PHIK_NORMAL_H
