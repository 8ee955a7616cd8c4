// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the formats share that are folders with a manifest in JSON. Reasons name
/// the file in the folder.

#ifndef MN_CHECKPOINT_FOLDER_H
#define MN_CHECKPOINT_FOLDER_H

#include "format.h"

#include <jansson.h>

/// Whether a path that a manifest names leads to a file below its folder.
bool
mn_folder_holds(char const* path);

/// Whether there is something of this name.
bool
mn_folder_has(char const* folder, char const* name);

MN_NODISCARD bool
mn_folder_map(char const* folder, char const* name, MnMapping* mapping, MnError* error);

/// Reads JSON of a reasonable size. Returns NULL with the reason.
MN_NODISCARD json_t*
mn_folder_read_json(char const* folder, char const* name, MnError* error);

/// Adds the dimensions in an array to an entry.
MN_NODISCARD bool
mn_folder_read_shape(MnEntry* entry, json_t const* shape, MnError* error);

#endif // MN_CHECKPOINT_FOLDER_H
