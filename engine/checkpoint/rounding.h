// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Rounds the weights of a matrix so that its sums, not its weights, lose as little as
/// possible.
///
/// If the weights of a row are off by e, its sum is off by e.h for inputs h. The mean
/// square of that is e'He with H = E[hh']. Write H as (I + A) D (I + A)', where D is
/// diagonal and A strictly upper triangular in the order in which the weights are rounded:
///
///   e'He = sum over k of d_k (e_k + sum over j before k of A_jk e_j)^2
///
/// So each weight rounds to the number nearest to itself plus what the errors so far ask
/// of it. This is Babai's nearest plane (L. Babai, "On Lovasz' lattice reduction and the
/// nearest lattice point problem", 1986), known for networks from E. Frantar et al.,
/// "GPTQ", ICLR 2023, and J. Chee et al., "QuIP", NeurIPS 2023.

#ifndef MN_CHECKPOINT_ROUNDING_H
#define MN_CHECKPOINT_ROUNDING_H

#include "base/common.h"

/// The number of rows that are rounded at once.
enum { MN_ROUNDING_ROWS = 16 };

/// One weight of each of these rows.
typedef struct {
  double row[MN_ROUNDING_ROWS];
} MnRoundingColumn;

typedef struct MnRounding MnRounding;

/// Prepares for a matrix. Works on all processors, whose number makes no difference.
///
/// @param products [columns][columns]: sums of products of two inputs; j >= i is read.
/// @return NULL if memory runs out.
MnRounding*
mn_rounding_new(double const* products, size_t columns);

void
mn_rounding_free(MnRounding* rounding);

/// Rounds some rows to integers from -limit to limit. Any thread.
///
/// @param rounding NULL: each weight rounds to nearest.
/// @param weights [columns], in units of a row's scale. @param errors Room for as many.
/// @param rounded [columns]. It may be `weights`.
void
mn_rounding_run(MnRounding const*       rounding,
                size_t                  columns,
                double                  limit,
                MnRoundingColumn const* weights,
                MnRoundingColumn*       errors,
                MnRoundingColumn*       rounded);

#endif // MN_CHECKPOINT_ROUNDING_H
