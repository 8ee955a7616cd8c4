// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// The arithmetic that all kernels share: scaling, and functions from tables.

#include "base/fixed.h"
#include "check.h"

#include <math.h>
#include <stdlib.h>

// Rounding the table's entries costs half a unit, and so does rounding what lies between
// them. The bend of the curve over a step adds max |f''| step^2 / 8: for tanh
// 0.77 / 128^2 / 8, which is 0.39 units; for softplus 0.25 / 64^2 / 8, 0.5 units.
// The logistic function halves the error of tanh and rounds once more.
static double const tanh_error     = 1.39 / 65536;
static double const sigmoid_error  = 1.2 / 65536;
static double const softplus_error = 1.5 / 65536;

static void
tanh_is_near_odd_and_monotone(void** const state)
{
  (void)state;
  int32_t before = INT32_MIN;
  for (int32_t x = -(1 << 21); x <= 1 << 21; ++x) { // -16..16
    int32_t const y = mn_tanh_q16(x);
    assert_close(y / 65536.0, tanh(x / 131072.0), tanh_error);
    assert_true(y >= before);
    assert_int_equal(mn_tanh_q16(-x), -y);
    before = y;
  }
  assert_int_equal(mn_tanh_q16(0), 0);
  assert_int_equal(mn_tanh_q16(INT32_MAX), MN_ONE_Q16);
  assert_int_equal(mn_tanh_q16(INT32_MIN), -MN_ONE_Q16);
}

static void
sigmoid_is_near_monotone_and_within_0_and_1(void** const state)
{
  (void)state;
  int32_t before = 0;
  for (int32_t x = -(1 << 21); x <= 1 << 21; ++x) { // -32..32
    int32_t const y = mn_sigmoid_q16(x);
    assert_close(y / 65536.0, 1 / (1 + exp(-x / 65536.0)), sigmoid_error);
    assert_true(y >= before && y <= MN_ONE_Q16);
    assert_close(y, floor((MN_ONE_Q16 + mn_tanh_q16(x)) / 2.0 + 0.5), 0); // rounded
    before = y;
  }
  assert_int_equal(mn_sigmoid_q16(0), MN_ONE_Q16 / 2);
  assert_int_equal(mn_sigmoid_q16(INT32_MAX), MN_ONE_Q16);
  assert_int_equal(mn_sigmoid_q16(INT32_MIN), 0);
}

static void
softplus_is_near_and_positive_or_zero(void** const state)
{
  (void)state;
  for (int32_t x = -(1 << 21); x <= 1 << 21; ++x) { // -32..32
    int32_t const y = mn_softplus_q16(x);
    assert_close(y / 65536.0, log1p(exp(x / 65536.0)), softplus_error);
    assert_true(y >= 0);
  }
  // The largest result of mn_scale_q16().
  assert_int_equal(mn_softplus_q16(1 << 30), 1 << 30);
  assert_int_equal(mn_softplus_q16(-(1 << 30)), 0);
}

static void
scaling_rounds_to_the_nearest(void** const state)
{
  (void)state;
  Random random = {8};
  for (unsigned i = 0; i < 100000; ++i) {
    int32_t const sum        = random_word(&random);
    int32_t const multiplier = abs(random_word(&random)) | 1;
    // The product of 62 bits fits the 64 of a long double. Halves round up.
    double const exact =
      (double)floorl((long double)sum * multiplier / 4294967296.0L + 0.5L);
    assert_close(mn_scale_q16(sum, multiplier), exact, 0);
  }
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(tanh_is_near_odd_and_monotone),
    cmocka_unit_test(sigmoid_is_near_monotone_and_within_0_and_1),
    cmocka_unit_test(softplus_is_near_and_positive_or_zero),
    cmocka_unit_test(scaling_rounds_to_the_nearest),
  };
  return cmocka_run_group_tests_name("fixed", tests, NULL, NULL);
}
