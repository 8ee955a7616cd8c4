// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "timelines.h"

#include <math.h>

MnPosition
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

MnPosition
only_speed(double const speed)
{
  return (MnPosition){.has_speed = true, .speed = speed};
}

MnPosition
common_time(double const beats)
{
  double const bar = floor(beats / 4);
  return rolling((int64_t)bar, beats - 4 * bar, 4, 4, 120);
}

MnTimeline
free_timeline(void)
{
  MnTimeline t;
  mn_timeline_init(&t, TIMELINE_RATE, 120);
  return t;
}

MnTimeline
following(double const beats)
{
  MnTimeline       t    = free_timeline();
  MnPosition const said = common_time(beats);
  mn_timeline_locate(&t, &said);
  return t;
}

MnStream
say(MnTimeline* const t, MnPosition const said)
{
  return mn_timeline_locate(t, &said);
}

void
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

double
beats_after(uint64_t const frames, double const bpm)
{
  return (double)frames * bpm / 60 / TIMELINE_RATE;
}
