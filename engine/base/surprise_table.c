// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "surprise_table.h"

#include <assert.h>

static_assert((int)MN_SURPRISE_ROWS < (int)MN_NO_ROW, "a row has 16 bits");
static_assert(MN_INTERVAL_SYMBOLS < 1 << 6 && MN_DURATION_SYMBOLS < 1 << 4,
              "symbols plus 1 fit the bits of a key");

uint8_t const mn_surprise_orders[MN_SURPRISE_VIEWS][MN_SURPRISE_ORDERS] = {
  {0, 1, 2, 3, 4},
  {0, 1, 2, 3, 4, 6}};

uint8_t const mn_surprise_order_count[MN_SURPRISE_VIEWS] = {5, 6};

uint8_t const mn_surprise_symbols[MN_SURPRISE_VIEWS] = {MN_INTERVAL_SYMBOLS,
                                                        MN_DURATION_SYMBOLS};

unsigned
mn_surprise_index_size(unsigned const rows)
{
  unsigned size = 64;
  while (size < 4 * rows) {
    size *= 2;
  }
  return size;
}

bool
mn_surprise_index_fill(MnSurpriseRows const* const rows, uint16_t* const index)
{
  for (unsigned i = 0; i <= rows->mask; ++i) {
    index[i] = MN_NO_ROW;
  }
  for (unsigned row = 0; row < rows->rows; ++row) {
    unsigned at     = mn_surprise_place(rows, rows->keys[row]);
    unsigned probes = 1;
    for (; index[at] != MN_NO_ROW; at = (at + 1) & rows->mask) {
      ++probes;
    }
    if (probes >= MN_SURPRISE_PROBES) {
      return false;
    }
    index[at] = (uint16_t)row;
  }
  return true;
}

bool
mn_surprise_key_is_valid(MnSurpriseView const view, int32_t const key)
{
  unsigned const bits    = mn_surprise_key_bits(view);
  unsigned const digits  = (1U << bits) - 1;
  uint32_t       rest    = (uint32_t)key;
  unsigned       length  = 0;
  bool           symbols = true;
  for (; rest & digits; rest >>= bits, ++length) {
    symbols = symbols && (rest & digits) <= mn_surprise_symbols[view];
  }
  bool order = false;
  for (unsigned i = 0; i < mn_surprise_order_count[view]; ++i) {
    order = order || mn_surprise_orders[view][i] == length;
  }
  return key >= 0 && rest == 0 && symbols && order;
}
