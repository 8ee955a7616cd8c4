// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "rounds.h"

#include <stdlib.h>

// A part that takes longer finds its weights in no cache, whatever ran before it.
static double const too_long_to_warm_up = 0.02;

// A batch is left out if its windows would take longer than this one by one.
static double const too_long_for_batches = 10;

// Warms the caches for a part: in use, too, the same code runs again and again.
static double
time_warm(MnParts* const parts, MnPart const part, double const last)
{
  unsigned const windows = part == MN_PART_BATCH ? MN_BATCH_WINDOWS : 1;
  double const   first =
    last * windows > too_long_to_warm_up ? 0 : mn_parts_time(parts, part);
  return first * windows > too_long_to_warm_up ? first : mn_parts_time(parts, part);
}

void
mn_rounds_run(MnRounds* const r, MnParts* const parts, double const seconds)
{
  double const end                 = mn_seconds_now() + seconds;
  double       last[MN_PART_COUNT] = {0};
  r->count                         = 0;
  do {
    for (unsigned i = 0; i < MN_PART_COUNT; ++i) {
      r->measured[i] =
        i != MN_PART_BATCH ||
        r->seconds[MN_PART_ENCODER][0] * MN_BATCH_WINDOWS < too_long_for_batches;
      if (r->measured[i]) {
        last[i]                 = time_warm(parts, (MnPart)i, last[i]);
        r->seconds[i][r->count] = last[i];
      }
    }
    ++r->count;
  } while (r->count < MN_MOST_ROUNDS && mn_seconds_now() < end);
}

static int
compare(void const* const a, void const* const b)
{
  double const x = *(double const*)a;
  double const y = *(double const*)b;
  return (x > y) - (x < y);
}

static MnSpread
spread(double* const values, unsigned const count)
{
  qsort(values, count, sizeof(*values), compare);
  unsigned const last = count - 1;
  return (MnSpread){values[0], values[last / 4], values[last / 2], values[last - last / 4]};
}

MnSpread
mn_rounds_spread(MnRounds const* const r, MnPart const part)
{
  double values[MN_MOST_ROUNDS];
  for (unsigned i = 0; i < r->count; ++i) {
    values[i] = r->seconds[part][i];
  }
  return spread(values, r->count);
}

MnSpread
mn_rounds_ratio(MnRounds const* const r, MnPart const part, MnPart const other)
{
  double values[MN_MOST_ROUNDS];
  for (unsigned i = 0; i < r->count; ++i) {
    values[i] = r->seconds[part][i] / r->seconds[other][i];
  }
  return spread(values, r->count);
}
