// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Phik, a correlation of any two variables that also sees what no straight line
/// does: 0 for none, 1 for full dependence. After M. Baak et al., "A new
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

/// Puts values into MN_PHIK_BINS uniform bins between their least and largest. All
/// are in the first bin if they are the same; what is NAN or infinite gets
/// MN_PHIK_MISSING. Any thread.
void
mn_phik_bin(double const* values, size_t count, uint8_t* bins);

/// Phik of two binned variables over the rows that have both; 0 if one of them
/// does not vary there.
///
/// It is the correlation of the bivariate normal distribution that strays as far
/// from independence, by chi squared and what noise adds to it, as the variables
/// do. Of two variables with little in common it is often exactly 0. Rows should be
/// many: with 2000 of them 0.2 can be noise. Where one variable has values in fewer
/// of the bins than the other, it may be a good deal lower, by its definition.
///
/// @param a [count]. @param b [count]: bins; all from MN_PHIK_BINS on are missing.
/// Any thread.
double
mn_phik(uint8_t const* a, uint8_t const* b, size_t count);

#endif // MN_PHIK_H
