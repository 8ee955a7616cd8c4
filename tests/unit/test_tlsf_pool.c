// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The pool: its statistics, its checker, its sizes and where it may start.

#include "pool.h"

#include <stdlib.h>
#include <string.h>

static void
statistics_count_payload_and_headers(void** const state)
{
  Pool* const       pool  = (Pool*)*state;
  MnTlsfStats const empty = mn_tlsf_stats(pool->tlsf);
  size_t const      each  = pool->header;
  assert_int_equal(empty.used, 0);
  assert_int_equal(empty.peak, 0);
  assert_true(empty.capacity < POOL);

  void* const  a     = mn_tlsf_malloc(pool->tlsf, 1000);
  void* const  b     = mn_tlsf_malloc(pool->tlsf, 64);
  size_t const for_a = each + mn_tlsf_usable_size(a);
  size_t const for_b = each + mn_tlsf_usable_size(b);
  assert_int_equal(mn_tlsf_stats(pool->tlsf).used, for_a + for_b);
  assert_int_equal(mn_tlsf_stats(pool->tlsf).largest_free,
                   empty.largest_free - for_a - for_b);

  mn_tlsf_free(pool->tlsf, a);
  MnTlsfStats const after = mn_tlsf_stats(pool->tlsf);
  assert_int_equal(after.used, for_b);
  assert_int_equal(after.peak, for_a + for_b); // a high-water mark
  assert_int_equal(after.capacity, empty.capacity);
  mn_tlsf_free(pool->tlsf, b);
  assert_int_equal(mn_tlsf_stats(pool->tlsf).peak, for_a + for_b);
}

// The header lies between the end of one payload and the start of the next.
static void
the_checker_notices_every_flipped_bit_of_a_header(void** const state)
{
  Pool* const pool   = (Pool*)*state;
  void* const first  = mn_tlsf_malloc(pool->tlsf, 208);
  void* const second = mn_tlsf_malloc(pool->tlsf, 208);
  void* const third  = mn_tlsf_malloc(pool->tlsf, 208);
  char* const from   = (char*)first + mn_tlsf_usable_size(first);
  memset(first, 0, mn_tlsf_usable_size(first));
  memset(second, 0, mn_tlsf_usable_size(second));
  memset(third, 0, mn_tlsf_usable_size(third));
  assert_sound(pool->tlsf);
  for (char* byte = from; byte < (char*)second; ++byte) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      *byte = (char)(*byte ^ 1 << bit);
      assert_non_null(mn_tlsf_check(pool->tlsf));
      *byte = (char)(*byte ^ 1 << bit);
    }
  }
  assert_sound(pool->tlsf);
}

static void
the_checker_notices_a_write_past_a_block(void** const state)
{
  Pool* const pool   = (Pool*)*state;
  char* const memory = (char*)mn_tlsf_malloc(pool->tlsf, 100);
  assert_non_null(mn_tlsf_malloc(pool->tlsf, 100));
  memset(memory, 0xA5, mn_tlsf_usable_size(memory));
  assert_sound(pool->tlsf);
  memset(memory, 0xA5, mn_tlsf_usable_size(memory) + pool->header);
  assert_non_null(mn_tlsf_check(pool->tlsf));
}

static void
the_checker_notices_a_broken_free_list(void** const state)
{
  Pool* const pool = (Pool*)*state;
  void*       block[5];
  for (unsigned i = 0; i < 5; ++i) {
    block[i] = mn_tlsf_malloc(pool->tlsf, 64);
  }
  // Two free blocks of one size, apart from each other, form a list. Their links lie at
  // the start of their payloads.
  mn_tlsf_free(pool->tlsf, block[1]);
  mn_tlsf_free(pool->tlsf, block[3]);
  assert_sound(pool->tlsf);
  for (unsigned i = 1; i <= 3; i += 2) {
    void** const links = (void**)block[i];
    for (unsigned link = 0; link < 2; ++link) {
      void* const kept = links[link];
      links[link]      = (char*)block[0] - pool->header; // a block in use
      assert_non_null(mn_tlsf_check(pool->tlsf));
      if (kept) {
        links[link] = NULL;
        assert_non_null(mn_tlsf_check(pool->tlsf));
      }
      links[link] = kept;
      assert_sound(pool->tlsf);
    }
  }
}

static void
a_pool_too_small_is_refused_and_the_smallest_serves(void** const state)
{
  (void)state;
  assert_null(mn_tlsf_init(NULL, 1 << 20));
  size_t smallest = 0;
  for (size_t size = 0; size < 8192; ++size) {
    char* const   memory = (char*)malloc(size + 1); // one byte more: not NULL
    MnTlsf* const tlsf   = mn_tlsf_init(memory, size);
    if (tlsf) {
      assert_sound(tlsf);
      void* const one = mn_tlsf_malloc(tlsf, 1);
      assert_non_null(one);
      assert_true((char*)one + mn_tlsf_usable_size(one) <= memory + size);
      mn_tlsf_free(tlsf, one);
      assert_sound(tlsf);
      smallest = smallest ? smallest : size;
    } else {
      assert_int_equal(smallest, 0); // no size above a good one is bad
    }
    free(memory);
  }
  assert_true(smallest > 0);
}

static void
a_pool_too_large_for_the_size_classes_is_refused(void** const state)
{
  Pool* const pool = (Pool*)*state;
  assert_null(mn_tlsf_init(pool->memory, (size_t)1 << 32));
  assert_null(mn_tlsf_init(pool->memory, SIZE_MAX));
}

static void
a_pool_may_start_anywhere(void** const state)
{
  (void)state;
  for (size_t skipped = 0; skipped < 32; ++skipped) {
    char* const   memory = (char*)malloc(POOL);
    MnTlsf* const tlsf   = mn_tlsf_init(memory + skipped, POOL - skipped);
    assert_non_null(tlsf);
    assert_sound(tlsf);
    char* block = NULL;
    while ((block = (char*)mn_tlsf_malloc(tlsf, 500))) {
      assert_int_equal((uintptr_t)block % MN_TLSF_ALIGN, 0);
      assert_true(block >= memory + skipped && block + 500 <= memory + POOL);
      memset(block, 0xFF, 500);
    }
    assert_sound(tlsf);
    free(memory);
  }
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    POOL_TEST(statistics_count_payload_and_headers),
    POOL_TEST(the_checker_notices_every_flipped_bit_of_a_header),
    POOL_TEST(the_checker_notices_a_write_past_a_block),
    POOL_TEST(the_checker_notices_a_broken_free_list),
    cmocka_unit_test(a_pool_too_small_is_refused_and_the_smallest_serves),
    POOL_TEST(a_pool_too_large_for_the_size_classes_is_refused),
    cmocka_unit_test(a_pool_may_start_anywhere),
  };
  return cmocka_run_group_tests_name("tlsf pool", tests, NULL, NULL);
}
