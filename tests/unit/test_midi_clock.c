// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "notes/midi_clock.h"

#include "check.h"

#include <math.h>

enum { RATE = 48000, CLOCK = 0xF8, START = 0xFA, CONTINUE = 0xFB, STOP = 0xFC };

static MnClockPlace
take(MnMidiClock* const clock, double const frame, uint8_t const byte)
{
  return mn_midi_clock_take(clock, (uint64_t)llround(frame), &byte, 1);
}

static double
frames_at(double const bpm)
{
  return 60.0 * RATE / bpm / 24;
}

// Clocks with a jitter of `most` to both sides. @return the largest error of a place, in
// frames, and of the tempo, in parts, after the first `skipped`.
static double
worst(double const   bpm,
      double const   most,
      unsigned const clocks,
      unsigned const skipped,
      double* const  tempo)
{
  MnMidiClock clock;
  Random      random = {5};
  double      error  = 0;
  *tempo             = 0;
  mn_midi_clock_init(&clock, RATE);
  take(&clock, 9, START);
  for (unsigned i = 0; i < clocks; ++i) {
    double const       ideal = 1000 + frames_at(bpm) * i;
    double const       part  = (double)random_below(&random, 2001) / 1000 - 1;
    double const       came  = round(ideal + most * part);
    MnClockPlace const place = take(&clock, came, CLOCK);
    double const       real  = (came - 1000) / frames_at(bpm) / MN_MIDI_CLOCK_STEP;
    if (i >= skipped) {
      double const off = fabs(place.step - real) * MN_MIDI_CLOCK_STEP * frames_at(bpm);
      error            = fmax(error, off);
      *tempo           = fmax(*tempo, fabs(place.bpm / bpm - 1));
    }
  }
  return error;
}

static void
a_steady_clock_is_followed_to_the_frame(void** const state)
{
  (void)state;
  static double const bpms[] = {20, 47.3, 90, 120, 133, 400};
  for (unsigned i = 0; i < sizeof(bpms) / sizeof(*bpms); ++i) {
    double tempo = 0;
    assert_true(worst(bpms[i], 0, 2000, 2, &tempo) < 1); // a frame is the unit of a clock
    assert_true(tempo < 2 / frames_at(bpms[i]));
    worst(bpms[i], 0, 2000, 60, &tempo);
    assert_true(tempo < 0.0005);
  }
}

static void
jitter_is_smoothed(void** const state)
{
  (void)state;
  double const jitter = 0.002 * RATE;
  double       tempo  = 0;
  assert_true(worst(90, jitter, 20000, 48, &tempo) < jitter / 1.7);
  assert_true(tempo < 0.015);
  assert_true(worst(133, jitter, 20000, 48, &tempo) < jitter / 1.7);
  assert_true(tempo < 0.02);
  assert_true(worst(133, jitter, 48, 0, &tempo) <= 2 * jitter); // while there are few
}

static void
another_tempo_is_found_in_two_clocks(void** const state)
{
  (void)state;
  MnMidiClock clock;
  mn_midi_clock_init(&clock, RATE);
  double at = 0;
  for (unsigned i = 0; i < 200; ++i, at += 1000) {
    take(&clock, at, CLOCK);
  }
  at -= 300; // 120 to 171 bpm
  unsigned     clocks = 0;
  MnClockPlace place;
  do {
    place = take(&clock, at, CLOCK);
    at += 700;
    ++clocks;
  } while (fabs(place.bpm - 120 / 0.7) > 0.01 && clocks < 50);
  assert_in_range(clocks, 2, 4);
}

static void
clocks_that_were_held_up_together_change_little(void** const state)
{
  (void)state;
  MnMidiClock clock;
  mn_midi_clock_init(&clock, RATE);
  take(&clock, 0, START);
  for (unsigned i = 0; i < 400; ++i) {
    bool const         late  = i >= 200 && i < 206; // all come with the last of them
    double const       came  = late ? 205000 : 1000.0 * i;
    MnClockPlace const place = take(&clock, came, CLOCK);
    double const       real  = came / 1000 / MN_MIDI_CLOCK_STEP;
    assert_true(fabs(place.step - real) < 0.25); // more would break the stream
    assert_true(i < 1 || fabs(place.bpm - 120) < 0.01);
  }
}

static void
impossible_clocks_give_no_tempo(void** const state)
{
  (void)state;
  static double const periods[] = {0, 1, 200, 7000, 90000};
  for (unsigned i = 0; i < sizeof(periods) / sizeof(*periods); ++i) {
    MnMidiClock clock;
    mn_midi_clock_init(&clock, RATE);
    for (unsigned k = 0; k < 100; ++k) {
      assert_true(take(&clock, 500 + periods[i] * k, CLOCK).bpm == 0);
    }
  }
  // Nor do they disturb one.
  MnMidiClock clock;
  mn_midi_clock_init(&clock, RATE);
  for (unsigned k = 0; k < 200; ++k) {
    double const bpm = take(&clock, 1000.0 * (k / 5), CLOCK).bpm;
    assert_true(bpm == 0 || (bpm >= 20 && bpm <= 400));
  }
}

static void
songs_are_counted_by_their_clocks(void** const state)
{
  (void)state;
  MnMidiClock clock;
  mn_midi_clock_init(&clock, RATE);
  assert_false(take(&clock, 0, CLOCK).rolling);
  assert_true(take(&clock, 500, START).rolling);
  double at = 1000;
  for (unsigned i = 0; i < 10; ++i, at += 1000) {
    assert_close(take(&clock, at, CLOCK).step, i / 6.0, 1e-9);
  }
  assert_false(take(&clock, at - 500, STOP).rolling);
  assert_false(take(&clock, at, CLOCK).rolling);
  // Half a clock before the next one, which is the song's eleventh.
  assert_close(take(&clock, at + 500, CONTINUE).step, 9.5 / 6, 1e-9);
  assert_close(take(&clock, at + 1000, CLOCK).step, 10 / 6.0, 1e-9);

  uint8_t const there[] = {0xF2, 0x05, 0x01}; // 133 sixteenths
  assert_false(mn_midi_clock_take(&clock, 20000, there, 3).told);
  assert_close(take(&clock, at + 2000, CLOCK).step, 133, 1e-9);
  uint8_t const bad[] = {0xF2, 0x85, 0x01};
  mn_midi_clock_take(&clock, 20000, bad, 3);
  assert_close(take(&clock, at + 3000, CLOCK).step, 133 + 1 / 6.0, 1e-9);
  assert_false(take(&clock, at + 3000, 0xF9).told);
  assert_false(take(&clock, at + 3000, 0xFE).told);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(a_steady_clock_is_followed_to_the_frame),
    cmocka_unit_test(jitter_is_smoothed),
    cmocka_unit_test(another_tempo_is_found_in_two_clocks),
    cmocka_unit_test(clocks_that_were_held_up_together_change_little),
    cmocka_unit_test(impossible_clocks_give_no_tempo),
    cmocka_unit_test(songs_are_counted_by_their_clocks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
