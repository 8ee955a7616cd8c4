// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Reads memory as fast as this processor can.

#ifndef MN_CLI_BENCH_READ_H
#define MN_CLI_BENCH_READ_H

#include <stddef.h>
#include <stdint.h>

/// Reads `size` bytes, except for fewer than 64 at the end. @return A value that depends
/// on all of them, so that the compiler keeps the reads.
uint64_t
mn_bench_read(void const* memory, size_t size);

#endif // MN_CLI_BENCH_READ_H
