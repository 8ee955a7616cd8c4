// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Features of a few notes, held against values worked out by hand.

#ifndef MN_TEST_BY_HAND_H
#define MN_TEST_BY_HAND_H

#include "check.h"
#include "study/window_features.h"

#include <stdbool.h>

enum { OFF = 0, LONGEST = 128 };

/// A note-on, or OFF, at a step.
typedef struct {
  unsigned step;
  unsigned pitch;
} Event;

typedef struct {
  char const* key; ///< code, or name where there is none
  double      value;
} Expected;

/// The features for which some case of the program has a number.
extern bool looked_at[LONGEST];

/// The features of events, [LONGEST].
void
compute(double* values, unsigned steps, Event const* events, size_t count);

/// Fails unless the values are as expected; NAN stands for an undefined one.
void
check_features(double const*   values,
               Expected const* expected,
               size_t          count,
               char const*     file,
               int             line);

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

#define CHECK(steps, events, expected)                                      \
  do {                                                                      \
    double values_[LONGEST];                                                \
    compute(values_, steps, events, COUNT(events));                         \
    check_features(values_, expected, COUNT(expected), __FILE__, __LINE__); \
  } while (0)

#endif // MN_TEST_BY_HAND_H
