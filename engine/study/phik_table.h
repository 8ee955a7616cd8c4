// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Phik of each of some neurons with each of some features, and what it is by chance: the
/// same after one shuffle of the neurons' values.

#ifndef MN_PHIK_TABLE_H
#define MN_PHIK_TABLE_H

#include "encoder/batches.h"

#include <jansson.h>

#include <stdbool.h>
#include <stddef.h>

/// Columns of numbers; NAN where one is missing.
typedef struct {
  size_t        count;   ///< of rows
  double const* neuron;  ///< [neurons][count]
  double const* feature; ///< [features][count]
  size_t        neurons;
  size_t        features;
} MnPhikInput;

typedef struct {
  size_t  neurons;
  size_t  features;
  double* phik;   ///< [neurons][features]
  double* null;   ///< likewise, of shuffled neurons
  double* chance; ///< [features]: the largest of these
} MnPhikTable;

/// Fills a table, on all processors. The number of processors makes no difference.
///
/// @param progress May be NULL. @return false if memory runs out; there is nothing to free.
MN_NODISCARD bool
mn_phik_table_fill(MnPhikInput const* input,
                   MnProgress const*  progress,
                   MnPhikTable*       table);

void
mn_phik_table_free(MnPhikTable* table);

/// The features of a neuron with the largest phik above chance, largest first.
///
/// @param shown [most]. @return How many there are.
size_t
mn_phik_table_top(MnPhikTable const* table, size_t neuron, size_t most, size_t* shown);

/// Rows of numbers, [neurons][features]. @return NULL if memory runs out.
json_t*
mn_phik_table_rows(MnPhikTable const* table, double const* values);

/// What phik is by chance: "by_feature", "p95" and "largest". @return NULL if memory runs out.
json_t*
mn_phik_table_chance(MnPhikTable const* table);

#endif // MN_PHIK_TABLE_H
