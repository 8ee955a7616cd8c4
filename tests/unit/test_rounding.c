// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// Rounding that makes up for errors: how far the sum of a row is off, e'He.

#include "check.h"
#include "checkpoint/rounding.h"

#include <math.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

// More columns than one piece of work has lines.
enum { SMALL = 8, LARGE = 300 };

static double const no_limit = 1e6;

// A part of the mean of the diagonal that the rounding adds to it.
static double const ridge = 1e-3;

static double
uniform(Random* const random)
{
  return (double)random_from(random, -1000000, 1000000) / 1e6;
}

// Sums of products of correlated inputs: each input is a number that all share plus noise,
// times a size of its own.
static void
make_products(Random* const random, size_t const columns, double* const products)
{
  enum { STEPS = 400 };
  double* const input = (double*)malloc(columns * sizeof(*input));
  assert_non_null(input);
  memset(products, 0, columns * columns * sizeof(*products));
  for (unsigned step = 0; step < STEPS; ++step) {
    double const shared = uniform(random);
    for (size_t c = 0; c < columns; ++c) {
      input[c] = (shared + 0.3 * uniform(random)) * (double)(c % 5 + 1);
    }
    for (size_t a = 0; a < columns; ++a) {
      for (size_t b = a; b < columns; ++b) {
        products[a * columns + b] += input[a] * input[b];
      }
    }
  }
  free(input);
}

static void
make_weights(Random* const random, size_t const columns, MnRoundingColumn* const weights)
{
  for (size_t c = 0; c < columns; ++c) {
    for (size_t i = 0; i < MN_ROUNDING_ROWS; ++i) {
      weights[c].row[i] = 20 * uniform(random);
    }
  }
}

static void
round_with(double const* const           products,
           size_t const                  columns,
           double const                  limit,
           MnRoundingColumn const* const weights,
           MnRoundingColumn* const       rounded)
{
  MnRounding* const       rounding = products ? mn_rounding_new(products, columns) : NULL;
  MnRoundingColumn* const errors   = (MnRoundingColumn*)malloc(columns * sizeof(*errors));
  assert_non_null(errors);
  assert_true(!products || rounding);
  mn_rounding_run(rounding, columns, limit, weights, errors, rounded);
  mn_rounding_free(rounding);
  free(errors);
}

// e'He of a row.
static double
error_of(double const* const           products,
         size_t const                  columns,
         MnRoundingColumn const* const weights,
         MnRoundingColumn const* const rounded,
         size_t const                  row)
{
  double sum = 0;
  for (size_t a = 0; a < columns; ++a) {
    for (size_t b = 0; b < columns; ++b) {
      double const h = a < b ? products[a * columns + b] : products[b * columns + a];
      sum += h * (weights[a].row[row] - rounded[a].row[row]) *
             (weights[b].row[row] - rounded[b].row[row]);
    }
  }
  return sum;
}

// Two inputs that are nearly the same: 0.4 and 0.4 must become 1 and 0, not 0 and 0.
static void
a_weight_makes_up_for_the_error_of_another(void** const state)
{
  (void)state;
  double const           products[]  = {1, 0.99, 0, 1.01};
  MnRoundingColumn const weights[2]  = {{.row = {0.4, -2.4, 0.1}}, {.row = {0.4, -0.4, 0}}};
  MnRoundingColumn       nearest[2]  = {{{0}}};
  MnRoundingColumn       together[2] = {{{0}}};
  round_with(NULL, 2, no_limit, weights, nearest);
  round_with(products, 2, no_limit, weights, together);
  double const expected[3] = {1, -3, 0};
  for (size_t row = 0; row < 3; ++row) {
    assert_close(together[0].row[row] + together[1].row[row], expected[row], 0);
    assert_close(nearest[0].row[row], rint(weights[0].row[row]), 0);
    assert_close(nearest[1].row[row], rint(weights[1].row[row]), 0);
  }
  for (size_t row = 0; row < 2; ++row) {
    // With errors of 0.4 and 0.4 it is 0.16 * 3.99, with 0.4 and -0.6 it is below 0.06.
    assert_close(error_of(products, 2, weights, nearest, row), 0.16 * 3.99, 1e-12);
    assert_true(error_of(products, 2, weights, together, row) < 0.06);
  }
}

// No d_k is above H_kk, and no term above d_k / 4. So the sum has a bound for any weights.
static void
sums_lose_little(void** const state)
{
  (void)state;
  Random           random = {7};
  double           products[SMALL * SMALL];
  MnRoundingColumn weights[SMALL];
  MnRoundingColumn nearest[SMALL];
  MnRoundingColumn together[SMALL];
  double           plain = 0;
  double           ours  = 0;
  for (unsigned round = 0; round < 50; ++round) {
    make_products(&random, SMALL, products);
    make_weights(&random, SMALL, weights);
    round_with(NULL, SMALL, no_limit, weights, nearest);
    round_with(products, SMALL, no_limit, weights, together);
    double trace = 0;
    for (size_t c = 0; c < SMALL; ++c) {
      trace += products[c * SMALL + c];
    }
    for (size_t row = 0; row < MN_ROUNDING_ROWS; ++row) {
      double const error = error_of(products, SMALL, weights, together, row);
      assert_true(error <= (1 + ridge) * trace / 4);
      plain += error_of(products, SMALL, weights, nearest, row);
      ours += error;
    }
  }
  assert_true(ours < plain / 5);
}

// Inputs without correlation cannot make up for each other.
static void
independent_inputs_round_to_nearest(void** const state)
{
  (void)state;
  Random           random = {3};
  MnRoundingColumn weights[SMALL];
  MnRoundingColumn rounded[SMALL];
  double           products[SMALL * SMALL] = {0};
  make_weights(&random, SMALL, weights);
  for (unsigned silent = 0; silent < 2;
       ++silent) { // in the second round all inputs are silent
    for (size_t c = 0; c < SMALL; ++c) {
      products[c * SMALL + c] = silent ? 0 : (double)(c * c);
    }
    round_with(products, SMALL, no_limit, weights, rounded);
    for (size_t c = 0; c < SMALL; ++c) {
      for (size_t row = 0; row < MN_ROUNDING_ROWS; ++row) {
        assert_close(rounded[c].row[row], rint(weights[c].row[row]), 0);
      }
    }
  }
}

static void
nothing_exceeds_the_limit(void** const state)
{
  (void)state;
  Random           random = {11};
  double           products[SMALL * SMALL];
  MnRoundingColumn weights[SMALL];
  MnRoundingColumn rounded[SMALL];
  make_products(&random, SMALL, products);
  make_weights(&random, SMALL, weights);
  for (unsigned plain = 0; plain < 2; ++plain) {
    round_with(plain ? NULL : products, SMALL, 7, weights, rounded);
    for (size_t c = 0; c < SMALL; ++c) {
      for (size_t row = 0; row < MN_ROUNDING_ROWS; ++row) {
        assert_true(fabs(rounded[c].row[row]) <= 7);
      }
    }
  }
}

static void
processors_make_no_difference(void** const state)
{
  (void)state;
  Random random = {5};
  size_t size   = LARGE * sizeof(MnRoundingColumn);

  double* const           products = (double*)malloc(LARGE * LARGE * sizeof(double));
  MnRoundingColumn* const weights  = (MnRoundingColumn*)malloc(size);
  MnRoundingColumn* const many     = (MnRoundingColumn*)malloc(size);
  MnRoundingColumn* const one      = (MnRoundingColumn*)malloc(size);
  assert_true(products && weights && many && one);
  make_products(&random, LARGE, products);
  make_weights(&random, LARGE, weights);
  round_with(products, LARGE, no_limit, weights, many);

  cpu_set_t ours;
  cpu_set_t first;
  assert_int_equal(sched_getaffinity(0, sizeof(ours), &ours), 0);
  CPU_ZERO(&first);
  for (unsigned cpu = 0; !CPU_COUNT(&first); ++cpu) {
    if (CPU_ISSET(cpu, &ours)) {
      CPU_SET(cpu, &first);
    }
  }
  assert_int_equal(sched_setaffinity(0, sizeof(first), &first), 0);
  round_with(products, LARGE, no_limit, weights, one);
  assert_int_equal(sched_setaffinity(0, sizeof(ours), &ours), 0);

  assert_memory_equal(one, many, size);
  free(products);
  free(weights);
  free(many);
  free(one);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(a_weight_makes_up_for_the_error_of_another),
    cmocka_unit_test(sums_lose_little),
    cmocka_unit_test(independent_inputs_round_to_nearest),
    cmocka_unit_test(nothing_exceeds_the_limit),
    cmocka_unit_test(processors_make_no_difference),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
