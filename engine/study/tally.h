// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Tallies: how often pitches, pitch classes or intervals occur in a window.

#ifndef MN_TALLY_H
#define MN_TALLY_H

/// What a histogram says.
typedef struct {
  unsigned total;
  unsigned kinds;  ///< bins that are not empty
  unsigned common; ///< bins with 9 % of the total or more
  unsigned first;  ///< the fullest bin
  unsigned second; ///< the next; its count may be 0
  unsigned first_count;
  unsigned second_count;
} MnTally;

/// Reads a histogram, [size]. Of equally full bins the one with the lower index
/// counts as fuller.
MnTally
mn_tally(unsigned const* histogram, unsigned size);

/// The share of the fullest bin in the total.
static inline double
mn_tally_prevalence(MnTally const* const t)
{
  return (double)t->first_count / t->total;
}

/// The count of the second bin divided by that of the fullest: 0 if one bin has all.
static inline double
mn_tally_ratio(MnTally const* const t)
{
  return (double)t->second_count / t->first_count;
}

#endif // MN_TALLY_H
