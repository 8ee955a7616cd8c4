// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A pool for each test of the allocator.

#ifndef MN_TEST_POOL_H
#define MN_TEST_POOL_H

#include "base/tlsf.h"
#include "check.h"

/// Bytes of a pool.
enum { POOL = 1 << 16 };

/// Each test has its own pool. It is on the heap, where sanitizers watch its ends.
typedef struct {
  char*   memory;
  MnTlsf* tlsf;
  size_t  all;    ///< the payload of the one block that an empty pool is
  size_t  header; ///< what a block costs beyond its payload
} Pool;

/// Gives a test its pool, and takes it back.
int
pool_setup(void** state);

int
pool_teardown(void** state);

/// Fails if the checker finds the pool broken.
void
assert_sound(MnTlsf const* tlsf);

/// Fails unless the pool is sound and all of it is free.
void
assert_empty(Pool const* pool);

/// Fails unless all bytes are `with`.
void
assert_filled(void const* memory, int with, size_t size);

#define POOL_TEST(name) cmocka_unit_test_setup_teardown(name, pool_setup, pool_teardown)

#endif // MN_TEST_POOL_H
