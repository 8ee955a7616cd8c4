// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// cmocka with the headers that it needs before it, and helpers that our tests share.

#ifndef MN_TEST_CHECK_H
#define MN_TEST_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/// A seeded generator (splitmix64): the same numbers on every machine.
typedef struct {
  uint64_t state;
} Random;

uint64_t
random_next(Random* random);

/// 0..bound - 1.
uint32_t
random_below(Random* random, uint32_t bound);

/// From `low` to `high`, both included.
int32_t
random_from(Random* random, int32_t low, int32_t high);

/// A number of any size: small, large or at the ends of the range, but never INT32_MIN.
int32_t
random_word(Random* random);

/// Fails unless abs(actual - expected) <= tolerance; NaN fails.
#define assert_close(actual, expected, tolerance) \
  check_close((actual), (expected), (tolerance), #actual, __FILE__, __LINE__)

void
check_close(double      actual,
            double      expected,
            double      tolerance,
            char const* what,
            char const* file,
            int         line);

#endif // MN_TEST_CHECK_H
