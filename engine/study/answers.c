// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "answers.h"

#include "encoder.h"
#include "parallel.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  MnModel const*    model;
  uint8_t const*    tokens;
  MnAnswers*        answers;
  MnEncoder**       encoders; // one for each worker
  MnProgress const* progress;
} Encoding;

static void
encode_window(void* const context, size_t const index, unsigned const worker)
{
  Encoding const* const e    = (Encoding const*)context;
  MnEncoder* const      with = e->encoders[worker];
  size_t const          at   = index * e->model->latent;
  size_t const          size = e->model->latent * sizeof(int32_t);

  mn_encoder_start(with, e->tokens + index * e->model->steps);
  mn_encoder_run(with, mn_encoder_units(e->model));
  memcpy(e->answers->mu + at, mn_encoder_mu(with), size);
  memcpy(e->answers->sigma + at, mn_encoder_sigma(with), size);
}

static void
tell_progress(void* const context, size_t const done)
{
  Encoding const* const e = (Encoding const*)context;
  if (e->progress) {
    e->progress->tell(e->progress->context, done, e->answers->count);
  }
}

static MnEncoder**
make_encoders(MnModel const* const model, unsigned const workers)
{
  MnEncoder** const encoders = (MnEncoder**)calloc(workers, sizeof(*encoders));
  for (unsigned i = 0; encoders && i < workers; ++i) {
    void* const room = aligned_alloc(MN_ENCODER_ALIGN, mn_encoder_size(model));
    if (!room) {
      while (i-- > 0) {
        free(encoders[i]); // lies at the start of its memory
      }
      free(encoders);
      return NULL;
    }
    encoders[i] = mn_encoder_init(room, model, mn_kernel_best());
  }
  return encoders;
}

bool
mn_answers_take(MnModel const* const    model,
                uint8_t const* const    tokens,
                size_t const            count,
                MnProgress const* const progress,
                MnAnswers* const        answers)
{
  unsigned const    workers  = mn_parallel_workers();
  size_t const      size     = count * model->latent * sizeof(int32_t);
  MnEncoder** const encoders = make_encoders(model, workers);

  *answers = (MnAnswers){
    count, model->latent, (int32_t*)malloc(size + 1), (int32_t*)malloc(size + 1)};
  bool const good = encoders && answers->mu && answers->sigma;
  if (good) {
    Encoding    e   = {model, tokens, answers, encoders, progress};
    MnJob const job = {.count    = count,
                       .context  = &e,
                       .piece    = encode_window,
                       .progress = tell_progress};
    mn_parallel_run(&job);
  } else {
    mn_answers_free(answers);
  }
  for (unsigned i = 0; encoders && i < workers; ++i) {
    free(encoders[i]);
  }
  free(encoders);
  return good;
}

void
mn_answers_free(MnAnswers* const answers)
{
  free(answers->mu);
  free(answers->sigma);
  *answers = (MnAnswers){0};
}
