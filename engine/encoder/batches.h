// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Any number of windows, on all processors that this process may use: a batch on
/// each. The bits are those of MnEncoder, however many processors there are.

#ifndef MN_BATCHES_H
#define MN_BATCHES_H

#include "base/common.h"
#include "kernel.h"
#include "model/model.h"

typedef struct MnBatches MnBatches;

/// How far things are. Told by the calling thread.
typedef struct {
  void (*tell)(void* context, size_t done, size_t count);
  void* context;
} MnProgress;

/// Room to encode windows of a model, which is used until mn_batches_free().
/// @return NULL without memory.
MnBatches*
mn_batches_new(MnModel const* model, MnKernel const* kernel);

void
mn_batches_free(MnBatches* batches);

/// Windows that keep all processors busy: who gives as many at a time, or more,
/// loses nothing. Who has fewer need not wait for others.
size_t
mn_batches_windows(MnBatches const* batches);

/// Encodes windows, and returns when all are done. One thread at a time.
///
/// @param tokens [count][model->steps]. @param progress May be NULL.
/// @param mu [count][model->latent], Q16. @param sigma Likewise.
void
mn_batches_run(MnBatches*        batches,
               uint8_t const*    tokens,
               size_t            count,
               MnProgress const* progress,
               int32_t*          mu,
               int32_t*          sigma);

#endif // MN_BATCHES_H
