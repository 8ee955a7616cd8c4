// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Finds files in a tar archive without unpacking it: old, ustar, GNU and pax
/// archives. Members are part of the archive's bytes.

#ifndef MN_CHECKPOINT_TAR_H
#define MN_CHECKPOINT_TAR_H

#include "bytes.h"

/// A member's full name is cut to this; ours are shorter.
enum { TAR_MAX_NAME = 1024 };

typedef struct {
  char  name[TAR_MAX_NAME];
  Bytes data;
} TarMember;

/// Whether a file starts as an archive does.
bool
tar_detect(Bytes archive);

/// Takes the next regular file from an archive. At its end, `name` is empty.
/// Returns false with the reason if the archive is malformed.
bool
tar_next(Bytes* archive, TarMember* member, MnError* error);

/// Finds a member by its name. Returns false with the reason.
bool
tar_find(Bytes archive, char const* name, Bytes* data, MnError* error);

#endif // MN_CHECKPOINT_TAR_H
