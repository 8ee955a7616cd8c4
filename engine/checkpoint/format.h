// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the readers of formats share with checkpoint.c. For these alone.
///
/// A reader lists all tensors when it opens a file, and finds the bytes of a tensor when
/// that is read. Reasons do not name the file: checkpoint.c adds its path.

#ifndef MN_CHECKPOINT_FORMAT_H
#define MN_CHECKPOINT_FORMAT_H

#include "bytes.h"
#include "checkpoint.h"

/// How the elements of a tensor are stored.
typedef enum {
  MN_STORED_OTHER, ///< cannot become floats
  MN_STORED_FLOAT32,
  MN_STORED_FLOAT16,
  MN_STORED_BFLOAT16,
  MN_STORED_FLOAT64,
  MN_STORED_QUANTISED_UINT8, ///< value = element * scale + min
  MN_STORED_QUANTISED_UINT16,
} MnStored;

/// A tensor, and where its bytes are.
typedef struct {
  MnCheckpointTensor tensor;
  char*              name;
  MnStored           stored;
  double             scale;
  double             min;
  uint32_t           part;   ///< number of the shard, or of the group of shards
  uint64_t           offset; ///< in that part
  uint64_t           size;
  uint32_t           crc;    ///< masked
  bool               sliced; ///< stored in slices under other names
} MnEntry;

typedef struct {
  char const* kind;

  /// Finds the bytes of a tensor. They live until the next call.
  bool (*find)(void* reader, MnEntry const* entry, MnBytes* bytes, MnError* error);

  void (*close)(void* reader);

  /// The metadata under a key. NULL if the format has no metadata.
  char const* (*text)(void const* reader, char const* key);
} MnFormat;

struct MnCheckpoint {
  char*           path;
  MnFormat const* format;
  void*           reader; ///< owned by the format
  MnEntry*        entries;
  size_t          count;
  size_t          room;
};

/// Adds an entry; all but its name is zero. The entry lives until the next one is added.
/// Returns NULL with the reason.
MN_NODISCARD MnEntry*
mn_checkpoint_add(MnCheckpoint* checkpoint, MnBytes name, MnError* error);

/// Adds a dimension to the shape of an entry.
MN_NODISCARD bool
mn_entry_extend(MnEntry* entry, uint64_t size, MnError* error);

/// Checks that the size of an entry is that of its shape, with `bytes` an element.
MN_NODISCARD bool
mn_entry_fits(MnEntry const* entry, size_t bytes, MnError* error);

#endif // MN_CHECKPOINT_FORMAT_H
