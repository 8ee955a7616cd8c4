// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The worker's desk: where run() puts jobs, and the worker takes them up, a slice
/// of work at a time, so that others who share its thread get their turn.
///
/// run() sends a message for each slice, since LV2 lets only run() do so: as many as
/// the work should take at the speed that was measured, and so few at once that
/// they fill half a block. A message names no job. It has the worker go on with the
/// oldest one here, or with none if the work took fewer slices than thought: so
/// nothing can reach a job that run() has freed. A job leaves the desk before it is
/// marked as done, and run() frees it after that.

#ifndef MN_DESK_H
#define MN_DESK_H

#include "jobs.h"

#include <stdatomic.h>

/// A slice of work is no longer than this, if one unit of the encoder is not.
#define MN_SLICE_MS 1.0

/// Messages that may be under way: two let a job of 2 ms end in the block that it
/// began in, however short that is; 64 of 16 bytes fit the ring of any known host.
enum { MN_SLICES_AHEAD_LEAST = 2, MN_SLICES_AHEAD_MOST = 64 };

/// Units of the encoder in a slice, until it is measured: 50 us each, as a core of
/// today takes for MN_UNIT_PRODUCTS.
enum { MN_SLICE_UNITS = 20 };

/// Tells the time in ms.
typedef double (*MnClock)(void);

typedef struct {
  MnJob*      jobs[MN_JOBS_AT_ONCE]; ///< a ring
  atomic_uint put;                   ///< jobs that run() has put there in all
  atomic_uint taken;                 ///< of them, those that are complete
  atomic_bool in_use;                ///< somebody is at the jobs
  atomic_uint pace;                  ///< units in a slice, as measured
  unsigned    sent;                  ///< messages that the host has taken, in all
  atomic_uint served;                ///< of them, those that the worker has dealt with
} MnDesk;

void
mn_desk_init(MnDesk* desk);

/// Forgets the speed: it was another model's. Audio thread.
void
mn_desk_forget_pace(MnDesk* desk) MN_REALTIME;

/// Puts a job behind the others. Audio thread.
void
mn_desk_put(MnDesk* desk, MnJob* job) MN_REALTIME;

/// Takes the newest job back, if it is not done, and nobody is at it or can be soon,
/// since no message is under way. Audio thread. @return whether it was.
bool
mn_desk_take_back(MnDesk* desk) MN_REALTIME;

/// How many messages to send now, so that they are enough for all jobs and no more
/// than `ahead` under way. Audio thread.
unsigned
mn_desk_wants(MnDesk* desk, unsigned ahead) MN_REALTIME;

/// Does `budget` units of work in run() itself, unless the worker is at it. Audio
/// thread.
void
mn_desk_run(MnDesk* desk, unsigned budget) MN_REALTIME;

/// Does what a message asks for: a slice of work. Worker.
void
mn_desk_serve(MnDesk* desk, MnClock now_ms);

/// Whether a job is there.
static inline bool
mn_desk_has_work(MnDesk* const desk)
{
  return atomic_load_explicit(&desk->put, memory_order_acquire) !=
         atomic_load_explicit(&desk->taken, memory_order_acquire);
}

#endif // MN_DESK_H
