// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "answers.h"

#include <stdlib.h>

bool
mn_answers_take(MnModel const* const    model,
                uint8_t const* const    tokens,
                size_t const            count,
                MnProgress const* const progress,
                MnAnswers* const        answers)
{
  size_t const     size    = count * model->latent * sizeof(int32_t);
  MnBatches* const batches = mn_batches_new(model, mn_kernel_best());

  *answers = (MnAnswers){
    count, model->latent, (int32_t*)malloc(size + 1), (int32_t*)malloc(size + 1)};
  bool const good = batches && answers->mu && answers->sigma;
  if (good) {
    mn_batches_run(batches, tokens, count, progress, answers->mu, answers->sigma);
  } else {
    mn_answers_free(answers);
  }
  mn_batches_free(batches);
  return good;
}

void
mn_answers_free(MnAnswers* const answers)
{
  free(answers->mu);
  free(answers->sigma);
  *answers = (MnAnswers){0};
}
