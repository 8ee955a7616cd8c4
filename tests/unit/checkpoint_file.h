// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Checkpoints made up for tests, written by their formats' descriptions and
/// not by the code under test, so that each part of them can be wrong.

#ifndef MN_TEST_CHECKPOINT_FILE_H
#define MN_TEST_CHECKPOINT_FILE_H

#include "checkpoint/checkpoint.h"

/// Bytes that grow.
typedef struct {
  uint8_t* data;
  size_t   size;
} Buffer;

void
put_bytes(Buffer* buffer, void const* bytes, size_t size);

void
put_text(Buffer* buffer, char const* text);

/// A little-endian number of so many bytes.
void
put_number(Buffer* buffer, uint64_t number, unsigned bytes);

void
put_varint(Buffer* buffer, uint64_t number);

/// Fields of a protocol buffer.
void
put_field(Buffer* buffer, unsigned field, uint64_t number);

void
put_field_bytes(Buffer* buffer, unsigned field, Buffer const* bytes);

void
put_field_32(Buffer* buffer, unsigned field, uint32_t number);

/// Writes the bytes to a new file, and frees them.
void
write_buffer(Buffer* buffer, char const* path);

/// CRC-32C a bit at a time, as it is defined, and masked as it is stored.
uint32_t
masked_crc(void const* bytes, size_t size);

/// A table in the making.
typedef struct {
  unsigned restart_interval; ///< entries between restarts
  unsigned block_entries;    ///< entries in a block
  uint8_t  block_type;       ///< 0: not compressed
  Buffer   file;
  Buffer   block;
  Buffer   restarts;
  unsigned entries; ///< in the block
  Buffer   last;    ///< the key
  Buffer   index;   ///< entries of the index block
  Buffer   index_restarts;
} Table;

/// Adds an entry; keys must ascend.
void
table_add(Table* table, void const* key, size_t size, Buffer const* value);

/// Ends the table, gives its bytes away, and leaves it empty for another.
Buffer
table_end(Table* table);

/// What a bundle's header says.
typedef struct {
  uint64_t shards;
  uint64_t byte_order;
  uint64_t least_reader;
} BundleHeader;

void
put_bundle_header(Buffer* value, BundleHeader header);

/// A tensor of a bundle, with `data` of `size` bytes. The rest is as written.
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

/// Writes NAME.index and its data files. Tensors, in the order of their names,
/// get their offset and check sum here.
void
write_bundle(char const* name, unsigned shards, BundleTensor* tensors, size_t count);

/// The index alone, of tensors as they are.
void
write_index(char const*         path,
            BundleHeader        header,
            BundleTensor const* tensors,
            size_t              count);

/// Opens a checkpoint, or fails the test with the reason.
MnCheckpoint*
open_checkpoint(char const* path);

/// Finds a tensor, reads it, and fails unless its values are these to the bit.
void
assert_values(MnCheckpoint* checkpoint,
              char const*   name,
              float const*  values,
              size_t        count);

/// Fails unless opening fails with one line that names the file and says `why`.
void
assert_not_opened(char const* path, char const* why);

/// Fails unless a tensor is listed, and cannot be read for the reason `why`.
void
assert_not_read(MnCheckpoint* checkpoint, char const* name, char const* why);

/// Opens, lists and reads everything: whatever is
/// in the file, that must end well or with a reason. Returns how many tensors
/// could be read.
size_t
try_checkpoint(char const* path);

#endif // MN_TEST_CHECKPOINT_FILE_H
