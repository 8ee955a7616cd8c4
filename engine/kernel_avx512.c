// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// AVX-512 with VNNI: 16 rows a register, two products of 16 bits added into
/// each lane by one instruction.

#include "fixed.h"
#include "kernel.h"

#include <immintrin.h>

extern MnKernel const mn_kernel_avx512;

static bool
supported(void)
{
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vnni");
}

static inline __m512i
load_weights(MnMatrix const* const matrix, bool const wide, size_t const at)
{
  return wide ? _mm512_loadu_si512(matrix->w16 + at)
                     : _mm512_cvtepi8_epi16(
                         _mm256_loadu_si256((__m256i const*)(matrix->w8 + at)));
}

// `groups` groups of 16 rows at once: as many sums in flight as hide the
// latency of the instruction.
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
  __m512i      acc[8];
  for (unsigned g = 0; g < groups; ++g) {
    acc[g] = _mm512_loadu_si512(start + row + g * MN_ROWS_PACKED);
  }
  for (unsigned c = 0; c < matrix->columns; c += MN_COLUMNS_PACKED) {
    int32_t pair;
    __builtin_memcpy(&pair, state + c, sizeof(pair));
    __m512i const both = _mm512_set1_epi32(pair);
    for (unsigned g = 0; g < groups; ++g) {
      acc[g] =
        _mm512_dpwssd_epi32(acc[g], load_weights(matrix, wide, at + g * stride), both);
    }
    at += (size_t)MN_ROWS_PACKED * MN_COLUMNS_PACKED;
  }
  for (unsigned g = 0; g < groups; ++g) {
    _mm512_storeu_si512(sums + row + g * MN_ROWS_PACKED, acc[g]);
  }
}

static inline __attribute__((always_inline)) void
product_all(MnMatrix const* const matrix,
            bool const            wide,
            int32_t const* const  start,
            int16_t const* const  state,
            int32_t* const        sums)
{
  unsigned const many = 8 * MN_ROWS_PACKED;
  unsigned       row  = 0;
  for (; row + many <= matrix->rows; row += many) {
    product_rows(matrix, wide, row, 8, start, state, sums);
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

// A tile of rows, whose weights stay in the nearest cache, for some windows.
enum { TILE_GROUPS = 2, TILE_WINDOWS = 8 };

static inline __attribute__((always_inline)) void
product_tile(MnMatrix const* const       matrix,
             bool const                  wide,
             unsigned const              row,
             unsigned const              groups,
             unsigned const              windows,
             int32_t const* const* const start,
             int16_t const* const        state,
             int32_t* const              sums)
{
  size_t const stride = (size_t)MN_ROWS_PACKED * matrix->columns;
  size_t       at     = (size_t)row * matrix->columns;
  __m512i      acc[TILE_GROUPS][TILE_WINDOWS];
  for (unsigned g = 0; g < groups; ++g) {
    for (unsigned w = 0; w < windows; ++w) {
      acc[g][w] = _mm512_loadu_si512(start[w] + row + g * MN_ROWS_PACKED);
    }
  }
  for (unsigned c = 0; c < matrix->columns; c += MN_COLUMNS_PACKED) {
    __m512i weights[TILE_GROUPS];
    for (unsigned g = 0; g < groups; ++g) {
      weights[g] = load_weights(matrix, wide, at + g * stride);
    }
    for (unsigned w = 0; w < windows; ++w) {
      int32_t pair;
      __builtin_memcpy(&pair, state + (size_t)w * matrix->columns + c, sizeof(pair));
      __m512i const both = _mm512_set1_epi32(pair);
      for (unsigned g = 0; g < groups; ++g) {
        acc[g][w] = _mm512_dpwssd_epi32(acc[g][w], weights[g], both);
      }
    }
    at += (size_t)MN_ROWS_PACKED * MN_COLUMNS_PACKED;
  }
  for (unsigned g = 0; g < groups; ++g) {
    for (unsigned w = 0; w < windows; ++w) {
      _mm512_storeu_si512(sums + (size_t)w * matrix->rows + row + g * MN_ROWS_PACKED,
                          acc[g][w]);
    }
  }
}

static inline __attribute__((always_inline)) void
products_rows(MnMatrix const* const       matrix,
              bool const                  wide,
              unsigned const              row,
              unsigned const              groups,
              unsigned const              count,
              int32_t const* const* const start,
              int16_t const* const        state,
              int32_t* const              sums)
{
  unsigned w = 0;
  for (; w + TILE_WINDOWS <= count; w += TILE_WINDOWS) {
    product_tile(matrix,
                 wide,
                 row,
                 groups,
                 TILE_WINDOWS,
                 start + w,
                 state + (size_t)w * matrix->columns,
                 sums + (size_t)w * matrix->rows);
  }
  for (; w < count; ++w) {
    product_tile(matrix,
                 wide,
                 row,
                 groups,
                 1,
                 start + w,
                 state + (size_t)w * matrix->columns,
                 sums + (size_t)w * matrix->rows);
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
  unsigned const many = TILE_GROUPS * MN_ROWS_PACKED;
  unsigned       row  = 0;
  for (; row + many <= matrix->rows; row += many) {
    products_rows(matrix, wide, row, TILE_GROUPS, count, start, state, sums);
  }
  for (; row < matrix->rows; row += MN_ROWS_PACKED) {
    products_rows(matrix, wide, row, 1, count, start, state, sums);
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

MnKernel const mn_kernel_avx512 = {"avx512", supported, product, products, gates};
