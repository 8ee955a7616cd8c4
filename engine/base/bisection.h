// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Finds the first number from which on something holds:
///
///     MnBisection b = {before, at};
///     while (mn_bisection_asks(&b)) {
///       mn_bisection_answer(&b, holds(b.middle));
///     }
///
/// It holds at `at`, which is the result in the end, and not at `before`. Work is bounded
/// by the bits of their distance: any thread.

#ifndef MN_BISECTION_H
#define MN_BISECTION_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  uint64_t before;
  uint64_t at;
  uint64_t middle; ///< the number in question
} MnBisection;

/// Whether there is a number left to ask about; it is then in `middle`.
static inline bool
mn_bisection_asks(MnBisection* const b)
{
  b->middle = b->before + (b->at - b->before) / 2;
  return b->at - b->before > 1;
}

/// Goes on with the answer for `middle`.
static inline void
mn_bisection_answer(MnBisection* const b, bool const holds)
{
  if (holds) {
    b->at = b->middle;
  } else {
    b->before = b->middle;
  }
}

#endif // MN_BISECTION_H
