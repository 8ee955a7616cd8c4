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

// How deep folders lie in folders: each has its own path on the stack.
enum { MAX_DEPTH = 64, FIRST_ROOM = 64 };

bool
mn_filelist_ends_with(char const* const name, char const* const end)
{
  size_t const length = strlen(name);
  size_t const wanted = strlen(end);
  return length >= wanted && !strcasecmp(name + length - wanted, end);
}

bool
mn_filelist_is_midi(char const* const name)
{
  return mn_filelist_ends_with(name, ".mid") || mn_filelist_ends_with(name, ".midi") ||
         mn_filelist_ends_with(name, ".kar") || mn_filelist_ends_with(name, ".rmi");
}

// Prints the system's reason for a path.
static int
fail_at(char const* const path)
{
  return mn_fail(
    mn_exit_reading(mn_status_of_errno(errno)), "%s: %s", path, strerror(errno));
}

int
mn_filelist_append(MnFileList* const list, char const* const path)
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

// What a folder is, by whatever name it is reached.
typedef struct {
  dev_t device;
  ino_t number;
} Identity;

// A way through folders.
typedef struct {
  MnFileList* list;
  MnFileKind  kind;
  Identity*   seen; // ascending
  size_t      count;
  size_t      room;
} Walk;

static bool
is_before(Identity const a, Identity const b)
{
  return a.device != b.device ? a.device < b.device : a.number < b.number;
}

// Finds where a folder is, or would be, among those that have been seen.
static size_t
find_place(Walk const* const w, Identity const folder)
{
  size_t low  = 0;
  size_t high = w->count;
  while (low < high) {
    size_t const middle = low + (high - low) / 2;
    if (is_before(w->seen[middle], folder)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

// Takes a folder as seen. @param is_new Whether it had not been.
static int
see(Walk* const w, struct stat const* const what, bool* const is_new)
{
  Identity const folder = {what->st_dev, what->st_ino};
  size_t const   place  = find_place(w, folder);
  *is_new               = place == w->count || is_before(folder, w->seen[place]);
  if (!*is_new) {
    return MN_EXIT_GOOD;
  }
  if (w->count == w->room) {
    size_t const    room = w->room ? 2 * w->room : FIRST_ROOM;
    Identity* const seen = (Identity*)realloc(w->seen, room * sizeof(*seen));
    if (!seen) {
      return mn_fail_memory();
    }
    w->seen = seen;
    w->room = room;
  }
  memmove(w->seen + place + 1, w->seen + place, (w->count - place) * sizeof(*w->seen));
  w->seen[place] = folder;
  ++w->count;
  return MN_EXIT_GOOD;
}

static int
add_folder(Walk* walk, char const* path, struct stat const* what, unsigned depth);

static int
add_entry(Walk* const       walk,
          char const* const folder,
          char const* const name,
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
    return depth < MAX_DEPTH ? add_folder(walk, path, &what, depth + 1) : MN_EXIT_GOOD;
  }
  return walk->kind(name) ? mn_filelist_append(walk->list, path) : MN_EXIT_GOOD;
}

static int
add_folder(Walk* const              walk,
           char const* const        path,
           struct stat const* const what,
           unsigned const           depth)
{
  bool is_new = false;
  int  status = see(walk, what, &is_new);
  if (status || !is_new) {
    return status;
  }
  struct dirent** entries = NULL;
  int const       count   = scandir(path, &entries, NULL, compare_entries);
  if (count < 0) {
    return fail_at(path);
  }
  for (int i = 0; i < count; ++i) {
    status = status ? status : add_entry(walk, path, entries[i]->d_name, depth);
    free(entries[i]);
  }
  free(entries);
  return status;
}

int
mn_filelist_add(MnFileList* const list, char const* const path, MnFileKind const kind)
{
  Walk        walk = {.list = list, .kind = kind};
  struct stat what;
  if (stat(path, &what)) {
    return fail_at(path);
  }
  if (!S_ISDIR(what.st_mode)) {
    return mn_filelist_append(list, path);
  }
  int const status = add_folder(&walk, path, &what, 0);
  free(walk.seen);
  return status;
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
