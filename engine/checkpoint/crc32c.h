// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// CRC-32C (Castagnoli), as TensorFlow and LevelDB use it.

#ifndef MN_CHECKPOINT_CRC32C_H
#define MN_CHECKPOINT_CRC32C_H

#include "bytes.h"

enum { CRC32C_SLICES = 8 };

/// Tables to take 8 bytes at a time.
typedef struct {
  uint32_t table[CRC32C_SLICES][256];
} Crc32c;

void
crc32c_init(Crc32c* crc);

uint32_t
crc32c_of(Crc32c const* crc, Bytes bytes);

/// Masked, as it stands in files: the check sum of data that holds its own check
/// sum would be weak.
uint32_t
crc32c_masked(Crc32c const* crc, Bytes bytes);

#endif // MN_CHECKPOINT_CRC32C_H
