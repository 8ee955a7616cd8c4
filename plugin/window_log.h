// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The last windows in short, for a UI that opens later or that missed some.
///
/// All functions: audio thread, bounded work.

#ifndef MN_WINDOW_LOG_H
#define MN_WINDOW_LOG_H

#include "encode_job.h"
#include "protocol/protocol.h"

/// All zeros: empty.
typedef struct {
  unsigned     count; ///< windows so far; the ring has the last ones
  unsigned     told;  ///< of them, those that the UI knows
  int64_t      start[MN_PAST_WINDOWS];
  MnPastWindow window[MN_PAST_WINDOWS];
} MnWindowLog;

/// Adds a window that is done.
///
/// @param bar Of the window's first step, from 0.
void
mn_window_log_add(MnWindowLog* log, unsigned number, int64_t bar, MnJob const* job)
  MN_REALTIME;

/// The oldest window that is left.
static inline unsigned
mn_window_log_first(MnWindowLog const* const log)
{
  return log->count > MN_PAST_WINDOWS ? log->count - MN_PAST_WINDOWS : 0;
}

/// Copies some windows, the next ones to tell, in the form of the message.
///
/// @param words [most * MN_PAST_WORDS]. @param origin Is set to mn:start.
/// @return How many.
unsigned
mn_window_log_next(MnWindowLog const* log, unsigned most, int32_t* words, int64_t* origin)
  MN_REALTIME;

#endif // MN_WINDOW_LOG_H
