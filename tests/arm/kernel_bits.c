// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Prints a line a kernel that this processor has: its name, and a hash of all that
/// it computes from random numbers, which are the same everywhere. It needs no
/// library, so that any processor that can be emulated runs it.

#include "encoder/kernel.h"

#include <inttypes.h>
#include <stdalign.h>
#include <stdio.h>

enum { RUNS = 300, MOST_ROWS = 16 * 9, MOST_COLUMNS = 4 * 24, MOST_WINDOWS = 9 };

typedef struct {
  uint64_t seed;
  uint64_t hash;
} Bits;

// Knuth's generator of MMIX.
static int32_t
random_from(Bits* const b, int32_t const low, int32_t const high)
{
  b->seed                = b->seed * 6364136223846793005U + 1442695040888963407U;
  uint64_t const numbers = (uint64_t)((int64_t)high - low) + 1;
  return (int32_t)(low + (int64_t)((b->seed >> 32) % numbers));
}

static void
fill(Bits* const    b,
     int32_t* const words,
     size_t const   count,
     int32_t const  low,
     int32_t const  high)
{
  for (size_t i = 0; i < count; ++i) {
    words[i] = random_from(b, low, high);
  }
}

// FNV-1a, of values and not of bytes: the same whatever the order of bytes.
static void
add(Bits* const b, int32_t const value)
{
  for (unsigned i = 0; i < 4; ++i) {
    b->hash = (b->hash ^ ((uint32_t)value >> 8 * i & 0xFF)) * 0x100000001B3U;
  }
}

static void
try_products(Bits* const b, MnKernel const* const kernel, bool const wide)
{
  static alignas(64) int16_t w16[MOST_ROWS * MOST_COLUMNS];
  static alignas(64) int8_t  w8[MOST_ROWS * MOST_COLUMNS];
  static alignas(64) int32_t offset[MOST_ROWS];
  static alignas(64) int32_t from[MOST_WINDOWS][MOST_ROWS];
  static alignas(64) int16_t state[MOST_WINDOWS * MOST_COLUMNS];
  static alignas(64) int32_t sums[MOST_WINDOWS * MOST_ROWS];

  unsigned const rows    = 16 * (unsigned)random_from(b, 1, MOST_ROWS / 16);
  unsigned const columns = 4 * (unsigned)random_from(b, 1, MOST_COLUMNS / 4);
  unsigned const windows = (unsigned)random_from(b, 1, MOST_WINDOWS);
  MnMatrix const m       = {.rows    = rows,
                            .columns = columns,
                            .w16     = wide ? w16 : NULL,
                            .w8      = wide ? NULL : w8,
                            .offset  = offset};
  for (size_t r = 0; r < rows; ++r) {
    int32_t total = 0;
    for (size_t c = 0; c < columns; ++c) {
      // No more than lets every sum fit 32 bits.
      int32_t const weight = wide ? random_from(b, -1000, 1000) : random_from(b, -128, 127);
      size_t const  at     = mn_matrix_at(&m, r, c);
      w16[at]              = (int16_t)weight;
      w8[at]               = wide ? 0 : (int8_t)weight;
      total += weight;
    }
    offset[r] = (int32_t)(0U - ((uint32_t)total << 15));
  }
  int32_t const* start[MOST_WINDOWS];
  for (size_t w = 0; w < windows; ++w) {
    fill(b, from[w], rows, -(1 << 28), 1 << 28);
    start[w] = from[w];
  }
  for (size_t i = 0; i < (size_t)windows * columns; ++i) {
    state[i] = (int16_t)random_from(b, -(1 << 14), 1 << 14);
  }
  kernel->product(&m, start[0], state, sums);
  for (size_t i = 0; i < rows; ++i) {
    add(b, sums[i]);
  }
  kernel->products(&m, windows, start, state, sums);
  for (size_t i = 0; i < (size_t)windows * rows; ++i) {
    add(b, sums[i]);
  }
}

static void
try_gates(Bits* const b, MnKernel const* const kernel)
{
  enum { MOST_UNITS = 150 };
  int32_t        sums[4 * MOST_UNITS];
  int32_t        multiplier[4 * MOST_UNITS];
  int32_t        cell[MOST_UNITS];
  int16_t        state[MOST_UNITS];
  unsigned const units = (unsigned)random_from(b, 1, MOST_UNITS);
  int32_t const  high  = INT32_MAX >> random_from(b, 0, 16);
  fill(b, sums, 4 * (size_t)units, -high, high);
  fill(b, multiplier, 4 * (size_t)units, 1, INT32_MAX >> random_from(b, 0, 8));
  fill(b, cell, units, -(1 << 18), 1 << 18);
  kernel->gates(units, (unsigned)random_from(b, 8, 14), sums, multiplier, cell, state);
  for (size_t u = 0; u < units; ++u) {
    add(b, cell[u]);
    add(b, state[u]);
  }
}

int
main(void)
{
  for (unsigned k = 0; mn_kernels[k]; ++k) {
    if (mn_kernels[k]->supported()) {
      Bits b = {.seed = 1, .hash = 0xCBF29CE484222325U};
      for (unsigned i = 0; i < RUNS; ++i) {
        try_products(&b, mn_kernels[k], i % 2);
        try_gates(&b, mn_kernels[k]);
      }
      printf("%s %016" PRIx64 "\n", mn_kernels[k]->name, b.hash);
    }
  }
  return 0;
}
