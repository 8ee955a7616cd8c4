// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The model in a host's state: whether it is the bundle's own, and its path if it is not.
/// Hosts call these on any thread but the audio thread, while run() goes on.
///
/// Some hosts never delete a key that was once saved. So the mark is always saved, and looked
/// at first: a path beside it may be an old one.

#ifndef MN_MODEL_STATE_H
#define MN_MODEL_STATE_H

#include "model_swap.h"

#include <lv2/state/state.h>

LV2_State_Status
mn_model_state_save(MnModelSwap*              swap,
                    LV2_State_Store_Function  store,
                    LV2_State_Handle          handle,
                    LV2_Feature const* const* features);

/// A state without a model, as presets are, leaves the current one.
LV2_State_Status
mn_model_state_restore(MnModelSwap*                swap,
                       LV2_State_Retrieve_Function retrieve,
                       LV2_State_Handle            handle,
                       LV2_Feature const* const*   features);

#endif // MN_MODEL_STATE_H
