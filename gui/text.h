// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Makes text from outside fit to be drawn.

#ifndef MN_TEXT_H
#define MN_TEXT_H

#include <stddef.h>

/// Copies a text as one line of UTF-8 into `size` bytes, with a 0 at the end.
///
/// A control character becomes a space, and a byte that is not UTF-8 a question
/// mark. A text that is too long is cut between characters.
///
/// @param most The text ends at a 0, or after this many bytes.
void
mn_text_copy(char* to, size_t size, char const* from, size_t most);

#endif // MN_TEXT_H
