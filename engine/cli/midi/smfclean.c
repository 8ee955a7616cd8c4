// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "smfclean.h"

#include "base/midi.h"

#include <stdlib.h>
#include <string.h>

enum {
  CHUNK_BYTES  = 8, // a name and a length
  HEADER_BYTES = 6, // format, number of tracks, division
  MAX_NUMBER   = 4, // bytes in a number of variable length
};

// Events grow at most from two bytes and a time to three, by a status that was
// understood or an empty text; a track, by its end.
enum { GROWTH = 2, TRACK_GROWTH = 4 };

typedef struct {
  uint8_t const* at;
  uint8_t const* end;
} Input;

// A track while it is read.
typedef struct {
  Input       in;
  MnCleanSmf* out;
  unsigned    status; // running status, 0 if there is none
  uint64_t    tick;
  bool        ended;
  char const* wrong; // what, once something is
} Track;

static size_t
left(Input const* const in)
{
  return (size_t)(in->end - in->at);
}

static uint32_t
big_endian(uint8_t const* const bytes, unsigned const count)
{
  uint32_t value = 0;
  for (unsigned i = 0; i < count; ++i) {
    value = value << 8 | bytes[i];
  }
  return value;
}

static void
put(MnCleanSmf* const out, void const* const bytes, size_t const size)
{
  memcpy(out->bytes + out->size, bytes, size);
  out->size += size;
}

static void
put_big_endian(uint8_t* const bytes, uint32_t const value, unsigned const count)
{
  for (unsigned i = 0; i < count; ++i) {
    bytes[i] = (uint8_t)(value >> 8 * (count - 1 - i));
  }
}

static bool
wrong(Track* const t, char const* const what)
{
  t->wrong = what;
  return false;
}

// Reads a number of variable length.
static bool
read_number(Track* const t, uint32_t* const number)
{
  *number = 0;
  for (unsigned i = 0; i < MAX_NUMBER; ++i) {
    if (!left(&t->in)) {
      return wrong(t, "it is cut off");
    }
    uint8_t const byte = *t->in.at++;
    *number            = *number << 7 | (byte & 0x7F);
    if (!(byte & 0x80)) {
      return true;
    }
  }
  return wrong(t, "a number has more than 4 bytes");
}

static bool
clean_text(Track* const t)
{
  static uint8_t const empty[] = {MN_MIDI_META, MN_META_TEXT, 0};
  put(t->out, empty, sizeof(empty));
  return true;
}

// Passes over the data of an event that has its length before it.
static bool
read_data(Track* const t, uint8_t const** const data, uint32_t* const length)
{
  if (!read_number(t, length)) {
    return false;
  }
  if (*length > left(&t->in)) {
    return wrong(t, "an event is longer than it");
  }
  *data = t->in.at;
  t->in.at += *length;
  return true;
}

static bool
clean_meta(Track* const t)
{
  if (!left(&t->in)) {
    return wrong(t, "it is cut off");
  }
  uint8_t const  type   = *t->in.at++;
  uint8_t const* data   = NULL;
  uint32_t       length = 0;
  if (!read_data(t, &data, &length)) {
    return false;
  }
  uint8_t const head[] = {MN_MIDI_META, type, (uint8_t)length};
  if (type == MN_META_END) {
    t->ended = true;
    put(t->out, (uint8_t const[]){MN_MIDI_META, MN_META_END, 0}, 3);
    return true;
  }
  if ((type == MN_META_TEMPO && length == MN_TEMPO_BYTES) ||
      (type == MN_META_METRE && length == MN_METRE_BYTES)) {
    put(t->out, head, sizeof(head));
    put(t->out, data, length);
    return true;
  }
  return clean_text(t);
}

static bool
clean_message(Track* const t)
{
  unsigned const kind = t->status & MN_MIDI_KIND;
  size_t const   size = kind >= MN_MIDI_PROGRAM && kind < MN_MIDI_BEND ? 1 : 2;
  if (size > left(&t->in)) {
    return wrong(t, "it is cut off");
  }
  uint8_t const status = (uint8_t)t->status;
  put(t->out, &status, 1);
  for (size_t i = 0; i < size; ++i) {
    if (t->in.at[i] & MN_MIDI_STATUS) {
      return wrong(t, "a status byte stands in an event");
    }
  }
  put(t->out, t->in.at, size);
  t->in.at += size;
  return true;
}

static bool
clean_event(Track* const t)
{
  if (!left(&t->in)) {
    return wrong(t, "it is cut off");
  }
  if (*t->in.at < MN_MIDI_STATUS) {
    return t->status ? clean_message(t) : wrong(t, "an event has no status byte");
  }
  unsigned const status = *t->in.at++;
  if (status < MN_MIDI_SYSEX) {
    t->status = status;
    return clean_message(t);
  }

  t->status = 0;
  if (status == MN_MIDI_META) {
    return clean_meta(t);
  }
  if (status != MN_MIDI_SYSEX && status != MN_MIDI_SYSEX_END) {
    return wrong(t, "a system message stands in it");
  }
  uint8_t const* data   = NULL;
  uint32_t       length = 0;
  return read_data(t, &data, &length) && clean_text(t);
}

// Cleans the events of a track.
static bool
clean_events(Track* const t)
{
  while (!t->ended && left(&t->in)) {
    uint8_t const* const time  = t->in.at;
    uint32_t             delta = 0;
    if (!read_number(t, &delta)) {
      return false;
    }
    t->tick += delta;
    if (t->tick > INT32_MAX) {
      return wrong(t, "its time is beyond all bounds");
    }
    put(t->out, time, (size_t)(t->in.at - time));
    if (!clean_event(t)) {
      return false;
    }
    ++t->out->events;
  }
  if (!t->ended) {
    put(t->out, (uint8_t const[]){0, MN_MIDI_META, MN_META_END, 0}, TRACK_GROWTH);
    ++t->out->events;
  }
  return true;
}

static bool
clean_track(uint8_t const* const body,
            size_t const         length,
            MnCleanSmf* const    out,
            MnError* const       error)
{
  Track t = {.in = {body, body + length}, .out = out};

  put(out, "MTrk", 4);
  uint8_t* const size = out->bytes + out->size;
  out->size += 4;
  uint8_t const* const start = out->bytes + out->size;
  if (!clean_events(&t)) {
    mn_error_set(error,
                 MN_STATUS_BAD_INPUT,
                 "track %u: %s (at byte %zu of the track)",
                 out->tracks + 1,
                 t.wrong,
                 (size_t)(t.in.at - body));
    return false;
  }
  put_big_endian(size, (uint32_t)(out->bytes + out->size - start), 4);
  ++out->tracks;
  return true;
}

// Cleans as many tracks as the header says; chunks of other kinds may lie
// between them.
static bool
clean_tracks(Input* const      in,
             unsigned const    tracks,
             MnCleanSmf* const out,
             MnError* const    error)
{
  while (out->tracks < tracks) {
    if (left(in) < CHUNK_BYTES) {
      mn_error_set(
        error, MN_STATUS_BAD_INPUT, "cut off: %u of %u tracks", out->tracks, tracks);
      return false;
    }
    uint8_t const* const chunk  = in->at;
    uint32_t const       length = big_endian(chunk + 4, 4);
    in->at += CHUNK_BYTES;
    if (length > left(in)) {
      mn_error_set(error,
                   MN_STATUS_BAD_INPUT,
                   "cut off, or a wrong length: track %u of %u",
                   out->tracks + 1,
                   tracks);
      return false;
    }
    if (!memcmp(chunk, "MTrk", 4) && !clean_track(in->at, length, out, error)) {
      return false;
    }
    in->at += length;
  }
  return true;
}

static bool
check_header(uint8_t const* const bytes, size_t const size, MnError* const error)
{
  if (size < CHUNK_BYTES + HEADER_BYTES || memcmp(bytes, "MThd", 4)) {
    mn_error_set(error, MN_STATUS_BAD_INPUT, "not a standard MIDI file");
    return false;
  }
  uint32_t const length   = big_endian(bytes + 4, 4);
  uint32_t const format   = big_endian(bytes + 8, 2);
  uint32_t const tracks   = big_endian(bytes + 10, 2);
  uint32_t const division = big_endian(bytes + 12, 2);
  if (length < HEADER_BYTES || length > size - CHUNK_BYTES) {
    mn_error_set(error, MN_STATUS_BAD_INPUT, "the header's length is wrong");
  } else if (format > 1) {
    mn_error_set(
      error, MN_STATUS_UNSUPPORTED, "format %u: only 0 and 1 have one common time", format);
  } else if (tracks == 0) {
    mn_error_set(error, MN_STATUS_BAD_INPUT, "no tracks");
  } else if (division == 0 || division & 0x8000) {
    mn_error_set(
      error, MN_STATUS_UNSUPPORTED, "time is not counted in parts of a quarter note");
  } else {
    return true;
  }
  return false;
}

bool
mn_smf_clean(uint8_t const* const bytes,
             size_t const         size,
             MnCleanSmf* const    clean,
             MnError* const       error)
{
  if (!check_header(bytes, size, error)) {
    return false;
  }
  unsigned const tracks = big_endian(bytes + 10, 2);
  *clean                = (MnCleanSmf){.ppqn = big_endian(bytes + 12, 2)};
  clean->bytes          = (uint8_t*)malloc(GROWTH * size + (size_t)tracks * TRACK_GROWTH);
  if (!clean->bytes) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    return false;
  }

  uint8_t header[CHUNK_BYTES + HEADER_BYTES];
  memcpy(header, bytes, sizeof(header));
  put_big_endian(header + 4, HEADER_BYTES, 4);
  put_big_endian(header + 8, 1, 2); // format 0 with two tracks exists too
  put(clean, header, sizeof(header));

  Input in = {bytes + CHUNK_BYTES + big_endian(bytes + 4, 4), bytes + size};
  if (!clean_tracks(&in, tracks, clean, error)) {
    free(clean->bytes);
    return false;
  }
  return true;
}
