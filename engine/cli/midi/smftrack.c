// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "smftrack.h"

#include "base/midi.h"

#include <string.h>

enum { MAX_NUMBER = 4 }; // bytes in a number of variable length

// A track while it is read.
typedef struct {
  MnSmfTrack*    track;
  MnCleanSmf*    out;
  uint8_t const* at;
  uint8_t const* end;
  unsigned       status;    // running status, 0 if there is none
  bool           cancelled; // by an event after which the standard has none
  uint64_t       tick;
  bool           ended;
  bool           over;  // a fault ended the reading
  bool           cut;   // bytes were missing
  char const*    wrong; // what hides the next event, once something does
} Reader;

void
mn_smf_put(MnCleanSmf* const clean, void const* const bytes, size_t const size)
{
  memcpy(clean->bytes + clean->size, bytes, size);
  clean->size += size;
}

// The name must be one that people can read: events may be any other bytes.
bool
mn_smf_is_chunk(uint8_t const* const at, uint8_t const* const limit)
{
  if (limit - at < MN_CHUNK_BYTES) {
    return false;
  }
  for (unsigned i = 0; i < 4; ++i) {
    if (at[i] < ' ' || at[i] > '~') {
      return false;
    }
  }
  return !memcmp(at, "MTrk", 4) ||
         mn_big_endian(at + 4, 4) <= (size_t)(limit - at - MN_CHUNK_BYTES);
}

static size_t
left(Reader const* const r)
{
  return (size_t)(r->end - r->at);
}

static bool
wrong(Reader* const r, char const* const what)
{
  r->wrong = what;
  return false;
}

static bool
cut_off(Reader* const r, char const* const what)
{
  r->cut = true;
  return wrong(r, what);
}

// Counts a fault after which the next event can be found.
static bool
fault(Reader* const r, char const* const mended, char const* const what)
{
  r->over = !mn_midi_fault(&r->out->faults,
                           mended,
                           "track %u: %s (at byte %zu of the track)",
                           r->track->number,
                           what,
                           (size_t)(r->at - r->track->start));
  return !r->over;
}

// What every player reads in the one way that makes sense is a fault only to the strict.
static bool
strictly(Reader* const r, char const* const what)
{
  return !r->out->faults.strict || fault(r, "", what);
}

// Reads a number of variable length.
static bool
read_number(Reader* const r, uint32_t* const number)
{
  *number = 0;
  for (unsigned i = 0; i < MAX_NUMBER; ++i) {
    if (!left(r)) {
      return cut_off(r, "it is cut off");
    }
    uint8_t const byte = *r->at++;
    *number            = *number << 7 | (byte & 0x7F);
    if (!(byte & 0x80)) {
      return true;
    }
  }
  return wrong(r, "a number has more than 4 bytes");
}

static bool
clean_text(Reader* const r)
{
  static uint8_t const empty[] = {MN_MIDI_META, MN_META_TEXT, 0};
  mn_smf_put(r->out, empty, sizeof(empty));
  return true;
}

// Passes over the data of an event that has its length before it.
static bool
read_data(Reader* const r, uint8_t const** const data, uint32_t* const length)
{
  if (!read_number(r, length)) {
    return false;
  }
  if (*length > left(r)) {
    return cut_off(r, "an event is longer than it");
  }
  *data = r->at;
  r->at += *length;
  return true;
}

// Writes an event that is read, from its status byte on: as it was, or as an empty text.
static bool
put_event(Reader* const r, uint8_t const* const start)
{
  if (!r->out->whole) {
    return clean_text(r);
  }
  mn_smf_put(r->out, start, (size_t)(r->at - start));
  return true;
}

static bool
clean_meta(Reader* const r, uint8_t const* const start)
{
  if (!left(r)) {
    return cut_off(r, "it is cut off");
  }
  uint8_t const  type   = *r->at++;
  uint8_t const* data   = NULL;
  uint32_t       length = 0;
  if (!read_data(r, &data, &length)) {
    return false;
  }
  uint8_t const head[] = {MN_MIDI_META, type, (uint8_t)length};
  if (type == MN_META_NAME) {
    mn_track_name_set(&r->out->names, r->track->number, data, length);
  }
  if (type == MN_META_END) {
    r->ended = true;
    mn_smf_put(r->out, (uint8_t const[]){MN_MIDI_META, MN_META_END, 0}, 3);
    return true;
  }
  if ((type == MN_META_TEMPO && length == MN_TEMPO_BYTES) ||
      (type == MN_META_METRE && length == MN_METRE_BYTES)) {
    ++r->out->kept;
    mn_smf_put(r->out, head, sizeof(head));
    mn_smf_put(r->out, data, length);
    return true;
  }
  return put_event(r, start);
}

// A value has a largest one; a key or a controller beyond all is none that there is.
static bool
clean_message(Reader* const r)
{
  unsigned const kind = r->status & MN_MIDI_KIND;
  size_t const   size = kind >= MN_MIDI_PROGRAM && kind < MN_MIDI_BEND ? 1 : 2;
  if (r->cancelled && !strictly(r, "an event has no status byte")) {
    return false;
  }
  if (size > left(r)) {
    return cut_off(r, "it is cut off");
  }
  uint8_t bytes[3] = {(uint8_t)r->status};
  memcpy(bytes + 1, r->at, size);
  bool const no_key = size == 2 && bytes[1] > MN_MIDI_MAX && kind != MN_MIDI_BEND;
  if (no_key || bytes[1] > MN_MIDI_MAX || bytes[2] > MN_MIDI_MAX) {
    if (!fault(r,
               no_key ? "the event is left out" : "it is taken as 127",
               no_key ? "a key or controller is above 127" : "a value is above 127")) {
      return false;
    }
  }
  r->at += size;
  if (no_key) {
    return clean_text(r);
  }
  for (size_t i = 1; i <= size; ++i) {
    bytes[i] = bytes[i] > MN_MIDI_MAX ? MN_MIDI_MAX : bytes[i];
  }
  ++r->out->kept;
  mn_smf_put(r->out, bytes, 1 + size);
  return true;
}

// Passes over a message that a track may not hold: those from 0xF8 on have no data.
static bool
clean_system_message(Reader* const r, unsigned const status)
{
  static uint8_t const data[] = {0, 1, 2, 1, 0, 0, 0, 0};
  static char const    what[] = "a system message stands in it";
  size_t const         size   = status < MN_MIDI_REALTIME ? data[status & 7] : 0;
  if (size > left(r)) {
    return cut_off(r, "it is cut off");
  }
  bool const good =
    status < MN_MIDI_REALTIME ? fault(r, "it is left out", what) : strictly(r, what);
  r->at += size;
  return good && clean_text(r);
}

static bool
clean_event(Reader* const r)
{
  if (!left(r)) {
    return cut_off(r, "it is cut off");
  }
  if (*r->at < MN_MIDI_STATUS) {
    return r->status ? clean_message(r) : wrong(r, "an event has no status byte");
  }
  uint8_t const* const start  = r->at;
  unsigned const       status = *r->at++;
  if (status < MN_MIDI_SYSEX) {
    r->status    = status;
    r->cancelled = false;
    return clean_message(r);
  }
  r->cancelled = true;
  if (status == MN_MIDI_META) {
    return clean_meta(r, start);
  }
  if (status != MN_MIDI_SYSEX && status != MN_MIDI_SYSEX_END) {
    return clean_system_message(r, status);
  }
  uint8_t const* data   = NULL;
  uint32_t       length = 0;
  return read_data(r, &data, &length) && put_event(r, start);
}

// An event with the time before it.
static bool
clean_timed_event(Reader* const r)
{
  uint8_t const* const time  = r->at;
  uint32_t             delta = 0;
  if (!read_number(r, &delta)) {
    return false;
  }
  if (r->tick + delta > INT32_MAX) {
    return wrong(r, "its time is beyond all bounds");
  }
  r->tick += delta;
  mn_smf_put(r->out, time, (size_t)(r->at - time));
  return clean_event(r);
}

// Where a track has no end within its length, and no chunk comes after it, its length is
// wrong: it goes on.
static bool
extend(Reader* const r)
{
  MnSmfTrack* const t = r->track;
  if (r->out->faults.strict || t->extended || r->end == t->limit ||
      mn_smf_is_chunk(r->end, t->limit)) {
    return false;
  }
  t->extended = true;
  t->told     = true;
  r->end      = t->limit;
  return fault(r, "its events go on", "its length is wrong");
}

// Cleans the events up to the end of the track, or to a fault that hides the next event.
static bool
clean_events(Reader* const r)
{
  while (!r->ended && (left(r) || extend(r))) {
    Reader const before = *r;
    size_t const size   = r->out->size;
    if (clean_timed_event(r)) {
      ++r->out->events;
      continue;
    }
    r->out->size = size;
    if (r->over) {
      return false;
    }
    if (r->cut && extend(r)) {
      uint8_t const* const end = r->end;
      *r                       = before;
      r->end                   = end;
      continue;
    }
    return (r->cut && r->track->told) ||
           fault(r, "the rest of the track is not read", r->wrong);
  }
  return true;
}

bool
mn_smf_track_clean(MnSmfTrack* const track, MnCleanSmf* const out)
{
  Reader r = {.track = track, .out = out, .at = track->start, .end = track->end};

  mn_smf_put(out, "MTrk", 4);
  uint8_t* const size = out->bytes + out->size;
  out->size += 4;
  uint8_t const* const start = out->bytes + out->size;
  if (!clean_events(&r)) {
    return false;
  }
  if (!r.ended) {
    mn_smf_put(out, (uint8_t const[]){0, MN_MIDI_META, MN_META_END, 0}, MN_TRACK_GROWTH);
    ++out->events;
  }
  mn_big_endian_put(size, (uint32_t)(out->bytes + out->size - start), 4);
  ++out->tracks;
  track->stop = r.at;
  return true;
}
