// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Paired measuring: each round runs all parts in turn, so that all of them meet the
/// machine in the same state. They are compared round by round.

#ifndef MN_CLI_BENCH_ROUNDS_H
#define MN_CLI_BENCH_ROUNDS_H

#include "parts.h"

#include <stdbool.h>

/// More rounds add nothing.
enum { MN_MOST_ROUNDS = 4000 };

typedef struct {
  unsigned count;
  bool     measured[MN_PART_COUNT]; ///< false: that would have taken too long
  double   seconds[MN_PART_COUNT][MN_MOST_ROUNDS];
} MnRounds;

/// The results of all rounds.
typedef struct {
  double least;
  double low; ///< a quarter is below
  double median;
  double high; ///< a quarter is above
} MnSpread;

/// Measures for so many seconds, but at least one round.
void
mn_rounds_run(MnRounds* rounds, MnParts* parts, double seconds);

/// The seconds that a part took for a window.
MnSpread
mn_rounds_spread(MnRounds const* rounds, MnPart part);

/// How many times as long one part took as another in the same round.
MnSpread
mn_rounds_ratio(MnRounds const* rounds, MnPart part, MnPart other);

#endif // MN_CLI_BENCH_ROUNDS_H
