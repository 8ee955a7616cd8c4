// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the readers of formats share, and checkpoint.c with them; not for others.
///
/// A reader lists all tensors when it opens a file, and finds the bytes of one
/// when it is read. Reasons name no file: checkpoint.c puts its path before them.

#ifndef MN_CHECKPOINT_FORMAT_H
#define MN_CHECKPOINT_FORMAT_H

#include "bytes.h"
#include "checkpoint.h"

/// How the elements of a tensor are stored.
typedef enum {
  MN_STORED_OTHER, ///< nothing that becomes floats
  MN_STORED_FLOAT32,
  MN_STORED_FLOAT16,
  MN_STORED_BFLOAT16,
  MN_STORED_FLOAT64,
  MN_STORED_QUANTISED_UINT8, ///< value = element * scale + min
  MN_STORED_QUANTISED_UINT16,
} MnStored;

/// A tensor and where its bytes are.
typedef struct {
  MnCheckpointTensor tensor;
  char*              name;
  MnStored           stored;
  double             scale;
  double             min;
  uint32_t           part;   ///< the shard, or group of shards
  uint64_t           offset; ///< in that
  uint64_t           size;
  uint32_t           crc;    ///< masked
  bool               sliced; ///< stored in parts under other names
} MnEntry;

typedef struct {
  char const* kind;

  /// Finds the bytes of a tensor; they live until the next call.
  bool (*find)(void* reader, MnEntry const* entry, MnBytes* bytes, MnError* error);

  void (*close)(void* reader);

  /// The text that a file has under a key; NULL if the format has no texts.
  char const* (*text)(void const* reader, char const* key);
} MnFormat;

struct MnCheckpoint {
  char*           path;
  MnFormat const* format;
  void*           reader; ///< the format's own
  MnEntry*        entries;
  size_t          count;
  size_t          room;
};

/// Adds an entry, all zero but its name. Returns NULL with the reason. What it
/// returns lives until the next is added.
MN_NODISCARD MnEntry*
mn_checkpoint_add(MnCheckpoint* checkpoint, MnBytes name, MnError* error);

/// Adds a dimension to an entry's shape.
MN_NODISCARD bool
mn_entry_extend(MnEntry* entry, uint64_t size, MnError* error);

/// Checks that an entry's size is that of its shape with so many bytes an element.
MN_NODISCARD bool
mn_entry_fits(MnEntry const* entry, size_t bytes, MnError* error);

#endif // MN_CHECKPOINT_FORMAT_H
