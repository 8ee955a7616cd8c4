// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// Which windows belong to a phrase, at every hop; and styles that run over the music.

#include "check.h"
#include "long/phrase.h"
#include "long/style.h"

#include <math.h>
#include <stdlib.h>

enum { NEURONS = 2, BEFORE = 7, NONE = -1 };

// What a phrase needs to know of its model.
static MnModel const model = {.long_table = {.neurons = NEURONS, .style = {.width = 3}}};

static MnPhrase*
make_phrase(void)
{
  void* const memory = aligned_alloc(MN_PHRASE_ALIGN, mn_phrase_size(&model));
  assert_non_null(memory);
  return mn_phrase_init(memory, &model);
}

// Remembers a window that can be told by its start.
static void
add(MnPhrase* const phrase, int64_t const start)
{
  int16_t const        mu[NEURONS] = {(int16_t)start, 5};
  int16_t const        units[3]    = {(int16_t)(start + 1), 6, 7};
  MnPhraseWindow const window      = {mu, units};
  mn_phrase_add(phrase, start, &window);
}

static void
add_silence(MnPhrase* const phrase, int64_t const start)
{
  MnPhraseWindow const window = {NULL, NULL};
  mn_phrase_add(phrase, start, &window);
}

// Fails unless the windows before `start` begin there, oldest first; NONE was not heard.
static void
assert_before(MnPhrase const* const phrase, int64_t const start, int const expected[BEFORE])
{
  MnPhraseWindow before[MN_PHRASE_BEFORE];
  mn_phrase_before(phrase, start, before);
  for (unsigned i = 0; i < BEFORE; ++i) {
    if (expected[i] == NONE) {
      assert_null(before[i].mu);
    } else {
      assert_non_null(before[i].mu);
      assert_int_equal(before[i].mu[0], expected[i]);
      assert_int_equal(before[i].mu[1], 5);
      assert_int_equal(before[i].units[0], expected[i] + 1);
    }
  }
}

static void
windows_that_end_where_the_next_begins_belong_to_a_phrase(void** const state)
{
  (void)state;
  for (int hop = 1; hop <= 32; hop *= 2) {
    MnPhrase* const phrase = make_phrase();
    for (int start = 0; start <= 640; start += hop) {
      int expected[BEFORE];
      for (int i = 0; i < BEFORE; ++i) {
        int const own = start - 32 * (BEFORE - i);
        expected[i]   = own >= 0 ? own : NONE;
      }
      assert_before(phrase, start, expected);
      add(phrase, start);
    }
    free(phrase);
  }
}

static void
a_window_without_notes_keeps_its_place(void** const state)
{
  (void)state;
  MnPhrase* const phrase = make_phrase();
  for (int start = 0; start < 256; start += 16) {
    if (start == 96 || start == 128) {
      add_silence(phrase, start);
    } else {
      add(phrase, start);
    }
  }
  assert_before(phrase, 256, (int[BEFORE]){32, 64, NONE, NONE, 160, 192, 224});
  free(phrase);
}

// Bars of three quarters, 12 steps: no window ends where one begins.
static void
the_latest_window_that_ends_before_stands_in_for_one_that_is_not_there(void** const state)
{
  (void)state;
  MnPhrase* const phrase = make_phrase();
  for (int start = 0; start < 252; start += 12) {
    add(phrase, start);
  }
  assert_before(phrase, 252, (int[BEFORE]){0, 36, 72, 108, 144, 180, 216});
  free(phrase);
}

static void
a_gap_is_not_heard_and_what_lies_before_it_is(void** const state)
{
  (void)state;
  MnPhrase* const phrase = make_phrase();
  add(phrase, 0);
  add(phrase, 32);
  add(phrase, 224);
  assert_before(phrase, 256, (int[BEFORE]){32, NONE, NONE, NONE, NONE, NONE, 224});
  assert_before(phrase, 288, (int[BEFORE]){NONE, NONE, NONE, NONE, NONE, 224, NONE});
  mn_phrase_clear(phrase);
  assert_before(phrase, 256, (int[BEFORE]){NONE, NONE, NONE, NONE, NONE, NONE, NONE});
  free(phrase);
}

static void
a_window_that_is_heard_again_is_replaced(void** const state)
{
  (void)state;
  MnPhrase* const phrase = make_phrase();
  add_silence(phrase, 0);
  add(phrase, 0);
  assert_before(phrase, 32, (int[BEFORE]){NONE, NONE, NONE, NONE, NONE, NONE, 0});
  add_silence(phrase, 0);
  assert_before(phrase, 32, (int[BEFORE]){NONE, NONE, NONE, NONE, NONE, NONE, NONE});
  free(phrase);
}

static double
share(uint32_t const q30)
{
  return (double)q30 / (1 << 30);
}

static void
probabilities_are_a_softmax(void** const state)
{
  (void)state;
  Random random = {3};
  for (unsigned n = 0; n < 200; ++n) {
    int32_t  logits[MN_STYLES];
    uint32_t q30[MN_STYLES];
    double   sum   = 0;
    unsigned count = 1 + n % MN_STYLES;
    for (unsigned k = 0; k < count; ++k) {
      logits[k] = random_from(&random, -(8 << 16), 8 << 16);
      sum += exp(logits[k] / 65536.0);
    }
    mn_style_probabilities(logits, count, q30);
    for (unsigned k = 0; k < count; ++k) {
      assert_close(share(q30[k]), exp(logits[k] / 65536.0) / sum, 2e-5);
    }
  }
  int32_t const far[2] = {1 << 30, -(1 << 30)};
  uint32_t      q30[2];
  mn_style_probabilities(far, 2, q30);
  assert_int_equal(q30[0], 1 << 30);
  assert_int_equal(q30[1], 0);
}

static void
half_of_what_was_told_is_forgotten_in_two_bars(void** const state)
{
  (void)state;
  uint32_t const first[2]  = {1U << 30, 0};
  uint32_t const second[2] = {0, 1U << 30};
  MnStyleCourse  course    = {.known = false};
  mn_style_take(&course, 100, first, 2);
  assert_close(share(course.q30[0]), 1, 1e-9);
  mn_style_take(&course, 132, second, 2);
  assert_close(share(course.q30[0]), 0.5, 1e-6);
  mn_style_take(&course, 148, second, 2);
  assert_close(share(course.q30[0]), 0.5 * sqrt(0.5), 1e-6);
  assert_close(share(course.q30[1]), 1 - 0.5 * sqrt(0.5), 1e-6);
  mn_style_take(&course, 1000000, first, 2);
  assert_close(share(course.q30[0]), 1, 1e-9);
}

// As often as windows come, the same music is forgotten as fast.
static void
a_narrow_hop_forgets_no_faster(void** const state)
{
  (void)state;
  uint32_t const first[2]  = {1U << 30, 0};
  uint32_t const second[2] = {0, 1U << 30};
  for (int hop = 1; hop <= 32; hop *= 2) {
    MnStyleCourse course = {.known = false};
    mn_style_take(&course, 0, first, 2);
    for (int start = hop; start <= 64; start += hop) {
      mn_style_take(&course, start, second, 2);
    }
    assert_close(share(course.q30[0]), 0.25, 1e-6);
  }
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(windows_that_end_where_the_next_begins_belong_to_a_phrase),
    cmocka_unit_test(a_window_without_notes_keeps_its_place),
    cmocka_unit_test(
      the_latest_window_that_ends_before_stands_in_for_one_that_is_not_there),
    cmocka_unit_test(a_gap_is_not_heard_and_what_lies_before_it_is),
    cmocka_unit_test(a_window_that_is_heard_again_is_replaced),
    cmocka_unit_test(probabilities_are_a_softmax),
    cmocka_unit_test(half_of_what_was_told_is_forgotten_in_two_bars),
    cmocka_unit_test(a_narrow_hop_forgets_no_faster),
  };
  return cmocka_run_group_tests_name("phrase", tests, NULL, NULL);
}
