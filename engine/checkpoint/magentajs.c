// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// Folders of magenta.js, in the format of TensorFlow.js. The manifest lists groups of
// tensors, and for each group its files ("shards"). The shards of a group are one stream
// of bytes, which contains its tensors one after the other.

#include "folder.h"
#include "formats.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SHARDS = 4096 };

static char const manifest_name[] = "weights_manifest.json";
static char const config_name[]   = "config.json";

typedef struct {
  json_t*   paths;  // owned by the manifest
  uint64_t  size;   // of all tensors together
  uint64_t* shards; // the sizes of the files; NULL before the first read
} Group;

typedef struct {
  char*    path;
  json_t*  manifest;
  Group*   groups;
  size_t   count;
  uint8_t* values; // of the last tensor that was read
} Folder;

typedef struct {
  char const* name;
  MnStored    stored;
  size_t      bytes;
} Type;

static Type const types[] = {
  {"float32", MN_STORED_FLOAT32, 4},
  {"float16", MN_STORED_FLOAT16, 2},
  {"bfloat16", MN_STORED_BFLOAT16, 2},
  {"float64", MN_STORED_FLOAT64, 8},
  {"int32", MN_STORED_OTHER, 4},
  {"int16", MN_STORED_OTHER, 2},
  {"int8", MN_STORED_OTHER, 1},
  {"uint8", MN_STORED_OTHER, 1},
  {"uint16", MN_STORED_OTHER, 2},
  {"uint32", MN_STORED_OTHER, 4},
  {"bool", MN_STORED_OTHER, 1},
  {"complex64", MN_STORED_OTHER, 8},
};

// The types that quantised float32 tensors are stored in. float16 has no scale.
static Type const quantised_types[] = {
  {"uint8", MN_STORED_QUANTISED_UINT8, 1},
  {"uint16", MN_STORED_QUANTISED_UINT16, 2},
  {"float16", MN_STORED_FLOAT16, 2},
};

static char const* const quantised_names[] = {"uint8 (quantised)",
                                              "uint16 (quantised)",
                                              "float16"};

// The configuration is optional. If there is one, it must be that of a MusicVAE.
static bool
check_config(Folder const* const folder, MnError* const error)
{
  if (!mn_folder_has(folder->path, config_name)) {
    return true;
  }
  json_t* const config = mn_folder_read_json(folder->path, config_name, error);
  if (!config) {
    return false;
  }
  char const* const type = json_string_value(json_object_get(config, "type"));
  bool const        good = json_is_object(config) && (!type || !strcmp(type, "MusicVAE"));
  if (!good) {
    mn_error_set(error,
                 MN_STATUS_BAD_INPUT,
                 "%s: the model is not a MusicVAE: %.80s",
                 config_name,
                 type ? type : "?");
  }
  json_decref(config);
  return good;
}

static Type const*
find_type(Type const* const table, size_t const count, char const* const name)
{
  for (size_t i = 0; name && i < count; ++i) {
    if (!strcmp(table[i].name, name)) {
      return &table[i];
    }
  }
  return NULL;
}

#define FIND_TYPE(table, name) find_type((table), sizeof(table) / sizeof(*(table)), (name))

// Reads how a tensor is quantised. Returns NULL if the entry is malformed.
static Type const*
read_quantization(MnEntry* const entry, json_t const* const json)
{
  char const* const name  = json_string_value(json_object_get(json, "dtype"));
  Type const* const type  = FIND_TYPE(quantised_types, name);
  json_t* const     scale = json_object_get(json, "scale");
  json_t* const     min   = json_object_get(json, "min");
  if (!type) {
    return NULL;
  }
  entry->scale           = json_number_value(scale);
  entry->min             = json_number_value(min);
  bool const needs_scale = type->stored != MN_STORED_FLOAT16;
  return needs_scale && (!json_is_number(scale) || !json_is_number(min)) ? NULL : type;
}

static bool
read_type(MnEntry* const      entry,
          json_t const* const json,
          size_t* const       bytes,
          MnError* const      error)
{
  char const* const   name         = json_string_value(json_object_get(json, "dtype"));
  Type const* const   type         = FIND_TYPE(types, name);
  json_t const* const quantization = json_object_get(json, "quantization");
  if (!type) {
    mn_error_set(error,
                 MN_STATUS_UNSUPPORTED,
                 "tensor %s: dtype %.16s is not supported",
                 entry->name,
                 name ? name : "?");
    return false;
  }
  entry->tensor.dtype = type->name;
  entry->stored       = type->stored;
  *bytes              = type->bytes;
  if (!quantization) {
    return true;
  }

  Type const* const quantised = read_quantization(entry, quantization);
  if (!quantised) {
    mn_error_set(error, MN_STATUS_BAD_INPUT, "tensor %s: bad quantization", entry->name);
    return false;
  }
  *bytes = quantised->bytes;
  if (entry->stored == MN_STORED_FLOAT32) {
    entry->tensor.dtype = quantised_names[quantised - quantised_types];
    entry->stored       = quantised->stored;
  } else {
    entry->tensor.dtype = "quantised integers";
    entry->stored       = MN_STORED_OTHER;
  }
  return true;
}

// Adds a tensor of a group. It begins where the last one ended.
static bool
list_tensor(MnCheckpoint* const checkpoint,
            uint32_t const      part,
            json_t const* const json,
            MnError* const      error)
{
  Group* const        group = &((Folder*)checkpoint->reader)->groups[part];
  json_t const* const name  = json_object_get(json, "name");
  json_t const* const shape = json_object_get(json, "shape");
  if (!json_is_string(name) || !json_is_array(shape)) {
    mn_error_set(
      error, MN_STATUS_BAD_INPUT, "%s: a tensor without a name or shape", manifest_name);
    return false;
  }
  MnBytes const  text = {(uint8_t const*)json_string_value(name), json_string_length(name)};
  MnEntry* const entry = mn_checkpoint_add(checkpoint, text, error);
  size_t         bytes = 0;
  if (!entry || !read_type(entry, json, &bytes, error) ||
      !mn_folder_read_shape(entry, shape, error)) {
    return false;
  }
  entry->part   = part;
  entry->offset = group->size;
  entry->size   = entry->tensor.elements * bytes;
  if (__builtin_add_overflow(group->size, entry->size, &group->size)) {
    mn_error_set(error, MN_STATUS_BAD_INPUT, "tensor %s: impossible shape", entry->name);
    return false;
  }
  return true;
}

static bool
list_group(MnCheckpoint* const checkpoint,
           uint32_t const      part,
           json_t const* const json,
           MnError* const      error)
{
  Folder* const       folder  = (Folder*)checkpoint->reader;
  json_t* const       paths   = json_object_get(json, "paths");
  json_t const* const weights = json_object_get(json, "weights");
  if (!json_is_array(paths) || !json_is_array(weights)) {
    mn_error_set(
      error, MN_STATUS_BAD_INPUT, "%s: a group without paths or weights", manifest_name);
    return false;
  }
  if (json_array_size(paths) > MAX_SHARDS) {
    mn_error_set(error,
                 MN_STATUS_BAD_INPUT,
                 "%s: more than %d files in a group",
                 manifest_name,
                 MAX_SHARDS);
    return false;
  }
  for (size_t i = 0; i < json_array_size(paths); ++i) {
    char const* const path = json_string_value(json_array_get(paths, i));
    if (!path || !mn_folder_holds(path)) {
      mn_error_set(error,
                   MN_STATUS_BAD_INPUT,
                   "%s: a path that is none in the folder: %.80s",
                   manifest_name,
                   path ? path : "?");
      return false;
    }
  }
  folder->groups[part].paths = paths;
  for (size_t i = 0; i < json_array_size(weights); ++i) {
    if (!list_tensor(checkpoint, part, json_array_get(weights, i), error)) {
      return false;
    }
  }
  return true;
}

// Opens a shard of a group.
static bool
open_shard(Folder const* const folder,
           Group const* const  group,
           size_t const        shard,
           MnFile* const       file,
           MnError* const      error)
{
  char const* const path = json_string_value(json_array_get(group->paths, shard));
  return mn_folder_open(folder->path, path, file, error);
}

// Finds the sizes of all shards of a group. They must contain exactly its tensors.
static bool
measure_group(Folder const* const folder, Group* const group, MnError* const error)
{
  size_t const count = json_array_size(group->paths);
  if (group->shards) {
    return true;
  }
  uint64_t* const shards = (uint64_t*)calloc(count + 1, sizeof(uint64_t));
  if (!shards) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    return false;
  }
  uint64_t size = 0;
  bool     good = true;
  for (size_t i = 0; i < count && good; ++i) {
    MnFile file;
    good = open_shard(folder, group, i, &file, error);
    if (good) {
      shards[i] = file.size;
      size += file.size;
      mn_file_close(&file);
    }
  }
  if (good && size != group->size) {
    mn_error_set(error,
                 MN_STATUS_BAD_INPUT,
                 "the group's tensors have %llu bytes, its files %llu",
                 (unsigned long long)group->size,
                 (unsigned long long)size);
    good = false;
  }
  if (!good) {
    free(shards);
    return false;
  }
  group->shards = shards;
  return true;
}

// Reads a part of a shard.
static bool
read_shard(Folder const* const folder,
           Group const* const  group,
           size_t const        shard,
           uint64_t const      at,
           size_t const        size,
           uint8_t* const      values,
           MnError* const      error)
{
  MnError reason = {MN_STATUS_IO, "changed while it was read"};
  MnFile  file;
  if (!open_shard(folder, group, shard, &file, error)) {
    return false;
  }
  bool const good =
    file.size == group->shards[shard] && mn_file_read(&file, at, size, values, &reason);
  mn_file_close(&file);
  if (!good) {
    mn_error_set(error,
                 reason.status,
                 "%.80s: %s",
                 json_string_value(json_array_get(group->paths, shard)),
                 reason.text);
  }
  return good;
}

// Reads a tensor, which may begin in a shard and continue in the next ones.
static bool
find_tensor(void* const          reader,
            MnEntry const* const entry,
            MnBytes* const       bytes,
            MnError* const       error)
{
  Folder* const folder = (Folder*)reader;
  Group* const  group  = &folder->groups[entry->part];
  if (!measure_group(folder, group, error)) {
    return false;
  }
  size_t const size = (size_t)entry->size;
  free(folder->values);
  folder->values = (uint8_t*)malloc(size + 1);
  *bytes         = (MnBytes){folder->values, size};
  if (!folder->values) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    return false;
  }
  // The shards have as many bytes as the tensors, so both loops end.
  size_t   shard = 0;
  uint64_t at    = entry->offset;
  while (size && at >= group->shards[shard]) {
    at -= group->shards[shard++];
  }
  for (size_t done = 0; done < size; ++shard, at = 0) {
    uint64_t const left = group->shards[shard] - at;
    size_t const   here = left < size - done ? (size_t)left : size - done;
    uint8_t* const to   = folder->values + done;
    if (here && !read_shard(folder, group, shard, at, here, to, error)) {
      return false;
    }
    done += here;
  }
  return true;
}

static void
close_folder(void* const reader)
{
  Folder* const folder = (Folder*)reader;
  for (size_t g = 0; folder->groups && g < folder->count; ++g) {
    free(folder->groups[g].shards);
  }
  free(folder->groups);
  free(folder->values);
  free(folder->path);
  json_decref(folder->manifest);
  free(folder);
}

static MnFormat const format = {"magenta.js folder", find_tensor, close_folder, NULL};

bool
mn_magentajs_open(MnCheckpoint* const checkpoint,
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
  folder->manifest = mn_folder_read_json(folder->path, manifest_name, error);
  if (!folder->manifest || !check_config(folder, error)) {
    return false;
  }
  folder->count  = json_array_size(folder->manifest);
  folder->groups = (Group*)calloc(folder->count + 1, sizeof(Group));
  if (!folder->groups) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    return false;
  }
  if (!folder->count) {
    mn_error_set(error, MN_STATUS_BAD_INPUT, "%s: no list of groups", manifest_name);
    return false;
  }
  for (uint32_t i = 0; i < folder->count; ++i) {
    if (!list_group(checkpoint, i, json_array_get(folder->manifest, i), error)) {
      return false;
    }
  }
  return true;
}
