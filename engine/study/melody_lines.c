// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "melody_lines.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 1 << 12 };

// Makes room for `more` items after `count`. @return false if memory runs out.
static bool
grow(void** const items, size_t* const room, size_t const least, size_t const size)
{
  if (least <= *room) {
    return true;
  }
  size_t const wanted = least > 2 * *room ? least + FIRST_ROOM : 2 * *room;
  void* const  grown  = realloc(*items, wanted * size);
  if (grown) {
    *items = grown;
    *room  = wanted;
  }
  return grown;
}

bool
mn_melody_lines_add(MnMelodyLines* const lines,
                    uint8_t const* const tokens,
                    size_t const         steps)
{
  void*      bytes = lines->tokens;
  void*      ends  = lines->end;
  void*      style = lines->style;
  bool const good =
    grow(&bytes, &lines->steps_room, lines->steps + steps, sizeof(*lines->tokens)) &&
    grow(&ends, &lines->room, lines->count + 1, sizeof(*lines->end)) &&
    grow(&style, &lines->style_room, lines->count + 1, sizeof(*lines->style));
  lines->tokens = (uint8_t*)bytes;
  lines->end    = (size_t*)ends;
  lines->style  = (uint16_t*)style;
  if (good) {
    memcpy(lines->tokens + lines->steps, tokens, steps);
    lines->steps += steps;
    lines->style[lines->count] = lines->adding;
    lines->end[lines->count++] = lines->steps;
  }
  return good;
}

void
mn_melody_lines_free(MnMelodyLines* const lines)
{
  free(lines->tokens);
  free(lines->end);
  free(lines->style);
  *lines = (MnMelodyLines){0};
}
