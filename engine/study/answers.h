// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What a model's encoder says of many windows at once, on all processors.

#ifndef MN_ANSWERS_H
#define MN_ANSWERS_H

#include "base/common.h"
#include "encoder/batches.h"
#include "model/model.h"

#include <stdbool.h>

typedef struct {
  size_t   count;
  unsigned latent;
  int32_t* mu;    ///< [count][latent], Q16
  int32_t* sigma; ///< likewise
} MnAnswers;

/// Encodes windows. How many processors there are makes no difference.
///
/// @param tokens [count][model->steps], each below MN_CLASSES. @param progress May
/// be NULL. @return false without memory; then there is nothing to free.
bool
mn_answers_take(MnModel const*    model,
                uint8_t const*    tokens,
                size_t            count,
                MnProgress const* progress,
                MnAnswers*        answers);

void
mn_answers_free(MnAnswers* answers);

#endif // MN_ANSWERS_H
