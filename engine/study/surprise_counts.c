// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "surprise_counts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 1 << 12, MOST_SLOTS = 2 * MN_MOST_CONTEXTS };

bool
mn_surprise_counts_init(MnSurpriseCounts* const c, MnSurpriseView const view)
{
  *c       = (MnSurpriseCounts){.view = view, .symbols = mn_surprise_symbols[view]};
  c->mask  = MOST_SLOTS - 1;
  c->slots = (uint32_t*)calloc(MOST_SLOTS, sizeof(*c->slots));
  return c->slots;
}

static bool
grow(MnSurpriseCounts* const c)
{
  size_t const room = c->room ? 2 * c->room : FIRST_ROOM;
  void*        more = realloc(c->key, room * sizeof(*c->key));
  if (!more) {
    return false;
  }
  c->key = (int32_t*)more;
  more   = realloc(c->parent, room * sizeof(*c->parent));
  if (!more) {
    return false;
  }
  c->parent = (uint32_t*)more;
  more      = realloc(c->times, room * c->symbols * sizeof(*c->times));
  if (!more) {
    return false;
  }
  c->times = (uint32_t*)more;
  c->room  = room;
  return true;
}

// Finds the slot of a key: it holds the context, or nothing.
static uint32_t*
find_slot(MnSurpriseCounts const* const c, int32_t const key)
{
  uint64_t const hash = (uint64_t)(uint32_t)key * 0x9E3779B97F4A7C15U;
  size_t         at   = (size_t)(hash >> 40) & c->mask;
  while (c->slots[at] && c->key[c->slots[at] - 1] != key) {
    at = (at + 1) & c->mask;
  }
  return &c->slots[at];
}

bool
mn_surprise_counts_add(MnSurpriseCounts* const c,
                       int32_t const* const    keys,
                       unsigned const          key_count,
                       unsigned const          symbol)
{
  uint32_t parent = 0;
  for (unsigned i = 0; i < key_count; ++i) {
    uint32_t* const slot = find_slot(c, keys[i]);
    if (!*slot) {
      if (c->count == MN_MOST_CONTEXTS) {
        return true;
      }
      if (c->count == c->room && !grow(c)) {
        return false;
      }
      c->key[c->count]    = keys[i];
      c->parent[c->count] = i ? parent : (uint32_t)c->count;
      memset(c->times + c->count * c->symbols, 0, c->symbols * sizeof(*c->times));
      *slot = (uint32_t)++c->count;
    }
    parent = *slot - 1;
    ++c->times[(size_t)parent * c->symbols + symbol];
  }
  return true;
}

// Turns the probabilities after a context's parent into those after it.
static void
interpolate(MnSurpriseCounts const* const c, size_t const context, double* const p)
{
  uint32_t const* const times  = c->times + context * c->symbols;
  uint64_t              sum    = 0;
  unsigned              unlike = 0;
  for (unsigned s = 0; s < c->symbols; ++s) {
    sum += times[s];
    unlike += times[s] > 0;
  }
  for (unsigned s = 0; s < c->symbols; ++s) {
    p[s] = (times[s] + unlike * p[s]) / ((double)sum + unlike);
  }
}

void
mn_surprise_counts_row(MnSurpriseCounts const* const c,
                       size_t const                  context,
                       double* const                 p)
{
  size_t   chain[MN_SURPRISE_ORDERS];
  unsigned length = 0;
  for (size_t at = context; length < MN_SURPRISE_ORDERS; at = c->parent[at]) {
    chain[length++] = at;
    if (c->parent[at] == at) {
      break;
    }
  }
  for (unsigned s = 0; s < c->symbols; ++s) {
    p[s] = 1.0 / c->symbols;
  }
  while (length > 0) {
    interpolate(c, chain[--length], p);
  }
}

uint64_t
mn_surprise_counts_times(MnSurpriseCounts const* const c, size_t const context)
{
  uint64_t sum = 0;
  for (unsigned s = 0; s < c->symbols; ++s) {
    sum += c->times[context * c->symbols + s];
  }
  return sum;
}

double
mn_surprise_counts_gain(MnSurpriseCounts const* const c, size_t const context)
{
  uint32_t const* const times = c->times + context * c->symbols;
  double                parent[MN_SYMBOLS_MOST];
  double                own[MN_SYMBOLS_MOST];
  double                gain = 0;
  mn_surprise_counts_row(c, c->parent[context], parent);
  memcpy(own, parent, c->symbols * sizeof(*own));
  interpolate(c, context, own);
  for (unsigned s = 0; s < c->symbols; ++s) {
    gain += times[s] ? times[s] * log2(own[s] / parent[s]) : 0;
  }
  return gain;
}

void
mn_surprise_counts_free(MnSurpriseCounts* const c)
{
  free(c->key);
  free(c->parent);
  free(c->times);
  free(c->slots);
  *c = (MnSurpriseCounts){0};
}
