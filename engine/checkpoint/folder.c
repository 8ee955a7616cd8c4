// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "folder.h"

#include "model/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool
mn_folder_holds(char const* path)
{
  for (;;) {
    size_t const length = strcspn(path, "/");
    if (!length || (length <= 2 && !strncmp(path, "..", length))) {
      return false;
    }
    if (!path[length]) {
      return true;
    }
    path += length + 1;
  }
}

bool
mn_folder_has(char const* const folder, char const* const name)
{
  char* path = NULL;
  if (asprintf(&path, "%s/%s", folder, name) < 0) {
    return false;
  }
  bool const there = !access(path, F_OK);
  free(path);
  return there;
}

bool
mn_folder_open(char const* const folder,
               char const* const name,
               MnFile* const     file,
               MnError* const    error)
{
  MnError reason = {0};
  char*   path   = NULL;
  if (asprintf(&path, "%s/%s", folder, name) < 0) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    return false;
  }
  bool const good = mn_file_open(file, path, &reason);
  if (!good) {
    mn_error_set(error, reason.status, "%.200s: %s", name, reason.text);
  }
  free(path);
  return good;
}

static bool
read_text(char const* const folder,
          char const* const name,
          MnContents* const text,
          MnError* const    error)
{
  MnError reason = {MN_STATUS_BAD_INPUT, "bad JSON (too large)"};
  MnFile  file;
  if (!mn_folder_open(folder, name, &file, error)) {
    return false;
  }
  bool const good =
    file.size <= MN_JSON_MAX_BYTES && mn_file_load(&file, 0, file.size, text, &reason);
  mn_file_close(&file);
  if (!good) {
    mn_error_set(error, reason.status, "%.200s: %s", name, reason.text);
  }
  return good;
}

json_t*
mn_folder_read_json(char const* const folder, char const* const name, MnError* const error)
{
  MnError    reason = {0};
  MnContents text;
  if (!read_text(folder, name, &text, error)) {
    return NULL;
  }
  json_t* const json = mn_json_parse((char const*)text.data, text.size, &reason);
  mn_contents_free(&text);
  if (!json) {
    mn_error_set(error, reason.status, "%.200s: %s", name, reason.text);
  }
  return json;
}

bool
mn_folder_read_shape(MnEntry* const entry, json_t const* const shape, MnError* const error)
{
  for (size_t i = 0; i < json_array_size(shape); ++i) {
    json_t const* const size = json_array_get(shape, i);
    // Anything but a non-negative integer becomes too large for any shape.
    json_int_t const dimension = json_is_integer(size) ? json_integer_value(size) : -1;
    if (!mn_entry_extend(entry, (uint64_t)dimension, error)) {
      return false;
    }
  }
  return true;
}
