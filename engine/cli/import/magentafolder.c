// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "magentafolder.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct MnMagentaFolder {
  char    target[PATH_MAX];
  char    temporary[PATH_MAX]; // empty once it is in its place
  size_t  shard_size;
  size_t  shards;
  size_t  shard; // number of the one being written, from 1; 0 before the first
  size_t  space; // bytes until that one is full
  FILE*   file;  // that shard; NULL if none is open
  json_t* paths;
  json_t* weights;
};

static bool
fail_with_errno(MnError* const error, char const* const path)
{
  mn_error_set(error, mn_status_of_errno(errno), "%.200s: %s", path, strerror(errno));
  return false;
}

static bool
out_of_memory(MnError* const error)
{
  mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
  return false;
}

// The next entry of a folder, without itself and its parent; NULL at the end.
static char const*
next_entry(DIR* const folder)
{
  for (struct dirent const* entry; (entry = readdir(folder));) {
    if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..")) {
      return entry->d_name;
    }
  }
  return NULL;
}

bool
mn_magenta_check(char const* const path, MnError* const error)
{
  DIR* const folder = opendir(path);
  if (!folder) {
    return errno == ENOENT || fail_with_errno(error, path);
  }
  bool const empty = !next_entry(folder);
  closedir(folder);
  if (!empty) {
    mn_error_set(
      error, MN_STATUS_BAD_INPUT, "%.200s: not empty; name a new or an empty folder", path);
  }
  return empty;
}

// Joins parts of a path. Returns false if there is no room.
static bool
join(char* const       path,
     char const* const folder,
     char const* const between,
     char const* const name,
     MnError* const    error)
{
  int const length = snprintf(path, PATH_MAX, "%s%s%s", folder, between, name);
  if (length >= 0 && length < PATH_MAX) {
    return true;
  }
  errno = ENAMETOOLONG;
  return fail_with_errno(error, folder);
}

// Makes a temporary folder beside the target, so that it can be renamed, with the mode of
// a new folder.
static bool
make_temporary(MnMagentaFolder* const f, char const* const path, MnError* const error)
{
  char process[32];
  snprintf(process, sizeof(process), "%ld", (long)getpid());
  if (!join(f->target, path, "", "", error)) {
    return false;
  }
  size_t length = strlen(f->target);
  while (length > 1 && f->target[length - 1] == '/') {
    f->target[--length] = '\0';
  }
  char temporary[PATH_MAX];
  if (!join(temporary, f->target, ".part-", process, error)) {
    return false;
  }
  if (mkdir(temporary, 0777)) {
    return fail_with_errno(error, temporary);
  }
  memcpy(f->temporary, temporary, strlen(temporary) + 1);
  return true;
}

MnMagentaFolder*
mn_magenta_start(char const* const path,
                 size_t const      bytes,
                 size_t const      shard_size,
                 MnError* const    error)
{
  MnMagentaFolder* const f = (MnMagentaFolder*)calloc(1, sizeof(*f));
  if (!f) {
    out_of_memory(error);
    return NULL;
  }
  f->shard_size = shard_size;
  f->shards     = bytes / shard_size + (bytes % shard_size != 0);
  f->paths      = json_array();
  f->weights    = json_array();
  if (!f->paths || !f->weights) {
    out_of_memory(error);
  } else if (make_temporary(f, path, error)) {
    return f;
  }
  mn_magenta_close(f);
  return NULL;
}

static FILE*
create(MnMagentaFolder const* const f, char const* const name, MnError* const error)
{
  char path[PATH_MAX];
  if (!join(path, f->temporary, "/", name, error)) {
    return NULL;
  }
  FILE* const file = fopen(path, "wbe");
  if (!file) {
    fail_with_errno(error, path);
  }
  return file;
}

static bool
close_shard(MnMagentaFolder* const f, MnError* const error)
{
  FILE* const file = f->file;
  f->file          = NULL;
  return !file || !fclose(file) || fail_with_errno(error, f->target);
}

static bool
next_shard(MnMagentaFolder* const f, MnError* const error)
{
  if (!close_shard(f, error)) {
    return false;
  }
  char name[64];
  snprintf(name, sizeof(name), "group1-shard%zuof%zu", ++f->shard, f->shards);
  if (json_array_append_new(f->paths, json_string(name))) {
    return out_of_memory(error);
  }
  f->file  = create(f, name, error);
  f->space = f->shard_size;
  return f->file;
}

// Appends bytes, which may fill several shards.
static bool
write_bytes(MnMagentaFolder* const f, char const* bytes, size_t size, MnError* const error)
{
  while (size > 0) {
    if (!f->space && !next_shard(f, error)) {
      return false;
    }
    size_t const part = size < f->space ? size : f->space;
    if (fwrite(bytes, 1, part, f->file) != part) {
      return fail_with_errno(error, f->target);
    }
    f->space -= part;
    bytes += part;
    size -= part;
  }
  return true;
}

bool
mn_magenta_add(MnMagentaFolder* const          f,
               MnCheckpointTensor const* const tensor,
               float const* const              values,
               MnError* const                  error)
{
  json_t* const shape = json_array();
  for (unsigned i = 0; i < tensor->dimensions; ++i) {
    if (json_array_append_new(shape, json_integer((json_int_t)tensor->shape[i]))) {
      json_decref(shape);
      return out_of_memory(error);
    }
  }
  json_t* const entry =
    json_pack("{s:s,s:o,s:s}", "name", tensor->name, "shape", shape, "dtype", "float32");
  if (json_array_append_new(f->weights, entry)) {
    return out_of_memory(error);
  }
  return write_bytes(f, (char const*)values, 4 * tensor->elements, error);
}

// Writes an object as a file of that name, and frees it.
static bool
write_json(MnMagentaFolder const* const f,
           char const* const            name,
           json_t* const                json,
           MnError* const               error)
{
  if (!json) {
    return out_of_memory(error);
  }
  FILE* const file = create(f, name, error);
  bool        good = file;
  if (file) {
    errno = 0;
    good  = !json_dumpf(json, file, JSON_INDENT(2)) && fputc('\n', file) != EOF;
    good  = !fclose(file) && good;
    if (!good) {
      errno = errno ? errno : ENOMEM;
      fail_with_errno(error, f->target);
    }
  }
  json_decref(json);
  return good;
}

bool
mn_magenta_finish(MnMagentaFolder* const f, unsigned const steps, MnError* const error)
{
  json_t* const manifest =
    json_pack("[{s:O,s:O}]", "paths", f->paths, "weights", f->weights);
  json_t* const config  = json_pack("{s:s,s:{s:s,s:{s:i,s:i,s:i}}}",
                                   "type",
                                   "MusicVAE",
                                   "dataConverter",
                                   "type",
                                   "MelodyConverter",
                                   "args",
                                   "minPitch",
                                   MN_LOWEST_NOTE,
                                   "maxPitch",
                                   MN_HIGHEST_NOTE,
                                   "numSteps",
                                   (int)steps);
  bool const    written = write_json(f, "weights_manifest.json", manifest, error);
  if (!write_json(f, "config.json", config, error) || !written || !close_shard(f, error)) {
    return false;
  }
  if (rename(f->temporary, f->target)) {
    return fail_with_errno(error, f->target);
  }
  f->temporary[0] = '\0';
  return true;
}

static void
remove_folder(char const* const path)
{
  DIR* const folder = opendir(path);
  if (!folder) {
    return;
  }
  for (char const* name; (name = next_entry(folder));) {
    char below[PATH_MAX];
    if (join(below, path, "/", name, NULL)) {
      unlink(below);
    }
  }
  closedir(folder);
  rmdir(path);
}

void
mn_magenta_close(MnMagentaFolder* const f)
{
  if (!f) {
    return;
  }
  close_shard(f, NULL);
  if (*f->temporary) {
    remove_folder(f->temporary);
  }
  json_decref(f->paths);
  json_decref(f->weights);
  free(f);
}
