// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The notes that were played, for the window's roll: a ring of the last ones.
///
/// All functions: audio thread, bounded work.

#ifndef MN_PLAYED_H
#define MN_PLAYED_H

#include "notes/melody.h"

enum { MN_PLAYED_NOTES = 128 };

typedef struct {
  double  start; ///< in steps
  double  end;   ///< INFINITY while it sounds
  int64_t onset; ///< the step that `start` rounds to
  uint8_t channel;
  uint8_t pitch;
} MnPlayedNote;

typedef struct {
  unsigned     count; ///< of notes, of which the last MN_PLAYED_NOTES are kept
  unsigned     heard; ///< how many sounded in the melody after the last message
  MnPlayedNote notes[MN_PLAYED_NOTES];
  MnChannelSet sounds[MN_KEYS];              ///< channels on which a kept note sounds
  uint8_t      newest[MN_CHANNELS][MN_KEYS]; ///< where in the ring that is
} MnPlayed;

/// Forgets all notes.
void
mn_played_clear(MnPlayed* played) MN_REALTIME;

/// Keeps the notes of a note-on, note-off or controller that `melody` took at a position.
/// `started` is what mn_melody_midi() returned.
void
mn_played_midi(MnPlayed*       played,
               MnMelody const* melody,
               double          position,
               uint8_t const*  message,
               bool            started) MN_REALTIME;

/// Collects the notes that sound from `start` on, in the coding of mn:notes. `values` has room
/// for 3 * MN_PLAYED_NOTES. @return how many numbers those are.
unsigned
mn_played_since(MnPlayed const* played, double start, double position, float* values)
  MN_REALTIME;

#endif // MN_PLAYED_H
