// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "sstable.h"

#include <string.h>

enum {
  MAGIC_BYTES   = 8,
  TRAILER_BYTES = 5, // after a block: type and check sum
  MAX_KEY       = 1024,
};

static uint64_t const magic = 0xDB4775248B80FB57U;

// The place of a block. Its trailer follows after `size` bytes.
typedef struct {
  uint64_t offset;
  uint64_t size;
} Handle;

typedef struct {
  uint8_t data[MAX_KEY];
  size_t  size;
  bool    any; // false before the first key
} Key;

// The state of a visit: the file, where an error goes, the last key so far, and the end of
// the last block.
typedef struct {
  MnBytes          file; // without the footer
  MnCrc32c const*  crc;
  MnSstableVisitor visitor;
  void*            context;
  MnError*         error;
  Key              key;
  uint64_t         end;
} Visit;

static bool
visit_fail(Visit const* const visit, char const* const reason)
{
  mn_error_set(visit->error, MN_STATUS_BAD_INPUT, "%s", reason);
  return false;
}

static bool
take_handle(MnBytes* const bytes, Handle* const handle)
{
  return mn_bytes_take_varint(bytes, &handle->offset) &&
         mn_bytes_take_varint(bytes, &handle->size);
}

// Finds and verifies a block.
static bool
read_block(Visit const* const visit, Handle const handle, MnBytes* const block)
{
  MnBytes trailer;
  MnBytes sealed; // the bytes that the check sum covers
  if (!mn_bytes_cut(visit->file, handle.offset, handle.size, block) ||
      !mn_bytes_cut(visit->file, handle.offset + handle.size, TRAILER_BYTES, &trailer) ||
      !mn_bytes_cut(visit->file, handle.offset, handle.size + 1, &sealed)) {
    return visit_fail(visit, "a block lies outside the file (truncated?)");
  }
  if (mn_crc32c_masked(visit->crc, sealed) != mn_bytes_u32(trailer.data + 1)) {
    return visit_fail(visit, "a block's check sum does not match: the file is damaged");
  }
  if (trailer.data[0]) {
    mn_error_set(visit->error,
                 MN_STATUS_UNSUPPORTED,
                 "compressed blocks%s are not supported",
                 trailer.data[0] == 1 ? " (snappy)" : "");
    return false;
  }
  return true;
}

// Replaces the last key, apart from its first `shared` bytes, by the next one. Keys must
// ascend.
static bool
advance_key(Key* const key, uint64_t const shared, MnBytes const rest)
{
  if (shared > key->size || rest.size > MAX_KEY - shared) {
    return false;
  }
  size_t const left  = key->size - (size_t)shared;
  size_t const least = left < rest.size ? left : rest.size;
  int const    order = least ? memcmp(rest.data, key->data + shared, least) : 0;
  if (key->any && (order < 0 || (!order && rest.size <= left))) {
    return false;
  }
  if (rest.size) {
    memcpy(key->data + shared, rest.data, rest.size);
  }
  key->size = (size_t)shared + rest.size;
  key->any  = true;
  return true;
}

// Visits the entries of a block. An entry is the shared and the own length of the key, the
// length of the value, the own part of the key, and the value. The block ends with the
// offsets of its restart points, at which a key shares nothing.
static bool
visit_block(Visit const* const     visit,
            MnBytes const          block,
            Key* const             key,
            MnSstableVisitor const visitor,
            void* const            context)
{
  static char const broken[] = "a block is malformed";
  if (block.size < 4) {
    return visit_fail(visit, broken);
  }
  uint64_t const restarts = mn_bytes_u32(block.data + block.size - 4);
  MnBytes        entries;
  MnBytes        points;
  if (restarts > block.size / 4 - 1 ||
      !mn_bytes_cut(block, 0, block.size - 4 * (restarts + 1), &entries) ||
      !mn_bytes_cut(block, entries.size, 4 * restarts, &points)) {
    return visit_fail(visit, broken);
  }

  while (entries.size) {
    uint64_t const at      = (uint64_t)(entries.data - block.data);
    bool const     restart = points.size && mn_bytes_u32(points.data) == at;
    uint64_t       shared  = 0;
    uint64_t       own     = 0;
    uint64_t       length  = 0;
    MnBytes        rest;
    MnBytes        value;
    if (!mn_bytes_take_varint(&entries, &shared) || !mn_bytes_take_varint(&entries, &own) ||
        !mn_bytes_take_varint(&entries, &length) || !mn_bytes_take(&entries, own, &rest) ||
        !mn_bytes_take(&entries, length, &value) || (restart && shared) ||
        (!at && shared) || !advance_key(key, shared, rest)) {
      return visit_fail(visit, broken);
    }
    if (restart) {
      mn_bytes_take(&points, 4, &rest);
    }
    if (!visitor(context, (MnBytes){key->data, key->size}, value, visit->error)) {
      return false;
    }
  }
  return true;
}

// Visits the data block that an entry of the index block points to.
static bool
visit_data(void* const    context,
           MnBytes const  key,
           MnBytes const  value,
           MnError* const error)
{
  (void)key;
  (void)error;
  Visit* const visit = (Visit*)context;
  MnBytes      rest  = value;
  MnBytes      block;
  Handle       handle;
  // Blocks must follow each other, so that no file can make us read one many times.
  if (!take_handle(&rest, &handle) || handle.offset < visit->end) {
    return visit_fail(visit, "the index of blocks is malformed");
  }
  if (!read_block(visit, handle, &block)) {
    return false;
  }
  visit->end = handle.offset + handle.size + TRAILER_BYTES;
  return visit_block(visit, block, &visit->key, visit->visitor, visit->context);
}

bool
mn_sstable_detect(MnBytes const end)
{
  return end.size >= MN_SSTABLE_FOOTER &&
         mn_bytes_u64(end.data + end.size - MAGIC_BYTES) == magic;
}

bool
mn_sstable_visit(MnBytes const          file,
                 MnCrc32c const* const  crc,
                 MnSstableVisitor const visitor,
                 void* const            context,
                 MnError* const         error)
{
  if (!mn_sstable_detect(file)) {
    mn_error_set(
      error, MN_STATUS_BAD_INPUT, "not an index of a checkpoint: no table (truncated?)");
    return false;
  }
  Visit   visit = {.crc = crc, .visitor = visitor, .context = context, .error = error};
  MnBytes footer;
  MnBytes block;
  Handle  extras; // LevelDB's metaindex, for filters; unused here
  Handle  index;
  mn_bytes_cut(file, 0, file.size - MN_SSTABLE_FOOTER, &visit.file);
  mn_bytes_cut(file, visit.file.size, MN_SSTABLE_FOOTER - MAGIC_BYTES, &footer);
  if (!take_handle(&footer, &extras) || !take_handle(&footer, &index)) {
    return visit_fail(&visit, "the footer is malformed");
  }
  Key key = {.any = false};
  return read_block(&visit, extras, &block) && read_block(&visit, index, &block) &&
         visit_block(&visit, block, &key, visit_data, &visit);
}
