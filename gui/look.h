// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// How the host wants its plugins' windows to look.

#ifndef MN_LOOK_H
#define MN_LOOK_H

#include <lv2/options/options.h>
#include <lv2/urid/urid.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  float    scale; ///< more than 0, 8 at the most
  float    rate;  ///< of frames in a second, 30 at the most
  uint32_t background;
  uint32_t foreground;
  bool     has_background;
  bool     has_foreground;
} MnLook;

/// Reads the host's options. What it does not say, or says wrongly, has a default.
MnLook
mn_look_read(LV2_URID_Map* map, LV2_Options_Option const* options);

#endif // MN_LOOK_H
