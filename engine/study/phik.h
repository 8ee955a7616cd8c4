// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Phik, a correlation of any two variables that also finds dependence that is not
/// linear: 0 for none, 1 for full dependence. After M. Baak et al., "A new
/// correlation coefficient between categorical, ordinal and interval variables
/// with Pearson characteristics", arXiv 1811.11440.

#ifndef MN_PHIK_H
#define MN_PHIK_H

#include "base/common.h"

#include <stdbool.h>
#include <stddef.h>

enum { MN_PHIK_BINS = 10 };

/// The bin of a value that is missing.
enum { MN_PHIK_MISSING = 255 };

/// Puts values into MN_PHIK_BINS uniform bins between their least and largest. If all are
/// the same, they go into the first bin. NAN and infinite values get MN_PHIK_MISSING.
/// Any thread.
void
mn_phik_bin(double const* values, size_t count, uint8_t* bins);

/// Phik of two binned variables over the rows that have both; 0 if one of them
/// does not vary there.
///
/// It is the correlation of the bivariate normal distribution that is as far from
/// independence as the variables are, by chi squared after what noise adds to it. For two
/// variables with little in common it is often exactly 0. It needs many rows: with 2000
/// rows, 0.2 can be noise. If one variable has values in fewer bins than the other, its
/// definition makes it considerably lower.
///
/// @param a [count]. @param b [count]: bins; all from MN_PHIK_BINS on are missing.
/// Any thread.
double
mn_phik(uint8_t const* a, uint8_t const* b, size_t count);

#endif // MN_PHIK_H
