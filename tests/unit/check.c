// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "check.h"

#include <math.h>

uint64_t
random_next(Random* const random)
{
  uint64_t z = random->state += 0x9E3779B97F4A7C15U;
  z          = (z ^ z >> 30) * 0xBF58476D1CE4E5B9U;
  z          = (z ^ z >> 27) * 0x94D049BB133111EBU;
  return z ^ z >> 31;
}

uint32_t
random_below(Random* const random, uint32_t const bound)
{
  return (uint32_t)((random_next(random) >> 32) * bound >> 32);
}

int32_t
random_from(Random* const random, int32_t const low, int32_t const high)
{
  uint32_t const span = (uint32_t)((int64_t)high - low);
  return (int32_t)(low + (int64_t)random_below(random, span + 1));
}

int32_t
random_word(Random* const random)
{
  switch (random_below(random, 4)) {
  case 0:
    return random_below(random, 2) ? INT32_MAX : -INT32_MAX;
  case 1:
    return random_from(random, -4, 4);
  default:
    return random_from(random, -INT32_MAX, INT32_MAX) >> random_below(random, 31);
  }
}

void
check_close(double const      actual,
            double const      expected,
            double const      tolerance,
            char const* const what,
            char const* const file,
            int const         line)
{
  if (!(fabs(actual - expected) <= tolerance)) {
    print_error("%s is %.12g, not %.12g +- %g\n", what, actual, expected, tolerance);
    _fail(file, line);
  }
}
