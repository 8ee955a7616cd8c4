// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What `bench` measures: the encoder, what bounds it, and its parts.

#ifndef MN_CLI_BENCH_PARTS_H
#define MN_CLI_BENCH_PARTS_H

#include "encoder/kernel.h"
#include "model/model.h"

typedef enum {
  PART_ENCODER, ///< a window, from tokens to mu and sigma
  PART_FLOOR,   ///< all its integer products in its order, and nothing else
  PART_READ,    ///< only reads the recurrent weights at each step: what memory allows
  PART_LOOKUP,  ///< reads the rows of the input product
  PART_PRODUCT, ///< the recurrent products
  PART_GATES,   ///< from accumulators to states
  PART_HEADS,   ///< mu and sigma
  PART_BATCH,   ///< a window of BATCH_WINDOWS that are there at once
  PART_COUNT
} Part;

enum { BATCH_WINDOWS = 64 };

/// Their names, for people and programs.
extern char const* const part_names[PART_COUNT];

typedef struct Parts Parts;

/// Makes what is measured. The model and the kernel, which this processor must
/// support, are used until it is freed. @return NULL if there is no memory.
Parts*
parts_new(MnModel const* model, MnKernel const* kernel);

/// Frees it; NULL is ignored.
void
parts_free(Parts* parts);

/// Seconds of a clock that never goes back.
double
seconds_now(void);

/// Runs a part once. @return The seconds that it took for a window, above 0.
double
parts_time(Parts* parts, Part part);

#endif // MN_CLI_BENCH_PARTS_H
