// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The surprise of a window, as the program prints it.

#ifndef MN_CLI_SURPRISE_FIELDS_H
#define MN_CLI_SURPRISE_FIELDS_H

#include "notes/surprise_line.h"

#include <jansson.h>

#include <stdio.h>

/// The mean bits of a window's notes. Notes without bits do not count.
typedef struct {
  unsigned notes; ///< that count; 0: there is no mean
  double   pitch; ///< of the intervals
  double   time;  ///< of the times between onsets
} MnSurpriseMean;

MnSurpriseMean
mn_surprise_mean_of(MnWindowBits const* bits, unsigned steps);

/// The fields surprise, surprise_pitch and surprise_time, null without a mean; NULL if
/// memory runs out.
json_t*
mn_surprise_object(MnWindowBits const* bits, unsigned steps);

/// The bits of each note among the tokens, in order: null where it has none.
json_t*
mn_surprise_notes_array(MnWindowBits const* bits, uint8_t const* tokens, unsigned steps);

/// Prints the same as one cell of CSV, with spaces between them: nan where a note has none.
void
mn_surprise_notes_cell(MnWindowBits const* bits,
                       uint8_t const*      tokens,
                       unsigned            steps,
                       FILE*               out);

#endif // MN_CLI_SURPRISE_FIELDS_H
