// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "turn_job.h"

#include "base/carve.h"
#include "notes/window.h"

#include <string.h>

static MN_REALTIME size_t
lay_out(MnTurnJob* const         job,
        MnModel const* const     model,
        MnTurnOrder const* const order,
        void*                    memory,
        void** const             encoder,
        void** const             decoder)
{
  MnCarve      carve = {(char*)memory, 0};
  size_t const mu    = model->latent * sizeof(int32_t);
  mn_carve(&carve, sizeof(MnTurnJob));
  *encoder   = mn_carve(&carve, mn_encoder_size(model));
  *decoder   = mn_carve(&carve, mn_decoder_size(model));
  job->place = (int32_t*)mn_carve(&carve, mu);
  for (unsigned i = 0; i < MN_IDEAS; ++i) {
    job->mu[i] = order->idea[i] ? (int32_t*)mn_carve(&carve, mu) : NULL;
  }
  return carve.used;
}

// Begins to encode the next idea that has no place yet, or goes on to the next stage.
static MN_REALTIME void
encode_next(MnTurnJob* const job)
{
  while (job->idea < MN_IDEAS && (!job->mu[job->idea] || job->order.mu[job->idea])) {
    ++job->idea;
  }
  if (job->idea == MN_IDEAS) {
    job->stage = MN_STAGE_FIND;
  } else {
    mn_encoder_start(job->encoder, job->heard[job->idea]);
  }
}

MnTurnJob*
mn_turn_job_new(MnTlsf* const            pool,
                MnModel const* const     model,
                MnKernel const* const    kernel,
                MnTurnOrder const* const order)
{
  void*            encoder = NULL;
  void*            decoder = NULL;
  MnTurnJob        counted;
  size_t const     size = lay_out(&counted, model, order, NULL, &encoder, &decoder);
  MnTurnJob* const job  = (MnTurnJob*)mn_tlsf_aligned(pool, MN_CARVE_ALIGN, size);
  if (!job) {
    return NULL;
  }
  memset(job, 0, sizeof(*job));
  job->model   = model;
  job->order   = *order;
  job->readout = mn_readout_neutral;
  lay_out(job, model, order, job, &encoder, &decoder);
  job->encoder = mn_encoder_init(encoder, model, kernel);
  job->decoder = mn_decoder_init(decoder, model, kernel);
  for (unsigned i = 0; i < MN_IDEAS; ++i) {
    if (job->mu[i]) {
      memcpy(job->heard[i], order->idea[i]->tokens, model->steps);
      if (order->mu[i]) {
        memcpy(job->mu[i], order->mu[i], model->latent * sizeof(int32_t));
      }
    }
  }
  atomic_init(&job->written, false);
  encode_next(job);
  return job;
}

static MN_REALTIME void
find(MnTurnJob* const job)
{
  MnMove const* const  move         = &job->order.move;
  int32_t const* const mu[MN_IDEAS] = {
    job->mu[0], job->mu[1], job->mu[2], job->mu[3], job->mu[4]};
  mn_move_find(move, job->model, mu, job->place);
  mn_decoder_start(
    job->decoder,
    job->place,
    &(MnChoice){job->order.temperature_q16, move->seed, (uint64_t)move->number});
  job->stage = MN_STAGE_DECODE;
}

// Gives away what was written, and has it encoded if it has notes enough.
static MN_REALTIME void
give(MnTurnJob* const job)
{
  unsigned const steps = job->model->steps;
  memcpy(job->tokens, mn_decoder_tokens(job->decoder), steps);
  mn_tuning_tokens(&job->order.tuning, job->tokens, steps);
  bool const scored = mn_count_onsets(job->tokens, steps) >= MN_ONSETS_TO_SCORE;
  if (scored) {
    mn_encoder_start(job->encoder, job->tokens);
  }
  job->stage = scored ? MN_STAGE_CHECK : MN_STAGE_DONE;
  atomic_store_explicit(&job->written, true, memory_order_release);
}

static MN_REALTIME void
read_out(MnTurnJob* const job)
{
  mn_readout_compute(job->model,
                     job->tokens,
                     mn_encoder_mu(job->encoder),
                     mn_encoder_sigma(job->encoder),
                     &job->readout);
  job->stage = MN_STAGE_DONE;
}

bool
mn_turn_job_run(MnTurnJob* const job)
{
  switch (job->stage) {
  case MN_STAGE_ENCODE:
    if (mn_encoder_run(job->encoder, 1)) {
      memcpy(job->mu[job->idea],
             mn_encoder_mu(job->encoder),
             job->model->latent * sizeof(int32_t));
      ++job->idea;
      encode_next(job);
    }
    break;
  case MN_STAGE_FIND:
    find(job);
    break;
  case MN_STAGE_DECODE:
    if (mn_decoder_run(job->decoder, 1)) {
      give(job);
    }
    break;
  case MN_STAGE_CHECK:
    if (mn_encoder_run(job->encoder, 1)) {
      read_out(job);
    }
    break;
  case MN_STAGE_DONE:
    break;
  }
  return job->stage == MN_STAGE_DONE;
}
