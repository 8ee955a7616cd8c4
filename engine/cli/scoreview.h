// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the plugin's window would show of a model, a score and its windows.

#ifndef MN_CLI_SCOREVIEW_H
#define MN_CLI_SCOREVIEW_H

#include "encoding.h"
#include "midi/midi_windows.h"
#include "midi/score.h"
#include "view.h"

/// Shows a model.
void
mn_scoreview_set_model(MnView* view, MnModel const* model);

/// The bar of a step.
MnBar
mn_scoreview_bar(MnMidiScore const* score, int64_t start);

/// Shows a window as complete, and leaves the rest as it is.
///
/// @param bits Of its notes. @param encoding What the encoder made of it, or NULL if it is not scored.
void
mn_scoreview_set_window(MnView*             view,
                        MnWindow const*     window,
                        MnWindowBits const* bits,
                        unsigned            number,
                        MnEncoding const*   encoding);

/// Shows where a window lies in a score: bars, tempo and the notes heard.
void
mn_scoreview_set_place(MnView*              view,
                       MnMidiScore const*   score,
                       MnMidiWindows const* cut,
                       int64_t              start);

#endif // MN_CLI_SCOREVIEW_H
