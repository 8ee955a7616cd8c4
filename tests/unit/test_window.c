// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "check.h"
#include "notes/window.h"

#include <math.h>
#include <string.h>

// The margin by which a step begins early; see mn_step_round().
static double const margin = 3.0 / 1024;

enum { MOST_STARTS = 4096 };

typedef struct {
  unsigned count;
  int64_t  at[MOST_STARTS];
} Starts;

static MnMelody silence;

static int
setup(void** const state)
{
  (void)state;
  mn_melody_init(&silence, MN_VOICE_HIGHEST, MN_CHANNEL_ANY);
  return 0;
}

static void
add_start(Starts* const starts, int64_t const at)
{
  assert_true(starts->count < MOST_STARTS);
  starts->at[starts->count++] = at;
}

// The windows that a stream from `from` on completes until `until`.
static void
collect(MnBar const* const bar,
        MnHop const        hop,
        unsigned const     steps,
        double const       from,
        double const       until,
        Starts* const      starts)
{
  MnGrid   grid;
  MnWindow window;
  starts->count = 0;
  mn_grid_init(&grid, steps, hop, bar, from);
  for (double position = from; position <= until; position += 0.25) {
    while (mn_grid_next(&grid, bar, &silence, position, &window)) {
      assert_int_equal(window.steps, steps);
      assert_int_equal(window.onsets, 0);
      add_start(starts, window.start);
    }
  }
}

static void
assert_starts(Starts const* const starts, unsigned const count, int64_t const* const at)
{
  assert_true(starts->count >= count);
  for (unsigned i = 0; i < count; ++i) {
    assert_int_equal(starts->at[i], at[i]);
  }
}

#define ASSERT_STARTS(starts, ...)                                        \
  assert_starts(starts,                                                   \
                sizeof((int64_t const[]){__VA_ARGS__}) / sizeof(int64_t), \
                (int64_t const[]){__VA_ARGS__})

static void
windows_start_where_their_hop_says(void** const state)
{
  (void)state;
  static struct {
    double  beats_per_bar;
    int     beat_unit;
    MnHop   hop;
    int64_t starts[6];
  } const cases[] = {
    {4, 4, MN_HOP_2_BARS, {0, 32, 64, 96, 128, 160}},
    {4, 4, MN_HOP_BAR, {0, 16, 32, 48, 64, 80}},
    {4, 4, MN_HOP_HALF_BAR, {0, 8, 16, 24, 32, 40}},
    {4, 4, MN_HOP_BEAT, {0, 4, 8, 12, 16, 20}},
    {4, 4, MN_HOP_HALF_BEAT, {0, 2, 4, 6, 8, 10}},
    {4, 4, MN_HOP_STEP, {0, 1, 2, 3, 4, 5}},
    {3, 4, MN_HOP_2_BARS, {0, 24, 48, 72, 96, 120}},
    {3, 4, MN_HOP_BAR, {0, 12, 24, 36, 48, 60}},
    {3, 4, MN_HOP_HALF_BAR, {0, 6, 12, 18, 24, 30}},
    {3, 4, MN_HOP_BEAT, {0, 4, 8, 12, 16, 20}},
    {6, 8, MN_HOP_BAR, {0, 12, 24, 36, 48, 60}},
    {6, 8, MN_HOP_HALF_BAR, {0, 6, 12, 18, 24, 30}}, // the dotted quarter
    {6, 8, MN_HOP_BEAT, {0, 2, 4, 6, 8, 10}},
    {6, 8, MN_HOP_HALF_BEAT, {0, 1, 2, 3, 4, 5}},
    {7, 8, MN_HOP_2_BARS, {0, 28, 56, 84, 112, 140}},
    {7, 8, MN_HOP_BAR, {0, 14, 28, 42, 56, 70}},
    {7, 8, MN_HOP_HALF_BAR, {0, 7, 14, 21, 28, 35}},
    {5, 16, MN_HOP_HALF_BAR, {0, 3, 5, 8, 10, 13}}, // 2.5 rounds up
    {7, 32, MN_HOP_2_BARS, {0, 7, 14, 21, 28, 35}}, // bars of 3.5 steps
    {7, 32, MN_HOP_BAR, {0, 4, 7, 11, 14, 18}},     // 3.5 and 10.5 round up
    {7, 32, MN_HOP_HALF_BAR, {0, 2, 4, 5, 7, 9}},   // 1.75, 3.5, 5.25, 7, 8.75
    {7, 32, MN_HOP_BEAT, {0, 1, 2, 3, 4, 5}},       // no finer than a step
  };
  for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    MnBar const bar = mn_bar_make(0, 0, cases[i].beats_per_bar, cases[i].beat_unit);
    Starts      starts;
    collect(&bar, cases[i].hop, MN_STEPS_2BAR, 0, 200, &starts);
    assert_starts(&starts, 6, cases[i].starts);
  }
}

// The starts, counted in whole 64ths of a step: every hop of every bar from `number` on.
// The first bar begins at `start`.
static void
count_starts(int const     beats_per_bar,
             int const     beat_unit,
             MnHop const   hop,
             int const     start,
             int const     number,
             int const     until,
             Starts* const starts)
{
  int const beat   = 1024 / beat_unit;
  int const length = beats_per_bar * beat;
  int       every  = hop == MN_HOP_HALF_BAR    ? length / 2
                     : hop == MN_HOP_BEAT      ? beat
                     : hop == MN_HOP_HALF_BEAT ? beat / 2
                     : hop == MN_HOP_STEP      ? 64
                                               : length;
  if (every < 64 && hop != MN_HOP_2_BARS && hop != MN_HOP_BAR) {
    every = 64;
  }
  starts->count = 0;
  for (int bar = 0; start * 64 + bar * length <= until * 64; ++bar) {
    if (hop == MN_HOP_2_BARS && (number + bar) % 2) {
      continue;
    }
    for (int offset = 0; offset < length; offset += every) {
      int const at = (start * 64 + bar * length + offset + 32) / 64;
      if (!starts->count || starts->at[starts->count - 1] != at) {
        add_start(starts, at);
      }
    }
  }
}

static void
windows_start_where_counting_finds_them_in_any_metre(void** const state)
{
  (void)state;
  unsigned const lengths[] = {1, 7, MN_STEPS_2BAR, MN_STEPS_16BAR};
  for (int unit = 1; unit <= 64; unit *= 2) {
    for (int per_bar = (unit + 15) / 16; per_bar <= 13; per_bar += 1 + per_bar / 8) {
      for (unsigned hop = 0; hop < MN_HOP_COUNT; ++hop) {
        int const      start  = unit % 5;
        int const      number = per_bar % 4;
        unsigned const steps  = lengths[(unsigned)per_bar % 4];
        MnBar const    bar    = mn_bar_make(start, number, per_bar, unit);
        Starts         starts;
        Starts         expected;
        collect(&bar, (MnHop)hop, steps, start, 300.0 + steps, &starts);
        count_starts(per_bar, unit, (MnHop)hop, start, number, 320, &expected);
        unsigned i = 0;
        for (; i < expected.count && expected.at[i] <= 300; ++i) {
          assert_true(i < starts.count);
          assert_int_equal(starts.at[i], expected.at[i]);
        }
        assert_true(i == starts.count || starts.at[i] > 300);
      }
    }
  }
}

static void
a_hop_of_2_bars_goes_by_even_bar_numbers(void** const state)
{
  (void)state;
  Starts      starts;
  MnBar const odd = mn_bar_make(0, 3, 4, 4); // bars 3, 4, 5, 6
  collect(&odd, MN_HOP_2_BARS, MN_STEPS_2BAR, 0, 150, &starts);
  ASSERT_STARTS(&starts, 16, 48, 80);
  MnBar const even = mn_bar_make(0, 4, 4, 4);
  collect(&even, MN_HOP_2_BARS, MN_STEPS_2BAR, 0, 150, &starts);
  ASSERT_STARTS(&starts, 0, 32, 64);
  MnBar const before = mn_bar_make(0, -3, 4, 4); // bars -3, -2, -1, 0
  collect(&before, MN_HOP_2_BARS, MN_STEPS_2BAR, 0, 150, &starts);
  ASSERT_STARTS(&starts, 16, 48, 80);
}

static void
the_first_window_counts_from_the_bar_that_the_stream_starts_in(void** const state)
{
  (void)state;
  Starts      starts;
  MnBar const bar = mn_bar_make(100, 6, 4, 4);
  collect(&bar, MN_HOP_BAR, MN_STEPS_2BAR, 109, 200, &starts);
  ASSERT_STARTS(&starts, 100, 116, 132);
  collect(&bar, MN_HOP_2_BARS, MN_STEPS_2BAR, 115, 200, &starts);
  ASSERT_STARTS(&starts, 100, 132);
  collect(&bar, MN_HOP_2_BARS, MN_STEPS_2BAR, 117, 200, &starts); // in bar 7
  ASSERT_STARTS(&starts, 132, 164);
  collect(&bar, MN_HOP_BEAT, MN_STEPS_2BAR, 109, 200, &starts);
  ASSERT_STARTS(&starts, 100, 104, 108, 112, 116);
  collect(&bar, MN_HOP_BAR, MN_STEPS_2BAR, 116, 200, &starts); // on a bar line
  ASSERT_STARTS(&starts, 116, 132);
}

static void
windows_that_were_over_before_the_stream_started_are_left_out(void** const state)
{
  (void)state;
  Starts      starts;
  MnBar const bar = mn_bar_make(0, 0, 16, 4); // 64 steps: longer than a window
  collect(&bar, MN_HOP_BEAT, MN_STEPS_2BAR, 40, 200, &starts);
  ASSERT_STARTS(&starts, 12, 16, 20);
  collect(&bar, MN_HOP_BAR, MN_STEPS_2BAR, 40, 200, &starts);
  ASSERT_STARTS(&starts, 64, 128);
}

static void
a_window_closes_half_a_step_after_its_last_grid_line(void** const state)
{
  (void)state;
  double const ways[] = {0.001, 0.1, 0.37, 1, 5, 31.5}; // steps between calls
  for (unsigned steps = MN_STEPS_2BAR; steps <= MN_STEPS_16BAR; steps *= 8) {
    for (unsigned w = 0; w < sizeof(ways) / sizeof(*ways); ++w) {
      MnGrid   grid;
      MnWindow window;
      mn_grid_init(&grid, steps, MN_HOP_BAR, &mn_bar_default, 0);
      double const end = steps - 0.5;
      for (double position = 0; position < end - margin - 1e-6; position += ways[w]) {
        assert_false(mn_grid_next(&grid, &mn_bar_default, &silence, position, &window));
      }
      assert_false(
        mn_grid_next(&grid, &mn_bar_default, &silence, end - margin - 1e-6, &window));
      assert_true(mn_grid_next(&grid, &mn_bar_default, &silence, end, &window));
      assert_int_equal(window.start, 0);
      assert_false(mn_grid_next(&grid, &mn_bar_default, &silence, end, &window));
    }
  }
}

// A stream of notes of random lengths, and its windows when the position moves by
// `stride` between the notes (0: from note to note).
typedef struct {
  unsigned count;
  MnWindow windows[512];
} Delivered;

static MnMelody melody;

static void
take_windows(MnGrid* const    grid,
             MnBar const*     bar,
             double const     position,
             Delivered* const delivered)
{
  MnWindow window;
  while (mn_grid_next(grid, bar, &melody, position, &window)) {
    assert_true(delivered->count < 512);
    delivered->windows[delivered->count++] = window;
    // It comes at once, and not before the last note that could be in it.
    assert_true(position >= (double)window.start + window.steps - 0.5 - margin);

    uint8_t tokens[MN_MAX_STEPS];
    assert_int_equal(mn_melody_tokens(&melody, window.start, window.steps, tokens),
                     window.onsets);
    assert_memory_equal(window.tokens, tokens, window.steps);
  }
}

static void
play_stream(MnBar const* const bar,
            MnHop const        hop,
            unsigned const     steps,
            double const       stride,
            Delivered* const   delivered)
{
  Random   random   = {hop};
  double   position = bar->start;
  unsigned key      = 60;
  MnGrid   grid;
  mn_melody_init(&melody, MN_VOICE_HIGHEST, MN_CHANNEL_ANY);
  mn_grid_init(&grid, steps, hop, bar, position);
  delivered->count = 0;
  for (unsigned i = 0; i < 250; ++i) {
    double const next = position + random_below(&random, 960) / 240.0;
    for (double at = position; stride > 0 && at < next; at += stride) {
      take_windows(&grid, bar, at, delivered);
    }
    position = next;
    take_windows(&grid, bar, position, delivered);

    uint8_t const off[] = {0x80, (uint8_t)key, 0};
    mn_melody_midi(&melody, position, off, 3);
    key                = 30 + random_below(&random, 70);
    uint8_t const on[] = {0x90, (uint8_t)key, 1};
    mn_melody_midi(&melody, position, on, 3);
  }
}

static void
windows_do_not_depend_on_how_finely_the_position_moves(void** const state)
{
  (void)state;
  static Delivered fine;
  static Delivered jumps;
  MnBar const      bars[] = {
         mn_bar_make(2, 1, 4, 4), mn_bar_make(0, 0, 6, 8), mn_bar_make(1, 0, 7, 32)};
  for (unsigned b = 0; b < sizeof(bars) / sizeof(*bars); ++b) {
    for (unsigned hop = 0; hop < MN_HOP_STEP; ++hop) {
      unsigned const steps = hop % 2 ? MN_STEPS_2BAR : MN_STEPS_16BAR;
      play_stream(&bars[b], (MnHop)hop, steps, 0, &jumps);
      play_stream(&bars[b], (MnHop)hop, steps, 0.001, &fine);
      assert_true(jumps.count > 1);
      assert_int_equal(jumps.count, fine.count);
      for (unsigned i = 0; i < fine.count; ++i) {
        assert_int_equal(fine.windows[i].start, jumps.windows[i].start);
        assert_int_equal(fine.windows[i].onsets, jumps.windows[i].onsets);
        assert_memory_equal(fine.windows[i].tokens, jumps.windows[i].tokens, steps);
      }
    }
  }
}

static void
nothing_that_comes_later_changes_a_delivered_window(void** const state)
{
  (void)state;
  static Delivered delivered;
  play_stream(&mn_bar_default, MN_HOP_BEAT, MN_STEPS_2BAR, 0, &delivered);
  int64_t const last     = delivered.windows[delivered.count - 1].start;
  unsigned      compared = 0;
  for (unsigned i = 0; i < delivered.count; ++i) {
    MnWindow const* const w = &delivered.windows[i];
    if (w->start > last - MN_MELODY_RING + 2 * MN_STEPS_2BAR) { // the ring still holds it
      uint8_t tokens[MN_MAX_STEPS];
      assert_int_equal(mn_melody_tokens(&melody, w->start, w->steps, tokens), w->onsets);
      assert_memory_equal(w->tokens, tokens, w->steps);
      ++compared;
    }
  }
  assert_true(compared > 50);
}

static void
a_metre_that_changes_lays_the_grid_anew(void** const state)
{
  (void)state;
  MnGrid      grid;
  MnWindow    window;
  Starts      starts = {0};
  MnBar const waltz  = mn_bar_make(16, 1, 3, 4); // after one bar of 4/4
  mn_grid_init(&grid, MN_STEPS_2BAR, MN_HOP_BAR, &mn_bar_default, 0);
  for (double position = 0; position < 100; position += 0.5) {
    MnBar const* const bar = position < 15.5 ? &mn_bar_default : &waltz;
    while (mn_grid_next(&grid, bar, &silence, position, &window)) {
      add_start(&starts, window.start);
    }
  }
  ASSERT_STARTS(&starts, 0, 16, 28, 40, 52);
}

static void
progress_grows_from_0_to_1_while_a_window_fills(void** const state)
{
  (void)state;
  for (unsigned hop = 0; hop < MN_HOP_COUNT; ++hop) {
    MnGrid   grid;
    MnWindow window;
    double   before = 0;
    mn_grid_init(&grid, MN_STEPS_2BAR, (MnHop)hop, &mn_bar_default, 0);
    for (double position = 0; position < 200; position += 0.125) {
      while (mn_grid_next(&grid, &mn_bar_default, &silence, position, &window)) {
        assert_true(before > 0.97); // it was nearly full
        before = 0;
      }
      double const last = mn_grid_progress(&grid, position);
      assert_true(last >= before && last <= 1);
      before = last;
    }
  }

  // Of the oldest open window: steps since its start over its length.
  MnGrid   grid;
  MnWindow window;
  mn_grid_init(&grid, MN_STEPS_2BAR, MN_HOP_BAR, &mn_bar_default, 0);
  while (mn_grid_next(&grid, &mn_bar_default, &silence, 24, &window)) {
  }
  assert_close(mn_grid_progress(&grid, 24), 0.75, 0);
  while (mn_grid_next(&grid, &mn_bar_default, &silence, 36, &window)) {
  }
  assert_close(mn_grid_progress(&grid, 36), 20.0 / 32, 0);
  assert_close(mn_grid_progress(&grid, 15.75), 0, 0); // its first step begins early
  assert_close(mn_grid_progress(&grid, 1000), 1, 0);  // not taken yet
}

static void
without_an_open_window_there_is_no_progress(void** const state)
{
  (void)state;
  MnBar const odd = mn_bar_make(0, 1, 4, 4);
  MnGrid      grid;
  MnWindow    window;
  mn_grid_init(&grid, MN_STEPS_2BAR, MN_HOP_2_BARS, &odd, 0);
  assert_false(mn_grid_next(&grid, &odd, &silence, 10, &window));
  assert_close(mn_grid_progress(&grid, 10), 0, 0);
}

// Where a loop turns back, the bar gets another number than it seemed to have when its
// first step began.
static void
a_bar_whose_number_is_another_than_it_seemed_is_counted_anew(void** const state)
{
  (void)state;
  MnGrid      grid;
  MnWindow    window;
  MnBar const odd  = mn_bar_make(0, 1, 4, 4);  // bar 2 seems to follow,
  MnBar const same = mn_bar_make(16, 1, 4, 4); // but it is bar 1 again
  mn_grid_init(&grid, MN_STEPS_2BAR, MN_HOP_2_BARS, &odd, 0);
  assert_false(mn_grid_next(&grid, &odd, &silence, 16, &window));
  assert_int_equal(mn_grid_start(&grid), 16);
  mn_grid_recount(&grid, &same);
  assert_int_equal(mn_grid_start(&grid), 17); // the next step: no window is open
  assert_false(mn_grid_next(&grid, &same, &silence, 31, &window));
  assert_true(mn_grid_next(&grid, &same, &silence, 64, &window));
  assert_int_equal(window.start, 32);

  MnBar const before = mn_bar_make(0, 0, 4, 4);  // bar 1 seems to follow,
  MnBar const even   = mn_bar_make(16, 2, 4, 4); // but it is bar 2
  mn_grid_init(&grid, MN_STEPS_2BAR, MN_HOP_2_BARS, &before, 8);
  assert_false(mn_grid_next(&grid, &before, &silence, 16, &window));
  mn_grid_recount(&grid, &even);
  assert_true(mn_grid_next(&grid, &even, &silence, 32, &window));
  assert_int_equal(window.start, 0);
  assert_int_equal(mn_grid_start(&grid), 16);
  assert_true(mn_grid_next(&grid, &even, &silence, 48, &window));
  assert_int_equal(window.start, 16);

  // The window starts after all, and is the oldest if none was open.
  MnBar const uneven = mn_bar_make(16, 3, 4, 4);
  mn_grid_init(&grid, MN_STEPS_2BAR, MN_HOP_2_BARS, &uneven, 16);
  assert_false(mn_grid_next(&grid, &uneven, &silence, 16, &window));
  assert_int_equal(mn_grid_start(&grid), 17);
  mn_grid_recount(&grid, &even);
  assert_int_equal(mn_grid_start(&grid), 16);
}

static void
every_hop_has_a_name_of_its_own(void** const state)
{
  (void)state;
  for (unsigned i = 0; i < MN_HOP_COUNT; ++i) {
    assert_true(mn_hop_names[i] && *mn_hop_names[i]);
    for (unsigned k = 0; k < i; ++k) {
      assert_string_not_equal(mn_hop_names[i], mn_hop_names[k]);
    }
  }
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(windows_start_where_their_hop_says),
    cmocka_unit_test(windows_start_where_counting_finds_them_in_any_metre),
    cmocka_unit_test(a_hop_of_2_bars_goes_by_even_bar_numbers),
    cmocka_unit_test(the_first_window_counts_from_the_bar_that_the_stream_starts_in),
    cmocka_unit_test(windows_that_were_over_before_the_stream_started_are_left_out),
    cmocka_unit_test(a_window_closes_half_a_step_after_its_last_grid_line),
    cmocka_unit_test(windows_do_not_depend_on_how_finely_the_position_moves),
    cmocka_unit_test(nothing_that_comes_later_changes_a_delivered_window),
    cmocka_unit_test(a_metre_that_changes_lays_the_grid_anew),
    cmocka_unit_test(progress_grows_from_0_to_1_while_a_window_fills),
    cmocka_unit_test(without_an_open_window_there_is_no_progress),
    cmocka_unit_test(a_bar_whose_number_is_another_than_it_seemed_is_counted_anew),
    cmocka_unit_test(every_hop_has_a_name_of_its_own),
  };
  return cmocka_run_group_tests_name("window", tests, setup, NULL);
}
