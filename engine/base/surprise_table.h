// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What a model file knows of melodies, for notes/surprise.h: how likely each interval is
/// after the intervals before it, and each time between onsets after those before it.
///
/// A row holds the distribution after one context: the last symbols, at most as many as
/// the key of a context holds. Where the file has no row for a context, that of the
/// longest shorter one holds.

#ifndef MN_SURPRISE_TABLE_H
#define MN_SURPRISE_TABLE_H

#include "common.h"

#include <stdbool.h>

/// The two things that are foreseen of a note.
typedef enum {
  MN_SURPRISE_INTERVAL, ///< from the pitch of the note before
  MN_SURPRISE_DURATION, ///< the time from its onset
  MN_SURPRISE_VIEWS,
} MnSurpriseView;

enum {
  /// -24..24 semitones, and leaps beyond that down and up: the first and the last.
  MN_INTERVAL_SYMBOLS = 51,
  /// 1..8, 9..11, 12, 13..15, 16, 17..31, 32, and more steps.
  MN_DURATION_SYMBOLS = 15,
  MN_SYMBOLS_MOST     = MN_INTERVAL_SYMBOLS,

  MN_SURPRISE_ORDERS   = 6,     ///< lengths of contexts, the empty one among them
  MN_SURPRISE_ROWS     = 16384, ///< most rows of intervals, and of durations
  MN_SURPRISE_EVIDENCE = 8,     ///< classes of what the phrase itself tells
  MN_SURPRISE_PROBES   = 32,    ///< most places of the index to look at for a context
};

/// Probabilities are in eighths of a bit: -8 log2 p.
enum { MN_SURPRISE_BIT = 8 };

/// Stands for the bits of what is no note, or of a note that nothing came before.
enum { MN_NO_BITS = UINT16_MAX };

/// The rows of one view.
typedef struct {
  unsigned        rows;
  unsigned        symbols;
  int32_t const*  keys;  ///< [rows], ascending; the first is 0, the empty context
  uint8_t const*  bits;  ///< [rows][symbols], 0..127
  uint16_t const* index; ///< [mask + 1]: the row of a hashed key, or MN_NO_ROW
  unsigned        mask;  ///< a power of 2, less 1
} MnSurpriseRows;

enum { MN_NO_ROW = UINT16_MAX };

typedef struct {
  bool           known; ///< false: the file has no table, and all that follows is empty
  MnSurpriseRows view[MN_SURPRISE_VIEWS];
  int32_t const* share; ///< [MN_SURPRISE_VIEWS][MN_SURPRISE_EVIDENCE], Q16: of the phrase
} MnSurpriseTable;

/// The lengths of the contexts of a view, ascending.
extern uint8_t const mn_surprise_orders[MN_SURPRISE_VIEWS][MN_SURPRISE_ORDERS];

/// How many lengths there are.
extern uint8_t const mn_surprise_order_count[MN_SURPRISE_VIEWS];

/// How many symbols a view has.
extern uint8_t const mn_surprise_symbols[MN_SURPRISE_VIEWS];

/// The bits of a symbol in a key. The last symbol is in the lowest ones, plus 1: a context
/// that is shorter has 0 from there on.
static inline unsigned
mn_surprise_key_bits(MnSurpriseView const view)
{
  return view == MN_SURPRISE_INTERVAL ? 6 : 4;
}

/// The slots of an index for so many rows.
unsigned
mn_surprise_index_size(unsigned rows);

/// Fills an index of mn_surprise_index_size() slots. @return false if a row would lie more
/// than MN_SURPRISE_PROBES slots from its place.
MN_NODISCARD bool
mn_surprise_index_fill(MnSurpriseRows const* rows, uint16_t* index);

/// Whether a key is that of a context of a view.
bool
mn_surprise_key_is_valid(MnSurpriseView view, int32_t key);

/// The place of a key in an index.
static inline unsigned
mn_surprise_place(MnSurpriseRows const* const rows, int32_t const key)
{
  return (unsigned)((uint32_t)key * 0x9E3779B1U >> 15) & rows->mask; // Knuth's constant
}

/// The row of a context, or MN_NO_ROW.
static inline unsigned
mn_surprise_find(MnSurpriseRows const* const rows, int32_t const key)
{
  for (unsigned at = mn_surprise_place(rows, key);; at = (at + 1) & rows->mask) {
    unsigned const row = rows->index[at];
    if (row == MN_NO_ROW || rows->keys[row] == key) {
      return row;
    }
  }
}

#endif // MN_SURPRISE_TABLE_H
