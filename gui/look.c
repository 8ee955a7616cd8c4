// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "look.h"

#include <lv2/atom/atom.h>
#include <lv2/ui/ui.h>
#include <math.h>
#include <string.h>

// Frames a second, at most.
static double const most_rate = 30;

static float const most_scale = 8;

static void
read_float(LV2_Options_Option const* const option, LV2_URID const type, float* const value)
{
  if (option->type == type && option->size == sizeof(*value) && option->value) {
    float found;
    memcpy(&found, option->value, sizeof(found));
    *value = found > 0 && isfinite(found) ? found : *value;
  }
}

static bool
read_colour(LV2_Options_Option const* const option,
            LV2_URID const                  type,
            uint32_t* const                 value)
{
  bool const good = option->type == type && option->size == sizeof(*value) && option->value;
  if (good) {
    memcpy(value, option->value, sizeof(*value));
  }
  return good;
}

MnLook
mn_look_read(LV2_URID_Map* const map, LV2_Options_Option const* option)
{
  LV2_URID const atom_Float = map->map(map->handle, LV2_ATOM__Float);
  LV2_URID const atom_Int   = map->map(map->handle, LV2_ATOM__Int);
  LV2_URID const scale      = map->map(map->handle, LV2_UI__scaleFactor);
  LV2_URID const rate       = map->map(map->handle, LV2_UI__updateRate);
  LV2_URID const background = map->map(map->handle, LV2_UI__backgroundColor);
  LV2_URID const foreground = map->map(map->handle, LV2_UI__foregroundColor);
  MnLook         look       = {.scale = 1, .rate = (float)most_rate};
  for (; option && option->key; ++option) {
    if (option->key == scale) {
      read_float(option, atom_Float, &look.scale);
    } else if (option->key == rate) {
      read_float(option, atom_Float, &look.rate);
    } else if (option->key == background) {
      look.has_background = read_colour(option, atom_Int, &look.background);
    } else if (option->key == foreground) {
      look.has_foreground = read_colour(option, atom_Int, &look.foreground);
    }
  }
  look.scale = fminf(look.scale, most_scale);
  look.rate  = fminf(look.rate, (float)most_rate);
  return look;
}
