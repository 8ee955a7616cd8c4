// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What was heard since the window opened, and what the plugin remembers from before: up to
/// MN_PAST windows. When it is full, every second window of the older half goes.
///
/// Windows lie on a line of their own, in steps: `at`. Where the music jumped, a gap of a
/// bar stands for the jump.

#ifndef MN_PAST_H
#define MN_PAST_H

#include "protocol/protocol.h"

#include <stdbool.h>

enum {
  MN_PAST         = 2048,
  MN_PAST_NEURONS = 512, ///< that it remembers of a window, by rank
  MN_PAST_MUSIC   = 128, ///< the same of sigma and percentile
};

typedef struct {
  MnPastWindow said; ///< `start` counts for nothing
  int64_t      start;
  int64_t      at;
  uint32_t     model; ///< which model the neurons belong to
  uint16_t neurons; ///< 0: of mu there is what `said` has, of sigma and percentile nothing
  int8_t   mu[MN_PAST_NEURONS];       ///< by rank, in units of 1 / MN_PAST_MU
  uint8_t  sigma[MN_PAST_MUSIC];      ///< by rank, 0..255 for 0..2
  uint8_t  percentile[MN_PAST_MUSIC]; ///< by rank, 0..255
} MnPastEntry;

/// All zeros: nothing was heard.
typedef struct {
  unsigned    count;
  uint32_t    model;          ///< of the neurons that come
  MnPastEntry entry[MN_PAST]; ///< oldest first
} MnPast;

/// The number of the newest window; 0 if there is none.
unsigned
mn_past_number(MnPast const* past);

/// Makes room for the newest window: a new entry if the number is new.
/// @return The entry, whose `said`, `start` and `at` are set.
MnPastEntry*
mn_past_newest(MnPast* past, MnPastWindow const* window, int64_t start);

/// From where an entry counts, to where the next one does, or its tokens end.
unsigned
mn_past_length(MnPast const* past, unsigned index);

/// Where the last entry ends; 0 if there is none.
int64_t
mn_past_end(MnPast const* past);

/// The entry at a place, or the nearest one before it; -1 if there is none.
int
mn_past_find(MnPast const* past, double at);

/// A note of the line between the entries.
typedef struct {
  int64_t at;
  int64_t end;
  int     pitch;
} MnPastNote;

/// Takes the notes that begin from one place to before another.
///
/// @param most Of them, at most. @return How many there are.
unsigned
mn_past_notes(MnPast const* past,
              int64_t       from,
              int64_t       to,
              unsigned      most,
              MnPastNote*   notes);

#endif // MN_PAST_H
