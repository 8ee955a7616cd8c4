// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What formats share that are folders with a JSON manifest. Reasons name the file in the
/// folder.

#ifndef MN_CHECKPOINT_FOLDER_H
#define MN_CHECKPOINT_FOLDER_H

#include "format.h"

#include <jansson.h>

/// Whether a path in a manifest stays inside the folder.
bool
mn_folder_holds(char const* path);

/// Whether the folder contains this name.
bool
mn_folder_has(char const* folder, char const* name);

/// Opens a file of the folder. Returns false with the reason.
MN_NODISCARD bool
mn_folder_open(char const* folder, char const* name, MnFile* file, MnError* error);

/// Reads a JSON file, up to a size limit. Returns NULL with the reason.
MN_NODISCARD json_t*
mn_folder_read_json(char const* folder, char const* name, MnError* error);

/// Adds the dimensions in a JSON array to an entry.
MN_NODISCARD bool
mn_folder_read_shape(MnEntry* entry, json_t const* shape, MnError* error);

#endif // MN_CHECKPOINT_FOLDER_H
