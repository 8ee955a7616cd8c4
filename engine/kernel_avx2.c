// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// AVX2: 8 rows a register, two products of 16 bits added into each lane.

#include "fixed.h"
#include "kernel.h"

#include <immintrin.h>

extern MnKernel const mn_kernel_avx2;

static bool
supported(void)
{
  return __builtin_cpu_supports("avx2");
}

// Two neighbours of the state, in every lane.
static inline __m256i
broadcast_pair(int16_t const* const state)
{
  int32_t pair;
  __builtin_memcpy(&pair, state, sizeof(pair));
  return _mm256_set1_epi32(pair);
}

static inline __m256i
load(void const* const memory)
{
  return _mm256_loadu_si256((__m256i const*)memory);
}

// 8 rows of one pair of columns.
static inline __m256i
load_weights(MnMatrix const* const matrix, bool const wide, size_t const i)
{
  return wide ? load(matrix->w16 + i)
                     : _mm256_cvtepi8_epi16(
                         _mm_loadu_si128((__m128i const*)(matrix->w8 + i)));
}

// `groups` groups of 16 rows at once: their weights are `stride` apart.
static inline __attribute__((always_inline)) void
product_rows(MnMatrix const* const matrix,
             bool const            wide,
             unsigned const        row,
             unsigned const        groups,
             int32_t const* const  start,
             int16_t const* const  state,
             int32_t* const        sums)
{
  size_t const stride = (size_t)MN_ROWS_PACKED * matrix->columns;
  size_t       at     = (size_t)row * matrix->columns;
  __m256i      acc[2][2];
  for (unsigned g = 0; g < groups; ++g) {
    acc[g][0] = load(start + row + g * MN_ROWS_PACKED);
    acc[g][1] = load(start + row + g * MN_ROWS_PACKED + 8);
  }
  for (unsigned c = 0; c < matrix->columns; c += MN_COLUMNS_PACKED) {
    __m256i const pair = broadcast_pair(state + c);
    for (unsigned g = 0; g < groups; ++g) {
      size_t const  i    = at + g * stride;
      __m256i const low  = load_weights(matrix, wide, i);
      __m256i const high = load_weights(matrix, wide, i + MN_ROWS_PACKED);
      acc[g][0] = _mm256_add_epi32(acc[g][0], _mm256_madd_epi16(low, pair));
      acc[g][1] = _mm256_add_epi32(acc[g][1], _mm256_madd_epi16(high, pair));
    }
    at += (size_t)MN_ROWS_PACKED * MN_COLUMNS_PACKED;
  }
  for (unsigned g = 0; g < groups; ++g) {
    __m256i* const out = (__m256i*)(sums + row + g * MN_ROWS_PACKED);
    _mm256_storeu_si256(out, acc[g][0]);
    _mm256_storeu_si256(out + 1, acc[g][1]);
  }
}

static inline __attribute__((always_inline)) void
product_all(MnMatrix const* const matrix,
            bool const            wide,
            int32_t const* const  start,
            int16_t const* const  state,
            int32_t* const        sums)
{
  unsigned const many = 2 * MN_ROWS_PACKED;
  unsigned       row  = 0;
  for (; row + many <= matrix->rows; row += many) {
    product_rows(matrix, wide, row, 2, start, state, sums);
  }
  for (; row < matrix->rows; row += MN_ROWS_PACKED) {
    product_rows(matrix, wide, row, 1, start, state, sums);
  }
}

static MN_REALTIME void
product(MnMatrix const* const matrix,
        int32_t const* const  start,
        int16_t const* const  state,
        int32_t* const        sums)
{
  if (matrix->w16) {
    product_all(matrix, true, start, state, sums);
  } else {
    product_all(matrix, false, start, state, sums);
  }
}

// A group of 16 rows, whose weights stay in the nearest cache, for some windows.
enum { TILE_WINDOWS = 4 };

static inline __attribute__((always_inline)) void
product_tile(MnMatrix const* const       matrix,
             bool const                  wide,
             unsigned const              row,
             unsigned const              windows,
             int32_t const* const* const start,
             int16_t const* const        state,
             int32_t* const              sums)
{
  size_t  at = (size_t)row * matrix->columns;
  __m256i acc[TILE_WINDOWS][2];
  for (unsigned w = 0; w < windows; ++w) {
    acc[w][0] = load(start[w] + row);
    acc[w][1] = load(start[w] + row + 8);
  }
  for (unsigned c = 0; c < matrix->columns; c += MN_COLUMNS_PACKED) {
    __m256i const low  = load_weights(matrix, wide, at);
    __m256i const high = load_weights(matrix, wide, at + MN_ROWS_PACKED);
    for (unsigned w = 0; w < windows; ++w) {
      __m256i const pair = broadcast_pair(state + (size_t)w * matrix->columns + c);
      acc[w][0]          = _mm256_add_epi32(acc[w][0], _mm256_madd_epi16(low, pair));
      acc[w][1]          = _mm256_add_epi32(acc[w][1], _mm256_madd_epi16(high, pair));
    }
    at += (size_t)MN_ROWS_PACKED * MN_COLUMNS_PACKED;
  }
  for (unsigned w = 0; w < windows; ++w) {
    __m256i* const out = (__m256i*)(sums + (size_t)w * matrix->rows + row);
    _mm256_storeu_si256(out, acc[w][0]);
    _mm256_storeu_si256(out + 1, acc[w][1]);
  }
}

static inline __attribute__((always_inline)) void
products_all(MnMatrix const* const       matrix,
             bool const                  wide,
             unsigned const              count,
             int32_t const* const* const start,
             int16_t const* const        state,
             int32_t* const              sums)
{
  for (unsigned row = 0; row < matrix->rows; row += MN_ROWS_PACKED) {
    unsigned w = 0;
    for (; w + TILE_WINDOWS <= count; w += TILE_WINDOWS) {
      product_tile(matrix,
                   wide,
                   row,
                   TILE_WINDOWS,
                   start + w,
                   state + (size_t)w * matrix->columns,
                   sums + (size_t)w * matrix->rows);
    }
    for (; w < count; ++w) {
      product_tile(matrix,
                   wide,
                   row,
                   1,
                   start + w,
                   state + (size_t)w * matrix->columns,
                   sums + (size_t)w * matrix->rows);
    }
  }
}

static void
products(MnMatrix const* const       matrix,
         unsigned const              count,
         int32_t const* const* const start,
         int16_t const* const        state,
         int32_t* const              sums)
{
  if (matrix->w16) {
    products_all(matrix, true, count, start, state, sums);
  } else {
    products_all(matrix, false, count, start, state, sums);
  }
}

static MN_REALTIME void
gates(unsigned const       units,
      unsigned const       hidden_frac,
      int32_t const* const sums,
      int32_t const* const multiplier,
      int32_t* const       cell,
      int16_t* const       state)
{
  mn_gates(units, hidden_frac, sums, multiplier, cell, state);
}

MnKernel const mn_kernel_avx2 = {"avx2", supported, product, products, gates};
