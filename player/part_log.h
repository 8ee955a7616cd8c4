// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The notes that were played last, for the window's roll. Positions are in steps. Audio thread,
/// bounded work.

#ifndef MN_PART_LOG_H
#define MN_PART_LOG_H

#include "base/common.h"

#include <stdbool.h>

enum { MN_PART_NOTES = 128 };

typedef struct {
  double  start;
  double  end; ///< INFINITY while it sounds
  uint8_t pitch;
} MnPartNote;

/// All zeros: nothing was played.
typedef struct {
  unsigned   count; ///< of notes, of which the last MN_PART_NOTES are kept
  MnPartNote notes[MN_PART_NOTES];
} MnPartLog;

/// Forgets all notes.
static inline void
mn_part_log_clear(MnPartLog* const log)
{
  log->count = 0;
}

/// A note begins.
void
mn_part_log_begin(MnPartLog* log, uint8_t pitch, double start) MN_REALTIME;

/// Ends the newest note.
void
mn_part_log_end(MnPartLog* log, double end) MN_REALTIME;

/// Collects the notes that sound from `start` on, in the coding of mn:played. One that sounds
/// ends at `position`.
///
/// @param values [3 * MN_PART_NOTES]. @return how many numbers those are.
unsigned
mn_part_log_since(MnPartLog const* log, double start, double position, float* values)
  MN_REALTIME;

#endif // MN_PART_LOG_H
