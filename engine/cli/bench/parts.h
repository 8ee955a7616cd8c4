// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What `bench` measures: the encoder, what bounds it, and its parts.

#ifndef MN_CLI_BENCH_PARTS_H
#define MN_CLI_BENCH_PARTS_H

#include "encoder/kernel.h"
#include "model/model.h"

typedef enum {
  MN_PART_ENCODER, ///< a window, from tokens to mu and sigma
  MN_PART_FLOOR,   ///< all its integer products in its order, and nothing else
  MN_PART_READ,    ///< only reads the recurrent weights at each step: what memory allows
  MN_PART_LOOKUP,  ///< reads the rows of the input product
  MN_PART_PRODUCT, ///< the recurrent products
  MN_PART_GATES,   ///< from accumulators to states
  MN_PART_HEADS,   ///< mu and sigma
  MN_PART_BATCH,   ///< a window of BATCH_WINDOWS that are there at once
  MN_PART_COUNT
} MnPart;

enum { MN_BATCH_WINDOWS = 64 };

/// Their names, for people and programs.
extern char const* const mn_part_names[MN_PART_COUNT];

typedef struct MnParts MnParts;

/// Makes the parts. They use the model and the kernel, which this processor must support,
/// until they are freed. @return NULL if memory runs out.
MnParts*
mn_parts_new(MnModel const* model, MnKernel const* kernel);

/// Frees it; NULL is ignored.
void
mn_parts_free(MnParts* parts);

/// Seconds of a clock that never goes back.
double
mn_seconds_now(void);

/// Runs a part once. @return The seconds that it took for a window, above 0.
double
mn_parts_time(MnParts* parts, MnPart part);

#endif // MN_CLI_BENCH_PARTS_H
