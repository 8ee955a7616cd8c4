// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Records the values of the plugin's ports, window by window, while a song plays.

#ifndef MN_RECORD_H
#define MN_RECORD_H

#include "song.h"

enum {
  RECORD_FORM   = 1 + 16 + 16 + 3 + 1,
  RECORD_AXES   = RECORD_FORM + 1,
  RECORD_VALUES = RECORD_AXES + 8,
};

/// The ports at the moment when `window` changes: musicality, the ranked
/// neurons, the top list, the counts and energy, sense and form, the axes.
typedef struct {
  unsigned window;
  float    values[RECORD_VALUES];
  float    surprise; ///< it changes with notes: in long blocks, later ones count
} MnRecord;

typedef struct {
  MnRecord* records;
  unsigned  count;
  unsigned  last;
} Recording;

/// The symbol of a value in a record.
char const*
record_symbol(unsigned index);

/// For song_play(): adds a record for each new window. `data` is the Recording.
void
record_block(Host* host, void* data);

/// Plays a song on a new instance with a glide of 0 and records it.
Recording
record_song(Song const*     song,
            char const*     bundle,
            SongPlay const* how,
            HostWorker      worker,
            int             hop);

void
record_free(Recording* recording);

#endif // MN_RECORD_H
