// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "text.h"

#include <stdint.h>
#include <string.h>

// The bytes of the UTF-8 character at `at` (RFC 3629); 0 if it is malformed.
static size_t
character_size(unsigned char const* const at, size_t const left)
{
  unsigned char const first = at[0];
  size_t const        size  = first < 0x80   ? 1
                              : first < 0xC2 ? 0
                              : first < 0xE0 ? 2
                              : first < 0xF0 ? 3
                              : first < 0xF5 ? 4
                                             : 0;
  if (size > left) {
    return 0;
  }
  for (size_t i = 1; i < size; ++i) {
    if ((at[i] & 0xC0) != 0x80) {
      return 0;
    }
  }
  // An overlong form, a surrogate, or beyond the last plane.
  if ((first == 0xE0 && at[1] < 0xA0) || (first == 0xED && at[1] > 0x9F) ||
      (first == 0xF0 && at[1] < 0x90) || (first == 0xF4 && at[1] > 0x8F)) {
    return 0;
  }
  return size;
}

void
mn_text_copy(char* const to, size_t const size, char const* const from, size_t const most)
{
  size_t used = 0;
  for (size_t at = 0; at < most && from[at];) {
    unsigned char const* const byte  = (unsigned char const*)from + at;
    size_t const               found = character_size(byte, most - at);
    size_t const               wide  = found ? found : 1;
    if (used + wide >= size) {
      break;
    }
    if (!found) {
      to[used] = '?';
    } else if (*byte < 0x20 || *byte == 0x7F) {
      to[used] = ' ';
    } else {
      memcpy(to + used, byte, found);
    }
    used += wide;
    at += wide;
  }
  to[used] = '\0';
}
