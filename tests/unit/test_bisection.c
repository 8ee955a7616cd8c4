// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "base/bisection.h"
#include "check.h"

static uint64_t
first_from(uint64_t const  before,
           uint64_t const  at,
           uint64_t const  truth,
           unsigned* const asked)
{
  MnBisection b = {.before = before, .at = at};
  for (*asked = 0; mn_bisection_asks(&b); ++*asked) {
    assert_true(b.middle > before && b.middle < at);
    mn_bisection_answer(&b, b.middle >= truth);
  }
  return b.at;
}

static void
the_first_number_is_found_wherever_it_is(void** const state)
{
  (void)state;
  unsigned asked;
  for (uint64_t at = 1; at < 70; ++at) {
    for (uint64_t truth = 1; truth <= at; ++truth) {
      assert_int_equal(first_from(0, at, truth, &asked), truth);
    }
  }
}

static void
the_number_of_questions_is_that_of_the_bits(void** const state)
{
  (void)state;
  unsigned       asked;
  uint64_t const far = UINT64_MAX - 1;
  assert_true(first_from(0, far, far / 3, &asked) == far / 3);
  assert_true(asked <= 64);
  assert_true(first_from(far - 1, far, far, &asked) == far);
  assert_int_equal(asked, 0);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(the_first_number_is_found_wherever_it_is),
    cmocka_unit_test(the_number_of_questions_is_that_of_the_bits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
