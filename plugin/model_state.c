// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "model_state.h"

#include <lv2/core/lv2_util.h>
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

LV2_State_Status
mn_model_state_save(MnModelSwap* const              swap,
                    LV2_State_Store_Function const  store,
                    LV2_State_Handle const          handle,
                    LV2_Feature const* const* const features)
{
  Paths const               paths = find_paths(features);
  LV2_State_Map_Path* const map   = paths.map;

  char* path = NULL;
  if (!mn_model_swap_path(swap, &path)) {
    return LV2_STATE_ERR_UNKNOWN;
  }
  int32_t const          own    = !path;
  LV2_State_Status const marked = store(handle,
                                        swap->host->uris.own_model,
                                        &own,
                                        sizeof(own),
                                        swap->host->uris.atom_Bool,
                                        LV2_STATE_IS_POD | LV2_STATE_IS_PORTABLE);
  if (!path) {
    return marked;
  }

  char* const            abstract = map ? map->abstract_path(map->handle, path) : NULL;
  char const* const      kept     = abstract ? abstract : path;
  LV2_State_Status const status =
    store(handle,
          swap->host->uris.model,
          kept,
          strlen(kept) + 1,
          swap->host->uris.atom_Path,
          LV2_STATE_IS_POD | (abstract ? LV2_STATE_IS_PORTABLE : 0));
  free_path(&paths, abstract);
  free(path);
  return marked == LV2_STATE_SUCCESS ? status : marked;
}

static bool
wants_default(MnModelSwap const* const          swap,
              LV2_State_Retrieve_Function const retrieve,
              LV2_State_Handle const            handle)
{
  size_t            size  = 0;
  uint32_t          type  = 0;
  uint32_t          flags = 0;
  void const* const own =
    retrieve(handle, swap->host->uris.own_model, &size, &type, &flags);
  int32_t value = 0;
  if (own && type == swap->host->uris.atom_Bool && size == sizeof(value)) {
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
load(MnModelSwap* const swap, char const* const path)
{
  mn_model_swap_collect(swap);
  return mn_model_swap_load(swap, path, true) ? LV2_STATE_SUCCESS : LV2_STATE_ERR_UNKNOWN;
}

LV2_State_Status
mn_model_state_restore(MnModelSwap* const                swap,
                       LV2_State_Retrieve_Function const retrieve,
                       LV2_State_Handle const            handle,
                       LV2_Feature const* const* const   features)
{
  if (wants_default(swap, retrieve, handle)) {
    return mn_model_swap_keep_default(swap) ? LV2_STATE_SUCCESS : load(swap, NULL);
  }

  size_t            size        = 0;
  uint32_t          type        = 0;
  uint32_t          value_flags = 0;
  char const* const stored =
    (char const*)retrieve(handle, swap->host->uris.model, &size, &type, &value_flags);
  if (!stored) {
    return LV2_STATE_SUCCESS; // a preset that names no model: the current one stays
  }
  LV2_Log_Logger logger = swap->host->logger;
  if (type != swap->host->uris.atom_Path || !size || !*stored) {
    lv2_log_error(&logger, "music-neurons: state: the model is not a path\n");
    return LV2_STATE_ERR_BAD_TYPE;
  }
  // Not every host counts the 0 at the end of a text.
  Paths const      paths  = find_paths(features);
  char* const      text   = strndup(stored, size);
  char* const      path   = text ? find_file(&paths, text) : NULL;
  LV2_State_Status status = LV2_STATE_ERR_UNKNOWN;
  if (path) {
    status = load(swap, path);
  } else {
    lv2_log_error(&logger, "music-neurons: state: out of memory\n");
  }
  free(path);
  free(text);
  return status;
}
