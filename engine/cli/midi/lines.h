// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The melodies of a score: the line of each track on each channel, in stretches of whole bars.

#ifndef MN_CLI_LINES_H
#define MN_CLI_LINES_H

#include "score.h"

enum { MN_LINE_BAR = 16 }; ///< steps

/// Takes a stretch of a track, from 1, on a channel, 1..16: tokens of two bars or more.
/// @return MN_EXIT_GOOD to go on, else what mn_lines_cut() is to return.
typedef int (*MnLineTaker)(void*          context,
                           unsigned       track,
                           unsigned       channel,
                           uint8_t const* tokens,
                           size_t         length);

/// Cuts the lines of all tracks, on all channels but the drums', into stretches, by the
/// rules of the plugin's melody; track after track, channel after channel, each in order of
/// time. What a track does on a channel does not touch the lines of others.
///
/// A stretch is an unbroken run of bars of 16 steps: 4/4, 2/2, or two bars of 2/4. Another
/// metre, a bar that is cut short, and a rest of two whole bars or more end it. It begins
/// and ends with a bar that has sound. A note sounds for 16 bars at most; in broken files
/// some never end.
///
/// @return The exit status.
int
mn_lines_cut(MnMidiScore const* score, MnVoice voice, MnLineTaker take, void* context);

#endif // MN_CLI_LINES_H
