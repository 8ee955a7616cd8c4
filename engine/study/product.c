// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "product.h"

#include <stdlib.h>
#include <string.h>

enum { ALIGN = 64 }; // a cache line

float*
mn_product_floats(size_t const count)
{
  size_t const size = mn_round_up(count * sizeof(float), ALIGN);
  float* const all  = (float*)aligned_alloc(ALIGN, size);
  if (all) {
    memset(all, 0, size);
  }
  return all;
}

bool
mn_product_init(MnProduct* const     product,
                MnDense const* const dense,
                size_t const         first,
                size_t const         inputs)
{
  product->inputs  = inputs;
  product->outputs = mn_round_up(dense->outputs, MN_TILE);
  product->kernel  = mn_product_floats(product->outputs * inputs);
  product->bias    = mn_product_floats(product->outputs);
  if (!product->kernel || !product->bias) {
    return false;
  }
  memcpy(product->bias, dense->bias, dense->outputs * sizeof(float));
  for (size_t i = 0; i < inputs; ++i) {
    float const* const row = dense->kernel + (first + i) * dense->outputs;
    for (size_t o = 0; o < dense->outputs; ++o) {
      product->kernel[(o / MN_TILE * inputs + i) * MN_TILE + o % MN_TILE] = row[o];
    }
  }
  return true;
}

void
mn_product_free(MnProduct* const product)
{
  free(product->kernel);
  free(product->bias);
}

// Adds a tile's product with rows of inputs to rows of sums. However wide the vectors
// are, each sum is taken in the same order.
#define DEFINE_ADD_TILE(name, attributes, Wide)                                        \
  attributes static void name(                                                         \
    float const* kernel, size_t const inputs, float const* const x, float* const sums) \
  {                                                                                    \
    enum { WIDES = MN_LANES * sizeof(float) / sizeof(Wide) };                          \
    Wide const* row = (Wide const*)x;                                                  \
    Wide        sum[MN_TILE][WIDES];                                                   \
    memcpy(sum, sums, sizeof(sum));                                                    \
    for (size_t i = 0; i < inputs; ++i, kernel += MN_TILE, row += WIDES) {             \
      _Pragma("GCC unroll 4") for (unsigned o = 0; o < MN_TILE; ++o)                   \
      {                                                                                \
        _Pragma("GCC unroll 4") for (unsigned v = 0; v < WIDES; ++v)                   \
        {                                                                              \
          sum[o][v] += kernel[o] * row[v];                                             \
        }                                                                              \
      }                                                                                \
    }                                                                                  \
    memcpy(sums, sum, sizeof(sum));                                                    \
  }

DEFINE_ADD_TILE(add_tile_any, , MnVector)

#if defined(__x86_64__)
// As wide as the registers of AVX2, 8 of which hold a tile's sums.
typedef float Vector8 __attribute__((vector_size(32), may_alias));

DEFINE_ADD_TILE(add_tile_avx2, __attribute__((target("avx2"))), Vector8)
#endif

typedef void (*AddTile)(float const*, size_t, float const*, float*);

static AddTile
best_add_tile(void)
{
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) {
    return add_tile_avx2;
  }
#endif
  return add_tile_any;
}

void
mn_product_add(MnProduct const* const product,
               size_t const           groups,
               float const* const     x,
               size_t const           x_rows,
               float* const           sums)
{
  AddTile const add_tile = best_add_tile();
  for (size_t o = 0; o < product->outputs; o += MN_TILE) {
    float const* const tile = product->kernel + o * product->inputs;
    for (size_t g = 0; g < groups; ++g) { // while the tile is in the cache
      add_tile(tile,
               product->inputs,
               x + g * x_rows * MN_LANES,
               sums + (g * product->outputs + o) * MN_LANES);
    }
  }
}

static void
fill(float* const row, float const value)
{
  for (size_t lane = 0; lane < MN_LANES; ++lane) {
    row[lane] = value;
  }
}

void
mn_product_multiply(MnProduct const* const product,
                    size_t const           groups,
                    float const* const     x,
                    size_t const           x_rows,
                    float* const           sums)
{
  for (size_t row = 0; row < groups * product->outputs; ++row) {
    fill(sums + row * MN_LANES, product->bias[row % product->outputs]);
  }
  mn_product_add(product, groups, x, x_rows, sums);
}
