// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "encode_job.h"

#include "base/fixed.h"

#include <string.h>

// The second level's units are all left until level one is done.
static unsigned
units_left(MnJob const* const job)
{
  unsigned const       first  = mn_encoder_left(job->encoder);
  MnSecondLevel* const second = job->second;
  return !second ? first : first ? first + second->units : mn_long_left(second->encoder);
}

MnJob*
mn_job_new(MnTlsf* const         pool,
           MnModel const* const  model,
           MnKernel const* const kernel,
           MnSecondLevel* const  second,
           MnWindow const* const window)
{
  bool const   scored = model && window->onsets >= MN_ONSETS_TO_SCORE;
  size_t const head =
    (sizeof(MnJob) + MN_ENCODER_ALIGN - 1) & ~(size_t)(MN_ENCODER_ALIGN - 1);
  size_t const values =
    scored ? (2 * (size_t)model->latent + model->readout.music) * sizeof(float) : 0;
  size_t const encoder = scored ? mn_encoder_size(model) : 0; // in whole cache lines
  size_t const size    = head + encoder + values;
  MnJob* const job     = (MnJob*)mn_tlsf_aligned(pool, MN_ENCODER_ALIGN, size);
  if (!job) {
    return NULL;
  }

  memset(job, 0, sizeof(*job));
  job->window  = *window;
  job->model   = model;
  job->kernel  = kernel;
  job->scored  = scored;
  job->readout = mn_readout_neutral;
  job->view    = mn_long_view_neutral;
  if (scored) {
    job->encoder = mn_encoder_init((char*)job + head, model, kernel);
    mn_encoder_start(job->encoder, window->tokens);
    job->mu          = (float*)(void*)((char*)job + size - values);
    job->sigma       = job->mu + model->latent;
    job->percentiles = job->sigma + model->latent;
    job->second      = second;
  }
  atomic_init(&job->left, scored ? units_left(job) : 0);
  return job;
}

static void
read_out(MnJob* const job)
{
  MnModel const* const model = job->model;
  int32_t const* const mu    = mn_encoder_mu(job->encoder);
  int32_t const* const sigma = mn_encoder_sigma(job->encoder);
  mn_readout_window(model, job->window.tokens, mu, sigma, &job->readout);
  for (unsigned n = 0; n < model->latent; ++n) {
    job->mu[n]    = (float)mn_from_q16(mu[n]);
    job->sigma[n] = (float)mn_from_q16(sigma[n]);
  }
  // The readout has the percentiles of the first neurons.
  for (unsigned i = 0; i < model->readout.music; ++i) {
    unsigned const neuron = model->readout.order[i];
    job->percentiles[i]   = i < MN_RANKED
                              ? job->readout.ranked[i]
                              : mn_readout_percentile(model, neuron, mn_from_q16(mu[neuron]));
  }
  if (job->second) {
    mn_second_level_view(job->second, job->stream, job->window.start, &job->view);
  }
}

bool
mn_job_run(MnJob* const job, unsigned const budget)
{
  unsigned const before   = mn_encoder_left(job->encoder);
  bool           complete = mn_encoder_run(job->encoder, budget);
  if (complete && job->second) {
    if (before) {
      mn_second_level_start(
        job->second, job->kernel, &job->places, mn_encoder_mu(job->encoder));
    }
    complete = mn_long_run(job->second->encoder, before < budget ? budget - before : 0);
  }
  atomic_store_explicit(&job->left, units_left(job), memory_order_relaxed);
  if (complete) {
    read_out(job);
  }
  return complete;
}
