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
mn_mapping_open(char const* const path, MnMapping* const mapping, MnError* const error)
{
  *mapping = (MnMapping){0};
  // O_NONBLOCK: a path that names a pipe must not hang the caller.
  int const fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    mn_error_set(error, mn_status_of_errno(errno), "%s", strerror(errno));
    return false;
  }

  struct stat info;
  bool        good = false;
  if (fstat(fd, &info)) {
    mn_error_set(error, mn_status_of_errno(errno), "%s", strerror(errno));
  } else if (!S_ISREG(info.st_mode)) {
    mn_error_set(error, MN_STATUS_BAD_INPUT, "not a regular file");
  } else if (info.st_size <= 0) {
    good = true; // mmap() knows no empty maps
  } else {
    size_t const size = (size_t)info.st_size;
    void* const  map  = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    good              = map != MAP_FAILED;
    if (good) {
      *mapping = (MnMapping){(uint8_t*)map, size};
    } else {
      mn_error_set(error, mn_status_of_errno(errno), "%s", strerror(errno));
    }
  }
  close(fd);
  return good;
}

void
mn_mapping_close(MnMapping* const mapping)
{
  if (mapping->data) {
    munmap(mapping->data, mapping->size);
  }
  *mapping = (MnMapping){0};
}

bool
mn_bytes_cut(MnBytes const  bytes,
             uint64_t const at,
             uint64_t const size,
             MnBytes* const cut)
{
  if (at > bytes.size || size > bytes.size - at) {
    return false;
  }
  // An empty file has no data to point into.
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
    return false; // groups, which nobody writes any more
  }
}
