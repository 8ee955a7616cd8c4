// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Paired measuring: in a round each part runs once, in turn, so that all meet the
/// same machine; they are compared round by round.

#ifndef MN_CLI_BENCH_ROUNDS_H
#define MN_CLI_BENCH_ROUNDS_H

#include "parts.h"

#include <stdbool.h>

/// More than that tell nothing new.
enum { MOST_ROUNDS = 4000 };

typedef struct {
  unsigned count;
  bool     measured[PART_COUNT]; ///< false: that would have taken too long
  double   seconds[PART_COUNT][MOST_ROUNDS];
} Rounds;

/// What all rounds say.
typedef struct {
  double least;
  double low; ///< a quarter is below
  double median;
  double high; ///< a quarter is above
} Spread;

/// Measures for so many seconds, but at least one round.
void
rounds_run(Rounds* rounds, Parts* parts, double seconds);

/// The seconds that a part took for a window.
Spread
rounds_spread(Rounds const* rounds, Part part);

/// How many times as long one part took as another in the same round.
Spread
rounds_ratio(Rounds const* rounds, Part part, Part other);

#endif // MN_CLI_BENCH_ROUNDS_H
