// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Texts of others made fit to be drawn.

#ifndef MN_TEXT_H
#define MN_TEXT_H

#include <stddef.h>

/// Copies `length` bytes as one line of UTF-8 that fits `size` bytes with its
/// end: control characters become spaces, bytes that are no UTF-8 question
/// marks, and what does not fit is cut between characters.
void
mn_text_copy(char* to, size_t size, char const* from, size_t length);

#endif // MN_TEXT_H
