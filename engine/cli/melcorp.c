// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "melcorp.h"

#include <errno.h>
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
  MAGIC_BYTES   = 8,
  HEADER_BYTES  = 24,
  NAME_BYTES    = 32,
  SEGMENT_BYTES = 16,
  MAX_NAMES     = 256, // their numbers are bytes
  FIRST_ROOM    = 1 << 20,
};

// No corpus of one-line melodies is larger.
enum { MAX_FILE = 1 << 29, MAX_XZ_MEMORY = 1 << 28 };

static char const    magic[]    = "MELCORP1";
static uint8_t const xz_magic[] = {0xFD, '7', 'z', 'X', 'Z', 0};

typedef struct {
  uint8_t* bytes;
  size_t   size;
} Buffer;

static bool
fail_with(MnError* const error, char const* const path, char const* const what)
{
  mn_error_set(error, "%.200s: %s", path, what);
  return false;
}

bool
melcorp_recognise(uint8_t const* const bytes, size_t const size)
{
  return (size >= MAGIC_BYTES && !memcmp(bytes, magic, MAGIC_BYTES)) ||
         (size >= sizeof(xz_magic) && !memcmp(bytes, xz_magic, sizeof(xz_magic)));
}

static bool
read_file(char const* const path, Buffer* const buffer, MnError* const error)
{
  struct stat what;
  FILE* const file = fopen(path, "rb");
  if (!file) {
    return fail_with(error, path, strerror(errno));
  }
  bool good = !fstat(fileno(file), &what) && S_ISREG(what.st_mode);
  if (!good) {
    fail_with(error, path, "not a regular file");
  } else if (what.st_size > MAX_FILE) {
    good = fail_with(error, path, "too large for a corpus");
  } else {
    buffer->size  = (size_t)what.st_size;
    buffer->bytes = (uint8_t*)malloc(buffer->size + 1);
    good          = buffer->bytes || fail_with(error, path, "out of memory");
    good = good && (fread(buffer->bytes, 1, buffer->size, file) == buffer->size ||
                    fail_with(error, path, "cannot be read to its end"));
  }
  fclose(file);
  return good;
}

static char const*
xz_reason(lzma_ret const status)
{
  return status == LZMA_MEM_ERROR || status == LZMA_MEMLIMIT_ERROR
           ? "takes too much memory to unpack"
           : "its xz data are damaged or cut off";
}

// Unpacks into a buffer that grows, up to MAX_FILE.
static char const*
unpack(lzma_stream* const stream, Buffer* const out)
{
  lzma_ret status = lzma_stream_decoder(stream, MAX_XZ_MEMORY, LZMA_CONCATENATED);
  size_t   room   = 0;
  while (status == LZMA_OK) {
    if (out->size == room) {
      room                 = room ? 2 * room : FIRST_ROOM;
      uint8_t* const bytes =
        room <= MAX_FILE ? (uint8_t*)realloc(out->bytes, room) : NULL;
      if (!bytes) {
        return "too large for a corpus";
      }
      out->bytes = bytes;
    }
    stream->next_out  = out->bytes + out->size;
    stream->avail_out = room - out->size;
    status            = lzma_code(stream, LZMA_FINISH);
    out->size         = room - stream->avail_out;
  }
  return status == LZMA_STREAM_END ? NULL : xz_reason(status);
}

static bool
unpack_if_packed(char const* const path, Buffer* const buffer, MnError* const error)
{
  if (buffer->size < sizeof(xz_magic) ||
      memcmp(buffer->bytes, xz_magic, sizeof(xz_magic))) {
    return true;
  }
  Buffer            unpacked = {NULL, 0};
  lzma_stream       stream   = LZMA_STREAM_INIT;
  stream.next_in             = buffer->bytes;
  stream.avail_in            = buffer->size;
  char const* const reason   = unpack(&stream, &unpacked);
  lzma_end(&stream);
  free(buffer->bytes);
  *buffer = unpacked;
  return !reason || fail_with(error, path, reason);
}

static size_t
read_u32(uint8_t const* const at)
{
  return (size_t)at[0] | (size_t)at[1] << 8 | (size_t)at[2] << 16 | (size_t)at[3] << 24;
}

// Finds where segments and steps begin. @return why that is not possible, or NULL.
static char const*
find_parts(Buffer const* const file,
           size_t* const       segments,
           size_t* const       steps,
           size_t* const       at)
{
  if (file->size < HEADER_BYTES || memcmp(file->bytes, magic, MAGIC_BYTES)) {
    return "not a melody corpus (MELCORP1)";
  }
  size_t const sources = read_u32(file->bytes + 8);
  size_t const styles  = read_u32(file->bytes + 12);
  *segments            = read_u32(file->bytes + 16);
  *steps               = read_u32(file->bytes + 20);
  if (sources > MAX_NAMES || styles > MAX_NAMES) {
    return "says that it has too many sources or styles";
  }
  *at                  = HEADER_BYTES + NAME_BYTES * (sources + styles);
  uint64_t const whole = *at + (uint64_t)SEGMENT_BYTES * *segments + *steps;
  return whole == file->size ? NULL : "its size is not what its counts say";
}

static char const*
check_parts(uint8_t const* const segments,
            size_t const         count,
            uint8_t const* const tokens,
            size_t const         steps)
{
  for (size_t i = 0; i < steps; ++i) {
    if (tokens[i] >= MN_CLASSES) {
      return "a step is no token from 0 to 89";
    }
  }
  for (size_t i = 0; i < count; ++i) {
    size_t const offset = read_u32(segments + SEGMENT_BYTES * i + 4);
    size_t const length = read_u32(segments + SEGMENT_BYTES * i + 8);
    if (offset > steps || length > steps - offset) {
      return "a segment lies outside of the steps";
    }
  }
  return NULL;
}

// @return why nothing was added, or NULL.
static char const*
add_segments(Buffer const* const file, uint32_t const tune, MnWindows* const windows)
{
  size_t      count  = 0;
  size_t      steps  = 0;
  size_t      at     = 0;
  char const* reason = find_parts(file, &count, &steps, &at);
  if (reason) {
    return reason;
  }
  uint8_t const* const segments = file->bytes + at;
  uint8_t const* const tokens   = segments + SEGMENT_BYTES * count;
  reason                        = check_parts(segments, count, tokens, steps);
  for (size_t i = 0; !reason && i < count; ++i) {
    uint8_t const* const segment = segments + SEGMENT_BYTES * i;
    uint32_t const       group   = (uint32_t)read_u32(segment);
    uint8_t const* const line    = tokens + read_u32(segment + 4);
    if (!mn_windows_cut(windows, line, read_u32(segment + 8), tune + group)) {
      return windows->count < MN_MAX_WINDOWS ? "out of memory" : NULL;
    }
  }
  return reason;
}

bool
melcorp_read(char const* const path,
             uint32_t const    tune,
             MnWindows* const  windows,
             MnError* const    error)
{
  Buffer buffer = {NULL, 0};
  bool   good = read_file(path, &buffer, error) && unpack_if_packed(path, &buffer, error);
  if (good) {
    char const* const reason = add_segments(&buffer, tune, windows);
    good                     = !reason || fail_with(error, path, reason);
  }
  free(buffer.bytes);
  return good;
}
