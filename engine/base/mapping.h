// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Files, mapped into memory.
///
/// Any thread but the audio thread: reading the bytes may wait for the disk.

#ifndef MN_MAPPING_H
#define MN_MAPPING_H

#include "common.h"

#include <stdbool.h>

/// The bytes of a file, read-only. An empty file has no data.
typedef struct {
  uint8_t* data;
  size_t   size;
} MnMapping;

/// Maps a regular file. Returns false with the reason, which does not name the file.
MN_NODISCARD bool
mn_mapping_open(char const* path, MnMapping* mapping, MnError* error);

/// Unmaps a file. A mapping that is all zero, or already closed, is ignored.
void
mn_mapping_close(MnMapping* mapping);

#endif // MN_MAPPING_H
