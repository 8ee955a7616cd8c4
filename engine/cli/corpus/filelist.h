// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Files at some paths: those named, and those of a kind in folders.

#ifndef MN_CLI_FILELIST_H
#define MN_CLI_FILELIST_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
  char** paths;
  size_t count;
  size_t room;
} FileList;

/// Whether a file of this name is of the kind that is looked for.
typedef bool (*FileKind)(char const* name);

/// Adds a file; or, of a folder and the folders in it, all files of a kind, in an
/// order that depends on names alone. Hidden ones are passed over.
///
/// @return The exit status; if it is not EXIT_GOOD, the reason is on stderr.
int
filelist_add(FileList* list, char const* path, FileKind kind);

/// Takes out the files that are not of a kind.
void
filelist_keep(FileList* list, FileKind kind);

void
filelist_free(FileList* list);

/// Whether a name ends so, in capitals or not.
bool
filelist_ends_with(char const* name, char const* end);

#endif // MN_CLI_FILELIST_H
