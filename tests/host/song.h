// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Music to play to the plugin: notes, tempo and metre, as in a MIDI file, and the
/// transport of the host that plays it.

#ifndef MN_SONG_H
#define MN_SONG_H

#include "host.h"

#include <stddef.h>

enum { SONG_PPQ = 960 };

typedef struct {
  uint32_t tick;
  uint8_t  message[3];
} SongEvent;

typedef struct {
  uint32_t tick;
  double   bpm; ///< quarter notes a minute
} SongTempo;

typedef struct {
  uint32_t tick; ///< on a bar line
  int      beats;
  int      unit;
} SongMetre;

enum { SONG_CHANGES = 16 };

typedef struct {
  SongEvent* events; ///< in order
  size_t     count;
  size_t     room;
  SongTempo  tempos[SONG_CHANGES]; ///< the first at tick 0
  unsigned   tempo_count;
  SongMetre  metres[SONG_CHANGES]; ///< the first at tick 0
  unsigned   metre_count;
} Song;

/// An empty song in 4/4.
Song*
song_new(double bpm);

void
song_free(Song* song);

void
song_add_tempo(Song* song, uint32_t tick, double bpm);
void
song_add_metre(Song* song, uint32_t tick, int beats, int unit);
void
song_add_note(Song* song, uint32_t tick, uint32_t length, unsigned channel, unsigned pitch);
void
song_add_control(Song*    song,
                 uint32_t tick,
                 unsigned channel,
                 unsigned controller,
                 unsigned value);

/// Sorts the events; call it after adding the last note.
void
song_sort(Song* song);

/// The tick after the last event.
uint32_t
song_end(Song const* song);

/// A wandering tune of `bars` bars with rests, chords and off-grid notes.
void
song_add_tune(Song* song, unsigned bars, uint64_t seed);

/// Random notes like the paper's: every 2 bars have 2 to 32 onsets at random steps,
/// each note is held to the next, and pitches are 30..100.
void
song_add_noise(Song* song, uint32_t tick, unsigned bars, uint64_t seed);

double
song_seconds(Song const* song, double tick);
double
song_tick(Song const* song, double seconds);

/// The transport at some time while the song plays.
HostPosition
song_position(Song const* song, double seconds, double rate);

/// Writes a standard MIDI file. Exits with a message if it cannot.
void
song_write(Song const* song, char const* path);

/// How a host plays.
typedef struct {
  double   rate;
  uint32_t block;       ///< 0: a different size every time
  bool     every_block; ///< position in every block, else only on changes
  bool     as_doubles;
  bool     is_blank;
  bool     no_transport; ///< only notes
  bool     feeds_tempo;  ///< the tempo is written to its port, too, in every block
} SongPlay;

/// Plays a song to two bars after its end, and calls `each` after every block.
void
song_play(Song const*     song,
          Host*           host,
          SongPlay const* how,
          void (*each)(Host*, void*),
          void* data);

#endif // MN_SONG_H
