// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "texts.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static char const replacement[] = "\xEF\xBF\xBD"; // U+FFFD

// The bytes of the character at the start of a text; 0 if there is none, by the table of
// RFC 3629.
static size_t
length_at(unsigned char const* const s)
{
  unsigned char const first = s[0];
  if (first < 0x80) {
    return 1;
  }
  size_t const length = first >= 0xC2 && first <= 0xDF   ? 2
                        : first >= 0xE0 && first <= 0xEF ? 3
                        : first >= 0xF0 && first <= 0xF4 ? 4
                                                         : 0;
  for (size_t i = 1; i < length; ++i) {
    if ((s[i] & 0xC0) != 0x80) {
      return 0; // also at the end of the text
    }
  }
  bool const bad = (first == 0xE0 && s[1] < 0xA0) || (first == 0xED && s[1] > 0x9F) ||
                   (first == 0xF0 && s[1] < 0x90) || (first == 0xF4 && s[1] > 0x8F);
  return bad ? 0 : length;
}

// Takes the next character, or what stands for it. @return The bytes of it.
static char const*
next_of(char const** const text, size_t* const length)
{
  char const* const from = *text;
  size_t const      own  = length_at((unsigned char const*)from);
  *text += own ? own : 1;
  *length = own ? own : sizeof(replacement) - 1;
  return own ? from : replacement;
}

json_t*
mn_json_text(char const* const text)
{
  char* const utf8 = (char*)malloc(strlen(text) * sizeof(replacement) + 1);
  size_t      used = 0;
  for (char const* from = text; utf8 && *from;) {
    size_t            length = 0;
    char const* const next   = next_of(&from, &length);
    memcpy(utf8 + used, next, length);
    used += length;
  }
  json_t* const string = utf8 ? json_stringn(utf8, used) : NULL;
  free(utf8);
  return string;
}

void
mn_csv_text(char const* const text, FILE* const out)
{
  char const* const quote = strpbrk(text, ",\"\r\n") ? "\"" : "";
  fputs(quote, out);
  for (char const* from = text; *from;) {
    size_t            length = 0;
    char const* const next   = next_of(&from, &length);
    fputs(*next == '"' ? "\"" : "", out);
    fwrite(next, 1, length, out);
  }
  fputs(quote, out);
}
