// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Products of dense layers with many windows at once. A group is MN_LANES windows, with
/// one row of floats for each input and output.
///
/// Every processor adds up input by input, so all give the same bits.

#ifndef MN_PRODUCT_H
#define MN_PRODUCT_H

#include "checkpoint/dense.h"
#include "lanes.h"

/// Outputs that are added up at once. Larger tiles spill registers.
enum { MN_TILE = 4 };

/// A dense layer whose kernel lies in the order in which it is read.
typedef struct {
  size_t inputs;
  size_t outputs; ///< rounded up to whole tiles
  float* kernel;  ///< [outputs / MN_TILE][inputs][MN_TILE]
  float* bias;    ///< [outputs]
} MnProduct;

/// Allocates zeros that begin at a cache line, for free().
float*
mn_product_floats(size_t count);

/// Takes `inputs` rows of a layer, from row `first` on. Outputs that fill up a tile
/// are 0. @return false if memory runs out; free it then, too.
bool
mn_product_init(MnProduct* product, MnDense const* dense, size_t first, size_t inputs);

void
mn_product_free(MnProduct* product);

/// Adds the product to sums [groups][outputs][MN_LANES].
///
/// @param x [groups][x_rows][MN_LANES], of which the first `inputs` rows are read.
void
mn_product_add(MnProduct const* product,
               size_t           groups,
               float const*     x,
               size_t           x_rows,
               float*           sums);

/// Sets the sums to the product plus the bias.
void
mn_product_multiply(MnProduct const* product,
                    size_t           groups,
                    float const*     x,
                    size_t           x_rows,
                    float*           sums);

#endif // MN_PRODUCT_H
