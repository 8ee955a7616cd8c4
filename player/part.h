// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The notes of a turn as they are played: at most one sounds at a time, and its note-off
/// always comes. Positions are in steps. Audio thread, bounded work.

#ifndef MN_PART_H
#define MN_PART_H

#include "base/common.h"
#include "midi_out.h"
#include "part_log.h"

typedef struct {
  unsigned  steps;    ///< of the tokens; 0: nothing was ever played
  unsigned  next;     ///< the step of the next note; `steps`: none is left
  double    start;    ///< of step 0
  bool      sounds;   ///< a note sounds
  bool      blocked;  ///< its note-off waits for room in the next block
  uint8_t   pitch;    ///< of the note that sounds
  uint8_t   channel;  ///< likewise, 0..15
  double    note_end; ///< likewise
  uint8_t   tokens[MN_MAX_STEPS];
  MnPartLog log; ///< of the notes of this turn and those before
} MnPart;

/// How notes are played.
typedef struct {
  double  gate; ///< share of a note's length
  uint8_t velocity;
  uint8_t channel; ///< 0..15
} MnTouch;

/// Begins to play tokens at a position; NULL: those of the part before. No note sounds.
void
mn_part_begin(MnPart* part, uint8_t const* tokens, unsigned steps, double start)
  MN_REALTIME;

/// No more notes begin.
static inline void
mn_part_rest(MnPart* const part)
{
  part->next = part->steps;
}

/// The position of the next note-off or note-on; INFINITY if there is none in this block.
double
mn_part_due(MnPart const* part) MN_REALTIME;

/// Plays what is due at a position, on a frame of the block.
void
mn_part_play(MnPart*        part,
             MnMidiOut*     out,
             uint32_t       frame,
             double         position,
             MnTouch const* touch) MN_REALTIME;

/// Ends the note that sounds, if there is one and room, at a position. Without room its note-off
/// waits for the next block.
void
mn_part_end_note(MnPart* part, MnMidiOut* out, uint32_t frame, double position) MN_REALTIME;

/// Collects the notes that are played from `start` on, in the coding of mn:played: those of the
/// log, and those that are still to come.
///
/// @param start Where the roll begins. @param position Where the stream is: a note that sounds
/// ends there. @param values [3 * MN_PART_NOTES]. @return How many numbers those are; what has
/// no room is left out, the last notes first.
unsigned
mn_part_notes(MnPart const* part, double start, double position, float* values) MN_REALTIME;

#endif // MN_PART_H
