// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Finds files in a tar archive without unpacking it. It reads old, ustar, GNU and pax
/// archives. The data of a member points into the archive.

#ifndef MN_CHECKPOINT_TAR_H
#define MN_CHECKPOINT_TAR_H

#include "bytes.h"

/// A longer name is cut to this. The names that we look for are shorter.
enum { MN_TAR_MAX_NAME = 1024 };

typedef struct {
  char    name[MN_TAR_MAX_NAME];
  MnBytes data;
} MnTarMember;

/// Whether a file starts with the header of an archive.
bool
mn_tar_detect(MnBytes archive);

/// Takes the next regular file from an archive. At the end of the archive `name` is empty.
/// Returns false with the reason if the archive is malformed.
MN_NODISCARD bool
mn_tar_next(MnBytes* archive, MnTarMember* member, MnError* error);

/// Finds a member by its name. Returns false with the reason.
MN_NODISCARD bool
mn_tar_find(MnBytes archive, char const* name, MnBytes* data, MnError* error);

#endif // MN_CHECKPOINT_TAR_H
