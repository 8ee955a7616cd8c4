// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "filelist.h"

#include "common/terminal.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

// How deep folders lie in folders; links can make circles.
enum { MAX_DEPTH = 16, FIRST_ROOM = 64 };

bool
mn_filelist_ends_with(char const* const name, char const* const end)
{
  size_t const length = strlen(name);
  size_t const wanted = strlen(end);
  return length >= wanted && !strcasecmp(name + length - wanted, end);
}

// Prints the system's reason for a path.
static int
fail_at(char const* const path)
{
  return mn_fail(
    mn_exit_reading(mn_status_of_errno(errno)), "%s: %s", path, strerror(errno));
}

static int
add_file(MnFileList* const list, char const* const path)
{
  if (list->count == list->room) {
    size_t const room  = list->room ? 2 * list->room : FIRST_ROOM;
    char** const paths = (char**)realloc(list->paths, room * sizeof(*paths));
    if (!paths) {
      return mn_fail_memory();
    }
    list->paths = paths;
    list->room  = room;
  }
  char* const copy = strdup(path);
  if (!copy) {
    return mn_fail_memory();
  }
  list->paths[list->count++] = copy;
  return MN_EXIT_GOOD;
}

static int
compare_entries(struct dirent const** const a, struct dirent const** const b)
{
  return strcmp((*a)->d_name, (*b)->d_name); // not alphasort(), which asks the locale
}

static int
add_folder(MnFileList* list, char const* path, MnFileKind kind, unsigned depth);

static int
add_entry(MnFileList* const list,
          char const* const folder,
          char const* const name,
          MnFileKind const  kind,
          unsigned const    depth)
{
  char        path[PATH_MAX];
  struct stat what;
  if (*name == '.' ||
      snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path) ||
      stat(path, &what)) {
    return MN_EXIT_GOOD;
  }
  if (S_ISDIR(what.st_mode)) {
    return depth < MAX_DEPTH ? add_folder(list, path, kind, depth + 1) : MN_EXIT_GOOD;
  }
  return kind(name) ? add_file(list, path) : MN_EXIT_GOOD;
}

static int
add_folder(MnFileList* const list,
           char const* const path,
           MnFileKind const  kind,
           unsigned const    depth)
{
  struct dirent** entries = NULL;
  int const       count   = scandir(path, &entries, NULL, compare_entries);
  if (count < 0) {
    return fail_at(path);
  }
  int status = MN_EXIT_GOOD;
  for (int i = 0; i < count; ++i) {
    status = status ? status : add_entry(list, path, entries[i]->d_name, kind, depth);
    free(entries[i]);
  }
  free(entries);
  return status;
}

int
mn_filelist_add(MnFileList* const list, char const* const path, MnFileKind const kind)
{
  struct stat what;
  if (stat(path, &what)) {
    return fail_at(path);
  }
  return S_ISDIR(what.st_mode) ? add_folder(list, path, kind, 0) : add_file(list, path);
}

void
mn_filelist_keep(MnFileList* const list, MnFileKind const kind)
{
  size_t kept = 0;
  for (size_t i = 0; i < list->count; ++i) {
    if (kind(list->paths[i])) {
      list->paths[kept++] = list->paths[i];
    } else {
      free(list->paths[i]);
    }
  }
  list->count = kept;
}

void
mn_filelist_free(MnFileList* const list)
{
  for (size_t i = 0; i < list->count; ++i) {
    free(list->paths[i]);
  }
  free(list->paths);
  *list = (MnFileList){NULL, 0, 0};
}
