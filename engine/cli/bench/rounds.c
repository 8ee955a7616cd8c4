// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "rounds.h"

#include <stdlib.h>

// What takes longer finds its weights in no cache, whatever ran before.
static double const too_long_to_warm_up = 0.02;

// A batch that would take longer one by one is left out.
static double const too_long_for_batches = 10;

// A part has the caches for itself, as in use, where the same runs again and again.
static double
time_warm(Parts* const parts, Part const part, double const last)
{
  unsigned const windows = part == PART_BATCH ? BATCH_WINDOWS : 1;
  double const   first = last * windows > too_long_to_warm_up ? 0 : parts_time(parts, part);
  return first * windows > too_long_to_warm_up ? first : parts_time(parts, part);
}

void
rounds_run(Rounds* const r, Parts* const parts, double const seconds)
{
  double const end              = seconds_now() + seconds;
  double       last[PART_COUNT] = {0};
  r->count                      = 0;
  do {
    for (unsigned i = 0; i < PART_COUNT; ++i) {
      r->measured[i] = i != PART_BATCH ||
                       r->seconds[PART_ENCODER][0] * BATCH_WINDOWS < too_long_for_batches;
      if (r->measured[i]) {
        last[i]                 = time_warm(parts, (Part)i, last[i]);
        r->seconds[i][r->count] = last[i];
      }
    }
    ++r->count;
  } while (r->count < MOST_ROUNDS && seconds_now() < end);
}

static int
compare(void const* const a, void const* const b)
{
  double const x = *(double const*)a;
  double const y = *(double const*)b;
  return (x > y) - (x < y);
}

static Spread
spread(double* const values, unsigned const count)
{
  qsort(values, count, sizeof(*values), compare);
  unsigned const last = count - 1;
  return (Spread){values[0], values[last / 4], values[last / 2], values[last - last / 4]};
}

Spread
rounds_spread(Rounds const* const r, Part const part)
{
  double values[MOST_ROUNDS];
  for (unsigned i = 0; i < r->count; ++i) {
    values[i] = r->seconds[part][i];
  }
  return spread(values, r->count);
}

Spread
rounds_ratio(Rounds const* const r, Part const part, Part const other)
{
  double values[MOST_ROUNDS];
  for (unsigned i = 0; i < r->count; ++i) {
    values[i] = r->seconds[part][i] / r->seconds[other][i];
  }
  return spread(values, r->count);
}
