// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Writes what was heard as a standard MIDI file: what was chosen of the past, or its last
/// bars.

#ifndef MN_SAVE_MIDI_H
#define MN_SAVE_MIDI_H

#include "view.h"

#include <limits.h>
#include <stdio.h>

/// Bars that are written if none were chosen.
enum { MN_SAVE_BARS = 16 };

/// Writes the file: format 0, 480 ticks a quarter, the roll's tempo and metre, the line of
/// melody on channel 1. @return false if writing failed; errno says why.
bool
mn_save_midi_write(MnView const* view, FILE* file);

/// Writes a new file, named by the time, in the folder Music of the user's home, or in the
/// home itself. Says in the view's notice what became of it.
///
/// @param path Receives its name. @return false if it could not be written.
bool
mn_save_midi(MnView* view, char path[PATH_MAX]);

#endif // MN_SAVE_MIDI_H
