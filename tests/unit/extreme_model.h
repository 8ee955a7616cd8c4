// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Model files at the edge of what the loader lets through.

#ifndef MN_TEST_EXTREME_MODEL_H
#define MN_TEST_EXTREME_MODEL_H

#include "model_file.h"

/// Bits of the signs of an extreme model: which sums are as low as they can be;
/// the others are as high. The gates come in the order of the file.
enum {
  LOW_I     = 1,
  LOW_J     = 2,
  LOW_F     = 4,
  LOW_O     = 8,
  LOW_MU    = 16,
  LOW_SIGMA = 32,
  LOW_ALL   = 63,
};

/// Makes all sums of a file reach 2^31 - 1 or its negative once the hidden states
/// are 1 or -1, as they are in the end where the gates are open; half of it is
/// there from the first step on. All multipliers, centers, projections,
/// quantiles and knots of the score become as large as their types allow.
void
model_file_make_extreme(ModelFile* file, ModelShape const* shape, unsigned low);

#endif // MN_TEST_EXTREME_MODEL_H
