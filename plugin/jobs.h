// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What run() has done elsewhere: windows to encode, models to load.
///
/// A job lives in the instance's pool, which belongs to run(). run() fills it, puts
/// it on the worker's desk (desk.h), and takes it back when `done` is set; in
/// between only the worker touches it, but for what is atomic. Hosts may call
/// work_response() on any thread or lose it, so nothing depends on it.

#ifndef MN_JOBS_H
#define MN_JOBS_H

#include "base/tlsf.h"
#include "encoder/encoder.h"
#include "notes/window.h"
#include "readout/readout.h"

#include <stdatomic.h>

typedef struct {
  atomic_bool    done;
  atomic_uint    left; ///< units of the encoder still to be done
  MnModel const* model;
  MnEncoder*     encoder;
  MnWindow       window;
  MnReadout      readout;
  bool           scored;      ///< whether the window has enough notes
  float          encode_ms;   ///< time that the encoder took, 0 if not measured
  float*         mu;          ///< [latent] once it is done, if it is scored
  float*         sigma;       ///< [latent]
  float*         percentiles; ///< [music], by rank
} MnJob;

/// A request to load a model.
typedef struct {
  atomic_bool done;
  char        path[];
} MnLoadRequest;

/// Windows that are in work, oldest first, and the newest that has to wait.
///
/// Windows of one block may be in work together. Beyond that the worker is
/// behind: then one window waits, and a newer one takes its place.
enum { MN_JOBS_AT_ONCE = 8 };

typedef struct {
  MnTlsf*  pool;
  MnJob*   jobs[MN_JOBS_AT_ONCE];
  unsigned count;
  unsigned fresh; ///< of them, how many were added in this block
  MnJob*   waiting;
  unsigned late; ///< windows that were never encoded
} MnJobs;

/// Makes an empty list. `pool` is the instance's; all calls come from run().
void
mn_jobs_init(MnJobs* jobs, MnTlsf* pool) MN_REALTIME;

/// Makes a job of a window. Without a model, or with too few notes, it is done
/// at once and not scored. @return NULL if the pool is exhausted.
MnJob*
mn_job_new(MnJobs*         jobs,
           MnModel const*  model,
           MnKernel const* kernel,
           MnWindow const* window) MN_REALTIME;

/// Goes on with a job for at most `budget` units of the encoder. Worker thread, or
/// run(). @return true once its window is encoded and read out.
bool
mn_job_run(MnJob* job, unsigned budget) MN_REALTIME;

/// Marks such a job as done: it is run()'s again. Worker thread, or run().
void
mn_job_finish(MnJob* job) MN_REALTIME;

/// Adds a job. @return true if it may start now, false if it waits.
bool
mn_jobs_add(MnJobs* jobs, MnJob* job) MN_REALTIME;

/// Makes a job wait, in place of one that does already and is late then.
void
mn_jobs_add_waiting(MnJobs* jobs, MnJob* job) MN_REALTIME;

/// If the waiting job may start now, moves it among those in work and returns it.
MnJob*
mn_jobs_start_waiting(MnJobs* jobs) MN_REALTIME;

/// Moves the newest job back to waiting: the worker did not take it.
void
mn_jobs_refuse_newest(MnJobs* jobs) MN_REALTIME;

/// Takes the oldest job if it is done; the caller frees it to the pool.
MnJob*
mn_jobs_take_done(MnJobs* jobs) MN_REALTIME;

/// Begins a new block.
static inline void
mn_jobs_begin_block(MnJobs* const jobs)
{
  jobs->fresh = 0;
}

/// Drops the waiting window, uncounted.
void
mn_jobs_drop_waiting(MnJobs* jobs) MN_REALTIME;

#endif // MN_JOBS_H
