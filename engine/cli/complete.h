// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What may stand next on the command line, for the completion of a shell. The program is
/// asked each time, so that no list of options can be older than the program.

#ifndef MN_CLI_COMPLETE_H
#define MN_CLI_COMPLETE_H

#include "options.h"

/// Prints what the last of some words may become, one a line: the word, and behind a tab
/// what the help says of it. Nothing is printed where a file may stand: shells know files.
///
/// @param commands Ended by NULL.
/// @param help     Of the program: what it says of the commands.
/// @param words    Those after the program's name, up to the one that is completed, as bash
///                 cuts them ("--hop", "=", "be") or as they are ("--hop=be").
/// @return The exit status.
int
mn_complete(MnCommand const* const* commands,
            char const*             help,
            int                     count,
            char* const*            words);

#endif // MN_CLI_COMPLETE_H
