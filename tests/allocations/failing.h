// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Allocations that fail on demand.

#ifndef MN_FAILING_H
#define MN_FAILING_H

#include <stdbool.h>

/// Lets the `n`th allocation from now on fail; 0: none. @return how many there were since the
/// last call. Found by its name in a plugin that is linked with it.
__attribute__((visibility("default"))) unsigned long
mn_failing_at(unsigned long n);

/// Counts an allocation, which `from` asks for. @return whether it fails.
bool
mn_failing(void const* from);

#endif // MN_FAILING_H
