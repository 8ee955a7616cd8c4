// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Presets of the bundle, as a host finds and loads them.

#ifndef MN_HOST_PRESET_H
#define MN_HOST_PRESET_H

#include "host.h"

#include <stdbool.h>

/// Loads a preset into the instance; port values only of the type that Ardour
/// takes, a float. False if there is none, or one with a value of another type.
bool
host_load_preset(Host* host, LilvNode const* preset);

#endif // MN_HOST_PRESET_H
