// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "bundle.h"

#include "options.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The models of the bundle; the first is the default.
typedef struct {
  char const* name;
  char const* file; // from the folder that the bundle is in
} BundleModel;

static BundleModel const bundle_models[] = {
  {"open", "music-neurons.lv2/melody-2bar-open.safetensors"},
  {"magenta", "music-neurons.lv2/melody-2bar.safetensors"},
};

enum { BUNDLE_MODELS = sizeof(bundle_models) / sizeof(*bundle_models) };

bool
mn_program_folder(char* const folder, size_t const size)
{
  ssize_t const length = readlink("/proc/self/exe", folder, size - 1);
  if (length <= 0) {
    return false;
  }
  folder[length]    = '\0';
  char* const slash = strrchr(folder, '/');
  if (!slash) {
    return false;
  }
  slash[1] = '\0';
  return true;
}

static bool
exists(char* const       path,
       size_t const      size,
       char const* const folder,
       char const* const below,
       char const* const file)
{
  int const length = snprintf(path, size, "%s%s%s", folder, below, file);
  return length > 0 && (size_t)length < size && !access(path, F_OK);
}

// In one of the folders of a list with colons. Empty names are passed over.
static bool
find_in_list(char* const       path,
             size_t const      size,
             char const* const list,
             char const* const file)
{
  char const* next = list;
  while (*next) {
    size_t const length = strcspn(next, ":");
    char         folder[PATH_MAX];
    if (length && length < sizeof(folder)) {
      memcpy(folder, next, length);
      folder[length] = '\0';
      if (exists(path, size, folder, "/", file)) {
        return true;
      }
    }
    next += length + (next[length] == ':');
  }
  return false;
}

// A model of the bundle. What was built or installed with this program comes first, then
// the folders where LV2 hosts look.
static bool
find_in_bundle(char* const path, size_t const size, char const* const file)
{
  char              own[PATH_MAX];
  char const* const list = getenv("LV2_PATH");
  char const* const home = getenv("HOME");
  if (mn_program_folder(own, sizeof(own)) &&
      (exists(path, size, own, "", file) || exists(path, size, own, "../lib/lv2/", file))) {
    return true;
  }
  return exists(path, size, MN_LV2DIR, "/", file) ||
         (list && find_in_list(path, size, list, file)) ||
         (home && exists(path, size, home, "/.lv2/", file)) ||
         find_in_list(path, size, "/usr/local/lib/lv2:/usr/lib/lv2", file);
}

bool
mn_bundle_find(char* const folder, size_t const size)
{
  return find_in_bundle(folder, size, "music-neurons.lv2/");
}

// The model of the bundle that is called so, or NULL.
static BundleModel const*
bundle_model(char const* const name)
{
  for (unsigned i = 0; i < BUNDLE_MODELS; ++i) {
    if (!strcmp(name, bundle_models[i].name)) {
      return &bundle_models[i];
    }
  }
  return NULL;
}

char const*
mn_bundle_model_name(unsigned const index)
{
  return index < BUNDLE_MODELS ? bundle_models[index].name : NULL;
}

// What is neither a file nor a name of ours looks like a name that was mistaken.
static int
fail_unknown(char const* const name)
{
  char   names[128] = "";
  size_t used       = 0;
  for (unsigned i = 0; i < BUNDLE_MODELS; ++i) {
    used += (size_t)snprintf(
      names + used, sizeof(names) - used, "%s%s", i ? ", " : "", bundle_models[i].name);
  }
  return mn_fail(MN_EXIT_BAD_INPUT, "%.200s: no such file, and not one of %s", name, names);
}

int
mn_model_open(char const* const wanted, MnModel** const model)
{
  char const* const        name  = wanted ? wanted : bundle_models[0].name;
  BundleModel const* const known = bundle_model(name);
  char                     found[PATH_MAX];
  if (known && !find_in_bundle(found, sizeof(found), known->file)) {
    return mn_fail(MN_EXIT_BAD_INPUT,
                   "no %s beside the program, in %s, $LV2_PATH, ~/.lv2, "
                   "/usr/local/lib/lv2 or /usr/lib/lv2; name a model with --model",
                   known->file,
                   MN_LV2DIR);
  }
  if (!known && !strchr(name, '/') && access(name, F_OK)) {
    return fail_unknown(name);
  }
  MnError error = {0};
  *model        = mn_model_load(known ? found : name, &error);
  return *model ? MN_EXIT_GOOD : mn_fail_reading(&error);
}
