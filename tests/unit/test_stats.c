// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "check.h"

#include "base/random.h"
#include "study/stats.h"

#include <math.h>
#include <string.h>

// Results of a few sums of small numbers.
static double const rounding = 1e-12;

static void
quantiles_lie_between_values(void** const state)
{
  (void)state;
  double const sorted[] = {1, 2, 4, 8};
  assert_close(mn_stats_quantile(sorted, 4, 0), 1, 0);
  assert_close(mn_stats_quantile(sorted, 4, 0.5), 3, rounding);
  assert_close(mn_stats_quantile(sorted, 4, 0.9), 6.8, rounding);
  assert_close(mn_stats_quantile(sorted, 4, 1), 8, 0);
  assert_close(mn_stats_quantile(sorted, 1, 0.7), 1, 0);
  assert_true(isnan(mn_stats_quantile(sorted, 0, 0.5)));
}

static void
pearson_is_one_on_a_line_and_nothing_on_a_constant(void** const state)
{
  (void)state;
  double const a[]     = {1, 2, 3, 4};
  double const line[]  = {7, 5, 3, 1};
  double const other[] = {1, 0, 0, 1};
  double const same[]  = {2, 2, 2, 2};
  assert_close(mn_stats_pearson(a, line, 4), -1, rounding);
  assert_close(mn_stats_pearson(a, other, 4), 0, rounding);
  assert_true(isnan(mn_stats_pearson(a, same, 4)));
  assert_true(isnan(mn_stats_pearson(a, line, 1)));
}

static void
spearman_sees_the_order_alone_and_shares_ranks(void** const state)
{
  (void)state;
  double const a[]     = {1, 2, 3, 4};
  double const curve[] = {1, 10, 100, 1000};
  double const tied[]  = {5, 5, 9, 9}; // ranks 1/2, 1/2, 5/2, 5/2
  double       rho     = 0;
  assert_true(mn_stats_spearman(a, curve, 4, &rho));
  assert_close(rho, 1, rounding);
  assert_true(mn_stats_spearman(a, tied, 4, &rho));
  assert_close(rho, 4 / sqrt(20), rounding); // 4 / sqrt(5 * 4)
  assert_true(mn_stats_spearman(a, a, 0, &rho));
  assert_true(isnan(rho));
}

static void
distance_is_that_of_the_inverse_matrix(void** const state)
{
  (void)state;
  // {{4, 2, 0}, {2, 5, 2}, {0, 2, 3}}; below the diagonal nothing is read.
  double matrix[] = {4, 2, 0, NAN, 5, 2, NAN, NAN, 3};
  double x[]      = {2, 7, 8};
  // The matrix times (0, 1, 2).
  double y[] = {2, 9, 8};
  mn_stats_cholesky(matrix, 3, 1e-9);
  assert_close(matrix[0], 2, rounding);
  assert_close(matrix[1], 1, rounding);
  assert_close(matrix[4], 2, rounding);
  assert_close(mn_stats_distance(matrix, 3, y), 25, rounding);
  // The inverse is {{11, -6, 4}, {-6, 12, -8}, {4, -8, 16}} / 32.
  double const by_hand = (2 * (11 * 2 - 6 * 7 + 4 * 8) + 7 * (-6 * 2 + 12 * 7 - 8 * 8) +
                          8 * (4 * 2 - 8 * 7 + 16 * 8)) /
                         32.0;
  assert_close(mn_stats_distance(matrix, 3, x), by_hand, rounding);
  assert_close(mn_stats_distance(matrix, 0, x), 0, 0);
}

static void
a_matrix_without_an_inverse_is_held_up(void** const state)
{
  (void)state;
  double matrix[] = {1, 1, 0, 1};
  double x[]      = {0, 1};
  mn_stats_cholesky(matrix, 2, 0.25);
  assert_close(mn_stats_distance(matrix, 2, x), 4, rounding);
}

static void
random_numbers_are_those_of_splitmix64(void** const state)
{
  (void)state;
  // The first numbers of the seed 1234567, as other implementations publish them.
  uint64_t       seed       = 1234567;
  uint64_t const expected[] = {
    6457827717110365317U, 3203168211198807973U, 9817491932198370423U};
  for (size_t i = 0; i < 3; ++i) {
    assert_true(mn_random_next(&seed) == expected[i]);
  }
  unsigned seen[3] = {0};
  for (size_t i = 0; i < 3000; ++i) {
    uint32_t const value = mn_random_below(&seed, 3);
    assert_true(value < 3);
    ++seen[value];
  }
  for (size_t k = 0; k < 3; ++k) {
    assert_in_range(seen[k], 900, 1100);
  }
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(quantiles_lie_between_values),
    cmocka_unit_test(pearson_is_one_on_a_line_and_nothing_on_a_constant),
    cmocka_unit_test(spearman_sees_the_order_alone_and_shares_ranks),
    cmocka_unit_test(distance_is_that_of_the_inverse_matrix),
    cmocka_unit_test(a_matrix_without_an_inverse_is_held_up),
    cmocka_unit_test(random_numbers_are_those_of_splitmix64),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
