// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Moments: sums of some neurons' values, and of their products, over windows.

#ifndef MN_MOMENTS_H
#define MN_MOMENTS_H

#include "base/common.h"

#include <stdbool.h>

/// Values of some neurons, one row for each window.
typedef struct {
  size_t  rows;
  size_t  columns;
  double* values; ///< [rows][columns]
} MnSheet;

/// The sums over rows.
typedef struct {
  size_t  rows;
  double* sum;      ///< [columns]
  double* products; ///< [columns][columns]; j >= i is filled
} MnMoments;

/// Picks columns from mu in Q16, [rows][width]. @return false if memory runs out.
bool
mn_sheet_pick(MnSheet*        sheet,
              int32_t const*  mu,
              size_t          rows,
              size_t          width,
              uint16_t const* columns,
              size_t          column_count);

void
mn_sheet_free(MnSheet* sheet);

/// Moments of no rows yet. @return false if memory runs out; then there is nothing to free.
bool
mn_moments_init(MnMoments* moments, size_t columns);

/// Adds the rows with member[row] = which, or all if member is NULL. Sheet after sheet
/// gives the same sums as one large sheet.
void
mn_moments_add_rows(MnMoments*     moments,
                    MnSheet const* sheet,
                    uint8_t const* member,
                    uint8_t        which);

/// mn_moments_init() and mn_moments_add_rows(). @return false if memory runs out.
bool
mn_moments_take(MnMoments*     moments,
                MnSheet const* sheet,
                uint8_t const* member,
                uint8_t        which);

/// Adds `b`, of the same width, to `a` (`times` is 1), or subtracts it (-1).
void
mn_moments_add(MnMoments* a, MnMoments const* b, int times, size_t columns);

void
mn_moments_free(MnMoments* moments);

#endif // MN_MOMENTS_H
