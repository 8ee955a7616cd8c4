// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "tar.h"

#include <stdio.h>
#include <string.h>

enum { BLOCK = 512 };

// The offsets and lengths of fields in a header block.
enum {
  NAME_AT      = 0,
  NAME_BYTES   = 100,
  SIZE_AT      = 124,
  SIZE_BYTES   = 12,
  SUM_AT       = 148,
  SUM_BYTES    = 8,
  TYPE_AT      = 156,
  MAGIC_AT     = 257,
  PREFIX_AT    = 345,
  PREFIX_BYTES = 155,
};

// What extended headers say about the next member.
typedef struct {
  char     name[MN_TAR_MAX_NAME]; // empty if they do not say
  bool     has_size;
  uint64_t size;
} Said;

// Reads an octal number, which spaces or zeros may surround. If its first bit is set, it
// is a big-endian number: GNU tar writes sizes from 8 GB on so.
static bool
read_number(uint8_t const* const field, size_t const bytes, uint64_t* const number)
{
  *number = 0;
  if (field[0] & 0x80) {
    for (size_t i = 0; i < bytes; ++i) {
      if (*number >> 56) {
        return false;
      }
      *number = *number << 8 | (i ? field[i] : field[i] & 0x7F);
    }
    return true;
  }
  size_t i = 0;
  while (i < bytes && field[i] == ' ') {
    ++i;
  }
  for (; i < bytes && field[i] >= '0' && field[i] <= '7'; ++i) {
    *number = *number << 3 | (uint64_t)(field[i] - '0'); // 12 digits at most
  }
  return i == bytes || !field[i] || field[i] == ' ';
}

// Checks the sum of the bytes of a header, in which the field of the sum counts as spaces.
static bool
check_header(uint8_t const* const header)
{
  uint64_t said = 0;
  uint64_t sum  = 0;
  for (size_t i = 0; i < BLOCK; ++i) {
    sum += i >= SUM_AT && i < SUM_AT + SUM_BYTES ? (uint64_t)' ' : header[i];
  }
  return read_number(header + SUM_AT, SUM_BYTES, &said) && said == sum;
}

static bool
is_zero(uint8_t const* const header)
{
  return !header[0] && !memcmp(header, header + 1, BLOCK - 1);
}

bool
mn_tar_detect(MnBytes const archive)
{
  return archive.size >= BLOCK && !is_zero(archive.data) && check_header(archive.data);
}

static int
field_length(uint8_t const* const field, size_t const bytes)
{
  uint8_t const* const end = (uint8_t const*)memchr(field, 0, bytes);
  return (int)(end ? (size_t)(end - field) : bytes);
}

// Reads the name in a header. ustar stores long names in two parts.
static void
read_name(uint8_t const* const header, char* const name)
{
  char const* const own    = (char const*)header + NAME_AT;
  char const* const prefix = (char const*)header + PREFIX_AT;
  int const         length = field_length(header + NAME_AT, NAME_BYTES);
  int const         before = memcmp(header + MAGIC_AT, "ustar\0", 6)
                               ? 0
                               : field_length(header + PREFIX_AT, PREFIX_BYTES);
  snprintf(
    name, MN_TAR_MAX_NAME, "%.*s%s%.*s", before, prefix, before ? "/" : "", length, own);
}

static void
say_name(Said* const said, MnBytes const name)
{
  int const most = name.size < MN_TAR_MAX_NAME ? (int)name.size : MN_TAR_MAX_NAME - 1;
  snprintf(said->name, MN_TAR_MAX_NAME, "%.*s", most, (char const*)name.data);
}

// Takes a decimal number from the front.
static bool
take_decimal(MnBytes* const bytes, uint64_t* const number)
{
  *number  = 0;
  size_t i = 0;
  for (; i < bytes->size && bytes->data[i] >= '0' && bytes->data[i] <= '9'; ++i) {
    if (*number > UINT64_MAX / 10 - 1) {
      return false;
    }
    *number = *number * 10 + (uint64_t)(bytes->data[i] - '0');
  }
  MnBytes digits;
  return i && mn_bytes_take(bytes, i, &digits);
}

// Reads a pax header. Its lines are "LENGTH KEY=VALUE\n", with the LENGTH of the whole
// line.
static bool
read_pax(MnBytes data, Said* const said)
{
  while (data.size) {
    size_t const before = data.size;
    uint64_t     length = 0;
    MnBytes      line;
    if (!take_decimal(&data, &length) || length <= before - data.size ||
        !mn_bytes_take(&data, length - (before - data.size), &line) ||
        line.data[0] != ' ' || line.data[line.size - 1] != '\n') {
      return false;
    }
    MnBytes key = {0};
    line.size -= 1;
    if (!mn_bytes_take(&line, 6, &key)) {
      continue; // neither of the two keys that we read
    }
    if (mn_bytes_equal(key, " path=")) {
      say_name(said, line);
    } else if (mn_bytes_equal(key, " size=")) {
      said->has_size = take_decimal(&line, &said->size) && !line.size;
      if (!said->has_size) {
        return false;
      }
    }
  }
  return true;
}

// Reads a header block and the member after it.
static bool
take_member(MnBytes* const        archive,
            uint8_t const** const header,
            Said const* const     said,
            MnBytes* const        data)
{
  MnBytes  block;
  MnBytes  padding;
  uint64_t size = 0;
  if (!mn_bytes_take(archive, BLOCK, &block) || !check_header(block.data) ||
      !read_number(block.data + SIZE_AT, SIZE_BYTES, &size)) {
    return false;
  }
  *header              = block.data;
  char const type      = (char)block.data[TYPE_AT];
  bool const is_header = type == 'L' || type == 'K' || type == 'x' || type == 'g';
  if (said->has_size && !is_header) {
    size = said->size;
  }
  // Links and directories may state a size, but have no data.
  if (type >= '1' && type <= '6') {
    size = 0;
  }
  if (!mn_bytes_take(archive, size, data)) {
    return false;
  }
  // The padding of the last member may be missing.
  uint64_t const rest = (BLOCK - size % BLOCK) % BLOCK;
  return mn_bytes_take(archive, rest < archive->size ? rest : archive->size, &padding);
}

bool
mn_tar_next(MnBytes* const archive, MnTarMember* const member, MnError* const error)
{
  Said said = {.name = ""};
  while (archive->size >= BLOCK && !is_zero(archive->data)) {
    uint8_t const* header = NULL;
    if (!take_member(archive, &header, &said, &member->data)) {
      mn_error_set(error, MN_STATUS_BAD_INPUT, "the archive is malformed (truncated?)");
      return false;
    }
    switch (header[TYPE_AT]) {
    case 'L': // the name of the next member
      say_name(&said, member->data);
      break;
    case 'x':
      if (!read_pax(member->data, &said)) {
        mn_error_set(error, MN_STATUS_BAD_INPUT, "the archive has a malformed pax header");
        return false;
      }
      break;
    case 'K': // long names of links, and headers for all members: not needed
    case 'g':
      break;
    case 'S':
      mn_error_set(
        error, MN_STATUS_UNSUPPORTED, "sparse files in archives are not supported");
      return false;
    case '0':
    case '7':
    case '\0':
      if (*said.name) {
        memcpy(member->name, said.name, sizeof(said.name));
      } else {
        read_name(header, member->name);
      }
      if (*member->name) {
        return true;
      }
      __attribute__((fallthrough));
    default:
      said = (Said){.name = ""};
    }
  }
  *member = (MnTarMember){.name = ""};
  return true;
}

bool
mn_tar_find(MnBytes           archive,
            char const* const name,
            MnBytes* const    data,
            MnError* const    error)
{
  MnTarMember member;
  do {
    if (!mn_tar_next(&archive, &member, error)) {
      return false;
    }
    if (*member.name && !strcmp(member.name, name)) {
      *data = member.data;
      return true;
    }
  } while (*member.name);
  mn_error_set(error, MN_STATUS_BAD_INPUT, "%s is not in the archive", name);
  return false;
}
