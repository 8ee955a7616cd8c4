// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Writes a line of notes on the grid of sixteenths as a standard MIDI file: format 0, 480
/// ticks a quarter, channel 1, one velocity. libsmf could write it, but would bring GLib into
/// every host that opens a window.

#ifndef MN_MIDI_TRACK_H
#define MN_MIDI_TRACK_H

#include "common.h"

#include <stdbool.h>
#include <stdio.h>

/// A track as it grows. Events come in the order of time.
typedef struct {
  uint8_t* bytes;
  size_t   size;
  size_t   room;
  int64_t  tick; ///< of the last event
} MnMidiTrack;

/// Makes room for a tempo, a metre and so many notes. @return false if memory runs out.
MN_NODISCARD bool
mn_midi_track_init(MnMidiTrack* track, size_t notes);

void
mn_midi_track_free(MnMidiTrack* track);

/// Tells the tempo in quarter notes a minute, 4 to 999; any other counts as 120.
void
mn_midi_track_tempo(MnMidiTrack* track, double bpm);

/// Tells the metre.
///
/// @param unit What has one beat: a whole note over 2^unit.
void
mn_midi_track_metre(MnMidiTrack* track, unsigned beats, unsigned unit);

/// Begins or ends a note on a step. A step before the last event's counts as that one.
void
mn_midi_track_note(MnMidiTrack* track, int64_t step, bool on, int pitch);

/// Ends the track where its last event is, and writes the file. @return false if writing
/// failed; errno says why.
MN_NODISCARD bool
mn_midi_track_write(MnMidiTrack* track, FILE* file);

#endif // MN_MIDI_TRACK_H
