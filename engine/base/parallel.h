// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Runs pieces of work on all processors. The result must not depend on which thread
/// runs which piece.

#ifndef MN_PARALLEL_H
#define MN_PARALLEL_H

#include "common.h"

#include <stdbool.h>

/// The most threads that are ever used.
enum { MN_MAX_WORKERS = 64 };

typedef struct {
  size_t   count;   ///< number of pieces
  unsigned workers; ///< most threads to use; 0: mn_parallel_workers()
  bool     crowded; ///< use all of `workers`, also where fewer can run at once
  void*    context;

  /// Runs a piece. @param worker The number of the thread, from 0.
  void (*piece)(void* context, size_t index, unsigned worker);

  /// If not NULL, the calling thread calls this after each piece that it has run itself.
  /// @param done How many pieces are done in all.
  void (*progress)(void* context, size_t done);
} MnPieces;

/// The number of threads that can run at once, at least 1. It may change: other programs
/// can set the affinity of this process.
unsigned
mn_parallel_workers(void);

/// Runs all pieces. Returns when all are done.
void
mn_parallel_run(MnPieces const* job);

#endif // MN_PARALLEL_H
