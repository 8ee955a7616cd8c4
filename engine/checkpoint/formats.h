// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The formats that checkpoint.c knows; not for others.
///
/// Openers set format and reader, even when they fail half-way, and add the
/// tensors. Those with a mapping own it from then on.

#ifndef MN_CHECKPOINT_FORMATS_H
#define MN_CHECKPOINT_FORMATS_H

#include "format.h"

/// A TensorFlow checkpoint by its index.
MN_NODISCARD bool
mn_tfbundle_open(MnCheckpoint* checkpoint,
                 char const*   path,
                 MnMapping     index,
                 MnError*      error);

/// One in a tar archive.
MN_NODISCARD bool
mn_tfbundle_open_archive(MnCheckpoint* checkpoint, MnMapping archive, MnError* error);

/// A folder of magenta.js.
MN_NODISCARD bool
mn_magentajs_open(MnCheckpoint* checkpoint, char const* path, MnError* error);

/// A folder of deeplearn.js.
MN_NODISCARD bool
mn_rawfolder_open(MnCheckpoint* checkpoint, char const* path, MnError* error);

/// A safetensors file.
MN_NODISCARD bool
mn_tensorfile_open(MnCheckpoint* checkpoint, char const* path, MnError* error);

#endif // MN_CHECKPOINT_FORMATS_H
