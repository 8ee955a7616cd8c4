// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Windows of music from files and folders: melody corpora and MIDI files.

#ifndef MN_CLI_CORPUS_H
#define MN_CLI_CORPUS_H

#include "study/windows.h"

/// Reads all music at some paths, in an order that depends on names alone.
///
/// In folders and the folders in them, MIDI files (.mid, .midi) and the train
/// parts of corpora (-train.bin, -train.bin.xz) are read. A file that cannot be
/// read is told on stderr and passed over; it is an error if none can.
///
/// @param windows Distinct afterwards. @return The exit status; if it is not
/// EXIT_GOOD, the reason is on stderr.
int
corpus_read(char const* const* paths, size_t count, MnWindows* windows);

#endif // MN_CLI_CORPUS_H
