// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Blocks: allocated, moved, freed and joined, at random too.

#include "pool.h"

#include <stdlib.h>
#include <string.h>

static void
every_block_is_aligned_and_holds_what_was_asked_for(void** const state)
{
  Pool* const pool = (Pool*)*state;
  for (size_t size = 1; size <= 2048; ++size) {
    void* const odd    = mn_tlsf_malloc(pool->tlsf, 1); // moves the next one up
    void* const memory = mn_tlsf_malloc(pool->tlsf, size);
    assert_non_null(memory);
    assert_int_equal((uintptr_t)memory % MN_TLSF_ALIGN, 0);
    assert_true(mn_tlsf_usable_size(memory) >= size);
    memset(memory, 0xFF, size);
    assert_sound(pool->tlsf);
    mn_tlsf_free(pool->tlsf, odd);
    mn_tlsf_free(pool->tlsf, memory);
  }
  assert_empty(pool);
}

static void
a_size_of_zero_counts_as_one(void** const state)
{
  Pool* const pool = (Pool*)*state;
  char* const a    = (char*)mn_tlsf_malloc(pool->tlsf, 0);
  char* const b    = (char*)mn_tlsf_malloc(pool->tlsf, 0);
  assert_non_null(a);
  assert_non_null(b);
  assert_ptr_not_equal(a, b);
  assert_true(mn_tlsf_usable_size(a) >= 1);
  mn_tlsf_free(pool->tlsf, a);
  mn_tlsf_free(pool->tlsf, b);
  assert_empty(pool);
}

static void
null_is_no_block(void** const state)
{
  Pool* const pool = (Pool*)*state;
  mn_tlsf_free(pool->tlsf, NULL);
  assert_int_equal(mn_tlsf_usable_size(NULL), 0);
  assert_empty(pool);
}

static void
sizes_that_no_pool_has_are_refused(void** const state)
{
  Pool* const  pool  = (Pool*)*state;
  size_t const big   = (size_t)1 << 31;
  size_t const all[] = {POOL,
                        big - 1,
                        big,
                        big + 1,
                        2 * big - 1,
                        2 * big,
                        SIZE_MAX / 2,
                        SIZE_MAX - 15,
                        SIZE_MAX};
  for (size_t i = 0; i < sizeof(all) / sizeof(*all); ++i) {
    assert_null(mn_tlsf_malloc(pool->tlsf, all[i]));
    assert_null(mn_tlsf_aligned(pool->tlsf, 64, all[i]));
    assert_null(mn_tlsf_realloc(pool->tlsf, NULL, all[i]));
  }
  assert_empty(pool);
}

static void
most_of_a_free_block_can_be_had_at_once(void** const state)
{
  (void)state;
  // Good fit searches only lists in which every block is large enough. Lists are a
  // sixteenth of a power of two apart, so it loses no more than that.
  for (size_t size = 2048; size < 40000; size += 333) {
    char* const   memory = (char*)malloc(size);
    MnTlsf* const tlsf   = mn_tlsf_init(memory, size);
    if (tlsf) {
      size_t const all = mn_tlsf_stats(tlsf).largest_free;
      assert_non_null(mn_tlsf_malloc(tlsf, all - all / 16));
    }
    free(memory);
  }
}

static void
stronger_alignment_is_kept_and_gives_the_gap_back(void** const state)
{
  Pool* const pool = (Pool*)*state;
  for (size_t align = 1; align <= 4096; align *= 2) {
    for (size_t size = 0; size <= 300; size += 7) {
      void* const odd    = mn_tlsf_malloc(pool->tlsf, 16 * (size % 5));
      void* const memory = mn_tlsf_aligned(pool->tlsf, align, size);
      assert_non_null(memory);
      assert_int_equal((uintptr_t)memory % align, 0);
      assert_true(mn_tlsf_usable_size(memory) >= size);
      memset(memory, 0xFF, size);
      assert_sound(pool->tlsf);
      mn_tlsf_free(pool->tlsf, memory);
      mn_tlsf_free(pool->tlsf, odd);
    }
  }
  assert_empty(pool);
}

static void
an_alignment_that_is_no_power_of_two_is_refused(void** const state)
{
  Pool* const  pool  = (Pool*)*state;
  size_t const bad[] = {0, 3, 24, 48, 4095, SIZE_MAX, (size_t)1 << 63};
  for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); ++i) {
    assert_null(mn_tlsf_aligned(pool->tlsf, bad[i], 1));
  }
  assert_null(mn_tlsf_aligned(pool->tlsf, 2 * POOL, 1)); // a power of two, but too large
  assert_empty(pool);
}

static void
realloc_grows_in_place_when_the_next_block_is_free(void** const state)
{
  Pool* const pool  = (Pool*)*state;
  void* const first = mn_tlsf_malloc(pool->tlsf, 100);
  void* const next  = mn_tlsf_malloc(pool->tlsf, 1000);
  void* const guard = mn_tlsf_malloc(pool->tlsf, 16);
  memset(first, 0x5A, 100);
  mn_tlsf_free(pool->tlsf, next);

  assert_ptr_equal(mn_tlsf_realloc(pool->tlsf, first, 600), first);
  assert_true(mn_tlsf_usable_size(first) >= 600);
  assert_filled(first, 0x5A, 100);
  assert_sound(pool->tlsf);

  // A block can grow over its whole free neighbour, including the header.
  size_t const both = (size_t)((char*)guard - (char*)first) - pool->header;
  assert_ptr_equal(mn_tlsf_realloc(pool->tlsf, first, both), first);
  assert_filled(first, 0x5A, 100);
  assert_sound(pool->tlsf);

  mn_tlsf_free(pool->tlsf, first);
  mn_tlsf_free(pool->tlsf, guard);
  assert_empty(pool);
}

static void
realloc_moves_when_the_next_block_is_in_use(void** const state)
{
  Pool* const pool  = (Pool*)*state;
  void* const first = mn_tlsf_malloc(pool->tlsf, 100);
  void* const next  = mn_tlsf_malloc(pool->tlsf, 100);
  memset(first, 0x11, 100);
  memset(next, 0x22, 100);

  void* const moved = mn_tlsf_realloc(pool->tlsf, first, 500);
  assert_non_null(moved);
  assert_ptr_not_equal(moved, first);
  assert_filled(moved, 0x11, 100);
  assert_filled(next, 0x22, 100);
  assert_sound(pool->tlsf);

  // The old place is free again: the next one of its size goes there.
  assert_ptr_equal(mn_tlsf_malloc(pool->tlsf, 100), first);
  mn_tlsf_free(pool->tlsf, first);
  mn_tlsf_free(pool->tlsf, next);
  mn_tlsf_free(pool->tlsf, moved);
  assert_empty(pool);
}

static void
realloc_shrinks_in_place_and_frees_the_rest(void** const state)
{
  Pool* const  pool   = (Pool*)*state;
  void* const  memory = mn_tlsf_malloc(pool->tlsf, 4096);
  void* const  guard  = mn_tlsf_malloc(pool->tlsf, 16);
  size_t const before = mn_tlsf_stats(pool->tlsf).used;
  memset(memory, 0x33, 4096);

  assert_ptr_equal(mn_tlsf_realloc(pool->tlsf, memory, 1024), memory);
  assert_int_equal(mn_tlsf_stats(pool->tlsf).used, before - 3072);
  assert_filled(memory, 0x33, 1024);
  assert_sound(pool->tlsf);

  assert_ptr_equal(mn_tlsf_realloc(pool->tlsf, memory, 1), memory);
  assert_filled(memory, 0x33, 1);
  mn_tlsf_free(pool->tlsf, memory);
  mn_tlsf_free(pool->tlsf, guard);
  assert_empty(pool);
}

static void
realloc_of_nothing_allocates_and_to_nothing_frees(void** const state)
{
  Pool* const pool   = (Pool*)*state;
  void* const memory = mn_tlsf_realloc(pool->tlsf, NULL, 10);
  assert_non_null(memory);
  assert_null(mn_tlsf_realloc(pool->tlsf, memory, 0));
  assert_empty(pool);
}

static void
realloc_that_fails_leaves_the_block(void** const state)
{
  Pool* const  pool   = (Pool*)*state;
  void* const  memory = mn_tlsf_malloc(pool->tlsf, 100);
  void* const  guard  = mn_tlsf_malloc(pool->tlsf, 16);
  size_t const used   = mn_tlsf_stats(pool->tlsf).used;
  memset(memory, 0x44, 100);
  assert_null(mn_tlsf_realloc(pool->tlsf, memory, POOL));
  assert_null(mn_tlsf_realloc(pool->tlsf, memory, SIZE_MAX));
  assert_filled(memory, 0x44, 100);
  assert_int_equal(mn_tlsf_stats(pool->tlsf).used, used);
  mn_tlsf_free(pool->tlsf, memory);
  mn_tlsf_free(pool->tlsf, guard);
  assert_empty(pool);
}

// The next permutation in lexicographic order; false after the last.
static bool
permute(unsigned* const order, unsigned const count)
{
  unsigned i = count - 1;
  while (i > 0 && order[i - 1] > order[i]) {
    --i;
  }
  if (i == 0) {
    return false;
  }
  unsigned j = count - 1;
  while (order[j] < order[i - 1]) {
    --j;
  }
  unsigned swap = order[i - 1];
  order[i - 1]  = order[j];
  order[j]      = swap;
  for (unsigned low = i, high = count - 1; low < high; ++low, --high) {
    swap        = order[low];
    order[low]  = order[high];
    order[high] = swap;
  }
  return true;
}

static void
freed_neighbours_join_in_any_order(void** const state)
{
  enum { BLOCKS = 6 };
  Pool* const pool          = (Pool*)*state;
  unsigned    order[BLOCKS] = {0, 1, 2, 3, 4, 5};
  unsigned    orders        = 0;
  do {
    void* block[BLOCKS];
    for (unsigned i = 0; i < BLOCKS; ++i) {
      block[i] = mn_tlsf_malloc(pool->tlsf, 16 + 200 * i);
      assert_non_null(block[i]);
    }
    for (unsigned i = 0; i < BLOCKS; ++i) {
      mn_tlsf_free(pool->tlsf, block[order[i]]);
      assert_sound(pool->tlsf); // which also finds two free neighbours
    }
    assert_empty(pool);
    ++orders;
  } while (permute(order, BLOCKS));
  assert_int_equal(orders, 720);
}

static void
an_exhausted_pool_recovers(void** const state)
{
  Pool* const         pool    = (Pool*)*state;
  static size_t const sizes[] = {0, 16, 100, 1000, 5555};
  static void*        blocks[POOL];
  for (unsigned s = 0; s < sizeof(sizes) / sizeof(*sizes); ++s) {
    size_t count = 0;
    while ((blocks[count] = mn_tlsf_malloc(pool->tlsf, sizes[s]))) {
      ++count;
    }
    assert_sound(pool->tlsf);
    // At most one such block, its header and the loss of the good fit are left.
    MnTlsfStats const stats = mn_tlsf_stats(pool->tlsf);
    assert_true(stats.capacity - stats.used < sizes[s] + sizes[s] / 16 + 32 + pool->header);
    assert_null(mn_tlsf_malloc(pool->tlsf, sizes[s]));

    // A block that was freed serves for the same size again.
    mn_tlsf_free(pool->tlsf, blocks[count / 2]);
    blocks[count / 2] = mn_tlsf_malloc(pool->tlsf, sizes[s]);
    assert_non_null(blocks[count / 2]);
    for (size_t i = 0; i < count; ++i) {
      mn_tlsf_free(pool->tlsf, blocks[i]);
    }
    assert_empty(pool);
  }
}

enum { LIVE = 300, OPERATIONS = 200000, CHECK_EVERY = 64 };

typedef struct {
  char*  memory;
  size_t size; // as asked for
  int    fill; // every byte of it
} Live;

static size_t
random_size(Random* const random)
{
  // Mostly small, now and then large.
  return random_below(random, 1U << random_below(random, 14));
}

static void
assert_apart(Live const* const all, Live const* const one)
{
  for (Live const* other = all; other < all + LIVE; ++other) {
    if (other != one && other->memory) {
      assert_true(one->memory + one->size <= other->memory ||
                  other->memory + other->size <= one->memory);
    }
  }
}

static void
refill(Live* const live, Random* const random)
{
  live->fill = (int)random_below(random, 256);
  memset(live->memory, live->fill, live->size);
}

// One operation on a slot. `refused` counts how often the pool had no block.
static void
operate(MnTlsf* const tlsf, Live* const all, Random* const random, unsigned* const refused)
{
  Live* const  live = &all[random_below(random, LIVE)];
  size_t const size = random_size(random);
  if (!live->memory) {
    size_t const align = random_below(random, 4) ? 1 : 16U << random_below(random, 9);
    live->memory       = (char*)mn_tlsf_aligned(tlsf, align, size);
    live->size         = size;
    if (live->memory) {
      assert_int_equal((uintptr_t)live->memory % align, 0);
      assert_apart(all, live);
      refill(live, random);
    } else {
      size_t const needed = size + size / 16 + 2 * align + 64;
      assert_true(mn_tlsf_stats(tlsf).largest_free < needed);
      ++*refused;
    }
    return;
  }

  assert_filled(live->memory, live->fill, live->size);
  if (random_below(random, 3)) {
    mn_tlsf_free(tlsf, live->memory);
    live->memory = NULL;
    return;
  }
  char* const moved = (char*)mn_tlsf_realloc(tlsf, live->memory, size);
  if (moved) {
    assert_filled(moved, live->fill, size < live->size ? size : live->size);
    live->memory = moved;
    live->size   = size;
    assert_apart(all, live);
    refill(live, random);
  } else if (!size) {
    live->memory = NULL; // freed
  } else {
    assert_filled(live->memory, live->fill, live->size);
    ++*refused;
  }
}

static void
random_use_agrees_with_a_table_of_live_blocks(void** const state)
{
  Pool* const pool = (Pool*)*state;
  static Live all[LIVE];
  Random      random  = {1};
  unsigned    refused = 0;
  for (unsigned i = 0; i < OPERATIONS; ++i) {
    operate(pool->tlsf, all, &random, &refused);
    if (i % CHECK_EVERY == 0) {
      assert_sound(pool->tlsf);
      size_t used = 0;
      for (unsigned b = 0; b < LIVE; ++b) {
        if (all[b].memory) {
          used += pool->header + mn_tlsf_usable_size(all[b].memory);
        }
      }
      assert_int_equal(mn_tlsf_stats(pool->tlsf).used, used);
    }
  }
  assert_true(refused > 100); // the pool was full at times
  for (unsigned b = 0; b < LIVE; ++b) {
    mn_tlsf_free(pool->tlsf, all[b].memory);
  }
  assert_empty(pool);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    POOL_TEST(every_block_is_aligned_and_holds_what_was_asked_for),
    POOL_TEST(a_size_of_zero_counts_as_one),
    POOL_TEST(null_is_no_block),
    POOL_TEST(sizes_that_no_pool_has_are_refused),
    cmocka_unit_test(most_of_a_free_block_can_be_had_at_once),
    POOL_TEST(stronger_alignment_is_kept_and_gives_the_gap_back),
    POOL_TEST(an_alignment_that_is_no_power_of_two_is_refused),
    POOL_TEST(realloc_grows_in_place_when_the_next_block_is_free),
    POOL_TEST(realloc_moves_when_the_next_block_is_in_use),
    POOL_TEST(realloc_shrinks_in_place_and_frees_the_rest),
    POOL_TEST(realloc_of_nothing_allocates_and_to_nothing_frees),
    POOL_TEST(realloc_that_fails_leaves_the_block),
    POOL_TEST(freed_neighbours_join_in_any_order),
    POOL_TEST(an_exhausted_pool_recovers),
    POOL_TEST(random_use_agrees_with_a_table_of_live_blocks),
  };
  return cmocka_run_group_tests_name("tlsf", tests, NULL, NULL);
}
