// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Many windows at once, for offline work: weights are read once for all of them.
/// The bits are those of MnEncoder.

#ifndef MN_BATCH_H
#define MN_BATCH_H

#include "base/common.h"
#include "kernel.h"
#include "model/model.h"

typedef struct MnBatch MnBatch;

/// As many windows as are worth while for a model, 64 at most: more take memory, not
/// less time.
unsigned
mn_batch_windows(MnModel const* model);

/// Bytes that a batch takes.
size_t
mn_batch_size(MnModel const* model);

/// Makes a batch in memory aligned to MN_ENCODER_ALIGN. It is the caller's, and
/// needs no other end than to be freed.
MnBatch*
mn_batch_init(void* memory, MnModel const* model, MnKernel const* kernel);

/// Encodes windows. One thread a batch.
///
/// @param tokens [count][model->steps]. @param count At most mn_batch_windows().
/// @param mu [count][model->latent], Q16. @param sigma Likewise.
void
mn_batch_run(MnBatch*       batch,
             uint8_t const* tokens,
             unsigned       count,
             int32_t*       mu,
             int32_t*       sigma);

#endif // MN_BATCH_H
