// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The MIDI files that a command is to read: those that are named, those in folders, and
/// those of a list.

#ifndef MN_CLI_INPUTS_H
#define MN_CLI_INPUTS_H

#include "corpus/filelist.h"
#include "options.h"

typedef struct {
  MnFileList files;   ///< paths as they are named; "-" is standard input
  bool       several; ///< more than one was named, or a folder, or a list
  size_t     bad;     ///< folders that cannot be read, or without a MIDI file; each is told
} MnInputs;

/// Finds the files of the operands and of --files-from, in their order. Files need not be
/// there. @param inputs To be freed, whatever is returned.
/// @return The exit status. If it is not MN_EXIT_GOOD, the reason is on stderr.
int
mn_inputs_find(MnOptions const* options, MnInputs* inputs);

void
mn_inputs_free(MnInputs* inputs);

#endif // MN_CLI_INPUTS_H
