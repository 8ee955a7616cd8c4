// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// The curve from a statistic and a number of onsets to a probability, and sets of
// random windows to fit it on.

#include "base/random.h"
#include "check.h"
#include "study/curve.h"
#include "study/windows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COUNT = 6000, MOST = 32 };

static double   statistics[2][COUNT];
static uint16_t onsets[2][COUNT];

static double
uniform(uint64_t* const state)
{
  return (double)(mn_random_next(state) >> 11) * 0x1p-53;
}

// Statistics by a known law: log s = height log n, plus `apart` for random windows, plus
// a logistic error of scale 1. Both kinds have the same distribution, shifted, so
// logit P(real) falls with log s - height log n - apart / 2.
static void
fill(double const height, double const apart, unsigned const fewest, unsigned const most)
{
  uint64_t state = 4;
  for (unsigned kind = 0; kind < 2; ++kind) {
    for (size_t i = 0; i < COUNT; ++i) {
      unsigned const n = fewest + (unsigned)(i % (most - fewest + 1));
      double const   u = 1e-9 + uniform(&state) * (1 - 2e-9);
      onsets[kind][i]  = (uint16_t)n;
      statistics[kind][i] =
        exp(height * log(n) + (kind ? apart : 0) + 0.5 * log(u / (1 - u)));
    }
  }
}

static MnCurve*
fit(bool const works)
{
  MnCurve* const    curve  = (MnCurve*)malloc(sizeof(*curve));
  MnCurveSide const real   = {statistics[0], onsets[0], COUNT};
  MnCurveSide const random = {statistics[1], onsets[1], COUNT};
  assert_non_null(curve);
  assert_int_equal(mn_curve_fit(curve, &real, &random), works);
  return curve;
}

static void
the_middle_of_the_curve_moves_with_the_onsets(void** const state)
{
  (void)state;
  fill(1.5, 3, 2, MOST);
  MnCurve* const curve = fit(true);
  assert_int_equal(curve->rows, MOST + 1);
  for (unsigned n = 3; n <= MOST; ++n) {
    // Halfway between the two kinds nobody can tell which it is.
    double const middle = exp(1.5 * log(n) + 1.5);
    assert_close(mn_curve_at(curve, middle, n), 0.5, 0.06);
    assert_true(mn_curve_at(curve, middle * exp(-1.5), n) > 0.8);
    assert_true(mn_curve_at(curve, middle * exp(1.5), n) < 0.2);
  }
  free(curve);
}

static void
every_row_falls_and_stops_short_of_certainty(void** const state)
{
  (void)state;
  fill(1.5, 3, 2, MOST);
  MnCurve* const curve = fit(true);
  for (unsigned n = 0; n < curve->rows; ++n) {
    for (unsigned k = 0; k < MN_CURVE_KNOTS; ++k) {
      double const* const p = curve->probability[n];
      assert_true(p[k] >= 0.005 && p[k] <= 0.995);
      assert_true(!k ||
                  (p[k] <= p[k - 1] && curve->statistic[k] > curve->statistic[k - 1]));
    }
  }
  // A number of onsets that no window had counts as the largest that one had.
  assert_close(mn_curve_at(curve, 7, MOST), mn_curve_at(curve, 7, 200), 0);
  free(curve);
}

static void
windows_with_one_number_of_onsets_are_enough(void** const state)
{
  (void)state;
  fill(0, 4, 9, 9);
  MnCurve* const curve = fit(true);
  assert_close(mn_curve_at(curve, exp(2), 9), 0.5, 0.06);
  free(curve);
}

static void
what_does_not_fall_is_no_curve(void** const state)
{
  (void)state;
  fill(1, -3, 2, MOST); // real music has the larger statistic
  free(fit(false));
  for (unsigned kind = 0; kind < 2; ++kind) {
    for (size_t i = 0; i < COUNT; ++i) {
      statistics[kind][i] = 1;
    }
  }
  free(fit(false));
}

static void
random_windows_have_as_many_onsets_as_those_that_they_are_like(void** const state)
{
  (void)state;
  enum { LIKE = 40, RANDOM = 10 };
  MnWindows like   = {.steps = MN_STEPS_2BAR};
  MnWindows random = {.steps = MN_STEPS_2BAR};
  for (unsigned i = 0; i < LIKE; ++i) {
    uint8_t        tokens[MN_STEPS_2BAR] = {0};
    unsigned const n                     = 4 + i % 20;
    for (unsigned k = 0; k < n; ++k) {
      tokens[k] = 41;
    }
    assert_true(mn_windows_add(&like, tokens, i));
  }
  assert_true(mn_windows_add_random_like(&random, &like, RANDOM, 3));
  assert_int_equal(random.count, RANDOM);
  uint16_t* const counted = mn_windows_onsets(&random);
  assert_non_null(counted);
  for (unsigned i = 0; i < RANDOM; ++i) {
    assert_int_equal(counted[i], 4 + i * LIKE / RANDOM % 20);
  }
  free(counted);
  mn_windows_free(&like);
  mn_windows_free(&random);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(the_middle_of_the_curve_moves_with_the_onsets),
    cmocka_unit_test(every_row_falls_and_stops_short_of_certainty),
    cmocka_unit_test(windows_with_one_number_of_onsets_are_enough),
    cmocka_unit_test(what_does_not_fall_is_no_curve),
    cmocka_unit_test(random_windows_have_as_many_onsets_as_those_that_they_are_like),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
