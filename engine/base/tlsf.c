// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "tlsf.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

// A size class is a pair (first, second). `first` is the power of two; `second` is which
// of its 2^SECOND_LOG2 equal parts. Sizes below SMALL belong to first = 0, whose parts
// are ALIGN bytes each.
enum {
  ALIGN        = MN_TLSF_ALIGN,
  SECOND_LOG2  = 4,
  SECOND_COUNT = 1 << SECOND_LOG2,
  SMALL_LOG2   = 8,
  SMALL        = 1 << SMALL_LOG2,
  FIRST_COUNT  = 24,
};

#define MAX_BLOCK ((size_t)1 << (SMALL_LOG2 + FIRST_COUNT - 1))

// A block is a header and its payload. The payload of a free block starts with the links
// of its list, so the smallest payload holds two pointers.
typedef struct Block Block;

struct Block {
  Block* below;  // the block before this one in memory, NULL at the first
  size_t tagged; // payload size, a multiple of ALIGN; lowest bit: free
  Block* next;   // in the free list; only while free
  Block* prev;
};

#define HEADER offsetof(Block, next)

enum { FREE_BIT = 1, MIN_PAYLOAD = sizeof(Block) - HEADER };

struct MnTlsf {
  Block*   first;
  Block*   last; // ends the pool: it has no payload and is never free
  size_t   capacity;
  size_t   used;
  size_t   peak;
  uint32_t first_map;
  uint32_t second_map[FIRST_COUNT];
  Block*   lists[FIRST_COUNT][SECOND_COUNT];
};

static_assert(SMALL / SECOND_COUNT == ALIGN, "small classes are one unit apart");
static_assert(HEADER % ALIGN == 0, "payloads keep the alignment of blocks");
static_assert(MIN_PAYLOAD % ALIGN == 0, "the smallest payload is whole units");
static_assert((ALIGN & (ALIGN - 1)) == 0, "alignment is a power of two");
static_assert(FIRST_COUNT <= 32 && SECOND_COUNT <= 32, "a map is one word");
static_assert(sizeof(size_t) == 4 || sizeof(size_t) == 8, "known word size");

static inline size_t
block_size(Block const* const block)
{
  return block->tagged & ~(size_t)FREE_BIT;
}

static inline bool
block_is_free(Block const* const block)
{
  return block->tagged & FREE_BIT;
}

static inline void*
block_payload(Block* const block)
{
  return (char*)block + HEADER;
}

static inline Block*
payload_block(void const* const payload)
{
  return (Block*)((uintptr_t)payload - HEADER);
}

static inline Block*
block_above(Block* const block)
{
  return (Block*)((char*)block + HEADER + block_size(block));
}

static inline size_t
round_up(size_t const size, size_t const unit)
{
  return (size + unit - 1) & ~(unit - 1);
}

static inline unsigned
highest_bit(size_t const word)
{
  return (unsigned)(sizeof(unsigned long long) * CHAR_BIT - 1) -
         (unsigned)__builtin_clzll(word);
}

typedef struct {
  unsigned first;
  unsigned second;
} Class;

// The class that a block of `size` belongs to.
static inline Class
class_of(size_t const size)
{
  if (size < SMALL) {
    return (Class){0, (unsigned)(size / ALIGN)};
  }
  unsigned const log2 = highest_bit(size);
  unsigned const part = (unsigned)(size >> (log2 - SECOND_LOG2)) ^ SECOND_COUNT;
  return (Class){log2 - SMALL_LOG2 + 1, part};
}

// The first class in which every block holds `size`: no list needs to be searched.
static inline Class
class_holding(size_t size)
{
  if (size >= SMALL) {
    size += ((size_t)1 << (highest_bit(size) - SECOND_LOG2)) - 1;
  }
  return class_of(size);
}

static void
list_insert(MnTlsf* const tlsf, Block* const block)
{
  Class const  c    = class_of(block_size(block));
  Block* const head = tlsf->lists[c.first][c.second];
  block->next       = head;
  block->prev       = NULL;
  if (head) {
    head->prev = block;
  }
  tlsf->lists[c.first][c.second] = block;
  tlsf->first_map |= 1U << c.first;
  tlsf->second_map[c.first] |= 1U << c.second;
}

static void
list_remove(MnTlsf* const tlsf, Block* const block)
{
  if (block->next) {
    block->next->prev = block->prev;
  }
  if (block->prev) {
    block->prev->next = block->next;
    return;
  }
  Class const c                  = class_of(block_size(block));
  tlsf->lists[c.first][c.second] = block->next;
  if (!block->next) {
    tlsf->second_map[c.first] &= ~(1U << c.second);
    if (!tlsf->second_map[c.first]) {
      tlsf->first_map &= ~(1U << c.first);
    }
  }
}

// A free block of at least `size`, still in its list, or NULL.
static Block*
find_free(MnTlsf const* const tlsf, size_t const size)
{
  Class c = class_holding(size);
  if (c.first >= FIRST_COUNT) {
    return NULL;
  }
  uint32_t map = tlsf->second_map[c.first] & (UINT32_MAX << c.second);
  if (!map) {
    uint32_t const larger =
      c.first + 1 < 32 ? tlsf->first_map & (UINT32_MAX << (c.first + 1)) : 0;
    if (!larger) {
      return NULL;
    }
    c.first = (unsigned)__builtin_ctz(larger);
    map     = tlsf->second_map[c.first];
  }
  return tlsf->lists[c.first][__builtin_ctz(map)];
}

static inline void
account(MnTlsf* const tlsf, size_t const added, size_t const removed)
{
  tlsf->used = tlsf->used + added - removed;
  if (tlsf->used > tlsf->peak) {
    tlsf->peak = tlsf->used;
  }
}

// Frees a block and joins it with its free neighbours.
static void
block_release(MnTlsf* const tlsf, Block* block)
{
  size_t       size  = block_size(block);
  Block* const above = block_above(block);
  Block* const below = block->below;
  if (block_is_free(above)) {
    list_remove(tlsf, above);
    size += HEADER + block_size(above);
  }
  if (below && block_is_free(below)) {
    list_remove(tlsf, below);
    size += HEADER + block_size(below);
    block = below;
  }
  block->tagged             = size | FREE_BIT;
  block_above(block)->below = block;
  list_insert(tlsf, block);
}

// Splits a used block after `size` bytes and frees the rest, if the rest is large enough
// for a block.
static void
block_trim(MnTlsf* const tlsf, Block* const block, size_t const size)
{
  size_t const spare = block_size(block) - size;
  if (spare < HEADER + MIN_PAYLOAD) {
    return;
  }
  block->tagged     = size;
  Block* const rest = block_above(block);
  rest->below       = block;
  rest->tagged      = spare - HEADER;
  block_release(tlsf, rest);
}

// Rounds a size up to the start of its class, by at most 1/16. So a freed block always
// fits the same size again.
static inline bool
adjust_size(size_t* const size)
{
  if (*size > MAX_BLOCK) {
    return false;
  }
  size_t const unit =
    *size < SMALL ? ALIGN : (size_t)1 << (highest_bit(*size) - SECOND_LOG2);
  *size = *size < MIN_PAYLOAD ? MIN_PAYLOAD : round_up(*size, unit);
  return true;
}

static void*
block_take(MnTlsf* const tlsf, Block* const block, size_t const size)
{
  block->tagged = block_size(block);
  block_trim(tlsf, block, size);
  account(tlsf, HEADER + block_size(block), 0);
  return block_payload(block);
}

MnTlsf*
mn_tlsf_init(void* const pool, size_t const size)
{
  uintptr_t const start = round_up((uintptr_t)pool, ALIGN);
  size_t const    lost  = (size_t)(start - (uintptr_t)pool);
  size_t const    head  = round_up(sizeof(MnTlsf), ALIGN);
  if (!pool || size < lost + head + 2 * HEADER + MIN_PAYLOAD ||
      size - lost - head >= MAX_BLOCK) {
    return NULL;
  }

  MnTlsf* const tlsf = (MnTlsf*)start;
  memset(tlsf, 0, sizeof(*tlsf));
  tlsf->capacity = ((size - lost - head) & ~(size_t)(ALIGN - 1)) - HEADER;
  tlsf->first    = (Block*)(start + head);
  tlsf->last     = (Block*)(start + head + tlsf->capacity);

  tlsf->first->below  = NULL;
  tlsf->first->tagged = (tlsf->capacity - HEADER) | FREE_BIT;
  tlsf->last->below   = tlsf->first;
  tlsf->last->tagged  = 0;
  list_insert(tlsf, tlsf->first);
  return tlsf;
}

void*
mn_tlsf_malloc(MnTlsf* const tlsf, size_t size)
{
  if (!adjust_size(&size)) {
    return NULL;
  }
  Block* const block = find_free(tlsf, size);
  if (!block) {
    return NULL;
  }
  list_remove(tlsf, block);
  return block_take(tlsf, block, size);
}

void*
mn_tlsf_aligned(MnTlsf* const tlsf, size_t const align, size_t size)
{
  if (!align || (align & (align - 1)) || align > MAX_BLOCK) {
    return NULL;
  }
  if (align <= ALIGN) {
    return mn_tlsf_malloc(tlsf, size);
  }
  // Asks for room to move the payload up: the part before it must fit a block.
  size_t const least_gap = HEADER + MIN_PAYLOAD;
  if (!adjust_size(&size) || size > MAX_BLOCK - align - least_gap) {
    return NULL;
  }
  Block* block = find_free(tlsf, size + align + least_gap);
  if (!block) {
    return NULL;
  }
  list_remove(tlsf, block);

  uintptr_t const payload = (uintptr_t)block_payload(block);
  if (payload & (align - 1)) {
    size_t const gap       = round_up(payload + least_gap, align) - payload;
    size_t const rest      = block_size(block) - gap;
    block->tagged          = gap - HEADER;
    Block* const up        = block_above(block);
    up->below              = block;
    up->tagged             = rest;
    block_above(up)->below = up;
    block_release(tlsf, block);
    block = up;
  }
  return block_take(tlsf, block, size);
}

void*
mn_tlsf_realloc(MnTlsf* const tlsf, void* const memory, size_t size)
{
  if (!memory) {
    return mn_tlsf_malloc(tlsf, size);
  }
  if (!size) {
    mn_tlsf_free(tlsf, memory);
    return NULL;
  }
  if (!adjust_size(&size)) {
    return NULL;
  }

  Block* const block = payload_block(memory);
  size_t const old   = block_size(block);
  Block* const above = block_above(block);
  if (size > old && block_is_free(above) && old + HEADER + block_size(above) >= size) {
    list_remove(tlsf, above);
    block->tagged             = old + HEADER + block_size(above);
    block_above(block)->below = block;
  }
  if (size <= block_size(block)) {
    block_trim(tlsf, block, size);
    account(tlsf, block_size(block), old);
    return memory;
  }

  void* const moved = mn_tlsf_malloc(tlsf, size);
  if (moved) {
    memcpy(moved, memory, old);
    mn_tlsf_free(tlsf, memory);
  }
  return moved;
}

void
mn_tlsf_free(MnTlsf* const tlsf, void* const memory)
{
  if (!memory) {
    return;
  }
  Block* const block = payload_block(memory);
  assert(!block_is_free(block));
  account(tlsf, 0, HEADER + block_size(block));
  block_release(tlsf, block);
}

size_t
mn_tlsf_usable_size(void const* const memory)
{
  return memory ? block_size(payload_block(memory)) : 0;
}

MnTlsfStats
mn_tlsf_stats(MnTlsf const* const tlsf)
{
  MnTlsfStats stats = {.capacity = tlsf->capacity, .used = tlsf->used, .peak = tlsf->peak};
  if (tlsf->first_map) {
    unsigned const first  = highest_bit(tlsf->first_map);
    unsigned const second = highest_bit(tlsf->second_map[first]);
    for (Block const* b = tlsf->lists[first][second]; b; b = b->next) {
      if (block_size(b) > stats.largest_free) {
        stats.largest_free = block_size(b);
      }
    }
  }
  return stats;
}

// Every free block must be in the list of its class, and the bit maps must agree.
static char const*
check_lists(MnTlsf const* const tlsf, size_t free_blocks)
{
  for (unsigned first = 0; first < FIRST_COUNT; ++first) {
    if (!tlsf->second_map[first] != !(tlsf->first_map >> first & 1U)) {
      return "first-level map disagrees with the second level";
    }
    for (unsigned second = 0; second < SECOND_COUNT; ++second) {
      Block const* const head = tlsf->lists[first][second];
      if (!head != !(tlsf->second_map[first] >> second & 1U)) {
        return "second-level map disagrees with a list";
      }
      Block const* prev = NULL;
      for (Block const* b = head; b; prev = b, b = b->next) {
        Class const c = class_of(block_size(b));
        if (b->prev != prev) {
          return "list links disagree";
        }
        if (!block_is_free(b) || c.first != first || c.second != second) {
          return "block in the wrong list";
        }
        if (!free_blocks--) {
          return "more blocks in lists than free ones in the pool";
        }
      }
    }
  }
  return free_blocks ? "free block in no list" : NULL;
}

char const*
mn_tlsf_check(MnTlsf const* const tlsf)
{
  size_t       used        = 0;
  size_t       free_blocks = 0;
  Block const* below       = NULL;
  Block*       block       = tlsf->first;
  for (; block < tlsf->last; below = block, block = block_above(block)) {
    if (block->below != below) {
      return "block does not know the one below it";
    }
    size_t const room = (size_t)((char const*)tlsf->last - (char const*)block) - HEADER;
    if (block_size(block) < MIN_PAYLOAD || block_size(block) % ALIGN ||
        block_size(block) > room) {
      return "block of a wrong size";
    }
    if (block_is_free(block)) {
      if (below && block_is_free(below)) {
        return "two free neighbours";
      }
      ++free_blocks;
    } else {
      used += HEADER + block_size(block);
    }
  }
  if (block != tlsf->last || block->below != below || block->tagged != 0) {
    return "blocks do not end where the pool does";
  }
  if (used != tlsf->used || tlsf->peak < used) {
    return "statistics disagree with the pool";
  }
  return check_lists(tlsf, free_blocks);
}
