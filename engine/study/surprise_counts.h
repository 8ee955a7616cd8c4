// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Counts what follows each context of one view of melodies (base/surprise_table.h), and
/// how likely that makes each symbol: escape method C of PPM (A. Moffat, "Implementing the
/// PPM data compression scheme", 1990), interpolated with the next shorter context.

#ifndef MN_SURPRISE_COUNTS_H
#define MN_SURPRISE_COUNTS_H

#include "base/surprise_table.h"

#include <stdbool.h>

/// Contexts are numbered in the order in which they came: shorter ones come first.
typedef struct {
  MnSurpriseView view;
  unsigned       symbols;
  size_t         count;
  size_t         room;
  int32_t*       key;    ///< [count]
  uint32_t*      parent; ///< [count]: the next shorter context; its own number if none is
  uint32_t*      times;  ///< [count][symbols]
  uint32_t*      slots;  ///< an index by hashed key: the number plus 1, or 0
  size_t         mask;
} MnSurpriseCounts;

/// Most contexts of a view that are counted; those that come later are not.
enum { MN_MOST_CONTEXTS = 1 << 20 };

/// @return false if memory runs out; mn_surprise_counts_free() is due in any case.
MN_NODISCARD bool
mn_surprise_counts_init(MnSurpriseCounts* counts, MnSurpriseView view);

/// Counts a symbol after the contexts of these keys, the shortest first.
/// @return false if memory runs out.
MN_NODISCARD bool
mn_surprise_counts_add(MnSurpriseCounts* counts,
                       int32_t const*    keys,
                       unsigned          key_count,
                       unsigned          symbol);

/// The probabilities after a context. @param p [symbols].
void
mn_surprise_counts_row(MnSurpriseCounts const* counts, size_t context, double* p);

/// How often a context came.
uint64_t
mn_surprise_counts_times(MnSurpriseCounts const* counts, size_t context);

/// The bits that a context's own row saves on what was counted, against its parent's row.
double
mn_surprise_counts_gain(MnSurpriseCounts const* counts, size_t context);

void
mn_surprise_counts_free(MnSurpriseCounts* counts);

#endif // MN_SURPRISE_COUNTS_H
