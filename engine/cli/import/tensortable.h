// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A table of what a checkpoint holds.

#ifndef MN_CLI_TENSORTABLE_H
#define MN_CLI_TENSORTABLE_H

#include "checkpoint/checkpoint.h"

/// Prints name, shape and type of the tensors. What an optimizer keeps is summed
/// up in one line, or listed too if `all` is set.
void
mn_tensortable_print(MnCheckpoint const* checkpoint, bool all);

#endif // MN_CLI_TENSORTABLE_H
