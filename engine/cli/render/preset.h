// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Presets of the plugin: those of the bundle, and those that hosts save.

#ifndef MN_CLI_PRESET_H
#define MN_CLI_PRESET_H

#include "control_values.h"

#include <limits.h>

/// What a preset says of the model.
typedef struct {
  bool own;            ///< it is the bundle's
  char path[PATH_MAX]; ///< it is this file; empty if it is not
} MnPresetModel;

/// Reads a preset: of the bundle by its short name, such as slow-drift, else a Turtle file by
/// its path. Controls of which it says nothing stay as they are.
///
/// A control that the plugin does not have is passed over with a warning, as by hosts.
///
/// @return The exit status. If it is not MN_EXIT_GOOD, the reason is on stderr.
int
mn_preset_read(char const* name, MnControlValues* values, MnPresetModel* model);

#endif // MN_CLI_PRESET_H
