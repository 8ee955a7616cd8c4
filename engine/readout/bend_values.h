// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Values that bend: what axes and sense are computed by.

#ifndef MN_BEND_VALUES_H
#define MN_BEND_VALUES_H

#include "base/common.h"
#include "model/model.h"

/// Computes the values of a table. All operations are sums, products and quotients of
/// doubles in a fixed order: the same bits everywhere. Any thread: the work is bounded.
///
/// @param x [table->inputs], Q16. @param values [table->values]: finite for every table of
/// finite floats.
void
mn_bend_values(MnBendTable const* table, int32_t const* x, double* values) MN_REALTIME;

#endif // MN_BEND_VALUES_H
