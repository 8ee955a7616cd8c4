// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// State: sessions and presets, and states that nobody saved.

#include "hell.h"

#include <lv2/state/state.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static LV2_State_Status
store(LV2_State_Handle const handle,
      uint32_t const         key,
      void const* const      value,
      size_t const           size,
      uint32_t const         type,
      uint32_t const         flags)
{
  HellInstance* const h = (HellInstance*)handle;
  if (!(flags & LV2_STATE_IS_POD) || size > sizeof(h->saved)) {
    hell_fail("a state of %zu bytes", size);
  }
  h->has_saved  = true;
  h->saved_key  = key;
  h->saved_type = type;
  h->saved_size = size;
  memcpy(h->saved, value, size);
  return LV2_STATE_SUCCESS;
}

// A state of one value, or of none.
typedef struct {
  LV2_URID    key;
  LV2_URID    type;
  void const* value;
  size_t      size;
} State;

static void const*
retrieve(LV2_State_Handle const handle,
         uint32_t const         key,
         size_t* const          size,
         uint32_t* const        type,
         uint32_t* const        flags)
{
  State const* const state = (State const*)handle;
  if (key != state->key) {
    return NULL;
  }
  *size  = state->size;
  *type  = state->type;
  *flags = LV2_STATE_IS_POD;
  return state->value;
}

static char*
same_path(LV2_State_Map_Path_Handle const handle, char const* const path)
{
  (void)handle;
  return strdup(path);
}

static void
free_path(LV2_State_Free_Path_Handle const handle, char* const path)
{
  (void)handle;
  free(path);
}

// A slot, in tokens or nearly.
static State
any_slot(Random* const random)
{
  static char const* const texts[] = {
    "", "40 0 1 42", "40 0 0 0 1 0 0 0 45 0 0 0 1 0 0 0", "90", "-1", "1 ", "x", "4  5"};
  static char text[32 * 3 + 1];
  char        uri[sizeof(MN_PLAYER_SLOT_URI) + 1];
  snprintf(
    uri, sizeof(uri), "%s%c", MN_PLAYER_SLOT_URI, (char)('A' + random_below(random, 4)));
  char const* value = texts[random_below(random, 8)];
  if (one_in(random, 2)) {
    for (unsigned i = 0; i < 32; ++i) { // 40 to 49, now and then 0
      memcpy(text + 3 * i, one_in(random, 3) ? "00 " : "4x ", 3);
      text[3 * i + 1] = (char)(text[3 * i] == '4' ? '0' + random_below(random, 10) : '0');
    }
    text[32 * 3 - 1] = '\0';
    value            = text;
  }
  return (State){hell_urid(uri),
                 hell_urid(one_in(random, 9) ? LV2_ATOM__Path : LV2_ATOM__String),
                 value,
                 strlen(value) + random_below(random, 2)};
}

static State
any_state(HellInstance const* const h, Random* const random)
{
  static int32_t const numbers[] = {0, 1, -1};
  LV2_URID const       model     = hell_urid(MN_MODEL_URI);
  LV2_URID const       path      = hell_urid(LV2_ATOM__Path);
  char const* const    file      = hell_models[random_below(random, HELL_MODELS)];
  if (h->player && one_in(random, 2)) {
    return any_slot(random);
  }
  switch (random_below(random, 8)) {
  case 0:
    return (State){0};
  case 1:
    return (State){hell_urid(MN_OWN_MODEL_URI),
                   hell_urid(LV2_ATOM__Bool),
                   &numbers[random_below(random, 3)],
                   random_below(random, 5)};
  case 2:
    return (State){model, path, file, strlen(file)};
  case 3:
    return (State){model, hell_urid(LV2_ATOM__String), file, strlen(file) + 1};
  case 4:
    return h->has_saved ? (State){h->saved_key, h->saved_type, h->saved, h->saved_size}
                        : (State){0};
  default:
    return (State){model, path, file, strlen(file) + 1};
  }
}

void
hell_instance_state(HellInstance* const h, Random* const random)
{
  LV2_State_Map_Path              map      = {NULL, same_path, same_path};
  LV2_State_Free_Path             freer    = {NULL, free_path};
  LV2_Feature const               first    = {LV2_STATE__mapPath, &map};
  LV2_Feature const               second   = {LV2_STATE__freePath, &freer};
  LV2_Feature const* const        all[]    = {&first, &second, NULL};
  LV2_Feature const* const* const features = one_in(random, 2) ? all : all + 2;

  pthread_mutex_lock(&h->lock);
  uint32_t const what = random_below(random, 4);
  if (what == 0) {
    h->state->save(h->handle, store, h, 0, features);
  } else if (what == 1) {
    char rubbish[32] = {0};
    h->interface->work_response(h->handle, random_below(random, sizeof(rubbish)), rubbish);
  } else {
    State state = any_state(h, random);
    h->state->restore(h->handle, retrieve, &state, 0, features);
  }
  pthread_mutex_unlock(&h->lock);
}
