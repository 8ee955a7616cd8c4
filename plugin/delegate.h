// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What run() leaves to others: windows to encode and models to load, and what
/// it makes of the results. All functions: audio thread, bounded work.

#ifndef MN_DELEGATE_H
#define MN_DELEGATE_H

#include "monitor.h"

/// Whether anything is under way: else there is nothing to go on with.
static inline bool
mn_delegate_is_busy(MnMonitor* const m)
{
  return m->jobs.count || m->jobs.waiting || m->wanted || m->loading || m->collecting ||
         atomic_load_explicit(&m->incoming, memory_order_relaxed) ||
         atomic_load_explicit(&m->retired, memory_order_relaxed);
}

/// Gives a complete window to the encoder. While freewheeling, or with a worker
/// that works on the spot, its result can be taken at once.
void
mn_delegate_window(MnMonitor* monitor, MnWindow const* window) MN_REALTIME;

/// Starts the window that waits, if it may.
void
mn_delegate_waiting(MnMonitor* monitor) MN_REALTIME;

/// Sees to it that the windows in work get on: the worker is asked for as many
/// slices as they should take, or for what half a block has room for.
void
mn_delegate_go_on(MnMonitor* monitor) MN_REALTIME;

/// Without a worker: encodes as much as `frames` allow.
void
mn_delegate_slices(MnMonitor* monitor, uint32_t frames) MN_REALTIME;

/// Asks for a model; the newest wish wins.
void
mn_delegate_model(MnMonitor* monitor, char const* path) MN_REALTIME;

/// Goes on with what was asked for, takes a model that was published, and has
/// the old one freed.
void
mn_delegate_keep(MnMonitor* monitor) MN_REALTIME;

#endif // MN_DELEGATE_H
