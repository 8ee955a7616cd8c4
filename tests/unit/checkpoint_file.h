// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Checkpoints made up for tests. They follow the formats' descriptions and not the
/// code under test, so that any part of them can be made wrong.

#ifndef MN_TEST_CHECKPOINT_FILE_H
#define MN_TEST_CHECKPOINT_FILE_H

#include "checkpoint/checkpoint.h"

/// A byte buffer that grows.
typedef struct {
  uint8_t* data;
  size_t   size;
} Buffer;

void
put_bytes(Buffer* buffer, void const* bytes, size_t size);

void
put_text(Buffer* buffer, char const* text);

/// Appends a little-endian number of `bytes` bytes.
void
put_number(Buffer* buffer, uint64_t number, unsigned bytes);

void
put_varint(Buffer* buffer, uint64_t number);

/// Append fields of a protocol buffer.
void
put_field(Buffer* buffer, unsigned field, uint64_t number);

void
put_field_bytes(Buffer* buffer, unsigned field, Buffer const* bytes);

void
put_field_32(Buffer* buffer, unsigned field, uint32_t number);

/// Writes the bytes to a new file, and frees them.
void
write_buffer(Buffer* buffer, char const* path);

/// CRC-32C computed bit by bit from its definition, and masked as it is stored.
uint32_t
masked_crc(void const* bytes, size_t size);

/// A table under construction.
typedef struct {
  unsigned restart_interval; ///< entries between restarts
  unsigned block_entries;    ///< entries in a block
  uint8_t  block_type;       ///< 0: not compressed
  Buffer   file;
  Buffer   block;
  Buffer   restarts;
  unsigned entries; ///< in the current block
  Buffer   last;    ///< the last key
  Buffer   index;   ///< entries of the index block
  Buffer   index_restarts;
} Table;

/// Adds an entry; keys must ascend.
void
table_add(Table* table, void const* key, size_t size, Buffer const* value);

/// Ends the table and returns its bytes, which the caller owns. The table can then be
/// reused.
Buffer
table_end(Table* table);

/// The fields of a bundle's header.
typedef struct {
  uint64_t shards;
  uint64_t byte_order;
  uint64_t least_reader;
} BundleHeader;

void
put_bundle_header(Buffer* value, BundleHeader header);

/// A tensor of a bundle. `data` has `size` bytes. The other fields are written as they are.
typedef struct {
  char const* name;
  unsigned    type; ///< TensorFlow's number
  unsigned    dimensions;
  uint64_t    shape[6];
  uint64_t    shard;
  uint64_t    offset;
  uint64_t    size;
  uint32_t    crc;
  void const* data;
} BundleTensor;

void
put_bundle_entry(Buffer* value, BundleTensor const* tensor);

/// Writes NAME.index and its data files. The tensors must be sorted by name; this sets
/// their offsets and checksums.
void
write_bundle(char const* name, unsigned shards, BundleTensor* tensors, size_t count);

/// Writes the index alone, with the tensors as given.
void
write_index(char const*         path,
            BundleHeader        header,
            BundleTensor const* tensors,
            size_t              count);

/// Opens a checkpoint, or fails the test with the reason.
MnCheckpoint*
open_checkpoint(char const* path);

/// Finds and reads a tensor, and fails unless its values equal `values` bit for bit.
void
assert_values(MnCheckpoint* checkpoint,
              char const*   name,
              float const*  values,
              size_t        count);

/// Fails unless opening fails with one line that names the file and says `why`.
void
assert_not_opened(char const* path, char const* why);

/// Fails unless a tensor is listed and reading it fails with the reason `why`.
void
assert_not_read(MnCheckpoint* checkpoint, char const* name, char const* why);

/// Opens a checkpoint, lists its tensors and reads them all. Whatever the file holds,
/// that must succeed or fail with a reason. Returns the number of tensors read.
size_t
try_checkpoint(char const* path);

#endif // MN_TEST_CHECKPOINT_FILE_H
