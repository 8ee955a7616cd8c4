// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "smftrack.h"

#include <stdlib.h>
#include <string.h>

enum {
  HEADER_BYTES = 6,     // format, number of tracks, division
  RIFF_BYTES   = 12,    // a name, a length, another name
  MOST_TRACKS  = 65535, // that a header can count
  CLEAN_PPQN   = 480,   // where time is not counted in parts of a quarter note
};

// Events grow at most from two bytes and a time to three, by a status that was
// understood or an empty text; a track, by its end.
enum { GROWTH = 2 };

typedef struct {
  uint8_t const* at;
  uint8_t const* end;
  uint8_t const* start; // of the whole file
} Input;

static size_t
left(Input const* const in)
{
  return (size_t)(in->end - in->at);
}

// What is certain is a fault only to the strict.
static bool
strictly(MnCleanSmf* const out, char const* const what)
{
  return !out->faults.strict || mn_midi_fault(&out->faults, "", "%s", what);
}

static size_t
place(Input const* const in)
{
  return (size_t)(in->at - in->start);
}

static uint32_t
little_endian(uint8_t const* const bytes)
{
  return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
         (uint32_t)bytes[3] << 24;
}

// Finds the file in the chunk "data" of a RIFF file.
static bool
unwrap(Input* const in, MnCleanSmf* const out)
{
  if (left(in) < RIFF_BYTES || memcmp(in->at, "RIFF", 4) || memcmp(in->at + 8, "RMID", 4)) {
    return true;
  }
  if (!strictly(out, "not a standard MIDI file: RIFF is around it")) {
    return false;
  }
  Input chunk = {in->at + RIFF_BYTES, in->end, in->start};
  while (left(&chunk) >= MN_CHUNK_BYTES) {
    uint8_t const* const name   = chunk.at;
    size_t const         length = little_endian(name + 4);
    chunk.at += MN_CHUNK_BYTES;
    size_t const there = length < left(&chunk) ? length : left(&chunk);
    if (!memcmp(name, "data", 4)) {
      *in = (Input){chunk.at, chunk.at + there, in->start};
      break;
    }
    chunk.at += there + (there < left(&chunk) ? there & 1 : 0);
  }
  return true;
}

// Finds a header that does not stand at the start: behind that of a file from a Macintosh,
// or behind what a download left there.
static bool
find_header(Input* const in, MnCleanSmf* const out)
{
  static uint8_t const head[] = {'M', 'T', 'h', 'd', 0, 0, 0, HEADER_BYTES};
  if (left(in) < sizeof(head) || !memcmp(in->at, head, 4)) {
    return true;
  }
  uint8_t const* const found = (uint8_t const*)memmem(in->at, left(in), head, sizeof(head));
  if (!found) {
    return true;
  }
  in->at = found;
  return mn_midi_fault(&out->faults,
                       "they are left out",
                       "not a standard MIDI file: %zu bytes stand before it",
                       place(in));
}

static bool
find_next_track(Input* const in)
{
  in->at = (uint8_t const*)memmem(in->at, left(in), "MTrk", 4);
  return in->at;
}

// Frames a second times ticks a frame. 29 stands for the 30 frames of which some numbers
// are dropped, so that they follow the clock.
static bool
read_division(uint32_t const division, MnCleanSmf* const out, MnError* const error)
{
  out->division = division;
  out->ppqn     = division;
  if (division & 0x8000) {
    unsigned const rate  = 256 - (division >> 8);
    unsigned const ticks = division & 0xFF;
    bool const     known = rate == 24 || rate == 25 || rate == 29 || rate == 30;
    out->ppqn            = known && ticks ? CLEAN_PPQN : 0;
    out->seconds = known && ticks ? 1 / ((rate == 29 ? 30 / 1.001 : rate) * ticks) : 0;
  }
  if (!out->ppqn) {
    mn_error_set(error,
                 MN_STATUS_BAD_INPUT,
                 "time is counted in parts neither of a quarter note nor of a second");
    return false;
  }
  return out->seconds <= 0 ||
         strictly(out, "time is not counted in parts of a quarter note");
}

static bool
read_format(unsigned const format, unsigned const tracks, MnCleanSmf* const out)
{
  MnMidiFaults* const faults = &out->faults;
  out->in_a_row              = format == 2;
  if (format == 2 && faults->strict) {
    return mn_midi_fault(faults, "", "format 2: only 0 and 1 have one common time");
  }
  return (format <= 2 ||
          mn_midi_fault(faults, "it is taken as 1", "format %u is unknown", format)) &&
         (tracks || mn_midi_fault(faults, "all that are there are read", "no tracks"));
}

// Reads the header, and goes to the first chunk after it.
static bool
read_header(Input* const      in,
            MnCleanSmf* const out,
            unsigned* const   tracks,
            MnError* const    error)
{
  if (left(in) < MN_CHUNK_BYTES + HEADER_BYTES || memcmp(in->at, "MThd", 4)) {
    mn_error_set(error, MN_STATUS_BAD_INPUT, "not a standard MIDI file");
    return false;
  }
  uint32_t const length = mn_big_endian(in->at + 4, 4);
  uint32_t const format = mn_big_endian(in->at + 8, 2);
  *tracks               = mn_big_endian(in->at + 10, 2);
  if (!read_format(format, *tracks, out) ||
      !read_division(mn_big_endian(in->at + 12, 2), out, error)) {
    return false;
  }
  in->at += MN_CHUNK_BYTES;
  bool const fits = length >= HEADER_BYTES && length <= left(in) &&
                    (out->faults.strict || mn_smf_is_chunk(in->at + length, in->end) ||
                     !mn_smf_is_chunk(in->at + HEADER_BYTES, in->end));
  if (!fits &&
      !mn_midi_fault(&out->faults, "it is taken as 6", "the header's length is wrong")) {
    return false;
  }
  in->at += fits ? length : HEADER_BYTES;
  return true;
}

// Reads a chunk, of which the length is there or not, and goes to the next one.
static bool
read_chunk(Input* const in, unsigned const tracks, MnCleanSmf* const out)
{
  uint8_t const* const chunk  = in->at;
  uint32_t const       length = mn_big_endian(chunk + 4, 4);
  in->at += MN_CHUNK_BYTES;
  bool const fits = length <= left(in);
  if (!fits && !mn_midi_fault(&out->faults,
                              "what is there is read",
                              "track %u: cut off, or a wrong length (at byte %zu)",
                              out->tracks + 1,
                              place(in) - MN_CHUNK_BYTES)) {
    return false;
  }
  MnSmfTrack track = {
    .start  = in->at,
    .end    = fits ? in->at + length : in->end,
    .limit  = in->end,
    .number = out->tracks + 1,
    .told   = !fits,
    .stop   = in->at,
  };
  if (!memcmp(chunk, "MTrk", 4) && !mn_smf_track_clean(&track, out)) {
    return false;
  }
  if (out->faults.strict || out->tracks == tracks ||
      (fits && !track.extended && mn_smf_is_chunk(track.end, in->end))) {
    in->at = track.end;
    return true;
  }
  in->at = track.stop;
  if (!find_next_track(in)) {
    in->at = in->end;
    return true;
  }
  return track.told || in->at == track.end ||
         mn_midi_fault(&out->faults,
                       "it is read there",
                       "track %u: begins at byte %zu, not where the chunk before it says",
                       out->tracks + 1,
                       place(in));
}

// Cleans as many tracks as the header says; chunks of other kinds may lie
// between them.
static bool
read_chunks(Input* const in, unsigned const tracks, MnCleanSmf* const out)
{
  unsigned const most = tracks ? tracks : MOST_TRACKS;
  while (out->tracks < most && left(in) >= MN_CHUNK_BYTES) {
    if (!read_chunk(in, most, out)) {
      return false;
    }
  }
  return out->tracks >= tracks || mn_midi_fault(&out->faults,
                                                "what is there is read",
                                                "cut off at byte %zu: %u of %u tracks",
                                                (size_t)(in->end - in->start),
                                                out->tracks,
                                                tracks);
}

static bool
write_header(MnCleanSmf* const out, size_t const size)
{
  uint8_t header[MN_CHUNK_BYTES + HEADER_BYTES] = "MThd\0\0\0\6\0\1"; // any format
  out->bytes = (uint8_t*)malloc(GROWTH * size + sizeof(header));
  if (out->bytes) {
    mn_smf_put(out, header, sizeof(header));
  }
  return out->bytes;
}

static bool
clean_all(Input* const in, MnCleanSmf* const out, MnError* const error)
{
  unsigned tracks = 0;
  if (!unwrap(in, out) || !find_header(in, out) || !read_header(in, out, &tracks, error)) {
    return false;
  }
  if (!write_header(out, left(in))) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    return false;
  }
  if (!read_chunks(in, tracks, out)) {
    return false;
  }
  mn_big_endian_put(out->bytes + MN_CHUNK_BYTES + 2, out->tracks, 2);
  mn_big_endian_put(
    out->bytes + MN_CHUNK_BYTES + 4, out->whole ? out->division : out->ppqn, 2);
  return out->tracks && (out->kept || !out->faults.count);
}

static bool
clean_file(uint8_t const* const bytes,
           size_t const         size,
           bool const           strict,
           bool const           whole,
           MnCleanSmf* const    clean,
           MnError* const       error)
{
  Input   in     = {bytes, size ? bytes + size : bytes, bytes}; // none are at NULL
  MnError reason = {0};
  *clean         = (MnCleanSmf){.faults = {.strict = strict}, .whole = whole};
  if (clean_all(&in, clean, &reason)) {
    return true;
  }
  free(clean->bytes);
  clean->bytes = NULL;
  if (reason.status == MN_SUCCESS) {
    mn_error_set(&reason, MN_STATUS_BAD_INPUT, "%s", clean->faults.first[0].what);
  }
  // Where the standard sees no music, and no fault either, nothing is wrong.
  MnError ignored = {0};
  if (!strict && clean_file(bytes, size, true, whole, clean, &ignored)) {
    return true;
  }
  *error = reason;
  return false;
}

bool
mn_smf_clean(uint8_t const* const bytes,
             size_t const         size,
             bool const           strict,
             MnCleanSmf* const    clean,
             MnError* const       error)
{
  return clean_file(bytes, size, strict, false, clean, error);
}

bool
mn_smf_mend(uint8_t const* const bytes,
            size_t const         size,
            bool const           strict,
            MnCleanSmf* const    clean,
            MnError* const       error)
{
  return clean_file(bytes, size, strict, true, clean, error);
}
