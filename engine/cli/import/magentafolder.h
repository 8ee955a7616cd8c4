// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Writes a folder that Magenta.js loads a MusicVAE from: config.json,
/// weights_manifest.json, and the tensors back to back in shards.

#ifndef MN_CLI_MAGENTAFOLDER_H
#define MN_CLI_MAGENTAFOLDER_H

#include "checkpoint/checkpoint.h"

typedef struct MnMagentaFolder MnMagentaFolder;

/// Whether a folder may be written at `path`: there is nothing yet, or an empty
/// folder. @return false with the reason in `error`.
MN_NODISCARD bool
mn_magenta_check(char const* path, MnError* error);

/// Starts a folder. Its files lie in a temporary folder beside it until it is finished.
///
/// @param bytes How many bytes all tensors have, 4 an element.
/// @return NULL with the reason in `error`.
MN_NODISCARD MnMagentaFolder*
mn_magenta_start(char const* path, size_t bytes, size_t shard_size, MnError* error);

/// Appends a tensor. @return false with the reason in `error`.
MN_NODISCARD bool
mn_magenta_add(MnMagentaFolder*          folder,
               MnCheckpointTensor const* tensor,
               float const*              values,
               MnError*                  error);

/// Moves the folder to its place, after all tensors.
///
/// @param steps In a window. @return false with the reason in `error`.
MN_NODISCARD bool
mn_magenta_finish(MnMagentaFolder* folder, unsigned steps, MnError* error);

/// Frees the writer, and removes what it has written if it is not finished.
/// NULL is ignored.
void
mn_magenta_close(MnMagentaFolder* folder);

#endif // MN_CLI_MAGENTAFOLDER_H
