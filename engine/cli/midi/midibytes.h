// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The bytes of a MIDI file, which may come through a pipe.

#ifndef MN_CLI_MIDIBYTES_H
#define MN_CLI_MIDIBYTES_H

#include "base/file.h"

/// What messages call a path: "standard input" for "-".
char const*
mn_midi_name(char const* path);

/// Reads a regular file, a pipe to its end, or for "-" standard input. A pipe to which nobody
/// writes is empty.
///
/// @param most Bytes. @return false with the reason, which does not name the file.
MN_NODISCARD bool
mn_midi_bytes(MnContents* contents, char const* path, uint64_t most, MnError* error);

#endif // MN_CLI_MIDIBYTES_H
