// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Whole lines of melody, as tokens: what surprise learns from.

#ifndef MN_MELODY_LINES_H
#define MN_MELODY_LINES_H

#include "base/common.h"

#include <stdbool.h>

typedef struct {
  uint8_t*  tokens; ///< of all lines, back to back
  size_t    steps;
  size_t    steps_room;
  size_t*   end;    ///< [count]: where each line ends in them
  uint16_t* style;  ///< [count]: lines of one style are alike
  uint16_t  adding; ///< the style of lines that are added; set by who adds them
  size_t    count;
  size_t    room;
  size_t    style_room;
} MnMelodyLines;

/// Adds a line. @return false if memory runs out.
MN_NODISCARD bool
mn_melody_lines_add(MnMelodyLines* lines, uint8_t const* tokens, size_t steps);

/// Where a line begins.
static inline size_t
mn_melody_lines_start(MnMelodyLines const* const lines, size_t const line)
{
  return line ? lines->end[line - 1] : 0;
}

void
mn_melody_lines_free(MnMelodyLines* lines);

#endif // MN_MELODY_LINES_H
