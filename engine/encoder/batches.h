// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Encodes any number of windows on all processors that this process may use, with a
/// batch on each. The results are those of MnEncoder, bit for bit, on any number of
/// processors.

#ifndef MN_BATCHES_H
#define MN_BATCHES_H

#include "base/common.h"
#include "batch.h"
#include "kernel.h"
#include "model/model.h"

typedef struct MnBatches MnBatches;

/// Reports progress. The calling thread calls it.
typedef struct {
  void (*tell)(void* context, size_t done, size_t count);
  void* context;
} MnProgress;

/// Prepares to encode windows of a model. The model is used until mn_batches_free().
/// @return NULL if memory runs out.
MnBatches*
mn_batches_new(MnModel const* model, MnKernel const* kernel);

/// Likewise, on at most so many processors; 0: on all.
MnBatches*
mn_batches_new_on(MnModel const* model, MnKernel const* kernel, unsigned workers);

void
mn_batches_free(MnBatches* batches);

/// Shows `watch` each product from the next window on. Any of the threads calls it, several
/// at once. To be called before the first window; it must live as long as the batches.
void
mn_batches_watch(MnBatches* batches, MnWatch const* watch);

/// The number of windows that keeps all processors busy. Pass at least this many at a
/// time for full speed; fewer work too.
size_t
mn_batches_windows(MnBatches const* batches);

/// Encodes windows. Returns when all are done. One thread at a time.
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
