// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// Calls of the allocator, against a list of what it gave: no two blocks share a
// byte, each is aligned, keeps what was written, and the pool stays sound.

#include "base/tlsf.h"
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS = 32, LEAST_ALIGN = 16, LARGE_POOL = 1 << 14 };

typedef struct {
  uint8_t* memory;
  size_t   size;
  uint8_t  mark; // in all its bytes
} Slot;

typedef struct {
  uint8_t* pool;
  size_t   size;
  MnTlsf*  tlsf;
  Slot     slots[SLOTS];
} Trial;

static void
check_all(Trial const* const t)
{
  FUZZ_CHECK(!mn_tlsf_check(t->tlsf));
  size_t used = 0;
  for (unsigned i = 0; i < SLOTS; ++i) {
    Slot const* const s = &t->slots[i];
    for (size_t b = 0; s->memory && b < s->size; ++b) {
      FUZZ_CHECK(s->memory[b] == s->mark);
    }
    used += s->memory ? s->size : 0;
  }
  MnTlsfStats const stats = mn_tlsf_stats(t->tlsf);
  FUZZ_CHECK(used <= stats.used && stats.used <= stats.peak);
  FUZZ_CHECK(stats.peak <= stats.capacity && stats.capacity <= t->size);
}

// What a slot has now is the allocator's newest word.
static void
give(Trial* const  t,
     Slot* const   s,
     void* const   memory,
     size_t const  asked,
     uint8_t const mark)
{
  *s = (Slot){(uint8_t*)memory, memory ? mn_tlsf_usable_size(memory) : 0, mark};
  if (!memory) {
    return;
  }
  FUZZ_CHECK(s->size >= asked && (uintptr_t)memory % LEAST_ALIGN == 0);
  FUZZ_CHECK(s->memory >= t->pool && s->size <= t->size &&
             (size_t)(s->memory - t->pool) <= t->size - s->size);
  memset(memory, mark, s->size); // over another block, that one's marks would go
}

static void
reallocate(Trial* const t, Slot* const s, size_t const size, uint8_t const mark)
{
  size_t const   kept  = s->memory ? (size < s->size ? size : s->size) : 0;
  uint8_t* const moved = (uint8_t*)mn_tlsf_realloc(t->tlsf, s->memory, size);
  if (!moved && size && s->memory) {
    return; // no room: it is where it was
  }
  for (size_t b = 0; moved && b < kept; ++b) {
    FUZZ_CHECK(moved[b] == s->mark);
  }
  give(t, s, moved, size, mark);
}

// Small sizes mostly, and now and then one that no pool has.
static size_t
take_size(Input* const in)
{
  uint64_t const kind = input_take(in, 1);
  return kind < 128   ? (size_t)kind
         : kind < 224 ? (size_t)input_take(in, 2)
         : kind < 240 ? SIZE_MAX - (size_t)input_take(in, 2)
                      : (size_t)input_take(in, 8);
}

static void
step(Trial* const t, Input* const in, uint8_t const mark)
{
  uint64_t const what = input_take(in, 1);
  Slot* const    s    = &t->slots[what / 4 % SLOTS];
  size_t const   size = what % 4 == 0 ? 0 : take_size(in);
  if (what % 4 == 3) {
    reallocate(t, s, size, mark);
    return;
  }
  mn_tlsf_free(t->tlsf, s->memory);
  *s = (Slot){NULL, 0, 0};
  if (what % 4 == 1) {
    give(t, s, mn_tlsf_malloc(t->tlsf, size), size, mark);
  } else if (what % 4 == 2) {
    size_t const align  = (size_t)input_take(in, 1);
    size_t const power  = align & 0x80 ? (size_t)1 << align % 64 : align;
    void* const  memory = mn_tlsf_aligned(t->tlsf, power, size);
    FUZZ_CHECK(!memory ||
               (power && !(power & (power - 1)) && (uintptr_t)memory % power == 0));
    give(t, s, memory, size, mark);
  }
}

int
LLVMFuzzerTestOneInput(uint8_t const* const input, size_t const size)
{
  Input          in     = {input, input + size};
  size_t const   offset = input_take(&in, 1) % LEAST_ALIGN;
  uint64_t       room   = input_take(&in, 2);
  Trial          t      = {.size = (size_t)room % LARGE_POOL};
  uint8_t* const memory = (uint8_t*)fuzz_memory(t.size + offset);
  t.pool                = memory + offset;
  t.tlsf                = mn_tlsf_init(t.pool, t.size);
  for (uint8_t mark = 1; t.tlsf && input_left(&in); ++mark) {
    step(&t, &in, mark);
    check_all(&t);
  }

  // All given back, it is one block again.
  if (t.tlsf) {
    for (unsigned i = 0; i < SLOTS; ++i) {
      mn_tlsf_free(t.tlsf, t.slots[i].memory);
    }
    FUZZ_CHECK(!mn_tlsf_check(t.tlsf) && mn_tlsf_stats(t.tlsf).used == 0);
    MnTlsfStats const stats = mn_tlsf_stats(t.tlsf);
    FUZZ_CHECK(stats.largest_free + 2 * LEAST_ALIGN >= stats.capacity);
  }
  free(memory);
  return 0;
}
