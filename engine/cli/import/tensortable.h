// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A table of a checkpoint's tensors.

#ifndef MN_CLI_TENSORTABLE_H
#define MN_CLI_TENSORTABLE_H

#include "checkpoint/checkpoint.h"

/// Prints name, shape and type of the tensors. One line sums up those of an optimizer; if
/// `all` is set, they are listed, too.
void
mn_tensortable_print(MnCheckpoint const* checkpoint, bool all);

#endif // MN_CLI_TENSORTABLE_H
