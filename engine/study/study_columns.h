// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Columns: one measure of some windows, to compare real music with random notes.

#ifndef MN_STUDY_COLUMNS_H
#define MN_STUDY_COLUMNS_H

#include "study_context.h"

/// Values of some windows that rise with randomness.
typedef struct {
  double* values;
  size_t  count;
} MnColumn;

/// Windows with so many onsets or more get figures of their own: fewer notes say little.
enum { MN_MANY_ONSETS = 8 };

/// Takes a measure of the windows with at least `onsets` onsets, negated if it falls with
/// randomness. @return false if memory runs out.
bool
mn_column_take(MnColumn*         column,
               MnMeasures const* measures,
               MnMeasure         measure,
               bool              falls,
               unsigned          onsets);

/// Takes the score of all windows, or of those of the wanted style if `style` is not
/// NULL. It is negated, so that it rises with randomness. @return false if memory runs
/// out.
bool
mn_column_take_score(MnColumn*         column,
                     MnMeasures const* measures,
                     uint16_t const*   style,
                     size_t            wanted);

/// The share of pairs in which the random one is larger; NAN if there are none. Sorts
/// both.
double
mn_column_auc(MnColumn* real, MnColumn* random);

#endif // MN_STUDY_COLUMNS_H
