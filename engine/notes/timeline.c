// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "timeline.h"

#include <math.h>

// A reported position this close to the predicted one confirms it. Ardour rounds its
// positions to 1/1920 of a beat, and frames add another rounding.
static double const tolerance_steps = 1.0 / 96.0;

// Up to this difference the position is corrected: it is drift or a tempo ramp. A larger
// one is a jump.
static double const drift_steps = 0.25;

static double const steps_per_quarter = 4.0;

// The tempo of a clock that has come once or not at all: the position waits for the next one.
static double const slowest_bpm = 1;

MnBar const mn_bar_default = {.start = 0, .length = 16, .beat = 4, .number = 0};

MnBar
mn_bar_make(double const  start,
            int64_t const number,
            double const  beats_per_bar,
            int const     beat_unit)
{
  double const beat = 4.0 * steps_per_quarter / beat_unit;
  return (MnBar){
    .start = start, .length = beats_per_bar * beat, .beat = beat, .number = number};
}

MnBar
mn_bar_at(MnBar const* const bar, double const position)
{
  double const bars = floor((position - bar->start) / bar->length);
  MnBar        at   = *bar;
  at.start += bars * bar->length;
  at.number += (int64_t)bars;
  return at;
}

static bool
in_range(double const value, double const low, double const high)
{
  return value >= low && value <= high; // false for NaN
}

MnTimelineTempo
mn_timeline_tempo(MnTimeline const* const t)
{
  bool const clock = t->clock_bpm > 0;
  return t->mode == MN_TIMELINE_CLOCK ? MN_TIMELINE_TEMPO_CLOCK
         : t->host.has_bpm            ? MN_TIMELINE_TEMPO_HOST
         : clock                      ? MN_TIMELINE_TEMPO_CLOCK
                                      : MN_TIMELINE_TEMPO_OWN;
}

double
mn_timeline_bpm(MnTimeline const* const t)
{
  MnTimelineTempo const tempo = mn_timeline_tempo(t);
  return tempo == MN_TIMELINE_TEMPO_OWN    ? t->own_bpm
         : tempo == MN_TIMELINE_TEMPO_HOST ? t->host.bpm
                                           : t->clock_bpm;
}

// Continues from `position` at the current speed.
static void
set_anchor(MnTimeline* const t, double const position)
{
  double const speed = t->mode == MN_TIMELINE_HOST    ? t->host.speed
                       : t->mode == MN_TIMELINE_STILL ? 0.0
                                                      : 1.0;
  t->anchor          = position;
  t->frames          = 0;
  t->steps_per_frame = mn_timeline_bpm(t) / 60.0 * steps_per_quarter / t->rate * speed;
}

static MnBar
host_bar(MnTimeline const* const t, double const start, int64_t const number)
{
  MnPosition const* const h = &t->host;
  return mn_bar_make(start,
                     number,
                     h->has_beats_per_bar ? h->beats_per_bar : 4.0,
                     h->has_beat_unit ? h->beat_unit : 4);
}

void
mn_timeline_init(MnTimeline* const t, double const rate, double const bpm)
{
  *t = (MnTimeline){.rate = rate, .own_bpm = bpm, .bar = mn_bar_default};
  set_anchor(t, 0);
}

void
mn_timeline_set_tempo(MnTimeline* const t, double const bpm)
{
  if (in_range(bpm, 1, 10000) && bpm != t->own_bpm) {
    t->own_bpm = bpm;
    // Else nothing changes: some hosts write their own tempo there.
    if (mn_timeline_tempo(t) == MN_TIMELINE_TEMPO_OWN) {
      set_anchor(t, mn_timeline_position(t));
    }
  }
}

void
mn_timeline_start_bar(MnTimeline* const t)
{
  double const start = ceil(mn_timeline_position(t));
  t->bar             = host_bar(t, start, 0);
  set_anchor(t, start);
}

// Keeps the reported fields that have possible values. Returns the reported place in the
// bar, if that is possible.
static MnPosition
update_host(MnPosition* const host, MnPosition const* const said)
{
  if (said->has_speed && in_range(said->speed, -64, 64)) {
    host->has_speed = true;
    host->speed     = said->speed;
  }
  if (said->has_bpm && in_range(said->bpm, 1, 10000)) {
    host->has_bpm = true;
    host->bpm     = said->bpm;
  }
  if (said->has_beats_per_bar && in_range(said->beats_per_bar, 0.25, 256)) {
    host->has_beats_per_bar = true;
    host->beats_per_bar     = said->beats_per_bar;
  }
  if (said->has_beat_unit && said->beat_unit >= 1 && said->beat_unit <= 64) {
    host->has_beat_unit = true;
    host->beat_unit     = said->beat_unit;
  }
  return (MnPosition){
    .has_bar      = said->has_bar && in_range((double)said->bar, -1e9, 1e9),
    .bar          = said->bar,
    .has_bar_beat = said->has_bar_beat && in_range(said->bar_beat, -1, 1024),
    .bar_beat     = said->bar_beat,
  };
}

// How far the host is ahead of the predicted position, modulo whole bars.
static double
lead(MnBar const* const now, double const position, double const phase)
{
  double const ahead = phase - (position - now->start);
  return ahead - now->length * round(ahead / now->length);
}

static double
snap(double const position)
{
  double const whole = round(position);
  return fabs(position - whole) <= tolerance_steps ? whole : position;
}

// Changes what drives the stream. The position stays.
static MnStream
change_mode(MnTimeline* const t, MnTimelineMode const mode)
{
  MnStream const stream   = mode == t->mode ? MN_STREAM_CONTINUES : MN_STREAM_BROKEN;
  double const   position = mn_timeline_position(t);
  t->mode                 = mode;
  set_anchor(t, position);
  return stream;
}

static MnStream
start_following(MnTimeline* const    t,
                MnTimelineMode const mode,
                int64_t const        number,
                double const         phase)
{
  // The stream never goes back: the bar of the host starts after all that was heard.
  double const before = phase < 0 ? phase : 0;
  double const start  = ceil(mn_timeline_position(t) - before) + 1;
  t->mode             = mode;
  t->has_pause        = t->has_pause && mode != MN_TIMELINE_HOST;
  t->bar              = host_bar(t, start, number);
  set_anchor(t, start + phase);
  return MN_STREAM_BROKEN;
}

// The host gives no bars: a MIDI clock may.
static MnStream
run_without_host(MnTimeline* const t)
{
  return t->mode == MN_TIMELINE_CLOCK ? MN_STREAM_CONTINUES
                                      : change_mode(t, MN_TIMELINE_FREE);
}

// The host rolls, but does not report where in the bar.
static MnStream
follow_blindly(MnTimeline* const t)
{
  if (t->mode == MN_TIMELINE_HOST) {
    return change_mode(t, MN_TIMELINE_HOST); // a new tempo or speed, the same bars
  }
  if (t->has_pause) {
    return start_following(t, MN_TIMELINE_HOST, t->pause_bar, t->pause_phase);
  }
  return run_without_host(t);
}

// Goes on at a place in a bar that is so many steps ahead of the predicted one, or starts
// anew there if it is too far.
static MnStream
go_on(MnTimeline* const t, double const ahead, int64_t const number, double const phase)
{
  double const position   = mn_timeline_position(t);
  bool const   turns_back = position + ahead < t->furthest - drift_steps;
  if (fabs(ahead) > drift_steps || turns_back) {
    return start_following(t, t->mode, number, phase);
  }
  double const there = fabs(ahead) <= tolerance_steps ? position : position + ahead;
  t->bar             = host_bar(t, snap(there - phase), number);
  set_anchor(t, there);
  return MN_STREAM_CONTINUES;
}

static double
beat_steps(MnPosition const* const host)
{
  return 4.0 * steps_per_quarter / (host->has_beat_unit ? host->beat_unit : 4);
}

static MnStream
follow(MnTimeline* const t, MnPosition const* const said)
{
  double const  position = mn_timeline_position(t);
  double const  beat     = beat_steps(&t->host);
  double        phase    = said->bar_beat * beat;
  MnBar const   now      = mn_bar_at(&t->bar, position + tolerance_steps);
  int64_t const number   = said->has_bar ? said->bar : now.number;
  if (t->mode != MN_TIMELINE_HOST) {
    return start_following(t, MN_TIMELINE_HOST, said->has_bar ? said->bar : 0, phase);
  }

  double ahead = lead(&now, position, phase);
  if (beat != steps_per_quarter) {
    // Ardour counts the fraction of a beat in quarter notes, in every metre.
    double const whole     = floor(said->bar_beat);
    double const in_fourth = whole * beat + (said->bar_beat - whole) * steps_per_quarter;
    double const other     = lead(&now, position, in_fourth);
    if (fabs(other) < fabs(ahead)) {
      ahead = other;
      phase = in_fourth;
    }
  }
  return go_on(t, ahead, number, phase);
}

static MnStream
stop(MnTimeline* const t, MnPosition const* const said)
{
  if (said->has_bar_beat) {
    t->has_pause   = true;
    t->pause_phase = said->bar_beat * beat_steps(&t->host);
    t->pause_bar   = said->has_bar ? said->bar : 0;
  } else if (t->mode == MN_TIMELINE_HOST) {
    double const position = mn_timeline_position(t);
    MnBar const  now      = mn_bar_at(&t->bar, position + tolerance_steps);
    t->has_pause          = true;
    t->pause_phase        = position - now.start;
    t->pause_bar          = now.number;
  }
  bool const backwards = t->host.has_speed && t->host.speed < 0;
  return backwards ? change_mode(t, MN_TIMELINE_STILL) : run_without_host(t);
}

MnStream
mn_timeline_locate(MnTimeline* const t, MnPosition const* const said)
{
  MnPosition const known = update_host(&t->host, said);
  t->furthest            = fmax(t->furthest, mn_timeline_position(t));
  if (!t->host.has_speed || t->host.speed <= 0) {
    return stop(t, &known);
  }
  return known.has_bar_beat ? follow(t, &known) : follow_blindly(t);
}

// Follows a clock that rolls.
static MnStream
follow_clock(MnTimeline* const t, double const step)
{
  // A clock that comes a little early begins its bar, and does not end the one before.
  double const  length   = host_bar(t, 0, 0).length;
  double const  bars     = floor((step + drift_steps) / length);
  double const  phase    = step - bars * length;
  int64_t const number   = (int64_t)bars;
  double const  position = mn_timeline_position(t);
  if (t->mode != MN_TIMELINE_CLOCK) {
    return start_following(t, MN_TIMELINE_CLOCK, number, phase);
  }
  MnBar const now = mn_bar_at(&t->bar, position + tolerance_steps);
  return go_on(t, lead(&now, position, phase), number, phase);
}

MnStream
mn_timeline_clock(MnTimeline* const t, MnClockPlace const* const said)
{
  bool const known = in_range(said->bpm, slowest_bpm, 10000);
  t->clock_bpm     = known ? said->bpm : said->rolling ? slowest_bpm : 0;
  t->furthest      = fmax(t->furthest, mn_timeline_position(t));
  if (t->mode == MN_TIMELINE_HOST || t->mode == MN_TIMELINE_STILL) {
    return MN_STREAM_CONTINUES;
  }
  if (said->rolling) {
    return follow_clock(t, said->step);
  }
  return change_mode(t, MN_TIMELINE_FREE);
}
