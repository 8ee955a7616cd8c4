// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The stream of steps: free, or after a host that rolls, jumps, loops and stops.

#include "timelines.h"

#include <math.h>

static void
a_bar_is_measured_in_sixteenths(void** const state)
{
  (void)state;
  MnBar const waltz = mn_bar_make(3, 7, 3, 4);
  assert_close(waltz.start, 3, 0);
  assert_close(waltz.length, 12, 0);
  assert_close(waltz.beat, 4, 0);
  assert_int_equal(waltz.number, 7);
  assert_close(mn_bar_make(0, 0, 6, 8).length, 12, 0);
  assert_close(mn_bar_make(0, 0, 6, 8).beat, 2, 0);
  assert_close(mn_bar_make(0, 0, 7, 32).length, 3.5, 0);
  assert_close(mn_bar_make(0, 0, 2, 1).beat, 16, 0);
  assert_close(mn_bar_default.length, mn_bar_make(0, 0, 4, 4).length, 0);
}

static void
bars_continue_both_ways(void** const state)
{
  (void)state;
  MnBar const bar = mn_bar_make(10, 2, 7, 32); // 10..13.5
  assert_int_equal(mn_bar_at(&bar, 10).number, 2);
  assert_int_equal(mn_bar_at(&bar, 13.25).number, 2);
  assert_int_equal(mn_bar_at(&bar, 13.5).number, 3);
  assert_close(mn_bar_at(&bar, 13.5).start, 13.5, 0);
  assert_int_equal(mn_bar_at(&bar, 9.75).number, 1);
  assert_close(mn_bar_at(&bar, 9.75).start, 6.5, 0);
  assert_int_equal(mn_bar_at(&bar, -0.5).number, -1);
  assert_close(mn_bar_at(&bar, -0.5).start, -0.5, 0);
  assert_close(mn_bar_at(&bar, 1000).length, 3.5, 0);
}

static void
without_a_host_a_tempo_drives_the_stream(void** const state)
{
  (void)state;
  MnTimeline t = free_timeline();
  assert_int_equal(t.mode, MN_TIMELINE_FREE);
  assert_close(mn_timeline_position(&t), 0, 0);
  mn_timeline_advance(&t, 48000); // a second at 120 bpm: two beats
  assert_close(mn_timeline_position(&t), 8, EXACT);

  mn_timeline_set_tempo(&t, 60); // slower from here on, no jump
  assert_close(mn_timeline_position(&t), 8, EXACT);
  mn_timeline_advance(&t, 48000);
  assert_close(mn_timeline_position(&t), 12, EXACT);
  assert_at(&t, 0, 12, EXACT);
}

static void
ten_hours_of_small_blocks_do_not_drift(void** const state)
{
  (void)state;
  MnTimeline     t      = free_timeline();
  uint64_t const blocks = 10U * 3600 * 48000 / 64;
  for (uint64_t i = 0; i < blocks; ++i) {
    mn_timeline_advance(&t, 64);
  }
  assert_close(mn_timeline_position(&t), 10.0 * 3600 * 8, 1e-6);
}

static void
a_tempo_of_no_sense_is_passed_over(void** const state)
{
  (void)state;
  double const nonsense[] = {0, -1, (double)NAN, (double)INFINITY, -(double)INFINITY};
  for (unsigned i = 0; i < sizeof(nonsense) / sizeof(*nonsense); ++i) {
    MnTimeline t = free_timeline();
    mn_timeline_set_tempo(&t, nonsense[i]);
    mn_timeline_advance(&t, 6000);
    assert_close(mn_timeline_position(&t), 1, EXACT);
  }
}

static void
a_rolling_host_is_followed_from_its_place_in_the_bar(void** const state)
{
  (void)state;
  MnTimeline t = free_timeline();
  mn_timeline_advance(&t, 12345);
  double const before = mn_timeline_position(&t);

  assert_int_equal(say(&t, common_time(4 * 8 + 1.75)), MN_STREAM_BROKEN);
  assert_int_equal(t.mode, MN_TIMELINE_HOST);
  assert_true(mn_timeline_position(&t) > before); // the stream only moves forward
  assert_at(&t, 8, 7, EXACT);
  assert_close(fmod(t.bar.start, 1), 0, 0); // a bar starts on a whole step

  mn_timeline_advance(&t, 54000); // nine steps on: the end of the bar
  assert_at(&t, 9, 0, EXACT);
}

static void
between_positions_the_tempo_predicts(void** const state)
{
  (void)state;
  MnTimeline   t     = following(0);
  double const start = mn_timeline_position(&t);
  for (unsigned i = 1; i <= 1000; ++i) {
    mn_timeline_advance(&t, 333);
    assert_close(mn_timeline_position(&t) - start, i * 333 / 6000.0, EXACT);
  }
}

static void
the_hosts_tempo_outranks_our_own(void** const state)
{
  (void)state;
  MnTimeline   t     = following(0);
  double const start = mn_timeline_position(&t);
  mn_timeline_set_tempo(&t, 77);
  mn_timeline_advance(&t, 6000);
  assert_close(mn_timeline_position(&t) - start, 1, EXACT);
}

static void
positions_in_every_block_or_only_at_the_start_give_the_same_steps(void** const state)
{
  (void)state;
  double const metres[][2] = {{4, 4}, {3, 4}, {6, 8}, {7, 8}, {7, 32}, {5, 16}};
  for (unsigned m = 0; m < sizeof(metres) / sizeof(*metres); ++m) {
    double const per_bar = metres[m][0];
    int const    unit    = (int)metres[m][1];
    double const bpm     = 97.3;
    Random       random  = {m};
    MnTimeline   every   = free_timeline();
    say(&every, rolling(0, 0, per_bar, unit, bpm));
    MnTimeline once   = every;
    uint64_t   frames = 0;
    while (frames < 48000 * 60) {
      uint32_t const block = 1 + random_below(&random, 1024);
      mn_timeline_advance(&every, block);
      mn_timeline_advance(&once, block);
      frames += block;
      double const beats = beats_after(frames, bpm) * unit / 4; // of the metre
      double const bar   = floor(beats / per_bar);
      assert_int_equal(
        say(&every, rolling((int64_t)bar, beats - bar * per_bar, per_bar, unit, bpm)),
        MN_STREAM_CONTINUES);
      assert_close(mn_timeline_position(&every), mn_timeline_position(&once), EXACT);
    }
    // The numbers of the bars agree, too.
    double const ahead = mn_timeline_position(&every) + 1;
    assert_int_equal(mn_bar_at(&every.bar, ahead).number,
                     mn_bar_at(&once.bar, ahead).number);
  }
}

static void
rounding_by_a_1920th_of_a_beat_moves_nothing(void** const state)
{
  (void)state;
  Random       random = {1};
  MnTimeline   t      = following(0);
  double const start  = mn_timeline_position(&t);
  uint64_t     frames = 0;
  for (unsigned i = 0; i < 5000; ++i) {
    uint32_t const block = 1 + random_below(&random, 1024);
    mn_timeline_advance(&t, block);
    frames += block;
    double const beats   = beats_after(frames, 120);
    double const rounded = (i % 3 == 0   ? floor(beats * 1920)
                            : i % 3 == 1 ? ceil(beats * 1920)
                                         : round(beats * 1920)) /
                           1920;
    assert_int_equal(say(&t, common_time(rounded)), MN_STREAM_CONTINUES);
    assert_close(mn_timeline_position(&t) - start, beats * 4, EXACT);
  }
}

static void
a_small_drift_is_corrected_without_a_break(void** const state)
{
  (void)state;
  double const drifts[] = {0.1, -0.1, 0.24, -0.24, 0.02, -0.02}; // steps
  for (unsigned i = 0; i < sizeof(drifts) / sizeof(*drifts); ++i) {
    MnTimeline   t     = following(0);
    double const start = mn_timeline_position(&t);
    mn_timeline_advance(&t, 96000); // a bar; an early position lies in the bar before
    assert_int_equal(say(&t, common_time(4 + drifts[i] / 4)), MN_STREAM_CONTINUES);
    assert_close(mn_timeline_position(&t) - start, 16 + drifts[i], EXACT);
    mn_timeline_advance(&t, 6000);
    assert_at(&t, 1, 1 + drifts[i], EXACT);
  }
}

static void
a_slow_clock_is_followed_for_an_hour(void** const state)
{
  (void)state;
  // The host's tempo is 0.01 % above what it says.
  MnTimeline   t     = following(0);
  double const start = mn_timeline_position(&t);
  double       beats = 0;
  for (unsigned i = 0; i < 3600; ++i) {
    mn_timeline_advance(&t, 48000);
    beats += 2.0002;
    assert_int_equal(say(&t, common_time(beats)), MN_STREAM_CONTINUES);
    assert_close(mn_timeline_position(&t) - start, beats * 4, 1.0 / 96 + EXACT);
  }
}

static void
a_jump_to_another_place_in_the_bar_breaks_the_stream(void** const state)
{
  (void)state;
  double const jumps[] = {0.26, -0.26, 1, -1, 4, 8, -8, 16.5, 100}; // steps
  for (unsigned i = 0; i < sizeof(jumps) / sizeof(*jumps); ++i) {
    MnTimeline t = following(64);
    mn_timeline_advance(&t, 6000 * 18);
    double const before = mn_timeline_position(&t);
    double const beats  = 64 + (18 + jumps[i]) / 4;
    assert_int_equal(say(&t, common_time(beats)), MN_STREAM_BROKEN);
    assert_true(mn_timeline_position(&t) > before);
    double const bar = floor(beats / 4);
    assert_at(&t, (int64_t)bar, 4 * beats - 16 * bar, EXACT);
  }
}

static void
a_loop_of_whole_bars_is_seamless(void** const state)
{
  (void)state;
  // A loop of four bars from the middle of bar 2 on, in odd blocks.
  double const loop_start = 4 * 2 + 1.5;
  double const loop_beats = 16;
  MnTimeline   t          = following(loop_start);
  double const start      = mn_timeline_position(&t);
  uint64_t     frames     = 0;
  double       before     = start;
  for (unsigned i = 0; i < 5000; ++i) {
    uint32_t const block = 64 + i % 7 * 100;
    mn_timeline_advance(&t, block);
    frames += block;
    double const passed = beats_after(frames, 120);
    double const beats  = loop_start + fmod(passed, loop_beats);
    assert_int_equal(say(&t, common_time(beats)), MN_STREAM_CONTINUES);
    double const position = mn_timeline_position(&t);
    assert_close(position - start, passed * 4, EXACT);
    assert_true(position > before);
    before = position;

    // Bars have the numbers that the host gives them, so they repeat.
    double const bar = floor((beats + 1e-6) / 4);
    assert_int_equal(mn_bar_at(&t.bar, position + 4e-6).number, (int64_t)bar);
  }
  assert_true(frames > 3 * 48000 * 8); // the loop turned more than once
}

static void
a_loop_of_a_part_of_a_bar_breaks_each_time_round(void** const state)
{
  (void)state;
  MnTimeline t = following(0);
  for (unsigned i = 0; i < 5; ++i) {
    double const before = mn_timeline_position(&t);
    mn_timeline_advance(&t, 6000 * 4);
    assert_int_equal(say(&t, common_time(0)), MN_STREAM_BROKEN);
    assert_true(mn_timeline_position(&t) >= before + 4);
    assert_at(&t, 0, 0, EXACT);
  }
}

static void
a_host_that_stops_leaves_the_stream_to_the_tempo(void** const state)
{
  (void)state;
  MnTimeline t = following(5);
  mn_timeline_advance(&t, 6000 * 3);
  double const before = mn_timeline_position(&t);

  assert_int_equal(say(&t, only_speed(0)), MN_STREAM_BROKEN);
  assert_int_equal(t.mode, MN_TIMELINE_FREE);
  assert_true(mn_timeline_position(&t) >= before);
  double const stopped = mn_timeline_position(&t);
  mn_timeline_advance(&t, 6000);
  assert_close(mn_timeline_position(&t) - stopped, 1, EXACT);

  // The host repeats that it is stopped, and where.
  MnPosition still = common_time(5.75);
  still.speed      = 0;
  for (unsigned i = 0; i < 100; ++i) {
    assert_int_equal(say(&t, still), MN_STREAM_CONTINUES);
    mn_timeline_advance(&t, 600);
  }
  assert_close(mn_timeline_position(&t) - stopped, 11, EXACT);
}

static void
a_host_that_resumes_with_nothing_but_a_speed_goes_on_where_it_stopped(void** const state)
{
  (void)state;
  MnTimeline t = following(4 * 3 + 0.5);
  mn_timeline_advance(&t, 6000 * 5); // to step 7 of bar 3
  say(&t, only_speed(0));
  mn_timeline_advance(&t, 777777); // while it is stopped
  double const before = mn_timeline_position(&t);

  assert_int_equal(say(&t, only_speed(1)), MN_STREAM_BROKEN);
  assert_int_equal(t.mode, MN_TIMELINE_HOST);
  assert_true(mn_timeline_position(&t) > before);
  assert_at(&t, 3, 7, EXACT);
  mn_timeline_advance(&t, 6000 * 9);
  assert_at(&t, 4, 0, EXACT);
}

static void
a_stopped_host_may_say_where_it_will_resume(void** const state)
{
  (void)state;
  MnTimeline t       = following(0);
  MnPosition located = common_time(4 * 9 + 2.25);
  located.speed      = 0;
  say(&t, only_speed(0));
  mn_timeline_advance(&t, 1000);
  say(&t, located);
  mn_timeline_advance(&t, 1000);
  say(&t, only_speed(1));
  assert_at(&t, 9, 9, EXACT);
}

static void
a_host_may_start_stopped_at_a_place(void** const state)
{
  (void)state;
  MnTimeline t     = free_timeline();
  MnPosition first = rolling(-1, 1.5, 3, 4, 90);
  first.speed      = 0;
  assert_int_equal(say(&t, first), MN_STREAM_CONTINUES); // it stays free-running
  say(&t, only_speed(1));
  assert_int_equal(t.mode, MN_TIMELINE_HOST);
  assert_at(&t, -1, 6, EXACT);
  assert_close(t.bar.length, 12, 0);
}

static void
in_reverse_the_stream_stands_still(void** const state)
{
  (void)state;
  MnTimeline t = following(8);
  mn_timeline_advance(&t, 6000);
  assert_int_equal(say(&t, only_speed(-1)), MN_STREAM_BROKEN);
  assert_int_equal(t.mode, MN_TIMELINE_STILL);
  double const there = mn_timeline_position(&t);
  for (unsigned i = 0; i < 10; ++i) {
    mn_timeline_advance(&t, 1024);
    MnPosition back = common_time(8.25 - 0.05 * i);
    back.speed      = -1;
    assert_int_equal(say(&t, back), MN_STREAM_CONTINUES);
    assert_close(mn_timeline_position(&t), there, EXACT);
  }
  assert_int_equal(say(&t, common_time(7.5)), MN_STREAM_BROKEN);
  assert_true(mn_timeline_position(&t) > there);
  assert_at(&t, 1, 14, EXACT);
}

static void
a_host_may_roll_at_another_speed(void** const state)
{
  (void)state;
  MnTimeline t = following(0);
  assert_int_equal(say(&t, only_speed(0.5)), MN_STREAM_CONTINUES);
  mn_timeline_advance(&t, 6000 * 4);
  assert_at(&t, 0, 2, EXACT);
}

static void
a_tempo_change_counts_from_where_it_is_said(void** const state)
{
  (void)state;
  MnTimeline t = following(0);
  mn_timeline_advance(&t, 6000 * 6);
  MnPosition const faster = {.has_bpm = true, .bpm = 240};
  assert_int_equal(say(&t, faster), MN_STREAM_CONTINUES);
  assert_at(&t, 0, 6, EXACT);
  mn_timeline_advance(&t, 3000 * 4);
  assert_at(&t, 0, 10, EXACT);

  // And with a full position.
  assert_int_equal(say(&t, rolling(0, 2.5, 4, 4, 60)), MN_STREAM_CONTINUES);
  mn_timeline_advance(&t, 12000 * 2);
  assert_at(&t, 0, 12, EXACT);
}

static void
while_free_a_bar_can_be_started_at_the_next_step(void** const state)
{
  (void)state;
  MnTimeline t = free_timeline();
  mn_timeline_advance(&t, 6000 * 5 + 100);
  double const before = mn_timeline_position(&t);
  mn_timeline_start_bar(&t);
  double const position = mn_timeline_position(&t);
  assert_true(position >= before && position < before + 1);
  assert_close(position, round(position), 0);
  assert_close(t.bar.start, position, 0);
  assert_int_equal(t.bar.number, 0);
  mn_timeline_advance(&t, 96000);
  assert_at(&t, 1, 0, EXACT);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(a_bar_is_measured_in_sixteenths),
    cmocka_unit_test(bars_continue_both_ways),
    cmocka_unit_test(without_a_host_a_tempo_drives_the_stream),
    cmocka_unit_test(ten_hours_of_small_blocks_do_not_drift),
    cmocka_unit_test(a_tempo_of_no_sense_is_passed_over),
    cmocka_unit_test(a_rolling_host_is_followed_from_its_place_in_the_bar),
    cmocka_unit_test(between_positions_the_tempo_predicts),
    cmocka_unit_test(the_hosts_tempo_outranks_our_own),
    cmocka_unit_test(positions_in_every_block_or_only_at_the_start_give_the_same_steps),
    cmocka_unit_test(rounding_by_a_1920th_of_a_beat_moves_nothing),
    cmocka_unit_test(a_small_drift_is_corrected_without_a_break),
    cmocka_unit_test(a_slow_clock_is_followed_for_an_hour),
    cmocka_unit_test(a_jump_to_another_place_in_the_bar_breaks_the_stream),
    cmocka_unit_test(a_loop_of_whole_bars_is_seamless),
    cmocka_unit_test(a_loop_of_a_part_of_a_bar_breaks_each_time_round),
    cmocka_unit_test(a_host_that_stops_leaves_the_stream_to_the_tempo),
    cmocka_unit_test(a_host_that_resumes_with_nothing_but_a_speed_goes_on_where_it_stopped),
    cmocka_unit_test(a_stopped_host_may_say_where_it_will_resume),
    cmocka_unit_test(a_host_may_start_stopped_at_a_place),
    cmocka_unit_test(in_reverse_the_stream_stands_still),
    cmocka_unit_test(a_host_may_roll_at_another_speed),
    cmocka_unit_test(a_tempo_change_counts_from_where_it_is_said),
    cmocka_unit_test(while_free_a_bar_can_be_started_at_the_next_step),
  };
  return cmocka_run_group_tests_name("timeline", tests, NULL, NULL);
}
