// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The controls of the plugin, by name, and what they are set to.

#ifndef MN_CLI_CONTROL_VALUES_H
#define MN_CLI_CONTROL_VALUES_H

#include "base/common.h"
#include "protocol/ports.h"

typedef struct {
  float value[MN_PORT_COUNT]; ///< of the control ports
} MnControlValues;

/// All controls have their defaults.
void
mn_control_values_init(MnControlValues* values);

/// Sets a control to the nearest value in its range. @return false if no control that one
/// may set has this symbol.
bool
mn_control_values_set(MnControlValues* values, char const* symbol, float value);

/// Sets a control by a text "symbol=value": a number in its range, the name of one of its
/// choices, or on and off. @return false with the reason.
MN_NODISCARD bool
mn_control_values_parse(MnControlValues* values, char const* text, MnError* error);

/// Whether any CC slot has a source.
bool
mn_control_values_send(MnControlValues const* values);

#endif // MN_CLI_CONTROL_VALUES_H
