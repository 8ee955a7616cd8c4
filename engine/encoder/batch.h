// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Encodes many windows at once, for offline work: weights are read once for all of them.
/// The results are those of MnEncoder, bit for bit.

#ifndef MN_BATCH_H
#define MN_BATCH_H

#include "base/common.h"
#include "kernel.h"
#include "model/model.h"

typedef struct MnBatch MnBatch;

/// The number of windows that suits a model, 64 at most. More windows take more memory
/// and no less time.
unsigned
mn_batch_windows(MnModel const* model);

/// The size of a batch in bytes.
size_t
mn_batch_size(MnModel const* model);

/// Makes a batch in memory of the caller, aligned to MN_ENCODER_ALIGN. To end it, free
/// the memory.
MnBatch*
mn_batch_init(void* memory, MnModel const* model, MnKernel const* kernel);

/// Who wants to know what the matrices of the encoder multiply.
typedef struct {
  /// Sees the inputs of a product, [count][matrix->columns] in Q(hidden_frac). They last
  /// until it returns. @param matrix One of the model's own.
  void (*see)(void* context, MnMatrix const* matrix, unsigned count, int16_t const* inputs);
  void* context;
} MnWatch;

/// Shows `watch` each product from now on, or none if it is NULL. It must live as long as
/// the batch.
void
mn_batch_watch(MnBatch* batch, MnWatch const* watch);

/// Encodes windows. A batch belongs to one thread at a time.
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
