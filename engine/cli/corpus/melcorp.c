// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "melcorp.h"

#include "base/file.h"

#include <assert.h>
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  MAGIC_BYTES   = 8,
  HEADER_BYTES  = 24,
  NAME_BYTES    = MN_MELCORP_NAME,
  SEGMENT_BYTES = 16,
  STYLE_AT      = 13,  // in a segment
  MAX_NAMES     = 256, // their numbers are bytes
  FIRST_ROOM    = 1 << 20,
  MOST_STYLES   = 4096, // of all files together
};

static_assert(MOST_STYLES <= UINT16_MAX, "the number of a style has 16 bits");

// No corpus of one-line melodies is larger.
enum { MAX_FILE = 1 << 29, MAX_XZ_MEMORY = 1 << 28 };

static char const    magic[]    = "MELCORP1";
static uint8_t const xz_magic[] = {0xFD, '7', 'z', 'X', 'Z', 0};

static char const no_memory[] = "out of memory";

bool
mn_melcorp_fail(MnError* const    error,
                MnStatus const    status,
                char const* const path,
                char const* const what)
{
  mn_error_set(error, status, "%.200s: %s", path, what);
  return false;
}

// Every reason but `no_memory` is bad input.
static bool
fail_because(MnError* const error, char const* const path, char const* const reason)
{
  return mn_melcorp_fail(
    error, reason == no_memory ? MN_STATUS_NO_MEMORY : MN_STATUS_BAD_INPUT, path, reason);
}

bool
mn_melcorp_recognise(uint8_t const* const bytes, size_t const size)
{
  return (size >= MAGIC_BYTES && !memcmp(bytes, magic, MAGIC_BYTES)) ||
         (size >= sizeof(xz_magic) && !memcmp(bytes, xz_magic, sizeof(xz_magic)));
}

static bool
read_file(char const* const path, MnContents* const file, MnError* const error)
{
  MnError reason = {0};
  return mn_contents_read(file, path, MAX_FILE, &reason) ||
         mn_melcorp_fail(error, reason.status, path, reason.text);
}

static char const*
xz_reason(lzma_ret const status)
{
  switch (status) {
  case LZMA_MEM_ERROR:
    return no_memory;
  case LZMA_MEMLIMIT_ERROR:
    return "takes too much memory to unpack";
  default:
    return "its xz data are damaged or cut off";
  }
}

// Unpacks into a buffer that grows, up to MAX_FILE.
static char const*
unpack(lzma_stream* const stream, MnContents* const out)
{
  lzma_ret status = lzma_stream_decoder(stream, MAX_XZ_MEMORY, LZMA_CONCATENATED);
  size_t   room   = 0;
  while (status == LZMA_OK) {
    if (out->size == room) {
      room = room ? 2 * room : FIRST_ROOM;
      if (room > MAX_FILE) {
        return "too large for a corpus";
      }
      uint8_t* const bytes = (uint8_t*)realloc(out->data, room);
      if (!bytes) {
        return no_memory;
      }
      out->data = bytes;
    }
    stream->next_out  = out->data + out->size;
    stream->avail_out = room - out->size;
    status            = lzma_code(stream, LZMA_FINISH);
    out->size         = room - stream->avail_out;
  }
  return status == LZMA_STREAM_END ? NULL : xz_reason(status);
}

static bool
unpack_if_packed(char const* const path, MnContents* const buffer, MnError* const error)
{
  if (buffer->size < sizeof(xz_magic) || memcmp(buffer->data, xz_magic, sizeof(xz_magic))) {
    return true;
  }
  MnContents  unpacked     = {0};
  lzma_stream stream       = LZMA_STREAM_INIT;
  stream.next_in           = buffer->data;
  stream.avail_in          = buffer->size;
  char const* const reason = unpack(&stream, &unpacked);
  lzma_end(&stream);
  mn_contents_free(buffer);
  *buffer = unpacked;
  return !reason || fail_because(error, path, reason);
}

static size_t
read_u32(uint8_t const* const at)
{
  return (size_t)at[0] | (size_t)at[1] << 8 | (size_t)at[2] << 16 | (size_t)at[3] << 24;
}

// A corpus, checked.
typedef struct {
  size_t         source_count;
  size_t         style_count;
  size_t         segment_count;
  size_t         step_count;
  uint8_t const* styles;
  uint8_t const* segments;
  uint8_t const* steps;
} Parts;

// Finds where the parts of a file begin. @return why that is not possible, or NULL.
static char const*
find_parts(MnContents const* const file, Parts* const p)
{
  if (file->size < HEADER_BYTES || memcmp(file->data, magic, MAGIC_BYTES)) {
    return "not a melody corpus (MELCORP1)";
  }
  p->source_count  = read_u32(file->data + 8);
  p->style_count   = read_u32(file->data + 12);
  p->segment_count = read_u32(file->data + 16);
  p->step_count    = read_u32(file->data + 20);
  if (p->source_count > MAX_NAMES || p->style_count > MAX_NAMES) {
    return "says that it has too many sources or styles";
  }
  size_t const   styles   = HEADER_BYTES + NAME_BYTES * p->source_count;
  size_t const   segments = styles + NAME_BYTES * p->style_count;
  uint64_t const steps    = segments + (uint64_t)SEGMENT_BYTES * p->segment_count;
  if (steps + p->step_count != file->size) {
    return "its size is not what its counts say";
  }
  p->styles   = file->data + styles;
  p->segments = file->data + segments;
  p->steps    = file->data + steps;
  return NULL;
}

static char const*
check_parts(Parts const* const p)
{
  for (size_t i = 0; i < p->step_count; ++i) {
    if (p->steps[i] >= MN_CLASSES) {
      return "a step is no token from 0 to 89";
    }
  }
  for (size_t i = 0; i < p->segment_count; ++i) {
    size_t const offset = read_u32(p->segments + SEGMENT_BYTES * i + 4);
    size_t const length = read_u32(p->segments + SEGMENT_BYTES * i + 8);
    if (offset > p->step_count || length > p->step_count - offset) {
      return "a segment lies outside of the steps";
    }
  }
  return NULL;
}

// Finds the number of a style among all that are known. A new one is added. @return why
// that is not possible, or NULL.
static char const*
find_style(MnMelcorpStyles* const styles,
           uint8_t const* const   bytes,
           uint16_t* const        number)
{
  char name[MN_MELCORP_NAME + 1] = "";
  for (size_t i = 0; i < NAME_BYTES && bytes[i]; ++i) {
    name[i] = (char)(bytes[i] > ' ' && bytes[i] < 0x7F ? bytes[i] : '?');
  }
  for (size_t i = 0; i < styles->count; ++i) {
    if (!strcmp(styles->names[i], name)) {
      *number = (uint16_t)i;
      return NULL;
    }
  }
  if (styles->count == MOST_STYLES) {
    return "too many styles";
  }
  void* const names = realloc(styles->names, (styles->count + 1) * sizeof(name));
  if (!names) {
    return no_memory;
  }
  styles->names = (char(*)[MN_MELCORP_NAME + 1]) names;
  memcpy(styles->names[styles->count], name, sizeof(name));
  *number = (uint16_t)styles->count++;
  return NULL;
}

// Adds the group and style of the segments. @return why that is not possible, or NULL.
static char const*
add_styles(Parts const* const p, MnMelcorpStyles* const styles)
{
  uint16_t number[MAX_NAMES] = {0};
  for (size_t i = 0; i < p->style_count; ++i) {
    char const* const reason = find_style(styles, p->styles + NAME_BYTES * i, &number[i]);
    if (reason) {
      return reason;
    }
  }
  size_t const            room = styles->segment_count + p->segment_count + 1;
  MnMelcorpSegment* const segments =
    (MnMelcorpSegment*)realloc(styles->segments, room * sizeof(*segments));
  if (!segments) {
    return no_memory;
  }
  styles->segments = segments;
  for (size_t i = 0; i < p->segment_count; ++i) {
    uint8_t const* const segment = p->segments + SEGMENT_BYTES * i;
    uint8_t const        style   = segment[STYLE_AT];
    if (style >= p->style_count) {
      return "a segment is of a style that has no name";
    }
    segments[styles->segment_count++] =
      (MnMelcorpSegment){(uint32_t)read_u32(segment), number[style]};
  }
  return NULL;
}

// @param styles May be NULL. @return why nothing was added, or NULL.
static char const*
add_segments(MnContents const* const file,
             uint32_t const          tune,
             MnMelcorpStyles* const  styles,
             MnWindows* const        windows)
{
  Parts       p      = {0};
  char const* reason = find_parts(file, &p);
  reason             = reason ? reason : check_parts(&p);
  size_t first       = styles ? styles->segment_count : 0;
  // The number of a style is that in the file, after those of the files before it.
  uint16_t const own = windows->adding;
  reason             = reason || !styles ? reason : add_styles(&p, styles);
  for (size_t i = 0; !reason && !styles && i < p.style_count; ++i) {
    mn_windows_name_style(
      windows, (uint16_t)(own + i), p.styles + NAME_BYTES * i, NAME_BYTES);
  }
  for (size_t i = 0; !reason && i < p.segment_count; ++i) {
    uint8_t const* const segment = p.segments + SEGMENT_BYTES * i;
    uint8_t const* const line    = p.steps + read_u32(segment + 4);
    windows->adding              = (uint16_t)(own + segment[STYLE_AT]);
    uint32_t const number =
      styles ? (uint32_t)(first + i) : tune + (uint32_t)read_u32(segment);
    if (!mn_windows_cut(windows, line, read_u32(segment + 8), number)) {
      return windows->count < MN_MAX_WINDOWS ? no_memory : NULL;
    }
  }
  return reason;
}

// @return why not all were added, or NULL.
static char const*
add_lines(MnContents const* const file, MnMelodyLines* const lines)
{
  Parts       p      = {0};
  char const* reason = find_parts(file, &p);
  reason             = reason ? reason : check_parts(&p);
  // As of windows: after the styles of the files before it.
  uint16_t const own = lines->adding;
  for (size_t i = 0; !reason && i < p.segment_count; ++i) {
    uint8_t const* const segment = p.segments + SEGMENT_BYTES * i;
    uint8_t const* const line    = p.steps + read_u32(segment + 4);
    lines->adding                = (uint16_t)(own + segment[STYLE_AT]);
    if (!mn_melody_lines_add(lines, line, read_u32(segment + 8))) {
      reason = no_memory;
    }
  }
  return reason;
}

bool
mn_melcorp_read_lines(char const* const    path,
                      MnMelodyLines* const lines,
                      MnError* const       error)
{
  MnContents buffer = {0};
  bool good = read_file(path, &buffer, error) && unpack_if_packed(path, &buffer, error);
  if (good) {
    char const* const reason = add_lines(&buffer, lines);
    good                     = !reason || fail_because(error, path, reason);
  }
  mn_contents_free(&buffer);
  return good;
}

static bool
read_segments(char const* const      path,
              uint32_t const         tune,
              MnMelcorpStyles* const styles,
              MnWindows* const       windows,
              MnError* const         error)
{
  MnContents buffer = {0};
  bool good = read_file(path, &buffer, error) && unpack_if_packed(path, &buffer, error);
  if (good) {
    char const* const reason = add_segments(&buffer, tune, styles, windows);
    good                     = !reason || fail_because(error, path, reason);
  }
  mn_contents_free(&buffer);
  return good;
}

bool
mn_melcorp_read(char const* const path,
                uint32_t const    tune,
                MnWindows* const  windows,
                MnError* const    error)
{
  return read_segments(path, tune, NULL, windows, error);
}

bool
mn_melcorp_read_styles(char const* const      path,
                       MnMelcorpStyles* const styles,
                       MnWindows* const       windows,
                       MnError* const         error)
{
  return read_segments(path, 0, styles, windows, error);
}

bool
mn_melcorp_add_tune(MnMelcorpStyles* const styles,
                    char const* const      style,
                    uint32_t const         group,
                    uint32_t* const        number,
                    MnError* const         error)
{
  uint8_t           name[NAME_BYTES] = {0};
  MnMelcorpSegment  segment          = {group, 0};
  size_t const      length           = strnlen(style, sizeof(name));
  char const* const reason =
    find_style(styles, (uint8_t*)memcpy(name, style, length), &segment.style);
  if (reason) {
    return fail_because(error, style, reason);
  }
  MnMelcorpSegment* const segments = (MnMelcorpSegment*)realloc(
    styles->segments, (styles->segment_count + 1) * sizeof(*segments));
  if (!segments) {
    return fail_because(error, style, no_memory);
  }
  styles->segments          = segments;
  *number                   = (uint32_t)styles->segment_count++;
  styles->segments[*number] = segment;
  return true;
}

void
mn_melcorp_styles_free(MnMelcorpStyles* const styles)
{
  free(styles->names);
  free(styles->segments);
  *styles = (MnMelcorpStyles){0};
}
