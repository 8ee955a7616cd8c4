// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Sums and sums of products of some neurons over windows.

#ifndef MN_MOMENTS_H
#define MN_MOMENTS_H

#include "base/common.h"

#include <stdbool.h>

/// Values of some neurons, a row a window.
typedef struct {
  size_t  rows;
  size_t  columns;
  double* values; ///< [rows][columns]
} MnSheet;

/// What adds up over rows.
typedef struct {
  size_t  rows;
  double* sum;      ///< [columns]
  double* products; ///< [columns][columns]; j >= i is filled
} MnMoments;

/// Picks columns from mu in Q16, [rows][width]. @return false without memory.
bool
mn_sheet_pick(MnSheet*        sheet,
              int32_t const*  mu,
              size_t          rows,
              size_t          width,
              uint16_t const* columns,
              size_t          column_count);

void
mn_sheet_free(MnSheet* sheet);

/// Moments of no rows yet. @return false without memory; then there is nothing to free.
bool
mn_moments_init(MnMoments* moments, size_t columns);

/// Adds the rows with member[row] = which, or all if member is NULL. Many windows
/// can so be added a sheet at a time: the sums are those of one large sheet.
void
mn_moments_add_rows(MnMoments*     moments,
                    MnSheet const* sheet,
                    uint8_t const* member,
                    uint8_t        which);

/// Both at once. @return false without memory.
bool
mn_moments_take(MnMoments*     moments,
                MnSheet const* sheet,
                uint8_t const* member,
                uint8_t        which);

/// Adds `b`, of the same width, `times` to `a`: 1, or -1 to take it out.
void
mn_moments_add(MnMoments* a, MnMoments const* b, int times, size_t columns);

void
mn_moments_free(MnMoments* moments);

#endif // MN_MOMENTS_H
