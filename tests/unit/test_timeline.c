// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "check.h"
#include "notes/timeline.h"

#include <math.h>

static double const rate   = 48000;
static double const exact  = 1e-9;      // steps
static double const coarse = 1.0 / 480; // steps: a 1/1920 of a beat, as Ardour rounds

// A position of a host that tells everything.
static MnPosition
rolling(int64_t const bar,
        double const  bar_beat,
        double const  beats_per_bar,
        int const     beat_unit,
        double const  bpm)
{
  return (MnPosition){
    .has_speed         = true,
    .has_bar           = true,
    .has_bar_beat      = true,
    .has_beats_per_bar = true,
    .has_beat_unit     = true,
    .has_bpm           = true,
    .speed             = 1,
    .bar               = bar,
    .bar_beat          = bar_beat,
    .beats_per_bar     = beats_per_bar,
    .beat_unit         = beat_unit,
    .bpm               = bpm,
  };
}

static MnPosition
only_speed(double const speed)
{
  return (MnPosition){.has_speed = true, .speed = speed};
}

// A host in 4/4 at 120 bpm, where a step is 6000 frames and a bar 96000.
static MnPosition
common_time(double const beats)
{
  double const bar = floor(beats / 4);
  return rolling((int64_t)bar, beats - 4 * bar, 4, 4, 120);
}

static MnTimeline
free_timeline(void)
{
  MnTimeline t;
  mn_timeline_init(&t, rate, 120);
  return t;
}

static MnTimeline
following(double const beats)
{
  MnTimeline       t    = free_timeline();
  MnPosition const said = common_time(beats);
  mn_timeline_locate(&t, &said);
  return t;
}

static MnStream
say(MnTimeline* const t, MnPosition const said)
{
  return mn_timeline_locate(t, &said);
}

// The current bar of the stream, and the step within it.
static void
assert_at(MnTimeline const* const t,
          int64_t const           number,
          double const            steps,
          double const            tolerance)
{
  // Ask a little later: rounding may put the position just before a bar line.
  double const position = mn_timeline_position(t);
  MnBar const  bar      = mn_bar_at(&t->bar, position + 2 * tolerance);
  assert_int_equal(bar.number, number);
  assert_close(position - bar.start, steps, tolerance);
}

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
  assert_close(mn_timeline_position(&t), 8, exact);

  mn_timeline_set_tempo(&t, 60); // slower from here on, no jump
  assert_close(mn_timeline_position(&t), 8, exact);
  mn_timeline_advance(&t, 48000);
  assert_close(mn_timeline_position(&t), 12, exact);
  assert_at(&t, 0, 12, exact);
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
    assert_close(mn_timeline_position(&t), 1, exact);
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
  assert_at(&t, 8, 7, exact);
  assert_close(fmod(t.bar.start, 1), 0, 0); // a bar starts on a whole step

  mn_timeline_advance(&t, 54000); // nine steps on: the end of the bar
  assert_at(&t, 9, 0, exact);
}

static void
between_positions_the_tempo_predicts(void** const state)
{
  (void)state;
  MnTimeline   t     = following(0);
  double const start = mn_timeline_position(&t);
  for (unsigned i = 1; i <= 1000; ++i) {
    mn_timeline_advance(&t, 333);
    assert_close(mn_timeline_position(&t) - start, i * 333 / 6000.0, exact);
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
  assert_close(mn_timeline_position(&t) - start, 1, exact);
}

// The beats that have passed after this many frames.
static double
beats_after(uint64_t const frames, double const bpm)
{
  return (double)frames * bpm / 60 / rate;
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
      assert_close(mn_timeline_position(&every), mn_timeline_position(&once), exact);
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
    assert_close(mn_timeline_position(&t) - start, beats * 4, exact);
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
    assert_close(mn_timeline_position(&t) - start, 16 + drifts[i], exact);
    mn_timeline_advance(&t, 6000);
    assert_at(&t, 1, 1 + drifts[i], exact);
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
    assert_close(mn_timeline_position(&t) - start, beats * 4, 1.0 / 96 + exact);
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
    assert_at(&t, (int64_t)bar, 4 * beats - 16 * bar, exact);
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
    assert_close(position - start, passed * 4, exact);
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
    assert_at(&t, 0, 0, exact);
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
  assert_close(mn_timeline_position(&t) - stopped, 1, exact);

  // The host repeats that it is stopped, and where.
  MnPosition still = common_time(5.75);
  still.speed      = 0;
  for (unsigned i = 0; i < 100; ++i) {
    assert_int_equal(say(&t, still), MN_STREAM_CONTINUES);
    mn_timeline_advance(&t, 600);
  }
  assert_close(mn_timeline_position(&t) - stopped, 11, exact);
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
  assert_at(&t, 3, 7, exact);
  mn_timeline_advance(&t, 6000 * 9);
  assert_at(&t, 4, 0, exact);
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
  assert_at(&t, 9, 9, exact);
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
  assert_at(&t, -1, 6, exact);
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
    assert_close(mn_timeline_position(&t), there, exact);
  }
  assert_int_equal(say(&t, common_time(7.5)), MN_STREAM_BROKEN);
  assert_true(mn_timeline_position(&t) > there);
  assert_at(&t, 1, 14, exact);
}

static void
a_host_may_roll_at_another_speed(void** const state)
{
  (void)state;
  MnTimeline t = following(0);
  assert_int_equal(say(&t, only_speed(0.5)), MN_STREAM_CONTINUES);
  mn_timeline_advance(&t, 6000 * 4);
  assert_at(&t, 0, 2, exact);
}

static void
a_tempo_change_counts_from_where_it_is_said(void** const state)
{
  (void)state;
  MnTimeline t = following(0);
  mn_timeline_advance(&t, 6000 * 6);
  MnPosition const faster = {.has_bpm = true, .bpm = 240};
  assert_int_equal(say(&t, faster), MN_STREAM_CONTINUES);
  assert_at(&t, 0, 6, exact);
  mn_timeline_advance(&t, 3000 * 4);
  assert_at(&t, 0, 10, exact);

  // And with a full position.
  assert_int_equal(say(&t, rolling(0, 2.5, 4, 4, 60)), MN_STREAM_CONTINUES);
  mn_timeline_advance(&t, 12000 * 2);
  assert_at(&t, 0, 12, exact);
}

static void
a_metre_may_change_at_a_bar_line(void** const state)
{
  (void)state;
  MnTimeline   t     = following(0);
  double const start = mn_timeline_position(&t);
  mn_timeline_advance(&t, 96000);
  assert_int_equal(say(&t, rolling(1, 0, 3, 4, 120)), MN_STREAM_CONTINUES);
  assert_close(mn_timeline_position(&t) - start, 16, exact);
  mn_timeline_advance(&t, 72000);
  assert_at(&t, 2, 0, exact);
  assert_int_equal(say(&t, rolling(2, 0, 7, 8, 120)), MN_STREAM_CONTINUES);
  mn_timeline_advance(&t, 84000);
  assert_at(&t, 3, 0, exact);
  assert_close(mn_timeline_position(&t) - start, 16 + 12 + 14, exact);

  // The news comes a block late, but the new bar starts on the bar line.
  mn_timeline_advance(&t, 84000 + 1500);
  assert_int_equal(say(&t, rolling(4, 0.0625, 4, 4, 120)), MN_STREAM_CONTINUES);
  assert_at(&t, 4, 0.25, exact);
  mn_timeline_advance(&t, 96000 - 1500);
  assert_at(&t, 5, 0, exact);
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
      assert_close(mn_timeline_position(&t) - start, eighths * 2, exact);
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
  assert_at(&t, 1, 2 * (1.5 + 8 - 6), coarse);
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
  assert_close(mn_timeline_position(&t), 10, exact);
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
  assert_close(start - mn_bar_at(&t.bar, start + 0.5).start, 4, exact);
  assert_close(t.bar.length, 6, 0);
  mn_timeline_advance(&t, 48000); // a beat of 60 bpm
  assert_close(mn_timeline_position(&t) - start, 4, exact);
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
  assert_at(&t, 0, 12, exact);
  mn_timeline_advance(&t, 6000 * 4);
  assert_at(&t, 1, 0, exact);

  // Where a bar has no number, counting goes on.
  assert_int_equal(say(&t, (MnPosition){.has_bar_beat = true, .bar_beat = 0}),
                   MN_STREAM_CONTINUES);
  assert_at(&t, 1, 0, exact);
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
      assert_at(&t, 0, 2, exact);
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
  assert_at(&t, 1, 0, exact);
}

static void
a_pre_roll_has_negative_bars(void** const state)
{
  (void)state;
  MnTimeline t = following(-6); // bar -2, beat 2
  assert_at(&t, -2, 8, exact);
  assert_true(mn_timeline_position(&t) >= 0);
  for (int beat = -5; beat < 9; ++beat) {
    mn_timeline_advance(&t, 24000);
    assert_int_equal(say(&t, common_time(beat)), MN_STREAM_CONTINUES);
    double const bar = floor(beat / 4.0);
    assert_at(&t, (int64_t)bar, 4 * beat - 16 * bar, exact);
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
  assert_at(&t, 1, 0, exact);
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
    cmocka_unit_test(while_free_a_bar_can_be_started_at_the_next_step),
  };
  return cmocka_run_group_tests_name("timeline", tests, NULL, NULL);
}
