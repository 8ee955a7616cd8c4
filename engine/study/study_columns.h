// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Columns: one measure of some windows, to tell real music from random notes by.

#ifndef MN_STUDY_COLUMNS_H
#define MN_STUDY_COLUMNS_H

#include "study_context.h"

/// Some windows' values of something that rises with randomness.
typedef struct {
  double* values;
  size_t  count;
} MnColumn;

/// What is said apart of windows with so many onsets: fewer say little.
enum { MN_MANY_ONSETS = 8 };

/// Takes a measure of the windows with so many onsets or more, with the other sign if
/// `falls`. @return false without memory.
bool
mn_column_take(MnColumn*         column,
               MnMeasures const* measures,
               MnMeasure         measure,
               bool              falls,
               unsigned          onsets);

/// Takes the score of windows, less than 0 so that it rises with randomness; if
/// `style` is not NULL, that of the wanted style. @return false without memory.
bool
mn_column_take_score(MnColumn*         column,
                     MnMeasures const* measures,
                     uint16_t const*   style,
                     size_t            wanted);

/// The share of pairs in which the random one is larger; NAN of none. Sorts both.
double
mn_column_auc(MnColumn* real, MnColumn* random);

#endif // MN_STUDY_COLUMNS_H
