// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Reads float weights by their names, in any of these formats: a TensorFlow checkpoint, a
/// folder of magenta.js or deeplearn.js, a safetensors file.
///
/// Files are not trusted: offsets, lengths, shapes and check sums are verified before a
/// value is used. One thread at a time; blocks and allocates.

#ifndef MN_CHECKPOINT_H
#define MN_CHECKPOINT_H

#include "base/common.h"

#include <stdbool.h>

typedef struct MnCheckpoint MnCheckpoint;

enum { MN_CHECKPOINT_DIMENSIONS = 4 };

/// A tensor as the checkpoint lists it.
typedef struct {
  char const* name;  ///< lives as long as the checkpoint
  char const* dtype; ///< for people: "float32", "bfloat16", "uint8 (quantised)"
  unsigned    dimensions;
  size_t      shape[MN_CHECKPOINT_DIMENSIONS];
  size_t      elements;
  bool        readable; ///< mn_checkpoint_read() can convert it to floats
} MnCheckpointTensor;

/// Opens a checkpoint. Its files tell the format:
/// - TensorFlow: a prefix (NAME.ckpt), its .index file, or a .tar of these files, which
///   is read in place. If the data files are missing, the tensors are listed, and only
///   reading their values fails.
/// - magenta.js: a folder with weights_manifest.json.
/// - deeplearn.js, the format of Magenta's first demos: a folder with manifest.json.
/// - safetensors: a file with F32, F16 or BF16 tensors.
///
/// @return NULL with the reason, one line that names the file, in `error`.
MN_NODISCARD MnCheckpoint*
mn_checkpoint_open(char const* path, MnError* error);

void
mn_checkpoint_close(MnCheckpoint* checkpoint);

/// The path that mn_checkpoint_open() got.
char const*
mn_checkpoint_path(MnCheckpoint const* checkpoint);

/// "TensorFlow checkpoint", "magenta.js folder", "deeplearn.js folder",
/// "safetensors file".
char const*
mn_checkpoint_kind(MnCheckpoint const* checkpoint);

/// The checkpoint's metadata under a key, or NULL: a text in UTF-8 that lives as long as
/// the checkpoint. Only safetensors files can have metadata.
char const*
mn_checkpoint_text(MnCheckpoint const* checkpoint, char const* key);

/// The tensors, sorted by name.
size_t
mn_checkpoint_count(MnCheckpoint const* checkpoint);
MnCheckpointTensor
mn_checkpoint_tensor(MnCheckpoint const* checkpoint, size_t index);

/// Finds a tensor by its name. Returns false if there is none.
bool
mn_checkpoint_find(MnCheckpoint const* checkpoint,
                   char const*         name,
                   MnCheckpointTensor* tensor);

/// Reads all values of a tensor as float32, in row-major order.
///
/// @param values Room for tensor->elements. @return false with the reason.
MN_NODISCARD bool
mn_checkpoint_read(MnCheckpoint*             checkpoint,
                   MnCheckpointTensor const* tensor,
                   float*                    values,
                   MnError*                  error);

/// As mn_checkpoint_read(), but the reason names only the tensor, not the file.
MN_NODISCARD bool
mn_checkpoint_read_tensor(MnCheckpoint*             checkpoint,
                          MnCheckpointTensor const* tensor,
                          float*                    values,
                          MnError*                  error);

#endif // MN_CHECKPOINT_H
