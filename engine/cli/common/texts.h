// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Texts that may hold any bytes, such as names of files, as JSON and as comma-separated
/// values. Bytes that are no UTF-8 become U+FFFD.

#ifndef MN_CLI_TEXTS_H
#define MN_CLI_TEXTS_H

#include <jansson.h>

#include <stdio.h>

/// A string; NULL if memory runs out.
json_t*
mn_json_text(char const* text);

/// Prints a cell, in quotes where RFC 4180 wants them.
void
mn_csv_text(char const* text, FILE* out);

#endif // MN_CLI_TEXTS_H
