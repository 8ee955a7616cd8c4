// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Units of work, in which encoder and decoder are run: so many rows of a product that a
/// thread which others share is soon free again.

#ifndef MN_UNIT_H
#define MN_UNIT_H

#include "model/model.h"

#include <assert.h>

/// The most products of a weight and a state in a unit of work. A step of one direction
/// is one unit with hidden 512, and 16 with hidden 2048. A unit takes some 30 to 70 us,
/// and below 1 ms wherever there are 10^9 products a second.
enum { MN_UNIT_PRODUCTS = 1 << 20 };

/// The rows of a unit are a multiple of the rows that kernels take at a time.
enum { MN_UNIT_ROWS = 4 * MN_ROWS_PACKED };

static_assert(MN_UNIT_ROWS * 3 * MN_MAX_HIDDEN <= MN_UNIT_PRODUCTS,
              "the widest rows fit a unit");

/// The rows of a unit, where each row takes so many products.
static inline unsigned
mn_unit_rows(unsigned const products)
{
  return MN_UNIT_PRODUCTS / (products * MN_UNIT_ROWS) * MN_UNIT_ROWS;
}

/// The number of units that `rows` rows take.
static inline unsigned
mn_unit_count(unsigned const rows, unsigned const products)
{
  unsigned const most = mn_unit_rows(products);
  return (rows + most - 1) / most;
}

#endif // MN_UNIT_H
