// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "preset.h"

#include "host_private.h"

#include <lv2/atom/atom.h>

typedef struct {
  Host*    host;
  unsigned refused;
} Target;

static void
set_value(char const* const symbol,
          void* const       data,
          void const* const value,
          uint32_t const    size,
          uint32_t const    type)
{
  Target* const target = (Target*)data;
  if (type == host_urid(target->host, LV2_ATOM__Float) && size == sizeof(float)) {
    host_set(target->host, symbol, *(float const*)value);
  } else {
    ++target->refused;
  }
}

bool
host_load_preset(Host* const host, LilvNode const* const preset)
{
  LilvWorld* const world = host_world(host);
  lilv_world_load_resource(world, preset);
  LilvState* const state = lilv_state_new_from_world(world, &host->map, preset);
  if (!state) {
    return false;
  }
  Target target = {host, 0};
  lilv_state_restore(state, host->instance, set_value, &target, 0, NULL);
  lilv_state_free(state);
  return !target.refused;
}
