// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "jobs.h"

#include "base/fixed.h"

#include <assert.h>
#include <string.h>

void
mn_jobs_init(MnJobs* const jobs, MnTlsf* const pool)
{
  *jobs = (MnJobs){.pool = pool};
}

MnJob*
mn_job_new(MnJobs* const         jobs,
           MnModel const* const  model,
           MnKernel const* const kernel,
           MnWindow const* const window)
{
  bool const   scored = model && window->onsets >= MN_ONSETS_TO_SCORE;
  size_t const head =
    (sizeof(MnJob) + MN_ENCODER_ALIGN - 1) & ~(size_t)(MN_ENCODER_ALIGN - 1);
  size_t const values =
    scored ? (2 * (size_t)model->latent + model->readout.music) * sizeof(float) : 0;
  size_t const size = head + (scored ? mn_encoder_size(model) : 0) + values;
  MnJob* const job  = (MnJob*)mn_tlsf_aligned(jobs->pool, MN_ENCODER_ALIGN, size);
  if (!job) {
    return NULL;
  }

  memset(job, 0, sizeof(*job));
  atomic_init(&job->done, !scored);
  job->model   = model;
  job->window  = *window;
  job->scored  = scored;
  job->readout = mn_readout_neutral;
  if (scored) {
    job->encoder = mn_encoder_init((char*)job + head, model, kernel);
    mn_encoder_start(job->encoder, window->tokens);
    atomic_init(&job->left, mn_encoder_left(job->encoder));
    job->mu          = (float*)(void*)((char*)job + size - values);
    job->sigma       = job->mu + model->latent;
    job->percentiles = job->sigma + model->latent;
  }
  return job;
}

static void
read_out(MnJob* const job)
{
  MnModel const* const model = job->model;
  int32_t const* const mu    = mn_encoder_mu(job->encoder);
  int32_t const* const sigma = mn_encoder_sigma(job->encoder);
  mn_readout_compute(model, mu, job->window.onsets, &job->readout);
  for (unsigned n = 0; n < model->latent; ++n) {
    job->mu[n]    = (float)((double)mu[n] / MN_ONE_Q16);
    job->sigma[n] = (float)((double)sigma[n] / MN_ONE_Q16);
  }
  for (unsigned i = 0; i < model->readout.music; ++i) {
    unsigned const neuron = model->readout.order[i];
    job->percentiles[i]   = mn_readout_percentile(model, neuron, (double)job->mu[neuron]);
  }
}

bool
mn_job_run(MnJob* const job, unsigned const budget)
{
  bool const complete = mn_encoder_run(job->encoder, budget);
  atomic_store_explicit(&job->left, mn_encoder_left(job->encoder), memory_order_relaxed);
  if (complete) {
    read_out(job);
  }
  return complete;
}

void
mn_job_finish(MnJob* const job)
{
  atomic_store_explicit(&job->done, true, memory_order_release);
}

void
mn_jobs_add_waiting(MnJobs* const jobs, MnJob* const job)
{
  if (jobs->waiting) {
    ++jobs->late;
    mn_tlsf_free(jobs->pool, jobs->waiting);
  }
  jobs->waiting = job;
}

bool
mn_jobs_add(MnJobs* const jobs, MnJob* const job)
{
  // Only windows of this block are in work: the worker is not behind.
  if (jobs->count == jobs->fresh && jobs->count < MN_JOBS_AT_ONCE && !jobs->waiting) {
    jobs->jobs[jobs->count++] = job;
    ++jobs->fresh;
    return true;
  }
  mn_jobs_add_waiting(jobs, job);
  return false;
}

MnJob*
mn_jobs_start_waiting(MnJobs* const jobs)
{
  MnJob* const job = jobs->waiting;
  if (!job || jobs->count) {
    return NULL;
  }
  jobs->waiting             = NULL;
  jobs->jobs[jobs->count++] = job;
  ++jobs->fresh;
  return job;
}

void
mn_jobs_refuse_newest(MnJobs* const jobs)
{
  assert(jobs->count && jobs->fresh && !jobs->waiting);
  --jobs->fresh;
  jobs->waiting = jobs->jobs[--jobs->count];
}

MnJob*
mn_jobs_take_done(MnJobs* const jobs)
{
  if (!jobs->count || !atomic_load_explicit(&jobs->jobs[0]->done, memory_order_acquire)) {
    return NULL;
  }
  MnJob* const job = jobs->jobs[0];
  --jobs->count;
  memmove(jobs->jobs, jobs->jobs + 1, jobs->count * sizeof(*jobs->jobs));
  if (jobs->fresh > jobs->count) {
    jobs->fresh = jobs->count;
  }
  return job;
}

void
mn_jobs_drop_waiting(MnJobs* const jobs)
{
  mn_tlsf_free(jobs->pool, jobs->waiting);
  jobs->waiting = NULL;
}
