// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// State: the model alone.

#include "model_state.h"
#include "monitor.h"

#include <lv2/state/state.h>

static LV2_State_Status
save(LV2_Handle const                instance,
     LV2_State_Store_Function const  store,
     LV2_State_Handle const          handle,
     uint32_t const                  flags,
     LV2_Feature const* const* const features)
{
  (void)flags;
  return mn_model_state_save(&((MnMonitor*)instance)->swap, store, handle, features);
}

static LV2_State_Status
restore(LV2_Handle const                  instance,
        LV2_State_Retrieve_Function const retrieve,
        LV2_State_Handle const            handle,
        uint32_t const                    flags,
        LV2_Feature const* const* const   features)
{
  (void)flags;
  return mn_model_state_restore(&((MnMonitor*)instance)->swap, retrieve, handle, features);
}

void const*
mn_monitor_state_interface(void)
{
  static LV2_State_Interface const interface = {save, restore};
  return &interface;
}
