// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Model files at the edge of what the loader accepts.

#ifndef MN_TEST_EXTREME_MODEL_H
#define MN_TEST_EXTREME_MODEL_H

#include "model_file.h"

/// Which sums of an extreme model are as low as possible, one bit each. The others are
/// as high as possible. The gates come in the order of the file.
enum {
  LOW_I     = 1,
  LOW_J     = 2,
  LOW_F     = 4,
  LOW_O     = 8,
  LOW_MU    = 16,
  LOW_SIGMA = 32,
  LOW_ALL   = 63,
};

/// Makes all sums of a file reach 2^31 - 1 or its negative once the hidden states are 1
/// or -1. With open gates, they get there in the end. Half of each sum is there from
/// the first step. All multipliers, centers, projections, quantiles and knots of the
/// score become as large as their types allow.
void
model_file_make_extreme(ModelFile* file, ModelShape const* shape, unsigned low);

#endif // MN_TEST_EXTREME_MODEL_H
