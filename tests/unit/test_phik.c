// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "check.h"

#include "study/phik.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { MANY = 50000 };

static double const pi = 3.14159265358979323846;

typedef struct {
  double a[MANY];
  double b[MANY];
} Columns;

static double
phik_of(double const* const a, double const* const b, size_t const count)
{
  static uint8_t bins[2][MANY];
  mn_phik_bin(a, count, bins[0]);
  mn_phik_bin(b, count, bins[1]);
  return mn_phik(bins[0], bins[1], count);
}

// 0 < x < 1.
static double
uniform(Random* const random)
{
  return ((double)(random_next(random) >> 11) + 0.5) / 9007199254740992.0;
}

// Bivariate normal numbers, by Box and Muller.
static void
make_normal(Columns* const c, double const rho, uint64_t const seed)
{
  Random random = {seed};
  for (unsigned i = 0; i < MANY; ++i) {
    double const radius = sqrt(-2 * log(uniform(&random)));
    double const angle  = 2 * pi * uniform(&random);
    double const other  = radius * sin(angle);
    c->a[i]             = radius * cos(angle);
    c->b[i]             = rho * c->a[i] + sqrt(1 - rho * rho) * other;
  }
}

// Writes the rows of a table of two bins each. @return The number of rows.
static size_t
fill(uint8_t* const a,
     uint8_t* const b,
     unsigned const counts[2][2],
     uint8_t const* a_bins,
     uint8_t const* b_bins)
{
  size_t rows = 0;
  for (unsigned i = 0; i < 2; ++i) {
    for (unsigned j = 0; j < 2; ++j) {
      for (unsigned n = 0; n < counts[i][j]; ++n, ++rows) {
        a[rows] = a_bins[i];
        b[rows] = b_bins[j];
      }
    }
  }
  return rows;
}

static void
bins_are_even_from_the_least_value_to_the_largest(void** const state)
{
  (void)state;
  double const  values[]   = {-5, -4.01, -4, 0, 4, 4.99, 5, 3.99, -0.01};
  uint8_t const expected[] = {0, 0, 1, 5, 9, 9, 9, 8, 4};
  uint8_t       bins[sizeof(expected)];
  mn_phik_bin(values, sizeof(expected), bins);
  assert_memory_equal(bins, expected, sizeof(expected));
}

static void
tenths_are_on_the_edges_of_bins(void** const state)
{
  (void)state;
  double  values[11];
  uint8_t bins[11];
  for (unsigned i = 0; i < 11; ++i) {
    values[i] = i / 10.0;
  }
  mn_phik_bin(values, 11, bins);
  for (unsigned i = 0; i < 11; ++i) {
    assert_int_equal(bins[i], i < 10 ? i : 9);
  }
}

static void
what_is_no_number_is_missing_and_moves_no_bin(void** const state)
{
  (void)state;
  double const  values[]   = {NAN, 0, INFINITY, 1, -INFINITY, 0.5};
  uint8_t const expected[] = {MN_PHIK_MISSING, 0, MN_PHIK_MISSING, 9, MN_PHIK_MISSING, 5};
  uint8_t       bins[6];
  mn_phik_bin(values, 6, bins);
  assert_memory_equal(bins, expected, 6);

  double const nothing[] = {NAN, NAN};
  mn_phik_bin(nothing, 2, bins);
  assert_int_equal(bins[0], MN_PHIK_MISSING);
  assert_int_equal(bins[1], MN_PHIK_MISSING);
  mn_phik_bin(NULL, 0, NULL);
}

static void
the_narrowest_and_the_widest_ranges_have_bins(void** const state)
{
  (void)state;
  uint8_t      bins[3];
  double const same[] = {7, 7, 7};
  mn_phik_bin(same, 3, bins);
  assert_memory_equal(bins, ((uint8_t[]){0, 0, 0}), 3);
  double const wide[] = {-DBL_MAX, 0, DBL_MAX};
  mn_phik_bin(wide, 3, bins);
  assert_memory_equal(bins, ((uint8_t[]){0, 5, 9}), 3);
}

static void
nothing_and_constants_have_nothing_in_common(void** const state)
{
  (void)state;
  uint8_t a[100];
  uint8_t b[100];
  for (unsigned i = 0; i < 100; ++i) {
    a[i] = (uint8_t)(i % 10);
    b[i] = 3;
  }
  assert_true(mn_phik(a, b, 100) == 0);
  assert_true(mn_phik(b, a, 100) == 0);
  assert_true(mn_phik(b, b, 100) == 0);
  assert_true(mn_phik(a, a, 0) == 0);
  memset(b, MN_PHIK_MISSING, sizeof(b));
  assert_true(mn_phik(a, b, 100) == 0);
}

static void
what_tells_all_of_the_other_is_1(void** const state)
{
  (void)state;
  uint8_t a[1000];
  uint8_t b[1000];
  for (unsigned kinds = 2; kinds <= MN_PHIK_BINS; ++kinds) {
    for (unsigned i = 0; i < 1000; ++i) {
      a[i] = (uint8_t)(i % kinds);
      b[i] = (uint8_t)((7 * a[i] + 3) % 10); // the same bins in another order
    }
    assert_close(mn_phik(a, a, 1000), 1, 1e-9);
    assert_close(mn_phik(a, b, 1000), 1, 1e-9);
  }
}

// Every bin of one with every bin of the other, as often as the margins ask for.
static void
what_tells_nothing_of_the_other_is_0(void** const state)
{
  (void)state;
  static uint8_t a[3025];
  static uint8_t b[3025];
  size_t         rows = 0;
  for (unsigned i = 0; i < 10; ++i) {
    for (unsigned j = 0; j < 10; ++j) {
      for (unsigned n = 0; n < (i + 1) * (j + 1); ++n, ++rows) {
        a[rows] = (uint8_t)i;
        b[rows] = (uint8_t)j;
      }
    }
  }
  assert_int_equal(rows, sizeof(a));
  assert_true(mn_phik(a, b, rows) == 0);
}

// In two by two cells, the mass of a quadrant is 1/4 + asin(rho) / (2 pi). So the
// distance from independence is (2 asin(rho) / pi)^2 of the largest one, apart from what
// lies outside of [-5, 5]. Noise is 1, and the largest one is the number of rows.
static void
two_by_two_cells_have_a_formula(void** const state)
{
  (void)state;
  uint8_t       a[100];
  uint8_t       b[100];
  uint8_t const bins[] = {0, 1};
  // 25 are expected everywhere: chi squared is 4 * 15^2 / 25 = 36.
  unsigned const related[2][2] = {{40, 10}, {10, 40}};
  size_t         rows          = fill(a, b, related, bins, bins);
  assert_close(mn_phik(a, b, rows), sin(pi / 2 * sqrt(35 / 99.0)), 2e-6);

  // (50 * 40 - 10 * 0)^2 * 100 over the product of the margins 60 40 50 50: 200/3.
  unsigned const skewed[2][2] = {{50, 10}, {0, 40}};
  rows                        = fill(a, b, skewed, bins, bins);
  assert_close(mn_phik(a, b, rows), sin(pi / 2 * sqrt((200 / 3.0 - 1) / 99)), 2e-6);

  // 60 20 15 5 are expected: chi squared is 1/60 + 1/20 + 1/15 + 1/5, which is noise.
  unsigned const unrelated[2][2] = {{61, 19}, {14, 6}};
  rows                           = fill(a, b, unrelated, bins, bins);
  assert_true(mn_phik(a, b, rows) == 0);
}

static void
bins_without_rows_do_not_count(void** const state)
{
  (void)state;
  uint8_t        a[100];
  uint8_t        b[100];
  uint8_t const  ends[]       = {0, 9};
  uint8_t const  inner[]      = {7, 2};
  unsigned const counts[2][2] = {{40, 10}, {10, 40}};
  size_t const   rows         = fill(a, b, counts, ends, inner);
  assert_close(mn_phik(a, b, rows), sin(pi / 2 * sqrt(35 / 99.0)), 2e-6);
}

static void
rows_that_miss_one_do_not_count(void** const state)
{
  (void)state;
  uint8_t        a[106];
  uint8_t        b[106];
  uint8_t const  bins[]       = {0, 1};
  unsigned const counts[2][2] = {{40, 10}, {10, 40}};
  size_t         rows         = fill(a, b, counts, bins, bins);
  for (unsigned i = 0; i < 3; ++i, rows += 2) {
    a[rows]     = (uint8_t)i;
    b[rows]     = i ? MN_PHIK_MISSING : MN_PHIK_BINS; // no bin either
    a[rows + 1] = i ? MN_PHIK_MISSING : MN_PHIK_BINS;
    b[rows + 1] = (uint8_t)(i * 4);
  }
  assert_close(mn_phik(a, b, rows), sin(pi / 2 * sqrt(35 / 99.0)), 2e-6);
}

// Their bins end at the farthest of them, at about 4. The bins of the distribution that
// phik compares with end at 5.
static void
more_correlation_is_more_phik(void** const state)
{
  (void)state;
  static Columns c;
  double         last = -1;
  for (unsigned i = 0; i < 20; ++i) {
    double const rho = i / 20.0;
    make_normal(&c, rho, 1);
    double const phik = phik_of(c.a, c.b, MANY);
    assert_close(phik, rho, 0.06);
    assert_true(phik > last);
    last = phik;
    for (unsigned n = 0; n < MANY; ++n) {
      c.b[n] = -c.b[n];
    }
    assert_close(phik_of(c.a, c.b, MANY), phik, 0.01);
  }
}

// This many bins between -5 and 5. No number here lies beyond.
static void
cut(double const* const values, unsigned const kinds, uint8_t* const bins)
{
  for (unsigned i = 0; i < MANY; ++i) {
    bins[i] = (uint8_t)((values[i] + 5) / 10 * kinds);
  }
}

// Both have the same edges, or one has only edges of the other. Otherwise even full
// correlation stays below what phik takes as the most.
static void
in_the_same_bins_it_is_the_correlation(void** const state)
{
  (void)state;
  static Columns c;
  static uint8_t a[MANY];
  static uint8_t b[MANY];
  unsigned const kinds[][2] = {{2, 2}, {3, 3}, {4, 4}, {5, 5}, {6, 6}, {2, 6}, {6, 3}};
  for (unsigned k = 0; k < sizeof(kinds) / sizeof(*kinds); ++k) {
    for (unsigned i = 2; i < 20; ++i) {
      make_normal(&c, i / 20.0, 10 + k);
      cut(c.a, kinds[k][0], a);
      cut(c.b, kinds[k][1], b);
      assert_close(mn_phik(a, b, MANY), i / 20.0, 0.02);
    }
  }
}

static void
it_does_not_matter_which_is_which(void** const state)
{
  (void)state;
  static Columns c;
  make_normal(&c, 0.4, 2);
  for (unsigned i = 0; i < MANY; ++i) {
    c.b[i] = rint(c.b[i]); // fewer bins than of a
  }
  double const phik = phik_of(c.a, c.b, MANY);
  assert_true(phik > 0.2);
  assert_close(phik_of(c.b, c.a, MANY), phik, 1e-12);
}

// The two do not rise together.
static void
a_parabola_is_seen(void** const state)
{
  (void)state;
  static Columns c;
  Random         random = {3};
  for (unsigned i = 0; i < MANY; ++i) {
    c.a[i] = 2 * uniform(&random) - 1;
    c.b[i] = c.a[i] * c.a[i];
  }
  assert_true(phik_of(c.a, c.b, MANY) > 0.9);
}

static void
what_is_unrelated_stays_small(void** const state)
{
  (void)state;
  static Columns c;
  for (uint64_t seed = 10; seed < 30; ++seed) {
    make_normal(&c, 0, seed);
    assert_true(phik_of(c.a, c.b, MANY) < 0.06);
  }
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(bins_are_even_from_the_least_value_to_the_largest),
    cmocka_unit_test(tenths_are_on_the_edges_of_bins),
    cmocka_unit_test(what_is_no_number_is_missing_and_moves_no_bin),
    cmocka_unit_test(the_narrowest_and_the_widest_ranges_have_bins),
    cmocka_unit_test(nothing_and_constants_have_nothing_in_common),
    cmocka_unit_test(what_tells_all_of_the_other_is_1),
    cmocka_unit_test(what_tells_nothing_of_the_other_is_0),
    cmocka_unit_test(two_by_two_cells_have_a_formula),
    cmocka_unit_test(bins_without_rows_do_not_count),
    cmocka_unit_test(rows_that_miss_one_do_not_count),
    cmocka_unit_test(more_correlation_is_more_phik),
    cmocka_unit_test(in_the_same_bins_it_is_the_correlation),
    cmocka_unit_test(it_does_not_matter_which_is_which),
    cmocka_unit_test(a_parabola_is_seen),
    cmocka_unit_test(what_is_unrelated_stays_small),
  };
  return cmocka_run_group_tests_name("phik", tests, NULL, NULL);
}
