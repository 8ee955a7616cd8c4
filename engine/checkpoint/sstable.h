// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// LevelDB's table format: sorted keys and their values in blocks, with a block
/// that indexes the blocks, and a footer that says where that is.

#ifndef MN_CHECKPOINT_SSTABLE_H
#define MN_CHECKPOINT_SSTABLE_H

#include "crc32c.h"

/// Called with each key and its value, in the order of the keys. Both live as
/// long as the call. Returns false, with the reason, to end the visit.
typedef bool (*MnSstableVisitor)(void* context, MnBytes key, MnBytes value, MnError* error);

/// Whether a file ends as a table does.
bool
mn_sstable_detect(MnBytes file);

/// Visits all entries of a table. Every block's check sum is verified before
/// its entries are seen.
MN_NODISCARD bool
mn_sstable_visit(MnBytes          file,
                 MnCrc32c const*  crc,
                 MnSstableVisitor visitor,
                 void*            context,
                 MnError*         error);

#endif // MN_CHECKPOINT_SSTABLE_H
