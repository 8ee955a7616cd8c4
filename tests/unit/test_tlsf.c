// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "base/tlsf.h"
#include "check.h"

#include <stdlib.h>
#include <string.h>

enum { POOL = 1 << 16 };

// Each test has its own pool. It is on the heap, where sanitizers watch its ends.
typedef struct {
  char*   memory;
  MnTlsf* tlsf;
  size_t  all;    // the payload of the one block that an empty pool is
  size_t  header; // what a block costs beyond its payload
} Pool;

static int
setup(void** const state)
{
  Pool* const pool = (Pool*)malloc(sizeof(Pool));
  pool->memory     = (char*)calloc(1, POOL);
  pool->tlsf       = mn_tlsf_init(pool->memory, POOL);
  pool->all        = mn_tlsf_stats(pool->tlsf).largest_free;
  pool->header     = mn_tlsf_stats(pool->tlsf).capacity - pool->all;
  *state           = pool;
  return 0;
}

static int
teardown(void** const state)
{
  Pool* const pool = (Pool*)*state;
  free(pool->memory);
  free(pool);
  return 0;
}

static void
assert_sound(MnTlsf const* const tlsf)
{
  char const* const broken = mn_tlsf_check(tlsf);
  if (broken) {
    fail_msg("%s", broken);
  }
}

static void
assert_empty(Pool const* const pool)
{
  assert_sound(pool->tlsf);
  MnTlsfStats const stats = mn_tlsf_stats(pool->tlsf);
  assert_int_equal(stats.used, 0);
  assert_int_equal(stats.largest_free, pool->all);
}

static void
assert_filled(void const* const memory, int const with, size_t const size)
{
  unsigned char const* const bytes = (unsigned char const*)memory;
  for (size_t i = 0; i < size; ++i) {
    assert_int_equal(bytes[i], with);
  }
}

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

#define POOL_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

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
    POOL_TEST(statistics_count_payload_and_headers),
    POOL_TEST(the_checker_notices_every_flipped_bit_of_a_header),
    POOL_TEST(the_checker_notices_a_write_past_a_block),
    POOL_TEST(the_checker_notices_a_broken_free_list),
    cmocka_unit_test(a_pool_too_small_is_refused_and_the_smallest_serves),
    POOL_TEST(a_pool_too_large_for_the_size_classes_is_refused),
    cmocka_unit_test(a_pool_may_start_anywhere),
    POOL_TEST(random_use_agrees_with_a_table_of_live_blocks),
  };
  return cmocka_run_group_tests_name("tlsf", tests, NULL, NULL);
}
