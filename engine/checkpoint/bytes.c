// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "bytes.h"

#include <string.h>

bool
mn_bytes_cut(MnBytes const  bytes,
             uint64_t const at,
             uint64_t const size,
             MnBytes* const cut)
{
  if (at > bytes.size || size > bytes.size - at) {
    return false;
  }
  // The data of an empty file is NULL.
  *cut = (MnBytes){bytes.data ? bytes.data + at : NULL, (size_t)size};
  return true;
}

bool
mn_bytes_take(MnBytes* const bytes, uint64_t const size, MnBytes* const taken)
{
  MnBytes const whole = *bytes;
  return mn_bytes_cut(whole, 0, size, taken) &&
         mn_bytes_cut(whole, size, whole.size - size, bytes);
}

bool
mn_bytes_take_varint(MnBytes* const bytes, uint64_t* const number)
{
  enum { MOST_BYTES = 10 };
  *number = 0;
  for (unsigned i = 0; i < MOST_BYTES && i < bytes->size; ++i) {
    uint64_t const byte = bytes->data[i];
    if (i == MOST_BYTES - 1 && byte > 1) {
      return false; // more than 64 bits
    }
    *number |= (byte & 0x7F) << 7 * i;
    if (byte < 0x80) {
      MnBytes taken;
      return mn_bytes_take(bytes, i + 1, &taken);
    }
  }
  return false;
}

bool
mn_bytes_equal(MnBytes const bytes, char const* const text)
{
  return bytes.size == strlen(text) &&
         (!bytes.size || !memcmp(bytes.data, text, bytes.size));
}

bool
mn_bytes_take_field(MnBytes* const message, MnField* const field)
{
  *field        = (MnField){0};
  MnBytes value = {0};
  if (!mn_bytes_take_varint(message, &field->tag)) {
    return false;
  }
  switch (field->tag & 7) {
  case MN_WIRE_VARINT:
    return mn_bytes_take_varint(message, &field->number);
  case MN_WIRE_64:
    if (!mn_bytes_take(message, 8, &value)) {
      return false;
    }
    field->number = mn_bytes_u64(value.data);
    return true;
  case MN_WIRE_32:
    if (!mn_bytes_take(message, 4, &value)) {
      return false;
    }
    field->number = mn_bytes_u32(value.data);
    return true;
  case MN_WIRE_BYTES:
    return mn_bytes_take_varint(message, &field->number) &&
           mn_bytes_take(message, field->number, &field->bytes);
  default:
    return false; // groups, which are obsolete
  }
}
