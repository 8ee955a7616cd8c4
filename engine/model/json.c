// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "json.h"

#include <stdbool.h>
#include <string.h>

// Whether a text has more values than we take. Before each value but the first there is
// one of four characters.
static bool
has_too_many_values(char const* const text, size_t const size)
{
  size_t values    = 1;
  bool   in_string = false;
  for (size_t i = 0; i < size && values <= MN_JSON_MAX_VALUES; ++i) {
    char const c = text[i];
    if (in_string) {
      i += c == '\\';
      in_string = c != '"';
    } else {
      in_string = c == '"';
      values += c == '{' || c == '[' || c == ',' || c == ':';
    }
  }
  return values > MN_JSON_MAX_VALUES;
}

// Whether memory ran out. jansson gives no reason then or, where the text of a string finds no
// room, says "invalid token" behind it; no token that is invalid ends as a string does.
static bool
lacks_memory(char const* const text, size_t const size, json_error_t const* const reason)
{
  static char const invalid[] = "invalid token";
  size_t const      position  = reason->position > 0 ? (size_t)reason->position : 0;
  return !*reason->text || (strncmp(reason->text, invalid, sizeof(invalid) - 1) == 0 &&
                            position > 0 && position <= size && text[position - 1] == '"');
}

json_t*
mn_json_parse(char const* const text, size_t const size, MnError* const error)
{
  if (size > MN_JSON_MAX_BYTES) {
    mn_error_set(
      error, MN_STATUS_BAD_INPUT, "bad JSON: more than %d bytes", MN_JSON_MAX_BYTES);
    return NULL;
  }
  if (has_too_many_values(text, size)) {
    mn_error_set(
      error, MN_STATUS_BAD_INPUT, "bad JSON: more than %d values", MN_JSON_MAX_VALUES);
    return NULL;
  }
  json_error_t  reason = {0};
  json_t* const json = json_loadb(size ? text : "", size, JSON_REJECT_DUPLICATES, &reason);
  if (!json && lacks_memory(text, size, &reason)) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
  } else if (!json) {
    mn_error_set(error,
                 MN_STATUS_BAD_INPUT,
                 "bad JSON (line %d, byte %d: %s)",
                 reason.line,
                 reason.position,
                 reason.text);
  }
  return json;
}
