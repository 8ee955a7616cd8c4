// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The directions in which random notes exceed music, at the register of each window.

#ifndef MN_SCORE_DIRECTIONS_H
#define MN_SCORE_DIRECTIONS_H

#include "base/common.h"
#include "moments.h"

#include <stdbool.h>

/// The last columns are the register and its square: what the others are given.
enum { MN_SCORE_GIVEN = 2, MN_SCORE_MOST_DIRECTIONS = 64 };

typedef struct {
  unsigned count;
  size_t   columns;
  double*  rows;                             ///< [count][columns]
  double*  center;                           ///< [columns]: the mean of real music
  double   weight[MN_SCORE_MOST_DIRECTIONS]; ///< the logarithm of each one's ratio
} MnScoreDirections;

/// Finds the directions in which the mean square of random notes exceeds the variance of
/// real music most, both of what is left of a window after the best straight line in its
/// register and the square of that, of real music. Along each one music has a variance of 1.
///
/// @param columns More than MN_SCORE_GIVEN. @param most Directions. @return false with the
/// reason.
MN_NODISCARD bool
mn_score_directions_find(MnScoreDirections* directions,
                         MnMoments const*   real,
                         MnMoments const*   random,
                         size_t             columns,
                         unsigned           most,
                         MnError*           error);

/// The squares along the directions of a window's values, [columns], to [count].
void
mn_score_directions_squares(MnScoreDirections const* directions,
                            double const*            values,
                            double*                  squares);

void
mn_score_directions_free(MnScoreDirections* directions);

#endif // MN_SCORE_DIRECTIONS_H
