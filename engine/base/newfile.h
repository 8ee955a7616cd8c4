// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A file that appears under its name when it is complete. An older one stays until then.
///
///   if (open) { write to file; good = close; good = good && keep; drop; }

#ifndef MN_NEWFILE_H
#define MN_NEWFILE_H

#include "common.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

/// All zeros before it is opened.
typedef struct {
  char  path[PATH_MAX];
  char  temporary[PATH_MAX]; ///< beside the path; empty if there is none
  FILE* file;                ///< to write to; NULL if it is not open
} MnNewFile;

/// Creates a temporary file, with the permissions of a new file. What is there under the
/// path must be a regular file.
///
/// @return false with the reason, which names the path; then there is nothing to drop.
MN_NODISCARD bool
mn_newfile_open(MnNewFile* new_file, char const* path, MnError* error);

/// Closes the file when all is on the disk. @return false with the reason, also if an
/// earlier write failed.
MN_NODISCARD bool
mn_newfile_close(MnNewFile* new_file, MnError* error);

/// Gives a closed file its name, which lasts: its folder is on the disk, too, unless that
/// fails. @return false with the reason.
MN_NODISCARD bool
mn_newfile_keep(MnNewFile* new_file, MnError* error);

/// Closes and removes a file that has not got its name; does nothing to any other.
void
mn_newfile_drop(MnNewFile* new_file);

#endif // MN_NEWFILE_H
