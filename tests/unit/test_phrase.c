// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// Which windows belong to a phrase, at every hop; and styles that run over the music.

#include "check.h"
#include "long/phrase.h"
#include "long/style.h"

#include <math.h>

enum { BEFORE = 7, NONE = -1 };

// A phrase, and the start of the window that lies in each place.
typedef struct {
  MnPhrase phrase;
  int64_t  start[MN_PHRASE_PLACES];
} Heard;

static MnPhrasePlaces
put(Heard* const h, int64_t const start, bool const heard)
{
  MnPhrasePlaces const places = mn_phrase_add(&h->phrase, start, heard);
  assert_in_range(places.last, 0, MN_PHRASE_PLACES - 1);
  return places;
}

// Adds a window that is heard, and what is heard of it to its place.
static MnPhrasePlaces
add(Heard* const h, int64_t const start)
{
  MnPhrasePlaces const places = put(h, start, true);
  h->start[places.last]       = start;
  return places;
}

static void
add_silence(Heard* const h, int64_t const start)
{
  MnPhrasePlaces const places = put(h, start, false);
  h->start[places.last]       = NONE;
}

// Fails unless the windows before one that comes at `start` begin there, oldest first; NONE was
// not heard.
static void
assert_before(Heard const* const h, int64_t const start, int const expected[BEFORE])
{
  Heard                copy   = *h;
  MnPhrasePlaces const places = put(&copy, start, true);
  for (unsigned i = 0; i < BEFORE; ++i) {
    if (expected[i] == NONE) {
      assert_int_equal(places.before[i], MN_PHRASE_UNHEARD);
    } else {
      assert_in_range(places.before[i], 0, MN_PHRASE_PLACES - 1);
      assert_int_equal(h->start[places.before[i]], expected[i]);
    }
  }
}

static void
windows_that_end_where_the_next_begins_belong_to_a_phrase(void** const state)
{
  (void)state;
  for (int hop = 1; hop <= 32; hop *= 2) {
    Heard h = {0};
    for (int start = 0; start <= 640; start += hop) {
      int expected[BEFORE];
      for (int i = 0; i < BEFORE; ++i) {
        int const own = start - 32 * (BEFORE - i);
        expected[i]   = own >= 0 ? own : NONE;
      }
      assert_before(&h, start, expected);
      add(&h, start);
    }
  }
}

static void
a_window_without_notes_keeps_its_place(void** const state)
{
  (void)state;
  Heard h = {0};
  for (int start = 0; start < 256; start += 16) {
    if (start == 96 || start == 128) {
      add_silence(&h, start);
    } else {
      add(&h, start);
    }
  }
  assert_before(&h, 256, (int[BEFORE]){32, 64, NONE, NONE, 160, 192, 224});
}

// Bars of which no window ends where one begins.
static void
the_latest_window_that_ends_before_stands_in_for_one_that_is_not_there(void** const state)
{
  (void)state;
  for (int quarters = 3; quarters <= 7; ++quarters) {
    int const bar  = 4 * quarters;
    int const step = quarters == 4 ? 32 : (31 / bar + 1) * bar;
    Heard     h    = {0};
    for (int start = -80 * bar; start < 7 * step; start += bar) {
      add(&h, start);
    }
    assert_before(&h,
                  7 * step,
                  (int[BEFORE]){0, step, 2 * step, 3 * step, 4 * step, 5 * step, 6 * step});
  }
}

static void
a_gap_is_not_heard_and_what_lies_before_it_is(void** const state)
{
  (void)state;
  Heard h = {0};
  add(&h, 0);
  add(&h, 32);
  add(&h, 224);
  assert_before(&h, 256, (int[BEFORE]){32, NONE, NONE, NONE, NONE, NONE, 224});
  assert_before(&h, 288, (int[BEFORE]){NONE, NONE, NONE, NONE, NONE, 224, NONE});
  mn_phrase_clear(&h.phrase);
  assert_before(&h, 256, (int[BEFORE]){NONE, NONE, NONE, NONE, NONE, NONE, NONE});
}

static void
a_window_that_is_heard_again_is_replaced(void** const state)
{
  (void)state;
  Heard h = {0};
  add_silence(&h, 0);
  add(&h, 0);
  assert_before(&h, 32, (int[BEFORE]){NONE, NONE, NONE, NONE, NONE, NONE, 0});
  add_silence(&h, 0);
  assert_before(&h, 32, (int[BEFORE]){NONE, NONE, NONE, NONE, NONE, NONE, NONE});
}

static void
a_window_that_was_not_encoded_after_all_is_as_if_it_had_not_come(void** const state)
{
  (void)state;
  Heard h = {0};
  add(&h, 16);
  MnPhrasePlaces const places = add(&h, 32);
  assert_before(&h, 64, (int[BEFORE]){NONE, NONE, NONE, NONE, NONE, NONE, 32});
  mn_phrase_forget(&h.phrase, places.last);
  assert_before(&h, 64, (int[BEFORE]){NONE, NONE, NONE, NONE, NONE, NONE, 16});
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
    cmocka_unit_test(a_window_that_was_not_encoded_after_all_is_as_if_it_had_not_come),
    cmocka_unit_test(probabilities_are_a_softmax),
    cmocka_unit_test(half_of_what_was_told_is_forgotten_in_two_bars),
    cmocka_unit_test(a_narrow_hop_forgets_no_faster),
  };
  return cmocka_run_group_tests_name("phrase", tests, NULL, NULL);
}
