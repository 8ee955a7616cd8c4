// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "tune.h"

#include "base/common.h"
#include "base/midi.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Notes lie at most this far from their steps: as far as hands do, and well below the half
// from where they would round to another step.
static double const loose = 0.3;

enum { LOWER_CHANNEL = 1, LOWEST = 45, HIGHEST = 84 };

static double
real_from(Random* const random, double const low, double const high)
{
  return low + (high - low) * ((double)(random_next(random) >> 11) * 0x1p-53);
}

static bool
one_in(Random* const random, uint32_t const times)
{
  return random_below(random, times) == 0;
}

TuneStep*
tune_step(Tune* const tune, int64_t const step)
{
  return &tune->steps[(uint64_t)step % TUNE_RING];
}

TuneBar const*
tune_bar(Tune const* const tune, uint64_t const index)
{
  return &tune->bars[index % TUNE_BARS];
}

// Half of them are 4/4. Where a round has an odd number of bars, windows begin on other
// bars in the next round.
static void
next_passage(Tune* const tune)
{
  static int const      metres[][2] = {{3, 4}, {6, 8}, {7, 8}, {5, 4}, {12, 8}, {2, 2}};
  static uint32_t const blocks[]    = {64, 128, 256, 480, 512, 1024, 2048, 0};
  Random* const         random      = &tune->random;
  TunePassage* const    p           = &tune->passage;
  int64_t const         next        = p->first + p->bars;
  uint32_t const        metre       = random_below(random, 12);

  p->first = one_in(random, 4) ? (int64_t)random_below(random, 500) : next;
  p->bars =
    one_in(random, 4) ? 2 + random_below(random, 8) : 2 * (1 + random_below(random, 8));
  p->rounds          = 1 + random_below(random, 4);
  p->done            = 0;
  p->rubato          = one_in(random, 4);
  p->bar.beats       = metre < 6 ? metres[metre][0] : 4;
  p->bar.unit        = metre < 6 ? metres[metre][1] : 4;
  p->bar.length      = 16 * p->bar.beats / p->bar.unit;
  p->bar.bpm         = real_from(random, 60, 200);
  p->bar.every_block = one_in(random, 2);
  p->bar.block       = blocks[random_below(random, 8)];
}

static void
add_bar(Tune* const tune)
{
  TunePassage* const p = &tune->passage;
  if (p->done == p->bars * p->rounds) {
    next_passage(tune);
  }
  TuneBar const last = *tune_bar(tune, tune->bar_count - 1);
  TuneBar       bar  = p->bar;
  bar.start          = tune->bar_count ? last.start + last.length : 0;
  bar.number         = p->first + p->done % p->bars;
  bar.bpm *= p->rubato ? real_from(&tune->random, 0.9, 1.1) : 1;
  bar.is_news =
    !tune->bar_count || p->done == 0 || p->rubato || bar.number != last.number + 1;
  for (int i = 0; bar.number % 2 == 0 && i < TUNE_STEPS; ++i) {
    ++tune_step(tune, bar.start + i)->windows;
  }
  tune->bars[tune->bar_count++ % TUNE_BARS] = bar;
  ++p->done;
}

static void
add_event(Tune* const tune, double const position, uint8_t const status, int const pitch)
{
  if (tune->event_count == TUNE_EVENTS) {
    fprintf(stderr, "soak: the tune is too dense\n");
    exit(EXIT_FAILURE);
  }
  unsigned at = tune->event_count++;
  for (; at > 0 && tune->events[at - 1].position > position; --at) {
    tune->events[at] = tune->events[at - 1];
  }
  tune->events[at] =
    (TuneEvent){position, {status, (uint8_t)pitch, status < MN_MIDI_NOTE_ON ? 64 : 90}};
}

// Steps from one onset to the next: mostly eighths, now and then a long rest.
static int64_t
any_gap(Random* const random)
{
  static uint8_t const gaps[] = {1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 4, 4, 4, 6, 8, 12};
  return one_in(random, 200) ? 70 : gaps[random_below(random, sizeof(gaps))];
}

// The next pitch stays in the range, and often repeats the last.
static int
next_pitch(Random* const random, int const pitch)
{
  int const next = pitch + random_from(random, -4, 4) * random_from(random, 0, 3) / 2;
  return next < LOWEST || next > HIGHEST ? pitch + (pitch < 64 ? 5 : -5) : next;
}

// A note ends before the next one starts, or together with its start.
static void
add_note(Tune* const tune)
{
  Random* const random  = &tune->random;
  int64_t const step    = tune->onset;
  double const  on      = tune->onset_position;
  int64_t const next    = step + any_gap(random);
  double const  next_on = (double)next + real_from(random, -loose, loose);
  int const     pitch   = tune->pitch;
  int const     other   = next_pitch(random, pitch);
  int64_t const longest = next - step < 16 ? next - step : 16;
  int64_t const end     = step + 1 + random_below(random, (uint32_t)longest);
  bool const    legato  = end == next && other != pitch && one_in(random, 2);
  double const  off     = legato        ? next_on + 0.15
                          : end == next ? next_on - 0.05
                                        : (double)end + real_from(random, -loose, loose);

  tune_step(tune, step)->token = (uint8_t)(pitch - MN_NOTE_OFFSET);
  tune_step(tune, step)->notes = 1;
  if (end < next) {
    tune_step(tune, end)->token = MN_NOTE_OFF;
  }
  add_event(tune, on, MN_MIDI_NOTE_ON, pitch);
  add_event(tune, off, MN_MIDI_NOTE_OFF, pitch);
  if (one_in(random, 12)) {
    // A lower note on another channel, which does not count.
    double const low_off = off < next_on ? off - 0.01 : next_on - 0.05;
    add_event(tune, on, MN_MIDI_NOTE_ON | LOWER_CHANNEL, pitch - 7);
    add_event(tune, low_off, MN_MIDI_NOTE_OFF | LOWER_CHANNEL, pitch - 7);
    ++tune_step(tune, step)->notes;
  }
  tune->onset          = next;
  tune->onset_position = next_on;
  tune->pitch          = other;
}

void
tune_init(Tune* const tune, uint64_t const seed)
{
  memset(tune, 0, sizeof(*tune));
  tune->random.state = seed;
  tune->pitch        = 67;
}

void
tune_make(Tune* const tune, int64_t const step)
{
  for (TuneBar const* last = tune_bar(tune, tune->bar_count - 1);
       !tune->bar_count || last->start < step + TUNE_AHEAD;
       last = tune_bar(tune, tune->bar_count - 1)) {
    add_bar(tune);
  }
  while (tune->onset < step + TUNE_AHEAD / 4) {
    add_note(tune);
  }
}

TuneEvent const*
tune_event(Tune const* const tune)
{
  return tune->event_count ? tune->events : NULL;
}

void
tune_take_event(Tune* const tune)
{
  memmove(tune->events, tune->events + 1, --tune->event_count * sizeof(TuneEvent));
}

unsigned
tune_tokens(Tune* const tune, int64_t const start, uint8_t* const tokens)
{
  unsigned onsets = 0;
  for (int i = 0; i < TUNE_STEPS; ++i) {
    uint8_t const token = tune_step(tune, start + i)->token;
    onsets += token > MN_NOTE_OFF;
    tokens[i] = onsets ? token : MN_HOLD;
  }
  return onsets;
}
