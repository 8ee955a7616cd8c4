// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Reading memory, as fast as this processor does.

#ifndef MN_CLI_BENCH_READ_H
#define MN_CLI_BENCH_READ_H

#include <stddef.h>
#include <stdint.h>

/// Reads `size` bytes, but for less than 64 at the end. @return What depends on each
/// of them, for the caller to keep.
uint64_t
mn_bench_read(void const* memory, size_t size);

#endif // MN_CLI_BENCH_READ_H
