// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A handful of melodies that everybody may use, for a rough calibration where
/// there is no corpus.

#ifndef MN_MELODIES_H
#define MN_MELODIES_H

#include "windows.h"

/// Adds the windows of all melodies in all transpositions by -5..+5 semitones, as
/// written and, where they have no short notes, at double speed. For windows of
/// more than 2 bars they are repeated. @return false if there is no memory.
bool
mn_melodies_add(MnWindows* windows);

/// How many melodies there are.
unsigned
mn_melodies_count(void);

#endif // MN_MELODIES_H
