// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// State: whether the model is the bundle's own, and its path if it is not. Hosts call these
/// on any thread but the audio thread, while run() goes on.
///
/// Some hosts never delete a key that was once saved. So the mark is always saved, and looked
/// at first: a path beside it may be an old one.

#include "monitor.h"

#include <lv2/core/lv2_util.h>
#include <lv2/state/state.h>
#include <stdlib.h>
#include <string.h>

// What the host offers to make paths portable; either may be NULL.
typedef struct {
  LV2_State_Map_Path*  map;
  LV2_State_Free_Path* freer;
} Paths;

static Paths
find_paths(LV2_Feature const* const* const features)
{
  Paths paths = {NULL, NULL};
  lv2_features_query(features,
                     LV2_STATE__mapPath,
                     &paths.map,
                     false,
                     LV2_STATE__freePath,
                     &paths.freer,
                     false,
                     NULL);
  return paths;
}

// Frees a path that the host made; NULL is ignored.
static void
free_path(Paths const* const paths, char* const path)
{
  if (path && paths->freer) {
    paths->freer->free_path(paths->freer->handle, path);
  } else {
    free(path);
  }
}

static LV2_State_Status
save(LV2_Handle const                instance,
     LV2_State_Store_Function const  store,
     LV2_State_Handle const          handle,
     uint32_t const                  flags,
     LV2_Feature const* const* const features)
{
  (void)flags;
  MnMonitor* const          m     = (MnMonitor*)instance;
  Paths const               paths = find_paths(features);
  LV2_State_Map_Path* const map   = paths.map;

  char* path = NULL;
  if (!mn_model_swap_path(&m->swap, &path)) {
    return LV2_STATE_ERR_UNKNOWN;
  }
  int32_t const          own    = !path;
  LV2_State_Status const marked = store(handle,
                                        m->host.uris.own_model,
                                        &own,
                                        sizeof(own),
                                        m->host.uris.atom_Bool,
                                        LV2_STATE_IS_POD | LV2_STATE_IS_PORTABLE);
  if (!path) {
    return marked;
  }

  char* const            abstract = map ? map->abstract_path(map->handle, path) : NULL;
  char const* const      kept     = abstract ? abstract : path;
  LV2_State_Status const status =
    store(handle,
          m->host.uris.model,
          kept,
          strlen(kept) + 1,
          m->host.uris.atom_Path,
          LV2_STATE_IS_POD | (abstract ? LV2_STATE_IS_PORTABLE : 0));
  free_path(&paths, abstract);
  free(path);
  return marked == LV2_STATE_SUCCESS ? status : marked;
}

static bool
wants_default(MnMonitor const* const            m,
              LV2_State_Retrieve_Function const retrieve,
              LV2_State_Handle const            handle)
{
  size_t            size  = 0;
  uint32_t          type  = 0;
  uint32_t          flags = 0;
  void const* const own   = retrieve(handle, m->host.uris.own_model, &size, &type, &flags);
  int32_t           value = 0;
  if (own && type == m->host.uris.atom_Bool && size == sizeof(value)) {
    memcpy(&value, own, sizeof(value));
  }
  return value;
}

// The path of a file whose abstract path has been stored. A preset in a project that is not
// saved yet may lead to it through a temporary folder of the host: the real path stays.
static char*
find_file(Paths const* const paths, char const* const stored)
{
  LV2_State_Map_Path* const map      = paths->map;
  char* const               absolute = map ? map->absolute_path(map->handle, stored) : NULL;
  char const* const         path     = absolute ? absolute : stored;
  char* const               real     = realpath(path, NULL);
  char* const               found    = real ? real : strdup(path); // a file that is gone
  free_path(paths, absolute);
  return found;
}

// Loads a model in this thread: a host that loads a session may pass no worker. `path` is
// NULL for the bundle's own.
static LV2_State_Status
load(MnMonitor* const m, char const* const path)
{
  mn_model_swap_collect(&m->swap);
  return mn_model_swap_load(&m->swap, path, true) ? LV2_STATE_SUCCESS
                                                  : LV2_STATE_ERR_UNKNOWN;
}

static LV2_State_Status
restore(LV2_Handle const                  instance,
        LV2_State_Retrieve_Function const retrieve,
        LV2_State_Handle const            handle,
        uint32_t const                    flags,
        LV2_Feature const* const* const   features)
{
  (void)flags;
  MnMonitor* const m = (MnMonitor*)instance;
  if (wants_default(m, retrieve, handle)) {
    return mn_model_swap_keep_default(&m->swap) ? LV2_STATE_SUCCESS : load(m, NULL);
  }

  size_t            size        = 0;
  uint32_t          type        = 0;
  uint32_t          value_flags = 0;
  char const* const stored =
    (char const*)retrieve(handle, m->host.uris.model, &size, &type, &value_flags);
  if (!stored) {
    return LV2_STATE_SUCCESS; // a preset that names no model: the current one stays
  }
  if (type != m->host.uris.atom_Path || !size || !*stored) {
    lv2_log_error(&m->host.logger, "music-neurons: state: the model is not a path\n");
    return LV2_STATE_ERR_BAD_TYPE;
  }
  // Not every host counts the 0 at the end of a text.
  Paths const      paths  = find_paths(features);
  char* const      text   = strndup(stored, size);
  char* const      path   = text ? find_file(&paths, text) : NULL;
  LV2_State_Status status = LV2_STATE_ERR_UNKNOWN;
  if (path) {
    status = load(m, path);
  } else {
    lv2_log_error(&m->host.logger, "music-neurons: state: out of memory\n");
  }
  free(path);
  free(text);
  return status;
}

void const*
mn_monitor_state_interface(void)
{
  static LV2_State_Interface const interface = {save, restore};
  return &interface;
}
