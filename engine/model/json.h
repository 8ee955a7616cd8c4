// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// JSON from files, in bounds: jansson takes some 200 bytes for each value, however short
/// its text.
///
/// Any thread but the audio thread.

#ifndef MN_JSON_H
#define MN_JSON_H

#include "base/common.h"

#include <jansson.h>

/// Many times what real files need: headers of models have 30 kB and 3,500 values, and
/// manifests of checkpoints less.
enum { MN_JSON_MAX_BYTES = 2 << 20, MN_JSON_MAX_VALUES = 1 << 16 };

/// Parses a text. Objects may not have a key twice.
///
/// @param text May be NULL if it has no bytes.
/// @return NULL with the reason, which begins with "bad JSON", in `error`.
MN_NODISCARD json_t*
mn_json_parse(char const* text, size_t size, MnError* error);

#endif // MN_JSON_H
