// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Lists of files: those that are named, and those of a kind in folders.

#ifndef MN_CLI_FILELIST_H
#define MN_CLI_FILELIST_H

#include "base/common.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct {
  char** paths;
  size_t count;
  size_t room;
} MnFileList;

/// Whether a file of this name is of the wanted kind.
typedef bool (*MnFileKind)(char const* name);

/// Whether a file is a MIDI file, by its name: see MN_MIDI_NAMES.
MN_NODISCARD bool
mn_filelist_is_midi(char const* name);

#define MN_MIDI_NAMES ".mid, .midi, .kar, .rmi"

/// Adds a file; or, of a folder and the folders in it, all files of a kind, in an
/// order that depends on names alone. Hidden files are left out. A folder that links lead
/// to as well is read once, where it comes first.
///
/// @return The exit status. If it is not MN_EXIT_GOOD, the reason is on stderr.
int
mn_filelist_add(MnFileList* list, char const* path, MnFileKind kind);

/// Adds a path as it is, whatever is there. @return The exit status, as above.
int
mn_filelist_append(MnFileList* list, char const* path);

/// Removes the files that are not of a kind.
void
mn_filelist_keep(MnFileList* list, MnFileKind kind);

void
mn_filelist_free(MnFileList* list);

/// Whether a name ends with `end`, in upper or lower case.
bool
mn_filelist_ends_with(char const* name, char const* end);

#endif // MN_CLI_FILELIST_H
