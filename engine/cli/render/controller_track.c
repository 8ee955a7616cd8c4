// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "controller_track.h"

#include "base/midi.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  TRACKS_AT   = 10, // in the header, 2 bytes
  MOST_TRACKS = 65535,
  MOST_DELTA  = 0x0FFFFFFF, // that a time can be
  EVENT_BYTES = 4 + 3,      // a time and a controller, or an empty text
  META_NAME   = 0x03,
};

static char const name[] = "Music Neurons";

// Of a tick: a frame halfway between two belongs to the later one, however that is rounded.
static double const margin = 1e-6;

typedef struct {
  uint8_t* bytes;
  size_t   size;
  size_t   room;
  uint64_t tick;
} Track;

static bool
put(Track* const t, void const* const bytes, size_t const size)
{
  if (t->size + size > t->room) {
    size_t const   room = 2 * (t->room + size);
    uint8_t* const more = (uint8_t*)realloc(t->bytes, room);
    if (!more) {
      return false;
    }
    t->bytes = more;
    t->room  = room;
  }
  memcpy(t->bytes + t->size, bytes, size);
  t->size += size;
  return true;
}

// A number of variable length, below 2^28.
static bool
put_number(Track* const t, uint32_t const number)
{
  uint8_t  bytes[4];
  unsigned count = 0;
  for (int shift = 21; shift >= 0; shift -= 7) {
    uint8_t const more = shift ? 0x80 : 0;
    if (count || number >> shift || !shift) {
      bytes[count++] = (uint8_t)((number >> shift & 0x7F) | more);
    }
  }
  return put(t, bytes, count);
}

// An event on a tick. Where no time is long enough, empty texts stand in between.
static bool
put_event(Track* const t, uint64_t const tick, uint8_t const* const bytes)
{
  static uint8_t const empty[] = {MN_MIDI_META, MN_META_TEXT, 0};
  while (tick - t->tick > MOST_DELTA) {
    if (!put_number(t, MOST_DELTA) || !put(t, empty, sizeof(empty))) {
      return false;
    }
    t->tick += MOST_DELTA;
  }
  uint32_t const delta = (uint32_t)(tick - t->tick);
  t->tick              = tick;
  return put_number(t, delta) && put(t, bytes, 3);
}

static bool
put_name(Track* const t)
{
  static uint8_t const head[] = {0, MN_MIDI_META, META_NAME, sizeof(name) - 1};
  return put(t, head, sizeof(head)) && put(t, name, sizeof(name) - 1);
}

static bool
fill(Track* const               t,
     MnCleanSmf const* const    smf,
     MnTempoMap const* const    map,
     MnControllers const* const controllers)
{
  static uint8_t const end[] = {MN_MIDI_META, MN_META_END, 0};
  bool                 good  = put_name(t);
  for (size_t i = 0; good && i < controllers->count; ++i) {
    MnController const* const c = &controllers->list[i];
    double const              tick =
      smf->seconds > 0 ? c->seconds / smf->seconds : mn_tempo_map_tick(map, c->seconds);
    good = put_event(t, (uint64_t)floor(tick + 0.5 + margin), c->bytes);
  }
  return good && put_event(t, t->tick, end);
}

static void
write_big_endian(FILE* const file, uint32_t const value)
{
  for (int shift = 24; shift >= 0; shift -= 8) {
    putc((int)(value >> shift & 0xFF), file);
  }
}

bool
mn_controller_track_write(MnCleanSmf const* const    smf,
                          MnTempoMap const* const    map,
                          MnControllers const* const controllers,
                          FILE* const                file,
                          MnError* const             error)
{
  Track track = {0};
  if (smf->tracks == MOST_TRACKS) {
    mn_error_set(
      error, MN_STATUS_BAD_INPUT, "it has %d tracks, and no room for another", MOST_TRACKS);
    return false;
  }
  if (controllers->count > UINT32_MAX / EVENT_BYTES / 2) {
    mn_error_set(error,
                 MN_STATUS_BAD_INPUT,
                 "%zu controllers are too many for a track",
                 controllers->count);
    return false;
  }
  bool const good = fill(&track, smf, map, controllers);
  if (good) {
    smf->bytes[TRACKS_AT]     = (uint8_t)((smf->tracks + 1) >> 8);
    smf->bytes[TRACKS_AT + 1] = (uint8_t)(smf->tracks + 1);
    fwrite(smf->bytes, 1, smf->size, file);
    fwrite("MTrk", 1, 4, file);
    write_big_endian(file, (uint32_t)track.size);
    fwrite(track.bytes, 1, track.size, file);
  } else {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
  }
  free(track.bytes);
  return good;
}
