// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A table of what a checkpoint holds.

#ifndef MN_CLI_TENSORTABLE_H
#define MN_CLI_TENSORTABLE_H

#include "checkpoint/checkpoint.h"

/// Prints name, shape and type of all tensors. What an optimizer keeps is summed
/// up in one line.
void
tensortable_print(MnCheckpoint const* checkpoint);

#endif // MN_CLI_TENSORTABLE_H
