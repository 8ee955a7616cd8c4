// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Reads LevelDB's table format: blocks of sorted keys with their values, an index block
/// of these blocks, and a footer that says where the index block is.

#ifndef MN_CHECKPOINT_SSTABLE_H
#define MN_CHECKPOINT_SSTABLE_H

#include "crc32c.h"

/// Called with each key and its value, in the order of the keys. Both live only during
/// the call. Returns false, with the reason, to end the visit.
typedef bool (*MnSstableVisitor)(void* context, MnBytes key, MnBytes value, MnError* error);

/// The footer: two handles, padding and a magic number.
enum { MN_SSTABLE_FOOTER = 48 };

/// Whether a file ends with the footer of a table, given its end.
bool
mn_sstable_detect(MnBytes end);

/// Visits all entries of a table. The check sum of a block is verified before its entries
/// are visited.
MN_NODISCARD bool
mn_sstable_visit(MnBytes          file,
                 MnCrc32c const*  crc,
                 MnSstableVisitor visitor,
                 void*            context,
                 MnError*         error);

#endif // MN_CHECKPOINT_SSTABLE_H
