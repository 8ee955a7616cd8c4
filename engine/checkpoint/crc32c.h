// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// CRC-32C (Castagnoli), as TensorFlow and LevelDB use it.

#ifndef MN_CHECKPOINT_CRC32C_H
#define MN_CHECKPOINT_CRC32C_H

#include "bytes.h"

enum { MN_CRC32C_SLICES = 8 };

/// Tables to take 8 bytes at a time.
typedef struct {
  uint32_t table[MN_CRC32C_SLICES][256];
} MnCrc32c;

void
mn_crc32c_init(MnCrc32c* crc);

uint32_t
mn_crc32c_of(MnCrc32c const* crc, MnBytes bytes);

/// Masked, as it stands in files: the check sum of data that holds its own check
/// sum would be weak.
uint32_t
mn_crc32c_masked(MnCrc32c const* crc, MnBytes bytes);

#endif // MN_CHECKPOINT_CRC32C_H
