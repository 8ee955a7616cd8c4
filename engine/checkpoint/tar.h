// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Finds files in a tar archive without unpacking it. It reads old, ustar, GNU and pax
/// archives.

#ifndef MN_CHECKPOINT_TAR_H
#define MN_CHECKPOINT_TAR_H

#include "bytes.h"

/// A longer name is cut to this. The names that we look for are shorter.
enum { MN_TAR_MAX_NAME = 1024 };

/// The size of a header, which stands before each member.
enum { MN_TAR_BLOCK = 512 };

/// An archive, and how far it has been read.
typedef struct {
  MnFile const* file;
  uint64_t      at;
} MnTar;

/// A member, and where its data are in the archive.
typedef struct {
  char     name[MN_TAR_MAX_NAME];
  uint64_t offset;
  uint64_t size;
} MnTarMember;

/// Whether a file starts with the header of an archive, given its start.
bool
mn_tar_detect(MnBytes start);

/// Takes the next regular file from an archive. At the end of the archive `name` is empty.
/// Returns false with the reason if the archive is malformed.
MN_NODISCARD bool
mn_tar_next(MnTar* tar, MnTarMember* member, MnError* error);

/// Finds a member by its name. Returns false with the reason.
MN_NODISCARD bool
mn_tar_find(MnFile const* archive, char const* name, MnTarMember* member, MnError* error);

#endif // MN_CHECKPOINT_TAR_H
