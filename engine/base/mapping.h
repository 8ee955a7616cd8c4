// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Files as bytes in memory.
///
/// Any thread but the audio thread: a read of the bytes may wait for the disk.

#ifndef MN_MAPPING_H
#define MN_MAPPING_H

#include "common.h"

#include <stdbool.h>

/// A file's bytes, mapped read-only; an empty file has no data.
typedef struct {
  uint8_t* data;
  size_t   size;
} MnMapping;

/// Maps a regular file. Returns false with the reason, which names no file.
MN_NODISCARD bool
mn_mapping_open(char const* path, MnMapping* mapping, MnError* error);

/// Closing one that is closed, or was never opened and is all zero, does nothing.
void
mn_mapping_close(MnMapping* mapping);

#endif // MN_MAPPING_H
