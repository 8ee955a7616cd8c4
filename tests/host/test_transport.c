// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Transport under stress: the frames on which windows close while a host loops,
/// locates, ramps and stops. The gate of the plugin with CV ports shows them to the
/// frame.

#include "drive.h"
#include "notes/window.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MAX_WINDOWS = 64 };

// A host whose results come on the frame where a window closes, and in which silence
// never sends the values to rest.
static Drive
exact(char const* const uri)
{
  Drive d = drive_new(uri, HOST_WORKER_NONE, true);
  host_set(d.host, "hold", 256);
  return d;
}

static void
assert_windows(Drive const* const d, uint64_t const* const expected, unsigned const count)
{
  uint64_t       frames[MAX_WINDOWS];
  unsigned const windows = tape_gates(&d->tape, MN_CV_WINDOW, frames, MAX_WINDOWS);
  for (unsigned i = 0; i < count && i < windows; ++i) {
    if (frames[i] != expected[i]) {
      fail_msg("window %u: on frame %llu, not %llu",
               i,
               (unsigned long long)frames[i],
               (unsigned long long)expected[i]);
    }
  }
  assert_int_equal(windows, count);
}

// The windows, one every `length` frames from `start` until now.
static void
assert_windows_every(Drive const* const d, int64_t const start, uint32_t const length)
{
  uint64_t expected[MAX_WINDOWS];
  unsigned count = 0;
  for (int64_t at = start + CLOSE_FRAMES; at < (int64_t)d->tape.frames; at += length) {
    assert_true(count < MAX_WINDOWS);
    expected[count++] = (uint64_t)at;
  }
  assert_true(count > 0);
  assert_windows(d, expected, count);
}

// Two notes a beat, for some beats of `length` frames.
static void
play_beats(Drive* const d, unsigned const beats, uint32_t const length)
{
  for (unsigned i = 0; i < beats; ++i) {
    unsigned const pitch = 60 + i * 5 % 12;
    drive_note(d, 0, true, 0, pitch);
    drive_frames(d, length / 2);
    drive_note(d, 0, false, 0, pitch);
    drive_frames(d, length - length / 2);
  }
}

static struct {
  int beats;
  int unit;
} const metres[] = {{3, 4}, {6, 8}, {7, 8}, {4, 4}, {5, 4}, {12, 8}, {2, 2}};

static uint32_t
beat_frames(int const unit)
{
  return (uint32_t)(4 * BEAT_FRAMES / unit);
}

static void
windows_are_32_steps_and_start_on_the_bars_of_any_metre(void** const state)
{
  (void)state;
  for (unsigned i = 0; i < sizeof(metres) / sizeof(*metres); ++i) {
    uint32_t const beat  = beat_frames(metres[i].unit);
    unsigned const beats = (unsigned)metres[i].beats;
    Drive          d     = exact(HOST_CV);
    drive_locate_in(&d, 3, 0, metres[i].beats, metres[i].unit);
    play_beats(&d, 9 * beats, beat);
    assert_windows_every(&d, 0, beats * beat);
    drive_free(&d);

    Drive monitor = exact(HOST_MONITOR);
    drive_locate_in(&monitor, 3, 0, metres[i].beats, metres[i].unit);
    play_beats(&monitor, 9 * beats, beat);
    assert_true(host_get(monitor.host, "synced") == 1);
    assert_true(host_get(monitor.host, "late") == 0);
    drive_free(&monitor);
  }
}

// Ardour sends the fraction of a beat in quarters, in every block.
static void
windows_start_on_the_bars_that_ardour_tells(void** const state)
{
  (void)state;
  for (unsigned i = 0; i < 3; ++i) {
    uint32_t const beat = beat_frames(metres[i].unit);
    uint32_t const bar  = (uint32_t)metres[i].beats * beat;
    Drive          d    = exact(HOST_CV);
    for (uint32_t at = 0; at < 9 * bar; at += 750) {
      double const beats = at % bar / (double)beat;
      double const part  = (beats - floor(beats)) * 4 / metres[i].unit;
      if (at % beat == 0) {
        drive_note(&d, 0, true, 0, 60 + at / beat % 12);
      }
      drive_locate_in(&d, at / bar, floor(beats) + part, metres[i].beats, metres[i].unit);
      drive_frames(&d, 750);
    }
    assert_windows_every(&d, 0, bar);
    drive_free(&d);
  }
}

static void
a_metre_may_change_on_a_bar(void** const state)
{
  (void)state;
  Drive    d = exact(HOST_CV);
  uint64_t expected[MAX_WINDOWS];
  unsigned count = 0;
  int64_t  bar   = 0;
  uint64_t start = 0;
  for (unsigned i = 0; i < 5; ++i) {
    uint32_t const beat = beat_frames(metres[i].unit);
    for (unsigned n = 0; n < 3; ++n) {
      if (n == 0) {
        drive_locate_in(&d, bar, 0, metres[i].beats, metres[i].unit);
      }
      expected[count++] = start + CLOSE_FRAMES;
      play_beats(&d, (unsigned)metres[i].beats, beat);
      start += (uint32_t)metres[i].beats * beat;
      ++bar;
    }
  }
  while (count && expected[count - 1] >= d.tape.frames) {
    --count;
  }
  assert_windows(&d, expected, count);
  drive_free(&d);
}

// Plays a note on every beat while the tempo ramps from one value to another over 16
// bars, with a position in every block. Stores neuron_1 of each window.
static unsigned
ramp(double const from, double const to, uint32_t const block, float* const values)
{
  Drive        d       = exact(HOST_MONITOR);
  double const seconds = 64 * 60 / ((from + to) / 2);
  uint32_t     frames  = (uint32_t)(seconds * DRIVE_RATE);
  int64_t      next    = 0;
  unsigned     windows = 0;
  for (uint32_t at = 0; at < frames; at += block) {
    double const       time = at / (double)DRIVE_RATE;
    double const       bpm  = from + (to - from) * time / seconds;
    double const       beat = (from + bpm) / 2 * time / 60;
    HostPosition const p    = {.speed         = 1,
                               .bar           = (int64_t)(beat / 4),
                               .bar_beat      = fmod(beat, 4),
                               .beats_per_bar = 4,
                               .beat_unit     = 4,
                               .bpm           = bpm,
                               .as_doubles    = true};
    host_position(d.host, 0, &p);
    for (;;) {
      double const in = ((double)next - beat) * 60 / bpm * DRIVE_RATE;
      if (in >= block) {
        break;
      }
      drive_note(&d, in > 0 ? (uint32_t)in : 0, true, 0, 60 + (unsigned)(next * next % 17));
      ++next;
    }
    host_run(d.host, block);
    if ((unsigned)host_get(d.host, "window") > windows) {
      values[windows++] = host_get(d.host, "neuron_1");
      assert_true(host_get(d.host, "window") == (float)windows);
    }
  }
  drive_free(&d);
  return windows;
}

static void
tempo_ramps_change_nothing_but_the_time(void** const state)
{
  (void)state;
  float          straight[MAX_WINDOWS];
  float          ramped[MAX_WINDOWS];
  unsigned const windows = ramp(120, 120, 500, straight);
  assert_in_range(windows, 14, 15);
  double const   ramps[][2] = {{60, 180}, {180, 60}, {100, 140}};
  uint32_t const blocks[]   = {64, 500, 2048};
  for (unsigned r = 0; r < 3; ++r) {
    for (unsigned b = 0; b < 3; ++b) {
      unsigned const others = ramp(ramps[r][0], ramps[r][1], blocks[b], ramped);
      assert_in_range(others, 14, 15);
      assert_memory_equal(straight, ramped, 14 * sizeof(float));
    }
  }
}

// Plays a loop of some beats from bar 4, the given number of times.
static void
play_loop(Drive* const d, unsigned const beats, unsigned const times)
{
  for (unsigned i = 0; i < times; ++i) {
    drive_locate(d, 4, 0, 1);
    play_beats(d, beats, BEAT_FRAMES);
  }
}

static void
loops_of_whole_bars_are_seamless(void** const state)
{
  (void)state;
  for (unsigned bars = 1; bars <= 5; ++bars) {
    Drive d = exact(HOST_CV);
    drive_frames(&d, 123);
    play_loop(&d, 4 * bars, 4);
    if (bars > 1) {
      assert_windows_every(&d, 123, BAR_FRAMES);
    }
    // All rounds are alike: the voltages repeat once the windows hold nothing else.
    uint64_t const round = (uint64_t)bars * BAR_FRAMES;
    uint64_t const from  = 123 + 2 * round + (bars == 1 ? BAR_FRAMES : 0);
    for (uint64_t i = from; i + round < d.tape.frames; i += 7) {
      assert_true(d.tape.cv[MN_CV_NEURON_1][i] == d.tape.cv[MN_CV_NEURON_1][i + round]);
    }
    drive_free(&d);
  }
}

// During a round, the plugin expects the bar that follows the loop. It learns only at
// the turn whether a window starts there, half a step after the window's first step
// began.
static void
at_a_hop_of_2_bars_the_even_bars_of_any_loop_start_windows(void** const state)
{
  (void)state;
  unsigned const rounds = 5;
  for (unsigned bars = 1; bars <= 5; ++bars) {
    for (unsigned first = 4; first <= 5; ++first) {
      Drive d = exact(HOST_CV);
      host_set(d.host, "hop", MN_HOP_2_BARS);
      drive_frames(&d, 123);
      uint64_t expected[MAX_WINDOWS];
      unsigned count = 0;
      for (unsigned i = 0; i < rounds * bars; ++i) {
        if (i % bars == 0) {
          drive_locate(&d, first, 0, 1);
        }
        // The last bar's window is not over yet.
        if ((first + i % bars) % 2 == 0 && i + 2 <= rounds * bars) {
          expected[count++] = 123 + (uint64_t)i * BAR_FRAMES + CLOSE_FRAMES;
        }
        play_beats(&d, 4, BEAT_FRAMES);
      }
      assert_windows(&d, expected, count);
      drive_free(&d);
    }
  }
}

static void
loops_of_parts_of_bars_start_anew_and_leave_no_trace(void** const state)
{
  (void)state;
  unsigned const lengths[] = {1, 3, 5, 6, 7};
  for (unsigned i = 0; i < sizeof(lengths) / sizeof(*lengths); ++i) {
    Drive d = exact(HOST_CV);
    play_loop(&d, lengths[i], 9);
    assert_int_equal(tape_gates(&d.tape, MN_CV_WINDOW, NULL, 0), 0);
    int64_t const out = (int64_t)d.tape.frames; // and leaves the loop
    drive_locate(&d, 8, 0, 1);
    play_beats(&d, 16, BEAT_FRAMES);
    assert_windows_every(&d, out, BAR_FRAMES);
    drive_free(&d);
  }
}

// Locates as Ardour does: it stops, sends a position short of the target, and rolls.
static void
locate_like_ardour(Drive* const d, int64_t const bar, double const beat)
{
  drive_locate(d, 2, 1.3, 0);
  drive_frames(d, 256);
  drive_locate(d, bar, beat > 0 ? beat - 0.01 : 0, 0);
  drive_frames(d, 256);
  drive_locate(d, bar, beat, 1);
}

static void
a_locate_while_rolling_starts_at_the_bar_that_it_lands_in(void** const state)
{
  (void)state;
  for (unsigned like_ardour = 0; like_ardour < 2; ++like_ardour) {
    Drive d = exact(HOST_CV);
    drive_locate(&d, 0, 0, 1);
    play_beats(&d, 5, BEAT_FRAMES);
    drive_frames(&d, 3456);
    if (like_ardour) {
      locate_like_ardour(&d, 30, 2.5);
    } else {
      drive_locate(&d, 30, 2.5, 1);
    }
    int64_t const bar = (int64_t)d.tape.frames - 5 * BEAT_FRAMES / 2;
    play_beats(&d, 16, BEAT_FRAMES);
    assert_windows_every(&d, bar, BAR_FRAMES);
    drive_free(&d);
  }
}

static void
a_locate_to_the_same_place_of_another_bar_goes_on(void** const state)
{
  (void)state;
  Drive d = exact(HOST_CV);
  drive_locate(&d, 0, 0, 1);
  play_beats(&d, 6, BEAT_FRAMES);
  drive_locate(&d, 77, 2, 1);
  play_beats(&d, 14, BEAT_FRAMES);
  drive_locate(&d, 3, 0, 1);
  play_beats(&d, 8, BEAT_FRAMES);
  assert_windows_every(&d, 0, BAR_FRAMES);
  drive_free(&d);
}

static void
a_start_in_mid_bar_counts_from_that_bar(void** const state)
{
  (void)state;
  Drive d = exact(HOST_CV);
  drive_frames(&d, 5000);
  drive_locate(&d, 7, 2.5, 1);
  play_beats(&d, 14, BEAT_FRAMES);
  assert_windows_every(&d, 5000 - 5 * BEAT_FRAMES / 2, BAR_FRAMES);
  drive_free(&d);

  d = exact(HOST_CV); // a count-in, from a bar before the first
  drive_locate(&d, -1, 1, 0);
  drive_frames(&d, 5000);
  drive_locate(&d, -1, 1, 1);
  play_beats(&d, 14, BEAT_FRAMES);
  assert_windows_every(&d, 5000 - BEAT_FRAMES, BAR_FRAMES);
  drive_free(&d);
}

// While a host punches in and out, its transport keeps rolling; it sends only the notes
// of the passage.
static void
a_passage_that_is_punched_in_leaves_the_windows_where_they_are(void** const state)
{
  (void)state;
  Drive    d = exact(HOST_CV);
  uint64_t tops[MAX_WINDOWS];
  drive_locate(&d, 0, 0, 1);
  drive_frames(&d, 3 * BAR_FRAMES + BEAT_FRAMES);
  play_beats(&d, 6, BEAT_FRAMES);
  drive_frames(&d, 5 * BAR_FRAMES - 7 * BEAT_FRAMES);
  assert_windows_every(&d, 0, BAR_FRAMES);
  // The first window with two notes is that of bars 2 and 3.
  assert_true(tape_gates(&d.tape, MN_CV_TOP, tops, MAX_WINDOWS) >= 1);
  assert_true(tops[0] == 2 * BAR_FRAMES + CLOSE_FRAMES);
  float const* const cv = d.tape.cv[MN_CV_NEURON_1];
  assert_true(cv[tops[0] - 1] == 5 && cv[tops[0]] != 5);
  // The last one that counts is that of bars 4 and 5; the next has no notes.
  uint64_t const last = 4 * BAR_FRAMES + CLOSE_FRAMES;
  assert_true(cv[last] != cv[last - 1]);
  assert_true(cv[last] == cv[d.tape.frames - 1]);
  drive_free(&d);
}

static void
a_stop_breaks_the_windows_and_they_start_anew(void** const state)
{
  (void)state;
  Drive d = exact(HOST_CV);
  drive_locate(&d, 0, 0, 1);
  play_beats(&d, 5, BEAT_FRAMES);
  drive_locate(&d, 1, 1, 0);
  drive_frames(&d, 30000);
  int64_t const bar = (int64_t)d.tape.frames - BEAT_FRAMES;
  drive_locate(&d, 1, 1, 1);
  play_beats(&d, 14, BEAT_FRAMES);
  assert_windows_every(&d, bar, BAR_FRAMES);
  drive_free(&d);
}

static void
in_reverse_nothing_is_heard(void** const state)
{
  (void)state;
  Drive d = exact(HOST_CV);
  drive_locate(&d, 9, 0, -1);
  play_beats(&d, 16, BEAT_FRAMES);
  assert_int_equal(tape_gates(&d.tape, MN_CV_WINDOW, NULL, 0), 0);
  drive_free(&d);
}

// Hosts may send a note before the position of its frame, on which their transport starts.
static void
a_note_on_the_frame_of_a_start_is_heard_after_its_position(void** const state)
{
  (void)state;
  enum { FIRST_POSITION, AFTER_A_STOP, WAYS };
  for (unsigned way = 0; way < WAYS; ++way) {
    Drive d[2];
    for (unsigned late = 0; late < 2; ++late) {
      d[late] = exact(HOST_CV);
      if (way == AFTER_A_STOP) {
        drive_locate(&d[late], 3, 0, 0);
      }
      drive_frames(&d[late], 5000);
      if (late) {
        drive_note(&d[late], 0, true, 0, 84);
        drive_note(&d[late], 0, true, 0, 60);
        drive_note(&d[late], 0, false, 0, 60);
        drive_locate(&d[late], 3, 0, 1);
      } else {
        drive_locate(&d[late], 3, 0, 1);
        drive_note(&d[late], 0, true, 0, 84);
        drive_note(&d[late], 0, true, 0, 60);
        drive_note(&d[late], 0, false, 0, 60);
      }
      drive_frames(&d[late], BEAT_FRAMES / 2);
      drive_note(&d[late], 0, false, 0, 84);
      drive_frames(&d[late], BEAT_FRAMES / 2);
      play_beats(&d[late], 15, BEAT_FRAMES);
    }
    tape_assert_same(&d[0].tape, &d[1].tape);
    assert_true(tape_gates(&d[0].tape, MN_CV_TOP, NULL, 0) > 0);
    drive_free(&d[0]);
    drive_free(&d[1]);
  }
}

static void
without_bars_the_first_note_starts_them_on_its_frame(void** const state)
{
  (void)state;
  enum { NONE, STOPPED, NO_TIMEBASE, WAYS };
  for (unsigned way = 0; way < WAYS; ++way) {
    Drive d = exact(HOST_CV);
    for (unsigned i = 0; i < 20; ++i) {
      HostPosition const p = {.speed = 1, .frame = i * BLOCK, .no_bars = true};
      if (way == STOPPED) {
        drive_locate(&d, 3, 1, 0);
      } else if (way == NO_TIMEBASE) {
        host_position(d.host, 0, &p);
      }
      drive_frames(&d, BLOCK);
    }
    drive_frames(&d, 777);
    int64_t const start = (int64_t)d.tape.frames;
    play_beats(&d, 17, BEAT_FRAMES);
    assert_windows_every(&d, start, BAR_FRAMES);
    drive_free(&d);
  }

  Drive d = exact(HOST_CV);
  host_set(d.host, "tempo", 240);
  play_beats(&d, 10, BEAT_FRAMES);
  assert_windows(&d, (uint64_t[]){94492, 142492, 190492, 238492}, 4);
  drive_free(&d);
}

static void
the_tempo_port_counts_again_after_activation(void** const state)
{
  (void)state;
  Drive d = exact(HOST_CV);
  host_set(d.host, "tempo", 240);
  drive_frames(&d, BLOCK);
  host_reactivate(d.host);
  uint64_t const start = d.tape.frames;
  play_beats(&d, 10, BEAT_FRAMES);
  uint64_t gates[MAX_WINDOWS];
  assert_int_equal(tape_gates(&d.tape, MN_CV_WINDOW, gates, MAX_WINDOWS), 4);
  assert_true(gates[0] == start + 94492);
  assert_true(gates[3] == start + 238492);
  drive_free(&d);
}

// Everything at once.
static void
play_anything(Drive* const d)
{
  drive_frames(d, 1234);
  play_loop(d, 8, 2);
  play_loop(d, 7, 2);
  locate_like_ardour(d, 17, 1.75);
  play_beats(d, 9, BEAT_FRAMES);
  drive_locate_in(d, 20, 0, 7, 8);
  play_beats(d, 21, BEAT_FRAMES / 2);
  drive_locate(d, 20, 0, 0);
  play_beats(d, 11, BEAT_FRAMES);
}

static void
exports_are_the_same_in_any_blocks(void** const state)
{
  (void)state;
  char const* const plugins[] = {HOST_CV, HOST_MONITOR};
  uint32_t const    blocks[]  = {64, 1024, 1, 333, 8192};
  for (unsigned p = 0; p < 2; ++p) {
    Tape first = {0};
    for (unsigned b = 0; b < sizeof(blocks) / sizeof(*blocks); ++b) {
      Drive d = exact(plugins[p]);
      d.block = blocks[b];
      host_set(d.host, "hold", 5);
      host_set(d.host, "glide", 70);
      host_set(d.host, "hop", 3);
      if (!host_is_cv(d.host)) {
        drive_slot(&d, 1, "source", MN_SOURCE_NEURON_1);
        drive_slot(&d, 2, "source", MN_SOURCE_TOP);
        drive_slot(&d, 2, "wide", 1);
      }
      play_anything(&d);
      if (b == 0) {
        first  = d.tape;
        d.tape = (Tape){0};
        assert_true(p == 0 ? tape_gates(&first, MN_CV_WINDOW, NULL, 0) > 5
                           : tape_controls(&first, 0, 20) > 20);
      } else {
        tape_assert_same(&first, &d.tape);
      }
      drive_free(&d);
    }
    tape_free(&first);
  }
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(windows_are_32_steps_and_start_on_the_bars_of_any_metre),
    cmocka_unit_test(windows_start_on_the_bars_that_ardour_tells),
    cmocka_unit_test(a_metre_may_change_on_a_bar),
    cmocka_unit_test(tempo_ramps_change_nothing_but_the_time),
    cmocka_unit_test(loops_of_whole_bars_are_seamless),
    cmocka_unit_test(at_a_hop_of_2_bars_the_even_bars_of_any_loop_start_windows),
    cmocka_unit_test(loops_of_parts_of_bars_start_anew_and_leave_no_trace),
    cmocka_unit_test(a_locate_while_rolling_starts_at_the_bar_that_it_lands_in),
    cmocka_unit_test(a_locate_to_the_same_place_of_another_bar_goes_on),
    cmocka_unit_test(a_start_in_mid_bar_counts_from_that_bar),
    cmocka_unit_test(a_passage_that_is_punched_in_leaves_the_windows_where_they_are),
    cmocka_unit_test(a_stop_breaks_the_windows_and_they_start_anew),
    cmocka_unit_test(in_reverse_nothing_is_heard),
    cmocka_unit_test(a_note_on_the_frame_of_a_start_is_heard_after_its_position),
    cmocka_unit_test(without_bars_the_first_note_starts_them_on_its_frame),
    cmocka_unit_test(the_tempo_port_counts_again_after_activation),
    cmocka_unit_test(exports_are_the_same_in_any_blocks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
