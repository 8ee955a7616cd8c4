// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Upbeats: music that begins before its first whole bar.

#ifndef MN_CLI_UPBEAT_H
#define MN_CLI_UPBEAT_H

#include "midifile.h"
#include "notes/channels.h"

enum { MN_MAX_UPBEAT = 15 };   ///< quarter notes
enum { MN_UPBEAT_PARTS = 16 }; ///< of a quarter note, to which upbeats are rounded

/// Makes the upbeat a bar of its own. The bars that the file has follow it, and with them
/// the metre that the file has at its start: 4/4 if it has none.
///
/// @param quarters Over 0, up to MN_MAX_UPBEAT. @return false with the reason in `error`.
MN_NODISCARD bool
mn_upbeat_set(MnMidiFile* file, double quarters, MnError* error);

/// Guesses the upbeat, in quarter notes, of a tune that begins with its first note: where
/// the bars must begin for long notes to start on them. 0 where the metre changes, or bars
/// are no whole number of steps or more than 64.
///
/// A phase of the bar, by eighths, gets for each note of the line but the last that starts
/// on it 2 and its length in steps, of half a bar at most; over the sum of all, times half a
/// bar. It gets 0.5 more if the last note starts on it or, in metres of two halves, half a bar
/// from it; 1 if it is at most half a bar; and 0.25 if there would be no upbeat.
///
/// Of the tunes of the Nottingham collection (jukedeck's MIDI files of it), cut so that they
/// begin with their first note, it finds 442 of the 489 even ones, on which it was tuned, and
/// 426 of the 489 others.
double
mn_upbeat_guess(MnMidiFile const* file, unsigned channel);

#endif // MN_CLI_UPBEAT_H
