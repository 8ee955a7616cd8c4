// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// CRC-32C (Castagnoli), as TensorFlow and LevelDB use it.

#ifndef MN_CHECKPOINT_CRC32C_H
#define MN_CHECKPOINT_CRC32C_H

#include "bytes.h"

enum { MN_CRC32C_SLICES = 8 };

/// Tables that process 8 bytes at a time.
typedef struct {
  uint32_t table[MN_CRC32C_SLICES][256];
} MnCrc32c;

void
mn_crc32c_init(MnCrc32c* crc);

uint32_t
mn_crc32c_of(MnCrc32c const* crc, MnBytes bytes);

/// The masked check sum, as files store it. Without the mask, a check sum over data that
/// contains check sums would be weak.
uint32_t
mn_crc32c_masked(MnCrc32c const* crc, MnBytes bytes);

#endif // MN_CHECKPOINT_CRC32C_H
