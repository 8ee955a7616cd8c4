// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

bool
mapping_open(char const* const path, Mapping* const mapping, MnError* const error)
{
  *mapping = (Mapping){0};
  // O_NONBLOCK: a path that names a pipe must not hang the caller.
  int const fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    mn_error_set(error, "%s", strerror(errno));
    return false;
  }

  struct stat info;
  bool        good = false;
  if (fstat(fd, &info)) {
    mn_error_set(error, "%s", strerror(errno));
  } else if (!S_ISREG(info.st_mode)) {
    mn_error_set(error, "not a regular file");
  } else if (info.st_size <= 0) {
    good = true; // mmap() knows no empty maps
  } else {
    size_t const size = (size_t)info.st_size;
    void* const  map  = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    good              = map != MAP_FAILED;
    if (good) {
      *mapping = (Mapping){(uint8_t*)map, size};
    } else {
      mn_error_set(error, "%s", strerror(errno));
    }
  }
  close(fd);
  return good;
}

void
mapping_close(Mapping* const mapping)
{
  if (mapping->data) {
    munmap(mapping->data, mapping->size);
  }
  *mapping = (Mapping){0};
}

bool
bytes_cut(Bytes const bytes, uint64_t const at, uint64_t const size, Bytes* const cut)
{
  if (at > bytes.size || size > bytes.size - at) {
    return false;
  }
  // An empty file has no data to point into.
  *cut = (Bytes){bytes.data ? bytes.data + at : NULL, (size_t)size};
  return true;
}

bool
bytes_take(Bytes* const bytes, uint64_t const size, Bytes* const taken)
{
  Bytes const whole = *bytes;
  return bytes_cut(whole, 0, size, taken) &&
         bytes_cut(whole, size, whole.size - size, bytes);
}

bool
bytes_take_varint(Bytes* const bytes, uint64_t* const number)
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
      Bytes taken;
      return bytes_take(bytes, i + 1, &taken);
    }
  }
  return false;
}

bool
bytes_equal(Bytes const bytes, char const* const text)
{
  return bytes.size == strlen(text) &&
         (!bytes.size || !memcmp(bytes.data, text, bytes.size));
}

bool
bytes_take_field(Bytes* const message, Field* const field)
{
  *field      = (Field){0};
  Bytes value = {0};
  if (!bytes_take_varint(message, &field->tag)) {
    return false;
  }
  switch (field->tag & 7) {
  case WIRE_VARINT:
    return bytes_take_varint(message, &field->number);
  case WIRE_64:
    if (!bytes_take(message, 8, &value)) {
      return false;
    }
    field->number = bytes_u64(value.data);
    return true;
  case WIRE_32:
    if (!bytes_take(message, 4, &value)) {
      return false;
    }
    field->number = bytes_u32(value.data);
    return true;
  case WIRE_BYTES:
    return bytes_take_varint(message, &field->number) &&
           bytes_take(message, field->number, &field->bytes);
  default:
    return false; // groups, which nobody writes any more
  }
}
