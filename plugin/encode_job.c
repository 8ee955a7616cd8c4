// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "encode_job.h"

#include "base/fixed.h"

#include <string.h>

static unsigned
units_left(MnJob const* const job)
{
  return mn_encoder_left(job->encoder) + (job->second ? mn_long_left(job->second) : 0);
}

MnJob*
mn_job_new(MnTlsf* const         pool,
           MnModel const* const  model,
           MnKernel const* const kernel,
           MnPhrase const* const phrase,
           MnWindow const* const window)
{
  bool const   scored = model && window->onsets >= MN_ONSETS_TO_SCORE;
  size_t const head =
    (sizeof(MnJob) + MN_ENCODER_ALIGN - 1) & ~(size_t)(MN_ENCODER_ALIGN - 1);
  size_t const values =
    scored ? (2 * (size_t)model->latent + model->readout.music) * sizeof(float) : 0;
  size_t const first  = scored ? mn_encoder_size(model) : 0; // in whole cache lines
  size_t const second = scored && phrase ? mn_long_size(model) : 0;
  size_t const size   = head + first + second + values;
  MnJob* const job    = (MnJob*)mn_tlsf_aligned(pool, MN_ENCODER_ALIGN, size);
  if (!job) {
    return NULL;
  }

  memset(job, 0, sizeof(*job));
  job->window  = *window;
  job->model   = model;
  job->scored  = scored;
  job->readout = mn_readout_neutral;
  job->view    = &mn_long_view_neutral;
  if (scored) {
    job->encoder = mn_encoder_init((char*)job + head, model, kernel);
    mn_encoder_start(job->encoder, window->tokens);
    job->mu          = (float*)(void*)((char*)job + size - values);
    job->sigma       = job->mu + model->latent;
    job->percentiles = job->sigma + model->latent;
  }
  if (second) {
    job->second = mn_long_init((char*)job + head + first, model, kernel);
    mn_long_start(job->second, phrase, window->start);
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
}

bool
mn_job_run(MnJob* const job, unsigned const budget)
{
  unsigned const before   = mn_encoder_left(job->encoder);
  bool           complete = mn_encoder_run(job->encoder, budget);
  if (complete && job->second) {
    if (before) {
      mn_long_hear(job->second, mn_encoder_mu(job->encoder));
    }
    complete = mn_long_run(job->second, before < budget ? budget - before : 0);
  }
  atomic_store_explicit(&job->left, units_left(job), memory_order_relaxed);
  if (complete) {
    read_out(job);
  }
  return complete;
}
