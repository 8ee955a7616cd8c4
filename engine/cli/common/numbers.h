// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Numbers as JSON and as comma-separated values.

#ifndef MN_CLI_NUMBERS_H
#define MN_CLI_NUMBERS_H

#include <jansson.h>

#include <stdint.h>
#include <stdio.h>

/// An array of reals from numbers in Q16; NULL if there is no memory.
json_t*
mn_json_q16_array(int32_t const* values, unsigned count);

/// Prints numbers in Q16 with commas between them, and `before` first.
void
mn_csv_q16_cells(int32_t const* values, unsigned count, char const* before, FILE* out);

/// Adds the fields of `more` at the end of `object`, and frees `more`; NULL if either is.
json_t*
mn_json_extend(json_t* object, json_t* more);

/// Prints an object as one line, and frees it.
///
/// @param object From json_pack(). NULL means that memory ran out.
/// @return The exit status. If it is not MN_EXIT_GOOD, the reason is on stderr, or `out` has
/// an error.
int
mn_json_print(json_t* object, FILE* out);

#endif // MN_CLI_NUMBERS_H
