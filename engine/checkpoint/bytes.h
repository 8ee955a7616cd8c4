// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Files as bytes in memory, and what the formats share when they take such
/// bytes apart: little-endian numbers, varints, fields of protocol buffers.
/// Nothing here reads beyond the bytes that it was given.

#ifndef MN_CHECKPOINT_BYTES_H
#define MN_CHECKPOINT_BYTES_H

#include "base/common.h"

#include <stdbool.h>

/// Bytes that someone else owns.
typedef struct {
  uint8_t const* data;
  size_t         size;
} Bytes;

/// A file's bytes, mapped read-only; an empty file has no data.
typedef struct {
  uint8_t* data;
  size_t   size;
} Mapping;

/// Maps a regular file. Returns false with the reason, which names no file.
bool
mapping_open(char const* path, Mapping* mapping, MnError* error);

void
mapping_close(Mapping* mapping);

static inline Bytes
mapping_bytes(Mapping const mapping)
{
  return (Bytes){mapping.data, mapping.size};
}

/// Cuts `size` bytes from `at` on. Returns false if they are not all there.
bool
bytes_cut(Bytes bytes, uint64_t at, uint64_t size, Bytes* cut);

/// Takes `size` bytes from the front.
bool
bytes_take(Bytes* bytes, uint64_t size, Bytes* taken);

/// Takes a number of 1 to 10 bytes from the front, 7 bits a byte.
bool
bytes_take_varint(Bytes* bytes, uint64_t* number);

/// Whether the bytes are those of a text.
bool
bytes_equal(Bytes bytes, char const* text);

/// Little-endian numbers of any alignment.
static inline uint16_t
bytes_u16(uint8_t const* const at)
{
  // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): bytes that were taken are somewhere
  return (uint16_t)(at[0] | at[1] << 8);
}

static inline uint32_t
bytes_u32(uint8_t const* const at)
{
  return bytes_u16(at) | (uint32_t)bytes_u16(at + 2) << 16;
}

static inline uint64_t
bytes_u64(uint8_t const* const at)
{
  return bytes_u32(at) | (uint64_t)bytes_u32(at + 4) << 32;
}

/// How a field of a protocol buffer is stored, and its tag.
enum { WIRE_VARINT, WIRE_64, WIRE_BYTES, WIRE_32 = 5 };

#define FIELD_TAG(number, wire) ((uint64_t)(number) << 3 | (wire))

typedef struct {
  uint64_t tag;    ///< FIELD_TAG()
  uint64_t number; ///< the value, unless it is WIRE_BYTES
  Bytes    bytes;  ///< the value, if it is WIRE_BYTES
} Field;

/// Takes a field from the front of a message.
bool
bytes_take_field(Bytes* message, Field* field);

#endif // MN_CHECKPOINT_BYTES_H
