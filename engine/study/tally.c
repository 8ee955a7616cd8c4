// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "tally.h"

// jSymbolic calls common what has this share of all.
static double const common = 0.09;

MnTally
mn_tally(unsigned const* const histogram, unsigned const size)
{
  MnTally t = {0};
  for (unsigned i = 0; i < size; ++i) {
    unsigned const n = histogram[i];
    t.total += n;
    t.kinds += n > 0;
    if (n > t.first_count) {
      t.second       = t.first;
      t.second_count = t.first_count;
      t.first        = i;
      t.first_count  = n;
    } else if (n > t.second_count) {
      t.second       = i;
      t.second_count = n;
    }
  }
  for (unsigned i = 0; i < size; ++i) {
    t.common += histogram[i] && (double)histogram[i] / t.total >= common;
  }
  return t;
}
