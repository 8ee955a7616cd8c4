// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Presets of the bundle, as a host finds and loads them.

#ifndef MN_HOST_PRESET_H
#define MN_HOST_PRESET_H

#include "host.h"

#include <stdbool.h>

/// Loads a preset into the instance. Port values must be floats, the only type that
/// Ardour takes. False if there is no such preset, or if a value has another type.
bool
host_load_preset(Host* host, LilvNode const* preset);

#endif // MN_HOST_PRESET_H
