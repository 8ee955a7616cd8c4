// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A host of the plugin without sound or time: it runs block after block, as one that
/// exports does. The plugin's code is linked with the program.

#ifndef MN_CLI_PLUGIN_HOST_H
#define MN_CLI_PLUGIN_HOST_H

#include "control_values.h"
#include "notes/timeline.h"

#include <lv2/atom/atom.h>

typedef struct MnPluginHost MnPluginHost;

/// Makes an instance that freewheels.
///
/// @param bundle Path of the bundle, with a slash at its end. @param model Path of the model
/// file, which is known to be good. @return NULL with the reason, mostly a lack of memory.
MN_NODISCARD MnPluginHost*
mn_plugin_host_new(double                 rate,
                   char const*            bundle,
                   char const*            model,
                   MnControlValues const* values,
                   MnError*               error);

void
mn_plugin_host_free(MnPluginHost* host);

/// Adds a MIDI message of 3 bytes to the next block. Frames must not decrease.
/// @return false if memory is exhausted, as all that follow.
MN_NODISCARD bool
mn_plugin_host_midi(MnPluginHost* host, uint32_t frame, uint8_t const* message);

/// Adds the transport's position.
MN_NODISCARD bool
mn_plugin_host_position(MnPluginHost* host, uint32_t frame, MnPosition const* position);

/// Runs a block.
MN_NODISCARD bool
mn_plugin_host_run(MnPluginHost* host, uint32_t frames);

/// The MIDI messages that the last block put out.
///
/// @param before The last one that was taken, NULL for the first. @return NULL after the last.
LV2_Atom_Event const*
mn_plugin_host_next(MnPluginHost const* host, LV2_Atom_Event const* before);

#endif // MN_CLI_PLUGIN_HOST_H
