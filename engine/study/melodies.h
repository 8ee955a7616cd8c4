// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A few melodies in the public domain, for a rough calibration without a corpus.

#ifndef MN_MELODIES_H
#define MN_MELODIES_H

#include "windows.h"

/// Adds the windows of all melodies, in all transpositions by -5..+5 semitones. Melodies
/// without short notes come at double speed, too. For windows of more than 2 bars the
/// melodies are repeated. @return false if memory runs out.
bool
mn_melodies_add(MnWindows* windows);

/// How many melodies there are.
unsigned
mn_melodies_count(void);

#endif // MN_MELODIES_H
