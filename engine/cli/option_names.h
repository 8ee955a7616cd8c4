// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The names that options take as values.

#ifndef MN_CLI_OPTION_NAMES_H
#define MN_CLI_OPTION_NAMES_H

#include "options.h"

extern char const* const mn_format_names[MN_FORMAT_COUNT];
extern char const* const mn_voice_names[MN_VOICE_COUNT];
extern char const* const mn_pedal_names[MN_PEDAL_COUNT];
extern char const* const mn_weights_names[MN_WEIGHTS_COUNT];
extern char const* const mn_rounding_names[MN_ROUND_COUNT];

/// A value that an option takes, of those that have names.
///
/// @param option As in the command's table of options.
/// @return NULL from the number of names on.
char const*
mn_option_value(MnCommand const* command, int option, unsigned index);

#endif // MN_CLI_OPTION_NAMES_H
