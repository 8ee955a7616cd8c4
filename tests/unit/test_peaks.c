// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "peaks.h"

#include "check.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  MnPeaks peaks;
  MnView  view;
} Scene;

static int
set_up(void** const state)
{
  Scene* const s       = (Scene*)calloc(1, sizeof(Scene));
  s->view.model.latent = 2;
  s->view.model.music  = 2;
  // Neurons in another order than by rank.
  s->view.model.order[0] = 1;
  s->view.model.order[1] = 0;
  *state                 = s;
  return 0;
}

static int
tear_down(void** const state)
{
  free(*state);
  return 0;
}

static void
take(Scene* const s, float const first, float const second, double const now)
{
  s->view.window.mu[1] = first;
  s->view.window.mu[0] = second;
  mn_peaks_take(&s->peaks, &s->view, now);
}

static double
peak_at(Scene* const s, unsigned const rank, double const now)
{
  mn_peaks_show(&s->peaks, &s->view, now);
  return (double)s->view.window.peak[rank];
}

static void
a_peak_holds_and_then_halves_its_distance(void** const state)
{
  Scene* const s = (Scene*)*state;
  take(s, -2, 1, 10);
  take(s, 0, 3, 11);
  assert_close(peak_at(s, 0, 11.5), -2, 0);
  assert_close(peak_at(s, 0, 11.8), -1, 1e-6);
  assert_close(peak_at(s, 0, 12.1), -0.5, 1e-6);
  assert_close(peak_at(s, 1, 12.1), 3, 0); // from 11 on
  assert_close(peak_at(s, 1, 100), 3, 0);  // it is mu
  assert_close(peak_at(s, 0, 100), 0, 0);
}

static void
a_peak_falls_to_the_newest_mu(void** const state)
{
  Scene* const s = (Scene*)*state;
  take(s, 4, 0, 0);
  take(s, 0, 0, 1);
  take(s, 1, 0, 1.8); // half of 4 is left, 1 above mu
  assert_close(peak_at(s, 0, 1.8), 2, 1e-6);
  assert_close(peak_at(s, 0, 2.1), 1.5, 1e-6);
  take(s, -1.5F, 0, 2.1); // as large: the new peak counts
  assert_close(peak_at(s, 0, 3.6), -1.5, 0);
}

static void
windows_of_the_same_mu_and_looks_in_between_change_nothing(void** const state)
{
  Scene* const s = (Scene*)*state;
  take(s, 3, -1, 0);
  take(s, 0.5F, -0.5F, 1);
  double const first  = peak_at(s, 0, 2.4);
  double const second = peak_at(s, 1, 2.4);
  memset(&s->peaks, 0, sizeof(s->peaks));
  take(s, 3, -1, 0);
  for (int i = 0; i <= 5; ++i) {
    take(s, 0.5F, -0.5F, 1 + 0.2 * i);
    peak_at(s, 0, 1.1 + 0.2 * i);
  }
  assert_close(peak_at(s, 0, 2.4), first, 1e-6);
  assert_close(peak_at(s, 1, 2.4), second, 1e-6);
  assert_true(first > 0.6 && second < -0.55);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
  struct CMUnitTest const tests[] = {
    TEST(a_peak_holds_and_then_halves_its_distance),
    TEST(a_peak_falls_to_the_newest_mu),
    TEST(windows_of_the_same_mu_and_looks_in_between_change_nothing),
  };
#undef TEST
  return cmocka_run_group_tests_name("peaks", tests, NULL, NULL);
}
