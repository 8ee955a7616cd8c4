// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Products of dense layers with many windows at once: rows of MN_LANES windows, a
/// row for each input and output. What belongs to MN_LANES windows is a group.
///
/// Each sum is taken input by input, whatever the processor: the same bits.

#ifndef MN_PRODUCT_H
#define MN_PRODUCT_H

#include "checkpoint/dense.h"
#include "lanes.h"

/// Outputs whose sums are taken at once. Larger tiles spill registers.
enum { MN_TILE = 4 };

/// A dense layer whose kernel lies in the order in which it is read.
typedef struct {
  size_t inputs;
  size_t outputs; ///< rounded up to whole tiles
  float* kernel;  ///< [outputs / MN_TILE][inputs][MN_TILE]
  float* bias;    ///< [outputs]
} MnProduct;

/// Zeros that begin at a cache line. Freed by free().
float*
mn_product_floats(size_t count);

/// Takes `inputs` rows of a layer, from row `first` on. Outputs that fill up a tile
/// are 0. @return false without memory; free it then, too.
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

/// Makes the sums the product and the bias.
void
mn_product_multiply(MnProduct const* product,
                    size_t           groups,
                    float const*     x,
                    size_t           x_rows,
                    float*           sums);

#endif // MN_PRODUCT_H
