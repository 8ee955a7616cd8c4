// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Cuts a MIDI file into windows, as the plugin would.

#ifndef MN_CLI_MIDI_WINDOWS_H
#define MN_CLI_MIDI_WINDOWS_H

#include "notes/melody.h"
#include "notes/surprise_line.h"
#include "notes/window.h"
#include "score.h"

/// How to cut.
typedef struct {
  unsigned steps; ///< in a window
  MnHop    hop;
  MnVoice  voice;
  unsigned channel; ///< 1..16, or MN_CHANNEL_ANY

  MnSurpriseTable const* surprise; ///< NULL: notes have no bits
} MnMidiWindows;

/// Takes a window with the bits of its notes. @return MN_EXIT_GOOD to go on, else what mn_midi_windows_cut() is to return.
typedef int (*MnMidiWindowTaker)(void*               context,
                                 MnWindow const*     window,
                                 MnWindowBits const* bits);

/// Cuts a score that has not been cut yet, and passes all windows that begin before its
/// end to `take`, in order.
int
mn_midi_windows_cut(MnMidiScore*         score,
                    MnMidiWindows const* cut,
                    MnMidiWindowTaker    take,
                    void*                context);

#endif // MN_CLI_MIDI_WINDOWS_H
