// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "pool.h"

#include <stdlib.h>

int
pool_setup(void** const state)
{
  Pool* const pool = (Pool*)malloc(sizeof(Pool));
  pool->memory     = (char*)calloc(1, POOL);
  pool->tlsf       = mn_tlsf_init(pool->memory, POOL);
  pool->all        = mn_tlsf_stats(pool->tlsf).largest_free;
  pool->header     = mn_tlsf_stats(pool->tlsf).capacity - pool->all;
  *state           = pool;
  return 0;
}

int
pool_teardown(void** const state)
{
  Pool* const pool = (Pool*)*state;
  free(pool->memory);
  free(pool);
  return 0;
}

void
assert_sound(MnTlsf const* const tlsf)
{
  char const* const broken = mn_tlsf_check(tlsf);
  if (broken) {
    fail_msg("%s", broken);
  }
}

void
assert_empty(Pool const* const pool)
{
  assert_sound(pool->tlsf);
  MnTlsfStats const stats = mn_tlsf_stats(pool->tlsf);
  assert_int_equal(stats.used, 0);
  assert_int_equal(stats.largest_free, pool->all);
}

void
assert_filled(void const* const memory, int const with, size_t const size)
{
  unsigned char const* const bytes = (unsigned char const*)memory;
  for (size_t i = 0; i < size; ++i) {
    assert_int_equal(bytes[i], with);
  }
}
