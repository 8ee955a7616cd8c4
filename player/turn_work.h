// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The one job between run() and the worker. While `working` is true, the worker's side alone
/// touches the job, but for what is atomic; it never touches it again once that is false.
///
/// run() sends the worker messages, each of which asks for a slice of the job, if there is one:
/// as the monitor does (encode_queue.h). No message names a job, so one that comes late or
/// twice does no harm, and one that is lost is sent again.

#ifndef MN_TURN_WORK_H
#define MN_TURN_WORK_H

#include "host_features.h"
#include "turn_job.h"

typedef struct {
  // The audio thread's own.
  MnHostFeatures const* host;
  MnKernel const*       kernel;
  MnTlsf*               pool;
  MnTurnJob*            job;    ///< NULL: there is none
  bool                  stale;  ///< its result no longer counts
  unsigned              sent;   ///< messages that the host has taken, but for those it lost
  uint32_t              block;  ///< frames in this block
  uint32_t              credit; ///< frames not yet spent on units in run()
  uint64_t              unanswered; ///< frames since the worker dealt with a message
  unsigned              seen;       ///< what `served` was then

  // Between the audio thread and the worker.
  atomic_bool working; ///< the worker's side has the job
  atomic_bool in_use;  ///< somebody works
  atomic_uint served;  ///< messages that the worker has dealt with
} MnTurnWork;

void
mn_turn_work_init(MnTurnWork*           work,
                  MnHostFeatures const* host,
                  MnKernel const*       kernel,
                  MnTlsf*               pool);

/// Starts anew, for activate(): forgets messages and the job, unless the worker is at it just
/// now. Audio thread, as all but mn_turn_work_serve().
void
mn_turn_work_restart(MnTurnWork* work) MN_REALTIME;

/// Begins a job, for which there is a model with a decoder. While freewheeling it is done at
/// once. @return false if there is one already, or no memory for it.
bool
mn_turn_work_begin(MnTurnWork*        work,
                   MnModel const*     model,
                   MnTurnOrder const* order,
                   bool               freewheeling) MN_REALTIME;

/// Goes on at the start of a block of so many frames.
void
mn_turn_work_go_on(MnTurnWork* work, uint32_t frames, bool freewheeling) MN_REALTIME;

/// Without a worker: works as much as the frames of the block allow, at its end.
void
mn_turn_work_run(MnTurnWork* work) MN_REALTIME;

/// Whether a job is there.
static inline bool
mn_turn_work_is_busy(MnTurnWork const* const work)
{
  return work->job;
}

/// The tokens that a turn is to play, once they are written; NULL before.
uint8_t const*
mn_turn_work_tokens(MnTurnWork* work, uint64_t turn) MN_REALTIME;

/// The job, if it is done and counts; read it, then remove it. NULL if not.
MnTurnJob*
mn_turn_work_done(MnTurnWork* work) MN_REALTIME;

/// Removes the job, which is done.
void
mn_turn_work_remove(MnTurnWork* work) MN_REALTIME;

/// What comes out of the job no longer counts.
static inline void
mn_turn_work_drop(MnTurnWork* const work)
{
  work->stale = work->job;
}

/// Does what a message asks for: a slice of work of about a millisecond. Worker.
void
mn_turn_work_serve(MnTurnWork* work, MnClock now_ms);

#endif // MN_TURN_WORK_H
