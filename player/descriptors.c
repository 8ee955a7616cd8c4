// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// All plugins of the bundle, in their order.

#include "monitor.h"
#include "player_plugin.h"

LV2_SYMBOL_EXPORT LV2_Descriptor const*
lv2_descriptor(uint32_t const index)
{
  return index == 0   ? &mn_monitor_descriptor
         : index == 1 ? &mn_cv_descriptor
         : index == 2 ? &mn_player_descriptor
                      : NULL;
}
