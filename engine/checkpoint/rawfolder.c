// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// Folders of deeplearn.js, the predecessor of TensorFlow.js, which Magenta's first demos
// use. The manifest lists tensors by name, each with its shape and a file that contains
// only its float32 values.

#include "folder.h"
#include "formats.h"

#include <stdlib.h>
#include <string.h>

static char const manifest_name[] = "manifest.json";

typedef struct {
  char*      path;
  json_t*    manifest;
  MnContents values; // of the last tensor that was read
} Folder;

static bool
list_tensor(MnCheckpoint* const checkpoint,
            char const* const   name,
            json_t const* const json,
            MnError* const      error)
{
  json_t const* const shape = json_object_get(json, "shape");
  char const* const   file  = json_string_value(json_object_get(json, "filename"));
  MnBytes const       text  = {(uint8_t const*)name, strlen(name)};
  if (!file || !json_is_array(shape)) {
    mn_error_set(error,
                 MN_STATUS_BAD_INPUT,
                 "%s: tensor %.80s without a filename or shape",
                 manifest_name,
                 name);
    return false;
  }
  if (!mn_folder_holds(file)) {
    mn_error_set(error,
                 MN_STATUS_BAD_INPUT,
                 "%s: a filename that is none in the folder: %.80s",
                 manifest_name,
                 file);
    return false;
  }
  MnEntry* const entry = mn_checkpoint_add(checkpoint, text, error);
  if (!entry || !mn_folder_read_shape(entry, shape, error)) {
    return false;
  }
  entry->tensor.dtype = "float32";
  entry->stored       = MN_STORED_FLOAT32;
  entry->size         = entry->tensor.elements * sizeof(float);
  return true;
}

// Reads the values of a tensor, which are all that its file has.
static bool
read_values(MnFile const* const  file,
            char const* const    name,
            MnEntry const* const entry,
            MnContents* const    values,
            MnError* const       error)
{
  MnError reason = {0};
  if (file->size != entry->size) {
    mn_error_set(error,
                 MN_STATUS_BAD_INPUT,
                 "%.80s has %llu bytes, not the %llu of its shape",
                 name,
                 (unsigned long long)file->size,
                 (unsigned long long)entry->size);
    return false;
  }
  if (!mn_file_load(file, 0, file->size, values, &reason)) {
    mn_error_set(error, reason.status, "%.80s: %s", name, reason.text);
    return false;
  }
  return true;
}

static bool
find_tensor(void* const          reader,
            MnEntry const* const entry,
            MnBytes* const       bytes,
            MnError* const       error)
{
  Folder* const       folder = (Folder*)reader;
  json_t const* const json   = json_object_get(folder->manifest, entry->name);
  char const* const   name   = json_string_value(json_object_get(json, "filename"));
  MnFile              file;
  mn_contents_free(&folder->values);
  if (!mn_folder_open(folder->path, name, &file, error)) {
    return false;
  }
  bool const good = read_values(&file, name, entry, &folder->values, error);
  mn_file_close(&file);
  *bytes = mn_contents_bytes(folder->values);
  return good;
}

static void
close_folder(void* const reader)
{
  Folder* const folder = (Folder*)reader;
  mn_contents_free(&folder->values);
  free(folder->path);
  json_decref(folder->manifest);
  free(folder);
}

static MnFormat const format = {"deeplearn.js folder", find_tensor, close_folder, NULL};

bool
mn_rawfolder_open(MnCheckpoint* const checkpoint,
                  char const* const   path,
                  MnError* const      error)
{
  Folder* const folder = (Folder*)calloc(1, sizeof(*folder));
  checkpoint->format   = &format;
  checkpoint->reader   = folder;
  if (!folder || !(folder->path = strdup(path))) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    return false;
  }
  folder->manifest = mn_folder_read_json(path, manifest_name, error);
  if (!folder->manifest) {
    return false;
  }
  if (!json_object_size(folder->manifest)) {
    mn_error_set(error, MN_STATUS_BAD_INPUT, "%s: no list of tensors", manifest_name);
    return false;
  }
  char const* name;
  json_t*     json;
  json_object_foreach(folder->manifest, name, json)
  {
    if (!list_tensor(checkpoint, name, json, error)) {
      return false;
    }
  }
  return true;
}
