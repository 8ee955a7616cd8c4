// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What a host may say of its place: metres, parts, nonsense, places that creep.

#include "timelines.h"

#include <math.h>

static void
a_metre_may_change_at_a_bar_line(void** const state)
{
  (void)state;
  MnTimeline   t     = following(0);
  double const start = mn_timeline_position(&t);
  mn_timeline_advance(&t, 96000);
  assert_int_equal(say(&t, rolling(1, 0, 3, 4, 120)), MN_STREAM_CONTINUES);
  assert_close(mn_timeline_position(&t) - start, 16, EXACT);
  mn_timeline_advance(&t, 72000);
  assert_at(&t, 2, 0, EXACT);
  assert_int_equal(say(&t, rolling(2, 0, 7, 8, 120)), MN_STREAM_CONTINUES);
  mn_timeline_advance(&t, 84000);
  assert_at(&t, 3, 0, EXACT);
  assert_close(mn_timeline_position(&t) - start, 16 + 12 + 14, EXACT);

  // The news comes a block late, but the new bar starts on the bar line.
  mn_timeline_advance(&t, 84000 + 1500);
  assert_int_equal(say(&t, rolling(4, 0.0625, 4, 4, 120)), MN_STREAM_CONTINUES);
  assert_at(&t, 4, 0.25, EXACT);
  mn_timeline_advance(&t, 96000 - 1500);
  assert_at(&t, 5, 0, EXACT);
}

// Ardour counts the beats of a bar of eighths in eighths, but the fraction in
// quarters: it stops at 0.5.
static double
as_ardour_says(double const eighths)
{
  double const whole = floor(eighths);
  return whole + (eighths - whole) / 2;
}

static void
eighths_are_understood_as_ardour_reports_them(void** const state)
{
  (void)state;
  for (unsigned ardour = 0; ardour < 2; ++ardour) {
    MnTimeline t = free_timeline();
    say(&t, rolling(0, 0, 6, 8, 100));
    double const start  = mn_timeline_position(&t);
    Random       random = {5};
    uint64_t     frames = 0;
    for (unsigned i = 0; i < 5000; ++i) {
      uint32_t const block = 1 + random_below(&random, 1024);
      mn_timeline_advance(&t, block);
      frames += block;
      double const eighths = 2 * beats_after(frames, 100);
      double const bar     = floor(eighths / 6);
      double const in_bar  = eighths - 6 * bar;
      double const said    = ardour ? as_ardour_says(in_bar) : in_bar;
      assert_int_equal(say(&t, rolling((int64_t)bar, said, 6, 8, 100)),
                       MN_STREAM_CONTINUES);
      assert_close(mn_timeline_position(&t) - start, eighths * 2, EXACT);
    }
    assert_true(frames > 20 * 48000);
  }
}

static void
a_start_within_an_eighth_of_ardour_settles_at_the_next_one(void** const state)
{
  (void)state;
  // 0.25 may be half of an eighth (Ardour) or a quarter of one. Nobody can tell before
  // the next eighth begins, so there may be one break.
  MnTimeline t = free_timeline();
  say(&t, rolling(0, 1.25, 6, 8, 120));
  unsigned breaks = 0;
  for (unsigned i = 1; i <= 64; ++i) {
    mn_timeline_advance(&t, 1500); // a quarter of a step
    double const eighths = 1.5 + 0.125 * i;
    double const bar     = floor(eighths / 6);
    breaks +=
      say(&t, rolling((int64_t)bar, as_ardour_says(eighths - 6 * bar), 6, 8, 120)) ==
      MN_STREAM_BROKEN;
  }
  assert_true(breaks <= 1);
  assert_at(&t, 1, 2 * (1.5 + 8 - 6), COARSE);
}

static void
a_host_with_nothing_but_a_speed_leaves_the_stream_free(void** const state)
{
  (void)state;
  // jalv without a timebase master.
  MnTimeline t = free_timeline();
  for (unsigned i = 0; i < 10; ++i) {
    assert_int_equal(say(&t, only_speed(i % 2)), MN_STREAM_CONTINUES);
    assert_int_equal(t.mode, MN_TIMELINE_FREE);
    mn_timeline_advance(&t, 6000);
  }
  assert_close(mn_timeline_position(&t), 10, EXACT);
}

static void
a_partial_position_keeps_what_was_said_before(void** const state)
{
  (void)state;
  MnTimeline       t     = free_timeline();
  MnPosition const metre = {
    .has_beats_per_bar = true, .beats_per_bar = 3, .has_beat_unit = true, .beat_unit = 8};
  MnPosition const tempo = {.has_bpm = true, .bpm = 60};
  MnPosition const place = {.has_bar_beat = true, .bar_beat = 2};
  MnPosition const roll  = {.has_speed = true, .speed = 1, .has_bar = true, .bar = 4};
  say(&t, metre);
  say(&t, tempo);
  say(&t, place);
  assert_int_equal(t.mode, MN_TIMELINE_FREE); // no position said that it rolls
  say(&t, roll);
  assert_int_equal(t.mode, MN_TIMELINE_HOST);
  double const start = mn_timeline_position(&t);
  assert_close(start - mn_bar_at(&t.bar, start + 0.5).start, 4, EXACT);
  assert_close(t.bar.length, 6, 0);
  mn_timeline_advance(&t, 48000); // a beat of 60 bpm
  assert_close(mn_timeline_position(&t) - start, 4, EXACT);
}

static void
what_a_rolling_host_leaves_out_is_taken_for_common_time(void** const state)
{
  (void)state;
  MnTimeline       t    = free_timeline(); // the tempo is our own
  MnPosition const said = {
    .has_speed = true, .speed = 1, .has_bar_beat = true, .bar_beat = 3};
  say(&t, said);
  assert_int_equal(t.mode, MN_TIMELINE_HOST);
  assert_at(&t, 0, 12, EXACT);
  mn_timeline_advance(&t, 6000 * 4);
  assert_at(&t, 1, 0, EXACT);

  // Where a bar has no number, counting goes on.
  assert_int_equal(say(&t, (MnPosition){.has_bar_beat = true, .bar_beat = 0}),
                   MN_STREAM_CONTINUES);
  assert_at(&t, 1, 0, EXACT);
}

static void
numbers_of_no_sense_are_passed_over_field_by_field(void** const state)
{
  (void)state;
  double const nonsense[] = {
    (double)NAN, (double)INFINITY, -(double)INFINITY, 1e300, -1e300};
  for (unsigned i = 0; i < sizeof(nonsense) / sizeof(*nonsense); ++i) {
    for (unsigned field = 0; field < 4; ++field) {
      MnTimeline t                = following(0);
      MnPosition said             = rolling(0, 0.25, 4, 4, 120);
      *(field == 0   ? &said.speed
        : field == 1 ? &said.bar_beat
        : field == 2 ? &said.beats_per_bar
                     : &said.bpm) = nonsense[i];
      mn_timeline_advance(&t, 6000);
      assert_int_equal(say(&t, said), MN_STREAM_CONTINUES);
      mn_timeline_advance(&t, 6000);
      assert_at(&t, 0, 2, EXACT);
      assert_close(t.bar.length, 16, 0);
    }
  }

  MnTimeline t    = following(0);
  MnPosition said = rolling(0, 0, -4, 0, -120);
  said.bar        = INT64_MIN;
  assert_int_equal(say(&t, said), MN_STREAM_CONTINUES);
  said.beats_per_bar = 0;
  said.beat_unit     = -8;
  said.bpm           = 0;
  said.bar           = INT64_MAX;
  assert_int_equal(say(&t, said), MN_STREAM_CONTINUES);
  mn_timeline_advance(&t, 96000);
  assert_at(&t, 1, 0, EXACT);
}

static void
a_pre_roll_has_negative_bars(void** const state)
{
  (void)state;
  MnTimeline t = following(-6); // bar -2, beat 2
  assert_at(&t, -2, 8, EXACT);
  assert_true(mn_timeline_position(&t) >= 0);
  for (int beat = -5; beat < 9; ++beat) {
    mn_timeline_advance(&t, 24000);
    assert_int_equal(say(&t, common_time(beat)), MN_STREAM_CONTINUES);
    double const bar = floor(beat / 4.0);
    assert_at(&t, (int64_t)bar, 4 * beat - 16 * bar, EXACT);
  }
}

static void
a_place_just_before_a_bar_does_not_turn_the_stream_back(void** const state)
{
  (void)state;
  // A host may round a bar line to a beat a little below 0.
  double const beats[] = {-1e-9, -0.001, -0.25, -0.5, -1};
  int const    units[] = {1, 2, 4, 8, 16};
  for (unsigned b = 0; b < sizeof(beats) / sizeof(*beats); ++b) {
    for (unsigned u = 0; u < sizeof(units) / sizeof(*units); ++u) {
      MnTimeline t = free_timeline();
      mn_timeline_advance(&t, 6000 * 3);
      say(&t, rolling(1, beats[b], 4, units[u], 120));
      assert_true(mn_timeline_position(&t) >= 3);
    }
  }
}

static void
a_host_that_creeps_backwards_does_not_turn_the_stream_back(void** const state)
{
  (void)state;
  // Each position is so close to the last one that it passes for drift.
  MnTimeline t    = following(100);
  double     high = mn_timeline_position(&t);
  for (unsigned i = 1; i < 100; ++i) {
    say(&t, common_time(100 - 0.05 * i));
    mn_timeline_advance(&t, 1);
    double const position = mn_timeline_position(&t);
    assert_true(position > high - 0.5);
    high = position > high ? position : high;
  }
}

// One of some numbers that hosts send, by design or by mistake.
static double
any_number(Random* const random)
{
  static double const numbers[] = {
    0, 1, -1, 0.5, 2, 3, 4, 7.25, 100, 120, 1e-9, -0.01, 1e9, -1e9, 1e300};
  unsigned const count = sizeof(numbers) / sizeof(*numbers);
  unsigned const i     = random_below(random, count + 3);
  return i < count        ? numbers[i]
         : i == count     ? (double)NAN
         : i == count + 1 ? (double)INFINITY
                          : random_below(random, 1 << 16) / 4096.0;
}

static void
whatever_a_host_says_the_stream_is_sane(void** const state)
{
  (void)state;
  for (unsigned run = 0; run < 200; ++run) {
    Random     random = {run};
    MnTimeline t      = free_timeline();
    double     high   = 0;
    for (unsigned i = 0; i < 500; ++i) {
      MnPosition const said = {
        .has_speed         = random_below(&random, 2),
        .has_bar           = random_below(&random, 2),
        .has_bar_beat      = random_below(&random, 2),
        .has_beats_per_bar = random_below(&random, 4) == 0,
        .has_beat_unit     = random_below(&random, 4) == 0,
        .has_bpm           = random_below(&random, 4) == 0,
        .speed             = any_number(&random),
        .bar               = (int64_t)random_next(&random) >> random_below(&random, 64),
        .bar_beat          = any_number(&random),
        .beats_per_bar     = any_number(&random),
        .beat_unit         = random_from(&random, -2, 20),
        .bpm               = any_number(&random),
      };
      say(&t, said);
      double const position = mn_timeline_position(&t);
      assert_true(isfinite(position) && position > high - 0.5);
      MnBar const bar = mn_bar_at(&t.bar, position);
      assert_true(bar.length > 0 && bar.beat > 0 && isfinite(bar.start));
      high = position > high ? position : high;
      mn_timeline_advance(&t, random_below(&random, 8192));
      assert_true(mn_timeline_position(&t) >= position);
    }
  }
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(a_metre_may_change_at_a_bar_line),
    cmocka_unit_test(eighths_are_understood_as_ardour_reports_them),
    cmocka_unit_test(a_start_within_an_eighth_of_ardour_settles_at_the_next_one),
    cmocka_unit_test(a_host_with_nothing_but_a_speed_leaves_the_stream_free),
    cmocka_unit_test(a_partial_position_keeps_what_was_said_before),
    cmocka_unit_test(what_a_rolling_host_leaves_out_is_taken_for_common_time),
    cmocka_unit_test(numbers_of_no_sense_are_passed_over_field_by_field),
    cmocka_unit_test(a_pre_roll_has_negative_bars),
    cmocka_unit_test(a_place_just_before_a_bar_does_not_turn_the_stream_back),
    cmocka_unit_test(a_host_that_creeps_backwards_does_not_turn_the_stream_back),
    cmocka_unit_test(whatever_a_host_says_the_stream_is_sane),
  };
  return cmocka_run_group_tests_name("timeline positions", tests, NULL, NULL);
}
