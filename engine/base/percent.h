// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// How probabilities are rounded for people, in the window and in the program.

#ifndef MN_PERCENT_H
#define MN_PERCENT_H

#include <math.h>

/// A probability in whole percent, rounded towards 50: only 0 and 1 themselves are shown as
/// 0 and 100.
static inline double
mn_percent(double const part)
{
  return part < 0.5 ? ceil(part * 100) : floor(part * 100);
}

#endif // MN_PERCENT_H
