// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "tar.h"

#include <stdio.h>
#include <string.h>

// Real extended headers have some hundred bytes.
enum { BLOCK = MN_TAR_BLOCK, MAX_EXTENDED = 16384 };

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
mn_tar_detect(MnBytes const start)
{
  return start.size >= BLOCK && !is_zero(start.data) && check_header(start.data);
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

static char const malformed[] = "the archive is malformed (truncated?)";

static bool
fail(MnError* const error, char const* const reason)
{
  mn_error_set(error, MN_STATUS_BAD_INPUT, "%s", reason);
  return false;
}

// Takes the member after a header block, and its padding.
static bool
take_member(MnTar* const         tar,
            uint8_t const* const header,
            Said const* const    said,
            MnTarMember* const   member)
{
  uint64_t size = 0;
  if (!check_header(header) || !read_number(header + SIZE_AT, SIZE_BYTES, &size)) {
    return false;
  }
  char const type      = (char)header[TYPE_AT];
  bool const is_header = type == 'L' || type == 'K' || type == 'x' || type == 'g';
  if (said->has_size && !is_header) {
    size = said->size;
  }
  // Links and directories may state a size, but have no data.
  if (type >= '1' && type <= '6') {
    size = 0;
  }
  if (!mn_file_holds(tar->file, tar->at, size)) {
    return false;
  }
  member->offset = tar->at;
  member->size   = size;
  tar->at += size;
  // The padding of the last member may be missing.
  uint64_t const rest = (BLOCK - size % BLOCK) % BLOCK;
  uint64_t const left = tar->file->size - tar->at;
  tar->at += rest < left ? rest : left;
  return true;
}

// Reads what an extended header says of the next member.
static bool
read_extended(MnTar const* const       tar,
              char const               type,
              MnTarMember const* const header,
              Said* const              said,
              MnError* const           error)
{
  uint8_t       bytes[MAX_EXTENDED];
  MnBytes const data = {bytes, (size_t)header->size};
  if (header->size > MAX_EXTENDED) {
    return fail(error, "the archive has a header that is larger than any that we know");
  }
  if (!mn_file_read(tar->file, header->offset, data.size, bytes, error)) {
    return false;
  }
  if (type == 'L') { // the name
    say_name(said, data);
    return true;
  }
  return read_pax(data, said) || fail(error, "the archive has a malformed pax header");
}

// Whether another header follows. If so, reads it.
static bool
take_header(MnTar* const   tar,
            uint8_t* const header,
            bool* const    there,
            MnError* const error)
{
  *there = mn_file_holds(tar->file, tar->at, BLOCK);
  if (*there && !mn_file_read(tar->file, tar->at, BLOCK, header, error)) {
    return false;
  }
  *there = *there && !is_zero(header);
  tar->at += *there ? BLOCK : 0;
  return true;
}

bool
mn_tar_next(MnTar* const tar, MnTarMember* const member, MnError* const error)
{
  Said    said = {.name = ""};
  uint8_t header[BLOCK];
  bool    there = false;
  while (take_header(tar, header, &there, error)) {
    if (!there) {
      *member = (MnTarMember){.name = ""};
      return true;
    }
    if (!take_member(tar, header, &said, member)) {
      return fail(error, malformed);
    }
    char const type = (char)header[TYPE_AT];
    switch (type) {
    case 'L':
    case 'x':
      if (!read_extended(tar, type, member, &said, error)) {
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
  return false;
}

bool
mn_tar_find(MnFile const* const archive,
            char const* const   name,
            MnTarMember* const  member,
            MnError* const      error)
{
  MnTar tar = {archive, 0};
  do {
    if (!mn_tar_next(&tar, member, error)) {
      return false;
    }
    if (*member->name && !strcmp(member->name, name)) {
      return true;
    }
  } while (*member->name);
  mn_error_set(error, MN_STATUS_BAD_INPUT, "%s is not in the archive", name);
  return false;
}
