// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "midi_track.h"

#include "midi.h"

#include <math.h>
#include <stdlib.h>

enum {
  TICKS    = 480,
  STEP     = TICKS / 4,
  VELOCITY = 100,
  EVENT    = 4 + 3, // the most bytes of a note's event
  HEAD     = 64,    // more than tempo, metre and end take
};

// Meta events.
enum { META_END = 0x2F, META_TEMPO = 0x51, META_METRE = 0x58 };

bool
mn_midi_track_init(MnMidiTrack* const t, size_t const notes)
{
  *t       = (MnMidiTrack){.room = HEAD + notes * 2 * EVENT};
  t->bytes = (uint8_t*)malloc(t->room);
  return t->bytes;
}

void
mn_midi_track_free(MnMidiTrack* const t)
{
  free(t->bytes);
}

static void
put(MnMidiTrack* const t, uint8_t const byte)
{
  if (t->size < t->room) {
    t->bytes[t->size++] = byte;
  }
}

// Starts an event: the time since the last one, as a variable-length quantity.
static void
put_time(MnMidiTrack* const t, int64_t const tick)
{
  uint64_t const passed = (uint64_t)(tick > t->tick ? tick - t->tick : 0);
  t->tick               = tick > t->tick ? tick : t->tick;
  for (int shift = 21; shift > 0; shift -= 7) {
    if (passed >> shift) {
      put(t, (uint8_t)(0x80 | (passed >> shift & 0x7F)));
    }
  }
  put(t, (uint8_t)(passed & 0x7F));
}

// Starts a meta event of some bytes, where the last event is.
static void
put_meta(MnMidiTrack* const t, uint8_t const kind, uint8_t const size)
{
  put_time(t, t->tick);
  put(t, MN_MIDI_META);
  put(t, kind);
  put(t, size);
}

void
mn_midi_track_tempo(MnMidiTrack* const t, double const bpm)
{
  uint32_t const micros = (uint32_t)lround(60e6 / (bpm >= 4 && bpm < 1000 ? bpm : 120));
  put_meta(t, META_TEMPO, 3);
  put(t, (uint8_t)(micros >> 16));
  put(t, (uint8_t)(micros >> 8));
  put(t, (uint8_t)micros);
}

void
mn_midi_track_metre(MnMidiTrack* const t, unsigned const beats, unsigned const unit)
{
  put_meta(t, META_METRE, 4);
  put(t, (uint8_t)beats);
  put(t, (uint8_t)unit);
  put(t, 24); // MIDI clocks a click
  put(t, 8);  // 32nds a quarter
}

void
mn_midi_track_note(MnMidiTrack* const t, int64_t const step, bool const on, int const pitch)
{
  put_time(t, step * STEP);
  put(t, on ? MN_MIDI_NOTE_ON : MN_MIDI_NOTE_OFF);
  put(t, (uint8_t)pitch);
  put(t, on ? VELOCITY : 0);
}

bool
mn_midi_track_write(MnMidiTrack* const t, FILE* const file)
{
  put_meta(t, META_END, 0);
  size_t const  size     = t->size;
  uint8_t const head[22] = {'M',
                            'T',
                            'h',
                            'd',
                            0,
                            0,
                            0,
                            6,
                            0,
                            0,
                            0,
                            1,
                            TICKS >> 8,
                            TICKS & 0xFF,
                            'M',
                            'T',
                            'r',
                            'k',
                            (uint8_t)(size >> 24),
                            (uint8_t)(size >> 16),
                            (uint8_t)(size >> 8),
                            (uint8_t)size};
  return fwrite(head, 1, sizeof(head), file) == sizeof(head) &&
         fwrite(t->bytes, 1, size, file) == size && fflush(file) == 0;
}
