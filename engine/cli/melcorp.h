// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Reads melody corpora (MELCORP1), also those packed with xz.
///
/// A file is the magic number, four counts (sources, styles, segments, steps),
/// names of 32 bytes of the sources and styles, segments of 16 bytes (group,
/// offset and length in steps, source and style), and a token for each step. A
/// segment begins with a bar of 16 steps.

#ifndef MN_CLI_MELCORP_H
#define MN_CLI_MELCORP_H

#include "study/windows.h"

/// Whether the first bytes of a file are those of a corpus, packed or not.
bool
melcorp_recognise(uint8_t const* bytes, size_t size);

/// Adds the windows of all segments. The set may be full afterwards.
///
/// @param tune Added to the group of each segment. @return false with the reason.
bool
melcorp_read(char const* path, uint32_t tune, MnWindows* windows, MnError* error);

#endif // MN_CLI_MELCORP_H
