// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Windows to encode, oldest first. run() owns the queue and its jobs. It adds jobs, and
/// takes results, in the order in which windows closed. In between the worker encodes
/// them a slice at a time, so that others who share its thread get their turn.
///
/// A place of the queue says whether the worker's side has its job. While it does, the
/// worker alone touches the job and what goes with it, but for what is atomic. When the job is
/// done the worker gives the place back, and never touches the job again: run() may free it at
/// once.
///
/// LV2 lets only run() send messages to the worker, so run() sends one for each slice: as
/// many as the work should take at the speed that was measured, but no more at once than
/// fill half a block. A message names no job. The worker goes on with the oldest job that
/// it finds, or with none if the work took fewer slices than expected. So a message that
/// comes late can never reach a job that is freed, and one that the host has lost can be sent
/// again.
///
/// Hosts may call work_response() on any thread or lose it, so nothing depends on it.

#ifndef MN_ENCODE_QUEUE_H
#define MN_ENCODE_QUEUE_H

#include "encode_job.h"
#include "host_features.h"

/// A slice of work takes no longer than this, if one unit of the encoder does not.
#define MN_SLICE_MS 1.0

/// Messages under way at once, at the most. Two let a job of 2 ms end in the block that
/// it began in, however short that is; 64 of 16 bytes fit the ring of any known host.
enum { MN_SLICES_AHEAD_LEAST = 2, MN_SLICES_AHEAD_MOST = 64 };

/// Units of the encoder in a slice, until it is measured: 50 us each, as a core of
/// today takes for MN_UNIT_PRODUCTS.
enum { MN_SLICE_UNITS = 20 };

/// Windows of one block may be in work together. Beyond that the worker is behind:
/// then one window waits, and a newer one takes its place.
enum { MN_JOBS_AT_ONCE = 8 };

/// A place of the queue.
typedef struct {
  MnJob*      job;      ///< NULL: the place is free
  unsigned    number;   ///< of the job: jobs are numbered as they come, modulo 2^32
  atomic_bool encoding; ///< the worker's side has the job
} MnPlace;

typedef struct {
  // The audio thread's own.
  MnTlsf*  pool;  ///< of the jobs
  unsigned first; ///< the number of the oldest job
  unsigned count; ///< of jobs
  unsigned fresh; ///< of them, those that were added in this block
  unsigned stale; ///< of them, the oldest, whose results no longer count
  bool     has_waiting;
  MnWindow waiting; ///< the newest window, if it cannot start yet
  unsigned late;    ///< windows that were never encoded
  unsigned sent;    ///< messages that the host has taken, in all, but for those it lost
  unsigned seen;    ///< what `served` was when that was last looked at

  // Between the audio thread and the worker.
  MnPlace     places[MN_JOBS_AT_ONCE]; ///< a ring: a job's number says where it is
  atomic_bool in_use;                  ///< somebody encodes
  atomic_uint pace;                    ///< units in a slice, as measured
  atomic_uint served;                  ///< messages that the worker has dealt with
} MnEncodeQueue;

/// Makes an empty queue. `pool` is the instance's.
void
mn_encode_queue_init(MnEncodeQueue* queue, MnTlsf* pool);

/// Begins a block. Audio thread, as all but mn_encode_queue_serve().
static inline void
mn_encode_queue_begin_block(MnEncodeQueue* const queue)
{
  queue->fresh = 0;
}

/// Whether there is any window, in work or waiting.
static inline bool
mn_encode_queue_is_busy(MnEncodeQueue const* const queue)
{
  return queue->count || queue->has_waiting;
}

/// Whether a new window may start at once: all windows in work are of this block, so the
/// worker is not behind.
static inline bool
mn_encode_queue_may_start(MnEncodeQueue const* const queue)
{
  return queue->count == queue->fresh && queue->count < MN_JOBS_AT_ONCE &&
         !queue->has_waiting;
}

/// Adds a job behind the others; there is room. If it is to be encoded, the worker's side
/// has it from here on, else it is done.
void
mn_encode_queue_add(MnEncodeQueue* queue, MnJob* job, bool encode) MN_REALTIME;

/// Makes a window wait, in place of one that does already and is late then.
void
mn_encode_queue_wait(MnEncodeQueue* queue, MnWindow const* window) MN_REALTIME;

/// Takes the window that waits, if it may start: no job is left.
bool
mn_encode_queue_take_waiting(MnEncodeQueue* queue, MnWindow* window) MN_REALTIME;

/// Makes the window of the newest job, which was added in this block, wait again, unless
/// the worker may be at the job: it is done, or a message is under way. @return whether it
/// waits now; the job is freed then.
bool
mn_encode_queue_take_back(MnEncodeQueue* queue) MN_REALTIME;

/// The oldest job, if it is done: its result is read, then it is removed. NULL if it is
/// not, or there is none.
MnJob*
mn_encode_queue_done(MnEncodeQueue* queue) MN_REALTIME;

/// Removes the oldest job, which is done, and frees it.
void
mn_encode_queue_remove(MnEncodeQueue* queue) MN_REALTIME;

/// Drops the windows that are in work or wait: they no longer count.
void
mn_encode_queue_drop(MnEncodeQueue* queue) MN_REALTIME;

/// Starts anew, for activate(): forgets messages and jobs. A job that the worker is at just
/// now still ends, but its result no longer counts.
void
mn_encode_queue_restart(MnEncodeQueue* queue) MN_REALTIME;

/// Whether the worker has dealt with a message since the last call, or with all of them.
bool
mn_encode_queue_is_answered(MnEncodeQueue* queue) MN_REALTIME;

/// Takes all messages under way for lost. They do no harm if they still come.
void
mn_encode_queue_forget_messages(MnEncodeQueue* queue) MN_REALTIME;

/// How many messages to send now, so that they are enough for all jobs and no more than
/// `ahead` are under way.
unsigned
mn_encode_queue_wants(MnEncodeQueue* queue, unsigned ahead) MN_REALTIME;

/// Forgets the measured speed: it was another model's.
void
mn_encode_queue_forget_pace(MnEncodeQueue* queue) MN_REALTIME;

/// Whether a job is on the worker's side.
bool
mn_encode_queue_has_work(MnEncodeQueue* queue) MN_REALTIME;

/// Encodes up to `budget` units in run() itself, unless the worker is at it.
void
mn_encode_queue_run(MnEncodeQueue* queue, unsigned budget) MN_REALTIME;

/// Does what a message asks for: a slice of work. Worker.
void
mn_encode_queue_serve(MnEncodeQueue* queue, MnClock now_ms);

#endif // MN_ENCODE_QUEUE_H
