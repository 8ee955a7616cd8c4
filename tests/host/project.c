// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "project.h"

#include "host_private.h"

#include <libgen.h>
#include <lv2/state/state.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_VALUES = 8, LONGEST = 4096 };

// A string's bytes end where its size says, so that a checker of memory sees a read of the 0.
typedef struct {
  char*    key; // URIs
  char*    type;
  size_t   size;
  uint8_t* bytes;
  char*    text; // the same with a 0 at its end
} Value;

struct Project {
  Host*    host; // that maps URIDs now
  char     temporary[LONGEST];
  bool     saved;
  Value    values[MOST_VALUES];
  unsigned count;
};

// The place of a key's value; the number of values if it has none.
static unsigned
find(Project const* const p, char const* const key)
{
  unsigned i = 0;
  while (i < p->count && strcmp(p->values[i].key, key) != 0) {
    ++i;
  }
  return i;
}

static Value const*
get(Project const* const p, char const* const key)
{
  unsigned const i = find(p, key);
  return i < p->count ? &p->values[i] : NULL;
}

static void
forget(Value* const value)
{
  free(value->type);
  free(value->bytes);
  free(value->text);
}

void
project_set(Project* const    p,
            char const* const key,
            char const* const type,
            void const* const bytes,
            size_t const      size)
{
  unsigned const i = find(p, key);
  if (i == MOST_VALUES) {
    abort();
  }
  Value* const value = &p->values[i];
  if (i == p->count) {
    ++p->count;
    value->key = strdup(key);
  } else {
    forget(value);
  }
  value->type  = strdup(type);
  value->size  = size;
  value->bytes = (uint8_t*)malloc(size ? size : 1);
  value->text  = strndup((char const*)bytes, size);
  memcpy(value->bytes, bytes, size);
}

static char const*
uri_of(Project const* const p, LV2_URID const urid)
{
  return p->host->unmap.unmap(p->host->unmap.handle, urid);
}

static LV2_State_Status
store(LV2_State_Handle const handle,
      uint32_t const         key,
      void const* const      bytes,
      size_t const           size,
      uint32_t const         type,
      uint32_t const         flags)
{
  (void)flags;
  Project* const p       = (Project*)handle;
  bool const     is_text = type == host_urid(p->host, LV2_ATOM__String) ||
                       type == host_urid(p->host, LV2_ATOM__Path);
  project_set(
    p, uri_of(p, key), uri_of(p, type), bytes, is_text ? strlen((char const*)bytes) : size);
  return LV2_STATE_SUCCESS;
}

static void const*
retrieve(LV2_State_Handle const handle,
         uint32_t const         key,
         size_t* const          size,
         uint32_t* const        type,
         uint32_t* const        flags)
{
  Project const* const p     = (Project const*)handle;
  Value const* const   value = get(p, uri_of(p, key));
  *size                      = value ? value->size : 0;
  *type                      = value ? host_urid(p->host, value->type) : 0;
  *flags                     = 0;
  return value ? value->bytes : NULL;
}

static char*
abstract_path(LV2_State_Map_Path_Handle const handle, char const* const path)
{
  (void)handle;
  return strdup(path);
}

static char*
absolute_path(LV2_State_Map_Path_Handle const handle, char const* const path)
{
  Project const* const p = (Project const*)handle;
  if (p->saved) {
    return strdup(path);
  }
  char* const copy = strdup(path);
  char        link[2 * LONGEST];
  snprintf(link, sizeof(link), "%s/%s", p->temporary, basename(copy));
  free(copy);
  unlink(link);
  return symlink(path, link) ? strdup(path) : strdup(link);
}

static void
free_path(LV2_State_Free_Path_Handle const handle, char* const path)
{
  (void)handle;
  free(path);
}

Project*
project_new(char const* const folder)
{
  Project* const p = (Project*)calloc(1, sizeof(Project));
  snprintf(p->temporary, sizeof(p->temporary), "%s/unsaved", folder);
  mkdir(p->temporary, 0700);
  return p;
}

static void
remove_temporary(Project* const p)
{
  char command[2 * LONGEST];
  snprintf(command, sizeof(command), "rm -rf '%s'", p->temporary);
  if (system(command)) {
    abort();
  }
}

void
project_free(Project* const p)
{
  for (unsigned i = 0; i < p->count; ++i) {
    free(p->values[i].key);
    forget(&p->values[i]);
  }
  remove_temporary(p);
  free(p);
}

// Runs save() or restore() of an instance with what this host offers.
static void
exchange(Project* const p, Host* const host, bool const save)
{
  LV2_State_Map_Path               map        = {p, abstract_path, absolute_path};
  LV2_State_Free_Path              freer      = {p, free_path};
  LV2_Feature const                features[] = {{LV2_STATE__mapPath, &map},
                                                 {LV2_STATE__freePath, &freer}};
  LV2_Feature const* const         list[]     = {&features[0], &features[1], NULL};
  LV2_Handle const                 instance   = lilv_instance_get_handle(host->instance);
  LV2_State_Interface const* const state =
    (LV2_State_Interface const*)lilv_instance_get_extension_data(host->instance,
                                                                 LV2_STATE__interface);
  p->host = host;
  if (save) {
    state->save(instance, store, p, 0, list);
  } else {
    state->restore(instance, retrieve, p, 0, list);
  }
}

void
project_save(Project* const p, Host* const host)
{
  remove_temporary(p);
  p->saved = true;
  exchange(p, host, true);
}

void
project_restore(Project* const p, Host* const host)
{
  exchange(p, host, false);
}

char const*
project_text(Project const* const p, char const* const key)
{
  Value const* const value = get(p, key);
  return value ? value->text : NULL;
}
