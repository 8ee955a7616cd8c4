// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "answers.h"

#include "batch.h"
#include "encoder.h"
#include "parallel.h"

#include <stdlib.h>

typedef struct {
  MnModel const*    model;
  uint8_t const*    tokens;
  MnAnswers*        answers;
  MnBatch**         batches; // one for each worker
  unsigned          windows; // in each
  MnProgress const* progress;
} Encoding;

static void
encode_batch(void* const context, size_t const index, unsigned const worker)
{
  Encoding const* const e     = (Encoding const*)context;
  size_t const          first = index * e->windows;
  size_t const          left  = e->answers->count - first;
  size_t const          at    = first * e->model->latent;
  mn_batch_run(e->batches[worker],
               e->tokens + first * e->model->steps,
               left < e->windows ? (unsigned)left : e->windows,
               e->answers->mu + at,
               e->answers->sigma + at);
}

static void
tell_progress(void* const context, size_t const done)
{
  Encoding const* const e       = (Encoding const*)context;
  size_t const          windows = done * e->windows;
  size_t const          count   = e->answers->count;
  if (e->progress) {
    e->progress->tell(e->progress->context, windows < count ? windows : count, count);
  }
}

static MnBatch**
make_batches(MnModel const* const model, unsigned const workers)
{
  MnBatch** const batches = (MnBatch**)calloc(workers, sizeof(*batches));
  for (unsigned i = 0; batches && i < workers; ++i) {
    void* const room = aligned_alloc(MN_ENCODER_ALIGN, mn_batch_size(model));
    if (!room) {
      while (i-- > 0) {
        free(batches[i]); // lies at the start of its memory
      }
      free(batches);
      return NULL;
    }
    batches[i] = mn_batch_init(room, model, mn_kernel_best());
  }
  return batches;
}

bool
mn_answers_take(MnModel const* const    model,
                uint8_t const* const    tokens,
                size_t const            count,
                MnProgress const* const progress,
                MnAnswers* const        answers)
{
  unsigned const  workers = mn_parallel_workers();
  unsigned const  windows = mn_batch_windows(model);
  size_t const    size    = count * model->latent * sizeof(int32_t);
  MnBatch** const batches = make_batches(model, workers);

  *answers = (MnAnswers){
    count, model->latent, (int32_t*)malloc(size + 1), (int32_t*)malloc(size + 1)};
  bool const good = batches && answers->mu && answers->sigma;
  if (good) {
    Encoding    e   = {model, tokens, answers, batches, windows, progress};
    MnJob const job = {.count    = (count + windows - 1) / windows,
                       .context  = &e,
                       .piece    = encode_batch,
                       .progress = tell_progress};
    mn_parallel_run(&job);
  } else {
    mn_answers_free(answers);
  }
  for (unsigned i = 0; batches && i < workers; ++i) {
    free(batches[i]);
  }
  free(batches);
  return good;
}

void
mn_answers_free(MnAnswers* const answers)
{
  free(answers->mu);
  free(answers->sigma);
  *answers = (MnAnswers){0};
}
