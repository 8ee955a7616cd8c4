// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What `info` says of a model's second level.

#ifndef MN_CLI_INFO_LONG_H
#define MN_CLI_INFO_LONG_H

#include "model/model.h"

#include <jansson.h>

/// Prints its lines, `width` columns of names before them; none without a second level.
void
mn_info_long_print(MnModel const* model, int width);

/// An object, null without a second level; NULL without memory.
json_t*
mn_info_long_object(MnModel const* model);

#endif // MN_CLI_INFO_LONG_H
