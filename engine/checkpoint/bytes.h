// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the formats share to parse the bytes of a file: little-endian numbers, varints,
/// fields of protocol buffers. Nothing here reads beyond the bytes that it gets.

#ifndef MN_CHECKPOINT_BYTES_H
#define MN_CHECKPOINT_BYTES_H

#include "base/common.h"
#include "base/file.h"

#include <stdbool.h>

/// Bytes that someone else owns.
typedef struct {
  uint8_t const* data;
  size_t         size;
} MnBytes;

static inline MnBytes
mn_contents_bytes(MnContents const contents)
{
  MnBytes const bytes = {contents.data, contents.size};
  return bytes;
}

/// Cuts `size` bytes from `at` on. Returns false if they are not all there.
bool
mn_bytes_cut(MnBytes bytes, uint64_t at, uint64_t size, MnBytes* cut);

/// Takes `size` bytes from the front. Returns false if there are fewer.
bool
mn_bytes_take(MnBytes* bytes, uint64_t size, MnBytes* taken);

/// Takes a varint from the front: 1 to 10 bytes with 7 bits each. Returns false if there
/// is none.
bool
mn_bytes_take_varint(MnBytes* bytes, uint64_t* number);

/// Whether the bytes equal those of a text.
bool
mn_bytes_equal(MnBytes bytes, char const* text);

/// Little-endian numbers of any alignment.
static inline uint16_t
mn_bytes_u16(uint8_t const* const at)
{
  // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): bytes that were taken are somewhere
  return (uint16_t)(at[0] | at[1] << 8);
}

static inline uint32_t
mn_bytes_u32(uint8_t const* const at)
{
  return mn_bytes_u16(at) | (uint32_t)mn_bytes_u16(at + 2) << 16;
}

static inline uint64_t
mn_bytes_u64(uint8_t const* const at)
{
  return mn_bytes_u32(at) | (uint64_t)mn_bytes_u32(at + 4) << 32;
}

/// The wire types of protocol buffers, and the tag of a field.
enum { MN_WIRE_VARINT, MN_WIRE_64, MN_WIRE_BYTES, MN_WIRE_32 = 5 };

#define MN_FIELD_TAG(number, wire) ((uint64_t)(number) << 3 | (wire))

typedef struct {
  uint64_t tag;    ///< MN_FIELD_TAG()
  uint64_t number; ///< the value, unless the type is MN_WIRE_BYTES
  MnBytes  bytes;  ///< the value, if the type is MN_WIRE_BYTES
} MnField;

/// Takes a field from the front of a message. Returns false if it is malformed.
bool
mn_bytes_take_field(MnBytes* message, MnField* field);

#endif // MN_CHECKPOINT_BYTES_H
