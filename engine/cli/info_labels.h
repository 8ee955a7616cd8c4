// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What `info` tells of labels, of either level.

#ifndef MN_CLI_INFO_LABELS_H
#define MN_CLI_INFO_LABELS_H

#include "model/model.h"

#include <jansson.h>

/// Columns that a text takes: all bytes of UTF-8 but the continuations.
int
mn_info_width(char const* text);

/// One line for each music neuron. The loader refuses labels with control characters.
///
/// @param order Rank to neuron.
void
mn_info_labels_print(MnLabel const* labels, uint16_t const* order, unsigned count);

/// One for each music neuron, by rank; empty if the file has none.
json_t*
mn_info_labels_array(MnLabel const* labels, unsigned count);

#endif // MN_CLI_INFO_LABELS_H
