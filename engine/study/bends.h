// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Bends: sums of inputs that are bent, and added to other sums of the inputs, to follow
/// targets. They are what axes and sense are made of (MnBendTable).

#ifndef MN_BENDS_H
#define MN_BENDS_H

#include "base/common.h"

#include <stdbool.h>
#include <stdint.h>

/// Samples to learn from. The inputs are whole numbers; each is taken less its mean and
/// times its scale.
typedef struct {
  size_t         count;
  unsigned       inputs;
  int32_t const* x;     ///< [count][inputs]
  float const*   mean;  ///< [inputs]
  float const*   scale; ///< [inputs]
  unsigned       targets;
  float const*   target; ///< [count][targets]: about 0, of variance 1; NAN: unknown
  float const*   weight; ///< [targets]: how much the error of a target counts
  unsigned       epochs; ///< so often each sample is drawn, on average
  float          shrink; ///< what each step takes off all weights but the offsets, in
                         ///< learning rates (I. Loshchilov, F. Hutter, 2019)
} MnBendSamples;

enum {
  MN_BENDS        = 96,
  MN_BEND_TARGETS = MN_AXES,
  MN_BEND_ROWS    = MN_BEND_TARGETS + MN_BENDS
};

/// The weights. The value of a target is its row of the product of `input` and the inputs,
/// plus its offset, plus the products of `bend` and h^2 / (1 + abs(h)) of the other rows.
typedef struct {
  float* input;  ///< [inputs][targets + MN_BENDS]
  float* offset; ///< [targets + MN_BENDS]
  float* bend;   ///< [MN_BENDS][targets]
} MnBends;

/// Learns the weights that leave the least weighted mean square error, by gradient descent
/// (Adam; D. Kingma, J. Ba, 2015) from random ones. The number of processors makes no
/// difference.
///
/// @param bends Freed with mn_bends_free(). @return false if memory runs out.
MN_NODISCARD bool
mn_bends_learn(MnBendSamples const* samples, MnBends* bends);

void
mn_bends_free(MnBends* bends);

#endif // MN_BENDS_H
