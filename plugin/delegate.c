// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "delegate.h"

#include <limits.h>
#include <math.h>
#include <string.h>

enum { MAX_PATH = 4096 };

static bool
is_freewheeling(MnMonitor const* const m)
{
  return mn_monitor_control(m, MN_PORT_FREEWHEEL) > 0;
}

// work:schedule makes it the host's duty that schedule_work() does not wait.
MN_TRUST_BEGIN
static MN_REALTIME bool
send(MnMonitor const* const m, MnWork const message)
{
  return m->schedule &&
         m->schedule->schedule_work(m->schedule->handle, sizeof(message), &message) ==
           LV2_WORKER_SUCCESS;
}
MN_TRUST_END

// Messages that fill half of a block: what others have sent is done in it too.
static unsigned
slices_ahead(MnMonitor const* const m)
{
  double const slices = m->block * 500.0 / m->rate / MN_SLICE_MS;
  return slices <= MN_SLICES_AHEAD_LEAST  ? MN_SLICES_AHEAD_LEAST
         : slices >= MN_SLICES_AHEAD_MOST ? MN_SLICES_AHEAD_MOST
                                          : (unsigned)ceil(slices);
}

// @return false if the host took no message though one was due.
static bool
send_slices(MnMonitor* const m)
{
  for (unsigned due = mn_desk_wants(&m->desk, slices_ahead(m)); due; --due) {
    ++m->desk.sent; // first, since the host may work on the spot
    if (!send(m, (MnWork){MN_WORK_ENCODE, NULL})) {
      --m->desk.sent;
      return false;
    }
  }
  return true;
}

void
mn_delegate_go_on(MnMonitor* const m)
{
  if (is_freewheeling(m)) {
    mn_desk_run(&m->desk, UINT_MAX); // an export waits for it
  } else if (m->schedule) {
    send_slices(m);
  }
}

// Starts the newest of the jobs in work, in the way that there is.
static void
start_job(MnMonitor* const m, MnJob* const job)
{
  if (!job->scored) {
    return; // there is nothing to do, it only keeps its place in the order
  }
  if (is_freewheeling(m)) {
    // Whatever the worker is at: an export is the same every time.
    mn_job_run(job, UINT_MAX);
    mn_job_finish(job);
    return;
  }
  mn_desk_put(&m->desk, job);
  if (m->schedule && !send_slices(m) && mn_desk_take_back(&m->desk)) {
    mn_jobs_refuse_newest(&m->jobs);
  }
}

static bool
has_incoming(MnMonitor* const m)
{
  return atomic_load_explicit(&m->incoming, memory_order_relaxed);
}

void
mn_delegate_waiting(MnMonitor* const m)
{
  MnJob* const job = has_incoming(m) ? NULL : mn_jobs_start_waiting(&m->jobs);
  if (job) {
    start_job(m, job);
  }
}

void
mn_delegate_window(MnMonitor* const m, MnWindow const* const window)
{
  MnJob* const job = mn_job_new(&m->jobs, m->model, m->kernel, window);
  if (!job) {
    ++m->jobs.late;
  } else if (has_incoming(m)) {
    mn_jobs_add_waiting(&m->jobs, job); // until no job holds the old model
  } else if (mn_jobs_add(&m->jobs, job)) {
    start_job(m, job);
  }
}

void
mn_delegate_take(MnMonitor* const m)
{
  for (MnJob* job; (job = mn_jobs_take_done(&m->jobs));) {
    if (m->stale) {
      --m->stale;
      mn_tlsf_free(m->pool, job);
      continue;
    }
    ++m->windows;
    bool const shows = job->scored && !mn_monitor_is_silent(m);
    if (shows) {
      MnModel const* const model = job->model;
      mn_monitor_aim(m, &job->readout, model->latent - model->readout.music);
      m->resting = false;
    }
    if (job->scored) {
      m->encode_ms = job->encode_ms;
    }
    mn_cv_window(&m->cv, shows, job->readout.top[0].neuron);
    mn_notify_window(m, job);
  }
}

// Without a worker the encoder runs here, as many units as frames allow.
void
mn_delegate_slices(MnMonitor* const m, uint32_t const frames)
{
  enum { PRODUCTS_PER_FRAME = 1 << 13, LEAST_FRAMES = 8 };
  if (m->schedule || !mn_desk_has_work(&m->desk)) {
    m->credit = 0;
    return;
  }
  // Of a step's product, 4 gates of each unit, a unit of work has no more than that.
  uint32_t const step     = 4 * m->model->hidden * m->model->hidden;
  uint32_t const products = step < MN_UNIT_PRODUCTS ? step : MN_UNIT_PRODUCTS;
  uint32_t const size     = products / PRODUCTS_PER_FRAME;
  uint32_t const price    = size < LEAST_FRAMES ? LEAST_FRAMES : size;
  m->credit += frames;
  mn_desk_run(&m->desk, m->credit / price);
  m->credit %= price;
}

// Gives the window that waits to the new model. It is late if that has windows of
// another length.
static void
remake_waiting(MnMonitor* const m)
{
  MnJob* const waiting = m->jobs.waiting;
  if (!waiting) {
    return;
  }
  MnWindow const window = waiting->window;
  m->jobs.waiting       = NULL;
  mn_tlsf_free(m->pool, waiting);
  MnJob* const job = window.steps == m->model->steps
                       ? mn_job_new(&m->jobs, m->model, m->kernel, &window)
                       : NULL;
  if (job) {
    mn_jobs_add_waiting(&m->jobs, job);
  } else {
    ++m->jobs.late;
  }
}

// Swaps in a model that was published, once no job uses the old one.
static void
take_model(MnMonitor* const m)
{
  if (!has_incoming(m) || m->jobs.count ||
      atomic_load_explicit(&m->retired, memory_order_acquire)) {
    return;
  }
  MnModel* const model = atomic_exchange_explicit(&m->incoming, NULL, memory_order_acq_rel);
  MnModel* const old   = m->model;
  m->model             = model;
  mn_desk_forget_pace(&m->desk);
  mn_notify_model(m);

  remake_waiting(m);
  if (m->listening && m->grid.steps != model->steps) {
    mn_monitor_listen(m);
  }
  m->collecting = false; // what was sent for another one may be done
  atomic_store_explicit(&m->retired, old, memory_order_release);
}

void
mn_delegate_keep(MnMonitor* const m)
{
  if (m->loading && atomic_load_explicit(&m->loading->done, memory_order_acquire)) {
    mn_tlsf_free(m->pool, m->loading);
    m->loading       = NULL;
    m->tell.property = true; // the old one, if the new one was no good
  }
  take_model(m);
  if (m->wanted && !m->loading && send(m, (MnWork){MN_WORK_LOAD, m->wanted})) {
    m->loading = m->wanted;
    m->wanted  = NULL;
  }
  if (!atomic_load_explicit(&m->retired, memory_order_relaxed)) {
    m->collecting = false;
  } else if (!m->collecting) {
    m->collecting = send(m, (MnWork){MN_WORK_COLLECT, NULL});
  }
}

// The host must be ready for messages of the type log:Trace on the audio thread.
MN_TRUST_BEGIN
static MN_REALTIME void
log_no_way(MnMonitor* const m)
{
  lv2_log_trace(&m->logger, "music-neurons: cannot load a model here\n");
}
MN_TRUST_END

void
mn_delegate_model(MnMonitor* const m, char const* const path)
{
  size_t const         length = strlen(path) + 1;
  MnLoadRequest* const request =
    length <= MAX_PATH
      ? (MnLoadRequest*)mn_tlsf_malloc(m->pool, sizeof(MnLoadRequest) + length)
      : NULL;
  if (!request || !m->schedule) {
    log_no_way(m);
    m->tell.error   = (MnError){"this host gives no way to load a model"};
    m->tell.message = true;
    mn_tlsf_free(m->pool, request);
    return;
  }
  atomic_init(&request->done, false);
  memcpy(request->path, path, length);
  mn_tlsf_free(m->pool, m->wanted);
  m->wanted = request;
}
