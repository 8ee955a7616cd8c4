// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// How a class is chosen, against exp() of the library.

#include "check.h"
#include "decoder/choice.h"

#include <math.h>

enum { ONE_Q16 = 1 << 16 };

static void
draw_logits(Random* const random, double const size, int32_t logits[MN_CLASSES])
{
  for (unsigned k = 0; k < MN_CLASSES; ++k) {
    double const share = (double)random_below(random, 1U << 24) / (1 << 23) - 1;
    logits[k]          = (int32_t)(share * size * ONE_Q16);
  }
}

static void
softmax(int32_t const logits[MN_CLASSES], double const temperature, double p[MN_CLASSES])
{
  double sum = 0;
  for (unsigned k = 0; k < MN_CLASSES; ++k) {
    p[k] = exp((logits[k] - logits[0]) / (temperature * ONE_Q16));
    sum += p[k];
  }
  for (unsigned k = 0; k < MN_CLASSES; ++k) {
    p[k] /= sum;
  }
}

static void
without_temperature_the_first_of_the_largest_is_taken(void** const state)
{
  (void)state;
  int32_t logits[MN_CLASSES] = {0};
  assert_int_equal(mn_choice_take(logits, 0, UINT32_MAX), 0);
  logits[89] = 1;
  assert_int_equal(mn_choice_take(logits, 0, 0), 89);
  logits[7] = 1;
  assert_int_equal(mn_choice_take(logits, 0, 0), 7);
  logits[0] = -(1 << 30);
  logits[3] = 1 << 30;
  assert_int_equal(mn_choice_take(logits, 0, 0), 3);
}

// The random number that is the first to choose `k` or a later class.
static double
first_of(int32_t const logits[MN_CLASSES], uint32_t const temperature_q16, unsigned const k)
{
  uint64_t low  = 0;
  uint64_t high = (uint64_t)1 << 32;
  while (low < high) {
    uint64_t const middle = (low + high) / 2;
    if (mn_choice_take(logits, temperature_q16, (uint32_t)middle) >= k) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return ldexp((double)low, -32);
}

// Classes share out all random numbers in their order, so where each begins tells how
// probable those before it are: without a statistic.
static void
each_class_has_its_share_of_all_random_numbers(void** const state)
{
  (void)state;
  static double const temperatures[] = {0.05, 0.3, 0.5, 1, 1.7, 100};
  Random              random         = {1};
  for (unsigned i = 0; i < 6 * 6; ++i) {
    uint32_t const t    = (uint32_t)(temperatures[i % 6] * ONE_Q16);
    unsigned const size = 1 + 5 * (i / 6);
    int32_t        logits[MN_CLASSES];
    double         p[MN_CLASSES];
    draw_logits(&random, size, logits);
    softmax(logits, (double)t / ONE_Q16, p);
    double sum = 0;
    for (unsigned k = 0; k < MN_CLASSES; ++k) {
      assert_close(first_of(logits, t, k), sum, 2e-6);
      sum += p[k];
    }
  }
}

static void
drawn_classes_are_as_frequent_as_the_softmax_says(void** const state)
{
  (void)state;
  enum { DRAWS = 50000 };
  Random  random = {2};
  int32_t logits[MN_CLASSES];
  double  p[MN_CLASSES];
  draw_logits(&random, 3, logits);
  softmax(logits, 0.8, p);
  unsigned counts[MN_CLASSES] = {0};
  for (unsigned i = 0; i < DRAWS; ++i) {
    // Neighbouring windows and steps, as they are drawn.
    MnChoice const choice = {(uint32_t)(0.8 * ONE_Q16), 5, i / 32};
    ++counts[mn_choice_take(
      logits, choice.temperature_q16, mn_choice_random(&choice, i % 32))];
  }
  double   chi2 = 0;
  unsigned rare = 0; // classes that are expected fewer than 5 times are one
  double   rest = DRAWS;
  unsigned bins = 1;
  for (unsigned k = 0; k < MN_CLASSES; ++k) {
    double const expected = DRAWS * p[k];
    if (expected < 5) {
      rare += counts[k];
      continue;
    }
    rest -= expected;
    chi2 += (counts[k] - expected) * (counts[k] - expected) / expected;
    ++bins;
  }
  chi2 += rest > 1 ? (rare - rest) * (rare - rest) / rest : 0;
  // 4 standard deviations above the mean of chi2 with bins - 1 degrees of freedom.
  assert_true(bins > 30);
  assert_true(chi2 < bins - 1 + 4 * sqrt(2.0 * (bins - 1)));
}

static void
the_coldest_and_the_hottest_are_what_they_should_be(void** const state)
{
  (void)state;
  int32_t logits[MN_CLASSES];
  for (unsigned k = 0; k < MN_CLASSES; ++k) {
    logits[k] = k % 2 ? 1 << 30 : -(1 << 30);
  }
  logits[5] = (1 << 30) - 100;
  for (unsigned i = 0; i < 1000; ++i) {
    uint32_t const at = i * 4294967U;
    // Nearly 0: the largest share all. The one that is 100 / 65,536 below is never taken.
    unsigned const cold = mn_choice_take(logits, 1, at);
    assert_true(cold % 2 && cold != 5);
    assert_in_range(mn_choice_take(logits, UINT32_MAX, at), 0, MN_CLASSES - 1);
  }
  assert_int_equal(mn_choice_take(logits, ONE_Q16, 0), 1);
  assert_int_equal(mn_choice_take(logits, ONE_Q16, UINT32_MAX), 89);
}

// SplitMix64 as its authors give it, and the order of its seeds, in words: from the seed
// the first number, plus the window; of that the first, plus the step; of that the first.
static uint64_t
mix(uint64_t z)
{
  z += 0x9E3779B97F4A7C15U;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9U;
  z = (z ^ z >> 27) * 0x94D049BB133111EBU;
  return z ^ z >> 31;
}

static void
a_number_depends_on_seed_window_and_step_alone(void** const state)
{
  (void)state;
  uint64_t const values[] = {0, 1, 2, 31, 1000, UINT64_MAX};
  for (unsigned i = 0; i < 6 * 6; ++i) {
    for (unsigned step = 0; step < 40; ++step) {
      MnChoice const choice = {.seed = values[i / 6], .window = values[i % 6]};
      uint64_t const number = mix(mix(mix(choice.seed) + choice.window) + step);
      assert_int_equal(mn_choice_random(&choice, step), number >> 32);
    }
  }
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(without_temperature_the_first_of_the_largest_is_taken),
    cmocka_unit_test(each_class_has_its_share_of_all_random_numbers),
    cmocka_unit_test(drawn_classes_are_as_frequent_as_the_softmax_says),
    cmocka_unit_test(the_coldest_and_the_hottest_are_what_they_should_be),
    cmocka_unit_test(a_number_depends_on_seed_window_and_step_alone),
  };
  return cmocka_run_group_tests_name("choice", tests, NULL, NULL);
}
