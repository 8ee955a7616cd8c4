// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Reads standard MIDI files, hostile ones too.

#ifndef MN_CLI_MIDIFILE_H
#define MN_CLI_MIDIFILE_H

#include "faults.h"
#include "tracknames.h"

#include <stdbool.h>

typedef enum {
  MN_MIDI_MESSAGE, ///< of 3 bytes on a channel
  MN_MIDI_TEMPO,
  MN_MIDI_METRE,
  MN_MIDI_PROGRAM_CHANGE, ///< of 2 bytes on a channel
  MN_MIDI_END,            ///< of a track
} MnMidiKind;

typedef struct {
  uint32_t tick;
  uint32_t order;    ///< in the file, track after track
  uint32_t tempo;    ///< microseconds a quarter note
  uint16_t track;    ///< from 0
  uint8_t  kind;     ///< MidiKind
  uint8_t  bytes[3]; ///< the message, or of a metre the numerator and the
                     ///< logarithm of the denominator
} MnMidiEvent;

typedef struct {
  MnMidiEvent* events; ///< of all tracks, in order of time and then of the file
  size_t       count;
  unsigned     ppqn;     ///< ticks a quarter note
  bool         in_a_row; ///< each track begins where the one before ends: format 2
  MnTrackNames names;
  MnMidiFaults faults; ///< that were mended
} MnMidiFile;

/// Reads a file, a pipe, or for "-" standard input, and mends what is wrong in it.
///
/// The file is checked, and parsed in a process of its own with little time and
/// memory, so that nothing in it can hurt the caller. Any thread, several at once. Tracks that have no common time
/// (format 2) follow one another. Time in seconds becomes beats by the tempo of the file.
///
/// @param file The caller frees its events. @param strict Nothing is mended, and only
/// formats 0 and 1 in parts of a quarter note are read. @return false with the reason,
/// which names the file, in `error`.
MN_NODISCARD bool
mn_midifile_read(MnMidiFile* file, char const* path, bool strict, MnError* error);

#endif // MN_CLI_MIDIFILE_H
