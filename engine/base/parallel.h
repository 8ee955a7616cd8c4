// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Work in pieces, on all processors. Which thread does which piece must not
/// matter to the result.

#ifndef MN_PARALLEL_H
#define MN_PARALLEL_H

#include "common.h"

typedef struct {
  size_t   count;   ///< of pieces
  unsigned workers; ///< so many threads at most; 0: mn_parallel_workers()
  void*    context;

  /// Does a piece. @param worker Which thread this is, from 0.
  void (*piece)(void* context, size_t index, unsigned worker);

  /// If not NULL: told by the calling thread, after each piece of its own, how
  /// many are done.
  void (*progress)(void* context, size_t done);
} MnPieces;

/// How many threads work at once at most: 1 or more. It may change, as other programs
/// may say on which processors this one runs.
unsigned
mn_parallel_workers(void);

/// Does all pieces, and returns when they are done.
void
mn_parallel_run(MnPieces const* job);

#endif // MN_PARALLEL_H
