// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "midi_clock.h"

#include <math.h>

// Beyond this many clocks off the line, the tempo has changed; beyond the second, later,
// something has held the clocks up.
static double const off_line = 0.5;
static double const held_up  = 1.5;

enum { MOST_HELD_UP = 24 };

void
mn_midi_clock_init(MnMidiClock* const clock, double const rate)
{
  *clock = (MnMidiClock){.rate = rate};
}

// Frames from one clock to the next.
static double
period_of(MnMidiClock const* const clock, double const bpm)
{
  return 60 * clock->rate / (4 * MN_MIDI_CLOCK_STEP * bpm);
}

static bool
is_plausible(MnMidiClock const* const clock, double const period)
{
  return period >= period_of(clock, MN_MIDI_CLOCK_MOST) &&
         period <= period_of(clock, MN_MIDI_CLOCK_LEAST);
}

// Begins a line at a clock that came `gap` frames after the one before. The tempo stays, if
// there is one; of two such clocks in a row it is theirs.
static void
begin_line(MnMidiClock* const clock, double const gap)
{
  if (clock->fitted == 1 && is_plausible(clock, gap)) {
    clock->period = gap;
    clock->fitted = 2;
  } else {
    clock->fitted = 1;
  }
  clock->ahead = 0;
}

// Lets the line go through a clock that is `error` frames behind it, as much as its place in
// the line says.
static void
bend_line(MnMidiClock* const clock, double const error)
{
  double const n     = clock->fitted;
  double const place = 2 * (2 * n + 1) / ((n + 1) * (n + 2));
  double const tempo = 6 / ((n + 1) * (n + 2));
  double const next  = clock->period + tempo * error;
  clock->ahead       = -(1 - place) * error;
  clock->period      = is_plausible(clock, next) ? next : clock->period;
  clock->fitted += clock->fitted < MN_MIDI_CLOCK_FIT;
}

// Takes the time of a clock.
static void
fit(MnMidiClock* const clock, uint64_t const frame)
{
  double const gap   = (double)(frame - clock->last);
  double const error = gap - clock->ahead - clock->period;
  clock->last        = frame;
  if (!clock->fitted || clock->period == 0) {
    begin_line(clock, gap);
  } else if (error > held_up * clock->period && clock->waited < MOST_HELD_UP) {
    ++clock->waited;
    clock->ahead += clock->period - gap;
    return;
  } else if (fabs(error) > off_line * clock->period) {
    begin_line(clock, gap);
  } else {
    bend_line(clock, error);
  }
  clock->waited = 0;
}

// What there is to say where the song is so many frames before its next clock on the line.
static MnClockPlace
place_before(MnMidiClock const* const clock, double const frames)
{
  double const clocks = clock->period > 0 ? frames / clock->period : 0;
  return (MnClockPlace){
    .told    = true,
    .rolling = clock->rolling,
    .step    = clock->rolling ? ((double)clock->next - clocks) / MN_MIDI_CLOCK_STEP : 0,
    .bpm     = clock->period > 0 ? period_of(clock, 1) / clock->period : 0};
}

static MnClockPlace
tick(MnMidiClock* const clock, uint64_t const frame)
{
  fit(clock, frame);
  MnClockPlace const place = place_before(clock, clock->ahead);
  clock->next += clock->rolling;
  return place;
}

// The song goes on with its next clock. Notes may come a little before that.
static MnClockPlace
roll(MnMidiClock* const clock, uint64_t const frame)
{
  double const until = clock->ahead + clock->period - (double)(frame - clock->last);
  clock->rolling     = true;
  return place_before(clock, fmin(fmax(until, 0), clock->period));
}

MnClockPlace
mn_midi_clock_take(MnMidiClock* const   clock,
                   uint64_t const       frame,
                   uint8_t const* const message,
                   size_t const         size)
{
  MnClockPlace const nothing = {.told = false};
  if (size == 3 && message[0] == MN_MIDI_SONG_POSITION) {
    if (!((message[1] | message[2]) & MN_MIDI_STATUS)) {
      clock->next = MN_MIDI_CLOCK_STEP * (uint32_t)(message[1] | message[2] << 7);
    }
    return nothing;
  }
  if (size != 1) {
    return nothing;
  }
  switch (message[0]) {
  case MN_MIDI_CLOCK:
    clock->heard = frame;
    return tick(clock, frame);
  case MN_MIDI_START:
    clock->next  = 0;
    clock->heard = frame;
    return roll(clock, frame);
  case MN_MIDI_CONTINUE:
    clock->heard = frame;
    return roll(clock, frame);
  case MN_MIDI_STOP:
    clock->rolling = false;
    return place_before(clock, 0);
  default:
    return nothing;
  }
}
