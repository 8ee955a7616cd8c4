// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What run() knows of a model's second level: which windows of the last 16 bars there were.
/// What was heard of them is with the jobs (second_level.h).
///
/// All functions: audio thread, bounded work. Without room in the pool for it, there is no second
/// level.

#ifndef MN_LONG_MEMORY_H
#define MN_LONG_MEMORY_H

#include "base/tlsf.h"
#include "encode_job.h"

/// All zeros: there is nothing to remember.
typedef struct {
  MnSecondLevel* level; ///< in the pool; NULL: the model has no second level
  MnPhrase       phrase;
  unsigned       stream; ///< how often the stream was broken
} MnLongMemory;

/// Starts anew for a model; NULL: there is none. There are no jobs.
void
mn_long_memory_set_model(MnLongMemory* memory, MnTlsf* pool, MnModel const* model)
  MN_REALTIME;

/// Forgets all: what follows has nothing to do with what was before.
void
mn_long_memory_break(MnLongMemory* memory) MN_REALTIME;

/// Adds the window of a new job, and tells the job what its phrase is. Jobs are done in the
/// order in which they were added.
void
mn_long_memory_add(MnLongMemory* memory, MnJob* job) MN_REALTIME;

/// Takes the result of a job: its view becomes neutral if the stream was broken since.
void
mn_long_memory_take(MnLongMemory const* memory, MnJob* job) MN_REALTIME;

#endif // MN_LONG_MEMORY_H
