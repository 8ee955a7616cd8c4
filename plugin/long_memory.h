// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the plugin remembers for a model's second level: the windows of the last 16 bars, and
/// the styles so far. A job copies what it needs when it is made, so the worker never touches
/// this.
///
/// All functions: audio thread, bounded work. No room in the pool is as no second level.

#ifndef MN_LONG_MEMORY_H
#define MN_LONG_MEMORY_H

#include "base/tlsf.h"
#include "encode_job.h"
#include "long/style.h"

/// All zeros: there is nothing to remember.
typedef struct {
  MnPhrase*     phrase; ///< in the pool; NULL: the model has no second level
  MnStyleCourse styles;
  MnLongView    view;   ///< of the last job that was taken
  unsigned      stream; ///< how often the stream was broken
} MnLongMemory;

/// Starts anew for a model; NULL: there is none.
void
mn_long_memory_set_model(MnLongMemory* memory, MnTlsf* pool, MnModel const* model)
  MN_REALTIME;

/// Forgets all: what follows has nothing to do with what was before.
void
mn_long_memory_break(MnLongMemory* memory) MN_REALTIME;

/// Takes the result of a job, and sets its view: what the second level says of the 16 bars
/// that end with its window. It is valid until the next job is taken, and stays neutral if the
/// stream was broken since.
void
mn_long_memory_take(MnLongMemory* memory, MnJob* job) MN_REALTIME;

#endif // MN_LONG_MEMORY_H
