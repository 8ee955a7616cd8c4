// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The formats that checkpoint.c can open. For checkpoint.c alone.
///
/// These functions set the format and the reader, even when they fail after that, and add
/// the tensors.

#ifndef MN_CHECKPOINT_FORMATS_H
#define MN_CHECKPOINT_FORMATS_H

#include "format.h"

/// Opens a TensorFlow checkpoint, given its index.
MN_NODISCARD bool
mn_tfbundle_open(MnCheckpoint* checkpoint,
                 char const*   path,
                 MnFile const* index,
                 MnError*      error);

/// Opens a TensorFlow checkpoint in a tar archive. Takes the archive, and closes it also
/// if this fails.
MN_NODISCARD bool
mn_tfbundle_open_archive(MnCheckpoint* checkpoint, MnFile archive, MnError* error);

/// Opens a folder of magenta.js.
MN_NODISCARD bool
mn_magentajs_open(MnCheckpoint* checkpoint, char const* path, MnError* error);

/// Opens a folder of deeplearn.js.
MN_NODISCARD bool
mn_rawfolder_open(MnCheckpoint* checkpoint, char const* path, MnError* error);

/// Opens a safetensors file.
MN_NODISCARD bool
mn_tensorfile_open(MnCheckpoint* checkpoint, char const* path, MnError* error);

#endif // MN_CHECKPOINT_FORMATS_H
