// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "model_list.h"

#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct {
  char const* name;
  char const* file;
} const own[MN_OWN_MODELS] = {{"open", "melody-2bar-open.safetensors"},
                              {"magenta", "melody-2bar.safetensors"}};

// The folder of the list. @return false if there is no place for one.
static bool
find_folder(char folder[PATH_MAX])
{
  char const* const state = getenv("XDG_STATE_HOME");
  char const* const home  = getenv("HOME");
  bool const        given = state && *state == '/';
  if (!given && !(home && *home == '/')) {
    return false;
  }
  int const length = given
                       ? snprintf(folder, PATH_MAX, "%s/music-neurons", state)
                       : snprintf(folder, PATH_MAX, "%s/.local/state/music-neurons", home);
  return length > 0 && length < PATH_MAX - 16;
}

static void
make_folders(char folder[PATH_MAX])
{
  for (char* at = folder + 1; (at = strchr(at, '/')); ++at) {
    *at = '\0';
    mkdir(folder, 0700); // most of them are there
    *at = '/';
  }
  mkdir(folder, 0700);
}

// @param write Otherwise the list is read. @return NULL if it cannot be.
static FILE*
open_list(bool const write)
{
  char folder[PATH_MAX];
  char path[PATH_MAX + 16];
  if (!find_folder(folder)) {
    return NULL;
  }
  if (write) {
    make_folders(folder);
  }
  snprintf(path, sizeof(path), "%s/models", folder);
  return fopen(path, write ? "we" : "re");
}

static bool
is_own(MnModelList const* const list, char const* const path)
{
  return !strncmp(path, list->bundle, strlen(list->bundle));
}

void
mn_model_list_init(MnModelList* const list, char const* const bundle_path)
{
  memset(list, 0, sizeof(*list));
  size_t const length = strlen(bundle_path);
  bool const   slash  = length && bundle_path[length - 1] == '/';
  snprintf(list->bundle, sizeof(list->bundle), "%s%s", bundle_path, slash ? "" : "/");
  FILE* const file = open_list(false);
  char        line[PATH_MAX];
  while (file && list->count < MN_RECENT_MODELS && fgets(line, sizeof(line), file)) {
    line[strcspn(line, "\n")] = '\0';
    if (*line == '/' && !access(line, R_OK)) {
      memcpy(list->recent[list->count++], line, sizeof(line));
    }
  }
  if (file) {
    fclose(file);
  }
}

// Without folder and ending.
static void
name_of(char const* const path, char* const name, size_t const size)
{
  char const* const slash = strrchr(path, '/');
  char const* const file  = slash ? slash + 1 : path;
  char const* const dot   = strrchr(file, '.');
  mn_text_copy(name, size, file, dot && dot > file ? (size_t)(dot - file) : strlen(file));
}

void
mn_model_list_show(MnModelList const* const list, MnView* const view)
{
  static char const choose[] = "Choose a file\xE2\x80\xA6";
  unsigned          at       = 0;
  for (; at < MN_OWN_MODELS; ++at) {
    mn_text_copy(view->model_item[at], MN_VIEW_NAME, own[at].name, MN_VIEW_NAME);
  }
  for (unsigned i = 0; i < list->count; ++i, ++at) {
    name_of(list->recent[i], view->model_item[at], MN_VIEW_NAME);
  }
  mn_text_copy(view->model_item[at], MN_VIEW_NAME, choose, sizeof(choose));
  view->models = at + 1;
}

char const*
mn_model_list_path(MnModelList const* const list, unsigned const item, char* const path)
{
  if (item >= MN_OWN_MODELS + list->count) {
    return NULL;
  }
  int const length = item < MN_OWN_MODELS
                       ? snprintf(path, PATH_MAX, "%s%s", list->bundle, own[item].file)
                       : snprintf(path, PATH_MAX, "%s", list->recent[item - MN_OWN_MODELS]);
  return length < PATH_MAX ? path : NULL;
}

void
mn_model_list_used(MnModelList* const list, char const* const path)
{
  size_t const length = strlen(path);
  if (*path != '/' || is_own(list, path) || length >= PATH_MAX || strchr(path, '\n') ||
      (list->count && !strcmp(list->recent[0], path))) {
    return;
  }
  unsigned at = 0;
  while (at < list->count && strcmp(list->recent[at], path) != 0) {
    ++at;
  }
  if (at == list->count) {
    list->count = list->count < MN_RECENT_MODELS ? list->count + 1 : MN_RECENT_MODELS;
    at          = list->count - 1;
  }
  memmove(list->recent[1], list->recent[0], at * sizeof(list->recent[0]));
  memcpy(list->recent[0], path, length + 1);
  FILE* const file = open_list(true);
  for (unsigned i = 0; file && i < list->count; ++i) {
    fprintf(file, "%s\n", list->recent[i]);
  }
  if (file) {
    fclose(file);
  }
}
