// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// The inner loops of the encoder.

#include "base/fixed.h"
#include "check.h"
#include "encoder/kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
// A second build of engine/encoder/kernel_avxvnni.c; that file says why.
extern MnKernel const mn_kernel_avxvnni_evex;
#endif

enum { MOST_KERNELS = 16 };

typedef struct {
  MnKernel const* list[MOST_KERNELS];
  unsigned        count;
} Kernels;

// The kernels that this processor can run.
static Kernels
kernels_here(void)
{
  Kernels k = {{NULL}, 0};
  for (unsigned i = 0; mn_kernels[i]; ++i) {
    if (mn_kernels[i]->supported()) {
      k.list[k.count++] = mn_kernels[i];
    }
  }
#if defined(__x86_64__)
  if (mn_kernel_avxvnni_evex.supported()) {
    k.list[k.count++] = &mn_kernel_avxvnni_evex;
  }
#endif
  assert_true(k.count <= MOST_KERNELS);
  return k;
}

static void
the_plainest_kernel_comes_first_and_runs_anywhere(void** const state)
{
  (void)state;
  assert_non_null(mn_kernels[0]);
  assert_true(mn_kernels[0]->supported());
  assert_string_equal(mn_kernels[0]->name, "scalar");
  assert_true(mn_kernel_best()->supported());
  for (unsigned k = 0; mn_kernels[k]; ++k) {
    assert_ptr_equal(mn_kernel_find(mn_kernels[k]->name), mn_kernels[k]);
    print_message("kernel %s: %s\n",
                  mn_kernels[k]->name,
                  mn_kernels[k]->supported() ? "tested" : "not on this processor");
  }
#if defined(__x86_64__)
  if (mn_kernel_avxvnni_evex.supported()) {
    print_message("kernel avxvnni: tested in instructions of AVX-512\n");
  }
#endif
  assert_null(mn_kernel_find(""));
  assert_null(mn_kernel_find("none such"));
}

// A matrix, with its weights also by rows and columns.
typedef struct {
  MnMatrix packed;
  int16_t* plain;
  void*    memory;
  int32_t* offset;
} TestMatrix;

static TestMatrix
make_matrix(unsigned const rows, unsigned const columns, bool const wide)
{
  size_t const count = (size_t)rows * columns;
  TestMatrix   m     = {.packed = {.rows = rows, .columns = columns}};
  m.plain            = (int16_t*)calloc(count, sizeof(int16_t));
  m.memory           = calloc(count, wide ? 2 : 1);
  assert_non_null(m.plain);
  m.offset = (int32_t*)calloc(rows, sizeof(int32_t));
  assert_non_null(m.memory);
  assert_non_null(m.offset);
  m.packed.offset = m.offset;
  if (wide) {
    m.packed.w16 = (int16_t const*)m.memory;
  } else {
    m.packed.w8 = (int8_t const*)m.memory;
  }
  return m;
}

static void
put(TestMatrix* const m, size_t const row, size_t const column, int const weight)
{
  size_t const n = m->packed.w16 ? 2 : 4; // to a lane of 32 bits
  size_t const at =
    (row / 16 * (m->packed.columns / n) + column / n) * 16 * n + row % 16 * n + column % n;
  m->plain[row * m->packed.columns + column] = (int16_t)weight;
  if (m->packed.w16) {
    ((int16_t*)m->memory)[at] = (int16_t)weight;
  } else {
    ((int8_t*)m->memory)[at] = (int8_t)weight;
    m->offset[row] = (int32_t)((uint32_t)m->offset[row] - ((uint32_t)weight << 15));
  }
}

// Every kernel's sums are those of 64-bit products, for each window alone and for all.
static void
assert_products(TestMatrix const* const     m,
                unsigned const              count,
                int32_t const* const* const start,
                int16_t const* const        hidden)
{
  enum { GUARD = 16 };
  unsigned const rows     = m->packed.rows;
  unsigned const columns  = m->packed.columns;
  size_t const   all      = (size_t)count * rows;
  size_t const   size     = (all + GUARD) * sizeof(int32_t);
  int32_t* const expected = (int32_t*)aligned_alloc(64, size);
  int32_t* const sums     = (int32_t*)aligned_alloc(64, size);
  assert_non_null(expected);
  assert_non_null(sums);
  memset(expected, 0x5A, size); // a kernel must write nothing behind the last
  for (unsigned w = 0; w < count; ++w) {
    for (unsigned r = 0; r < rows; ++r) {
      int64_t sum = start[w][r];
      for (unsigned c = 0; c < columns; ++c) {
        sum += (int64_t)m->plain[(size_t)r * columns + c] * hidden[(size_t)w * columns + c];
      }
      assert_true(sum >= INT32_MIN && sum <= INT32_MAX); // a valid model
      expected[(size_t)w * rows + r] = (int32_t)sum;
    }
  }
  Kernels const k = kernels_here();
  for (unsigned i = 0; i < k.count; ++i) {
    memset(sums, 0x5A, size);
    for (unsigned w = 0; w < count; ++w) {
      k.list[i]->product(
        &m->packed, start[w], hidden + (size_t)w * columns, sums + (size_t)w * rows);
    }
    if (memcmp(sums, expected, size)) {
      fail_msg("%s: product of %u rows, %u columns", k.list[i]->name, rows, columns);
    }
    memset(sums, 0x5A, size);
    k.list[i]->products(&m->packed, count, start, hidden, sums);
    if (memcmp(sums, expected, size)) {
      fail_msg(
        "%s: %u products of %u rows, %u columns", k.list[i]->name, count, rows, columns);
    }
  }
  free(expected);
  free(sums);
}

static void
free_matrix(TestMatrix* const m)
{
  free(m->plain);
  free(m->memory);
  free(m->offset);
}

// Random weights, sums and states with which no sum overflows.
static void
assert_random_products(Random* const  random,
                       unsigned const rows,
                       unsigned const columns,
                       bool const     wide,
                       unsigned const count)
{
  enum { MOST_WINDOWS = 70, TOKENS = 3 };
  TestMatrix     m      = make_matrix(rows, columns, wide);
  int32_t* const begin  = (int32_t*)calloc((size_t)TOKENS * rows, sizeof(int32_t));
  int16_t* const hidden = (int16_t*)calloc((size_t)count * columns, sizeof(int16_t));
  int32_t const* start[MOST_WINDOWS];
  assert_non_null(begin);
  assert_non_null(hidden);
  for (unsigned r = 0; r < rows; ++r) {
    for (unsigned c = 0; c < columns; ++c) {
      put(&m, r, c, random_from(random, wide ? -500 : INT8_MIN, wide ? 500 : INT8_MAX));
    }
  }
  for (unsigned i = 0; i < TOKENS * rows; ++i) {
    begin[i] = random_from(random, -(1 << 29), 1 << 29);
  }
  for (unsigned i = 0; i < count * columns; ++i) {
    hidden[i] = (int16_t)random_from(random, -(1 << 14), 1 << 14);
  }
  for (unsigned w = 0; w < count; ++w) {
    start[w] = begin + (size_t)random_below(random, TOKENS) * rows;
  }
  assert_products(&m, count, start, hidden);
  free(begin);
  free(hidden);
  free_matrix(&m);
}

static void
products_of_any_size_are_exact(void** const state)
{
  (void)state;
  Random random = {3};
  for (unsigned rows = 16; rows <= 16 * 19; rows += 16) {
    for (unsigned columns = 4; columns <= 4 * 20; columns += 4) {
      for (unsigned wide = 0; wide < 2; ++wide) {
        assert_random_products(&random, rows, columns, wide, 1 + random_below(&random, 3));
      }
    }
  }
}

static void
products_of_any_number_of_windows_are_exact(void** const state)
{
  (void)state;
  Random random = {9};
  for (unsigned count = 1; count <= 70; ++count) {
    for (unsigned wide = 0; wide < 2; ++wide) {
      unsigned const rows    = 16 * (1 + random_below(&random, 19));
      unsigned const columns = 4 * (1 + random_below(&random, 20));
      assert_random_products(&random, rows, columns, wide, count);
    }
  }
}

static void
products_at_the_bound_of_a_model_are_exact(void** const state)
{
  (void)state;
  // Every state is 1 or -1 (2^14), and the weights of a row with the start of its sum
  // reach exactly what a model may have, 2^31 - 1. The second window has the opposite
  // states.
  enum { ROWS = 16, WINDOWS = 2 };
  Random random = {4};
  for (unsigned wide = 0; wide < 2; ++wide) {
    int const      largest = wide ? INT16_MAX : INT8_MAX;
    unsigned const columns = wide ? 4 : 1032;
    int32_t const  norm    = (int32_t)columns * largest; // just under 2^17
    int32_t const  rest    = INT32_MAX - (norm << 14);
    int16_t* const hidden  = (int16_t*)calloc(WINDOWS * (size_t)columns, sizeof(int16_t));
    int32_t        begin[WINDOWS][ROWS];
    assert_non_null(hidden);
    assert_true(rest >= 0);
    for (unsigned way = 0; way < 20; ++way) {
      TestMatrix m = make_matrix(ROWS, columns, wide);
      for (unsigned c = 0; c < columns; ++c) {
        hidden[c]           = (int16_t)(random_below(&random, 2) ? 1 << 14 : -(1 << 14));
        hidden[columns + c] = (int16_t)-hidden[c];
      }
      for (unsigned r = 0; r < ROWS; ++r) {
        // All products have one sign: the sum goes to the upper or the lower bound.
        int const sign = r % 2 ? -1 : 1;
        begin[0][r]    = sign * rest;
        begin[1][r]    = -sign * rest;
        for (unsigned c = 0; c < columns; ++c) {
          put(&m, r, c, sign * (hidden[c] < 0 ? -largest : largest));
        }
      }
      assert_products(&m, WINDOWS, (int32_t const*[]){begin[0], begin[1]}, hidden);
      free_matrix(&m);
    }
    free(hidden);
  }

  // Two weights of -2^15 side by side: the largest sum of a pair of products.
  TestMatrix    m           = make_matrix(ROWS, 4, true);
  int16_t const two[4]      = {-(1 << 14), -(1 << 14), 0, 0};
  int32_t const begin[ROWS] = {0};
  for (unsigned r = 0; r < ROWS; ++r) {
    put(&m, r, 0, INT16_MIN);
    put(&m, r, 1, INT16_MIN);
  }
  assert_products(&m, 1, (int32_t const*[]){begin}, two);
  free_matrix(&m);
}

// The rest of an LSTM step by its formulas, in doubles.
static void
gates_in_doubles(double const* const g, double* const cell, double* const hidden)
{
  double const i = 1 / (1 + exp(-g[0]));
  double const j = tanh(g[1]);
  double const f = 1 / (1 + exp(-g[2]));
  double const o = 1 / (1 + exp(-g[3]));
  *cell          = f * *cell + i * j;
  *hidden        = o * tanh(*cell);
}

static void
gates_of_every_kernel_follow_the_formulas(void** const state)
{
  (void)state;
  enum { MOST = 40 };
  Random random = {5};
  for (unsigned run = 0; run < 2000; ++run) {
    unsigned const units = 1 + random_below(&random, MOST);
    unsigned const frac  = 8 + random_below(&random, 7);
    int32_t        sums[4 * MOST];
    int32_t        multiplier[4 * MOST];
    int32_t        before[MOST];
    for (unsigned i = 0; i < 4 * units; ++i) {
      sums[i]       = random_word(&random);
      multiplier[i] = abs(random_word(&random)) | 1;
    }
    for (unsigned u = 0; u < units; ++u) {
      before[u] = random_from(&random, -256, 256) * (random_from(&random, 0, 1 << 16));
    }
    Kernels const k = kernels_here();
    for (unsigned i = 0; i < k.count; ++i) {
      int32_t cell[MOST];
      int16_t hidden[MOST];
      memcpy(cell, before, sizeof(cell));
      memset(hidden, 0x5A, sizeof(hidden));
      k.list[i]->gates(units, frac, sums, multiplier, cell, hidden);
      for (unsigned u = 0; u < units; ++u) {
        double g[4];
        for (unsigned gate = 0; gate < 4; ++gate) {
          unsigned const at = gate * units + u;
          g[gate]           = (double)sums[at] * multiplier[at] / 4294967296.0 / 65536.0;
        }
        double c = before[u] / 65536.0;
        double h = 0;
        gates_in_doubles(g, &c, &h);
        // The cell multiplies an error of the forget gate.
        double const wide = 3.0 / 65536 * (2 + fabs(before[u] / 65536.0));
        assert_close(cell[u] / 65536.0, c, wide);
        assert_close(
          ldexp(hidden[u], -(int)frac), h, wide + 3.0 / 65536 + ldexp(0.5, -(int)frac));
      }
      for (unsigned u = units; u < MOST; ++u) {
        assert_int_equal(hidden[u], 0x5A5A); // nothing beyond its units
      }
    }
  }
}

static void
gates_round_to_the_nearest(void** const state)
{
  (void)state;
  // A unit whose gates are these numbers in Q16, since 2^30 * 4 / 2^32 is 1.
  Random random = {7};
  for (unsigned run = 0; run < 100000; ++run) {
    int32_t       sums[4];
    int32_t       g[4];
    int32_t const multiplier[4] = {1 << 30, 1 << 30, 1 << 30, 1 << 30};
    unsigned      frac          = 8 + random_below(&random, 7);
    int32_t const before        = random_from(&random, -(1 << 18), 1 << 18);
    int32_t       cell          = before;
    int16_t       hidden        = 0;
    for (unsigned i = 0; i < 4; ++i) {
      g[i]    = random_from(&random, -(1 << 18), 1 << 18);
      sums[i] = 4 * g[i];
    }
    mn_kernels[0]->gates(1, frac, sums, multiplier, &cell, &hidden);

    // Whole numbers in doubles are exact. Halves round up.
    double const kept  = (double)mn_sigmoid_q16(g[2]) * before;
    double const added = (double)mn_sigmoid_q16(g[0]) * mn_tanh_q16(2 * g[1]);
    assert_close(cell, floor((kept + added) / 65536 + 0.5), 0);
    double const out = (double)mn_sigmoid_q16(g[3]) * mn_tanh_q16(2 * cell);
    assert_close(hidden, floor(ldexp(out, (int)frac - 32) + 0.5), 0);
  }
}

enum { MOST_UNITS = 200 };

// The plainest kernel, which is tested against the formulas, against all others.
static void
assert_same_gates(unsigned const       units,
                  unsigned const       frac,
                  int32_t const* const sums,
                  int32_t const* const multiplier,
                  int32_t const* const before)
{
  int32_t cells[2][MOST_UNITS]  = {{0}};
  int16_t states[2][MOST_UNITS] = {{0}};
  memcpy(cells[0], before, sizeof(cells[0]));
  mn_kernels[0]->gates(units, frac, sums, multiplier, cells[0], states[0]);
  Kernels const k = kernels_here();
  for (unsigned i = 1; i < k.count; ++i) {
    memcpy(cells[1], before, sizeof(cells[1]));
    memset(states[1], 0, sizeof(states[1]));
    k.list[i]->gates(units, frac, sums, multiplier, cells[1], states[1]);
    if (memcmp(cells[0], cells[1], sizeof(cells[0])) ||
        memcmp(states[0], states[1], sizeof(states[0]))) {
      fail_msg("%s: gates of %u units differ", k.list[i]->name, units);
    }
  }
}

static void
gates_of_every_kernel_give_the_same_bits(void** const state)
{
  (void)state;
  Random random = {6};
  for (unsigned run = 0; run < 2000; ++run) {
    unsigned const units = 1 + random_below(&random, MOST_UNITS);
    int32_t        sums[4 * MOST_UNITS];
    int32_t        multiplier[4 * MOST_UNITS];
    int32_t        before[MOST_UNITS];
    for (unsigned i = 0; i < 4 * units; ++i) {
      sums[i]       = random_word(&random);
      multiplier[i] = abs(random_word(&random)) | 1;
    }
    for (unsigned u = 0; u < MOST_UNITS; ++u) {
      int32_t const most = 1 << 24; // 256
      before[u]          = random_below(&random, 8) ? random_from(&random, -most, most)
                                                    : most - 2 * most * (int32_t)(u % 2);
    }
    assert_same_gates(units, 8 + random_below(&random, 7), sums, multiplier, before);
  }
}

static void
gates_of_every_kernel_read_all_of_the_table(void** const state)
{
  (void)state;
  // Gates that are these numbers in Q16, since 2^30 * 4 / 2^32 is 1; tanh reads twice
  // the second of them, and twice the cell.
  int32_t const end = (1 << 20) + 5000;
  int32_t       multiplier[4 * MOST_UNITS];
  for (unsigned i = 0; i < 4 * MOST_UNITS; ++i) {
    multiplier[i] = 1 << 30;
  }
  for (int32_t at = -end; at < end; at += MOST_UNITS) {
    int32_t sums[4 * MOST_UNITS];
    int32_t before[MOST_UNITS];
    for (int32_t u = 0; u < MOST_UNITS; ++u) {
      sums[u]                  = 4 * (at + u);
      sums[MOST_UNITS + u]     = 4 * (at + u);
      sums[2 * MOST_UNITS + u] = -4 * (at + u);
      sums[3 * MOST_UNITS + u] = 4 * (end - at - u);
      before[u]                = at + u;
    }
    assert_same_gates(MOST_UNITS, 14, sums, multiplier, before);
  }
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(the_plainest_kernel_comes_first_and_runs_anywhere),
    cmocka_unit_test(products_of_any_size_are_exact),
    cmocka_unit_test(products_of_any_number_of_windows_are_exact),
    cmocka_unit_test(products_at_the_bound_of_a_model_are_exact),
    cmocka_unit_test(gates_of_every_kernel_follow_the_formulas),
    cmocka_unit_test(gates_round_to_the_nearest),
    cmocka_unit_test(gates_of_every_kernel_give_the_same_bits),
    cmocka_unit_test(gates_of_every_kernel_read_all_of_the_table),
  };
  return cmocka_run_group_tests_name("kernel", tests, NULL, NULL);
}
