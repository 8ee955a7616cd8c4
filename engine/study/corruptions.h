// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The same music with wrong notes or a wrong rhythm, in many ways and shares: what sense
/// learns to hear, and what it is judged by.

#ifndef MN_CORRUPTIONS_H
#define MN_CORRUPTIONS_H

#include "base/common.h"

typedef enum {
  MN_CORRUPT_UNIFORM,  ///< any pitch of MIDI 30..100
  MN_CORRUPT_RANGE,    ///< any pitch of the window's range
  MN_CORRUPT_KEY,      ///< any pitch of the range in the major scale that fits best
  MN_CORRUPT_SHUFFLED, ///< the pitches change places
  MN_CORRUPT_SEMITONE, ///< up or down a semitone
  MN_CORRUPT_OCTAVE,   ///< up or down an octave
  MN_CORRUPT_ONSETS,   ///< notes start on other steps, in the same order
  MN_CORRUPT_KINDS,
} MnCorruption;

/// Corrupts a window in place. Each note is chosen with a probability of `share`; the
/// others stay as they are.
///
/// @param tokens [steps], `steps` at most MN_MAX_STEPS. @param random State of
/// mn_random_next(): the same state gives the same notes.
void
mn_corrupt(MnCorruption kind,
           double       share,
           uint64_t*    random,
           uint8_t*     tokens,
           unsigned     steps);

#endif // MN_CORRUPTIONS_H
