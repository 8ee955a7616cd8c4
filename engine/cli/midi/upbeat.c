// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "upbeat.h"

#include "base/midi.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LOG_PARTS = 6, QUARTER = 2, FOUR = 4 }; // the logarithms of 64 and 4

enum { MOST_STEPS = 64, EIGHTH = 2, STEPS_PER_QUARTER = 4, STEPS_PER_WHOLE = 16 };

// What makes a phase of the bar likely to be its start, in steps of a mean bar.
static double const note_counts = 2;
static double const last_counts = 0.5;
static double const near_counts = 1;
static double const none_counts = 0.25;

// The notes of a tune by the phase at which they start.
typedef struct {
  unsigned bar; // in steps
  unsigned half;
  double   weight[MOST_STEPS];
  double   sum;
  int64_t  last; // step of the last note; -1 before the first
} Phases;

// The metre in which the upbeat is one bar.
static MnMidiEvent
upbeat_bar(double const quarters)
{
  unsigned parts = (unsigned)lround(quarters * MN_UPBEAT_PARTS);
  unsigned log   = LOG_PARTS;
  while (log > 0 && !(parts & 1)) {
    parts /= 2;
    --log;
  }
  return (MnMidiEvent){.kind = MN_MIDI_METRE, .bytes = {(uint8_t)parts, (uint8_t)log}};
}

bool
mn_upbeat_set(MnMidiFile* const file, double const quarters, MnError* const error)
{
  uint32_t const     end   = (uint32_t)lround(quarters * file->ppqn);
  MnMidiEvent        metre = {.tick = end, .kind = MN_MIDI_METRE, .bytes = {FOUR, QUARTER}};
  MnMidiEvent* const events =
    (MnMidiEvent*)malloc((file->count + 2) * sizeof(*file->events));
  if (!events) {
    mn_error_set(error, MN_STATUS_NO_MEMORY, "out of memory");
    return false;
  }
  size_t count    = 0;
  bool   done     = false;
  events[count++] = upbeat_bar(quarters);
  for (size_t i = 0; i < file->count; ++i) {
    MnMidiEvent const* const e = &file->events[i];
    if (e->tick >= end && !done) {
      events[count++] = metre;
      done            = true;
    }
    if (e->kind == MN_MIDI_METRE && e->tick < end) {
      memcpy(metre.bytes, e->bytes, sizeof(metre.bytes));
    } else {
      events[count++] = *e;
    }
  }
  free(file->events);
  file->events = events;
  file->count  = count;
  return true;
}

// Learns the bar from the only metre. @return false if there are more, or no whole steps.
static bool
find_bar(MnMidiFile const* const file, Phases* const p)
{
  uint8_t const*       metre    = NULL;
  static uint8_t const common[] = {FOUR, QUARTER};
  for (size_t i = 0; i < file->count; ++i) {
    MnMidiEvent const* const e = &file->events[i];
    if (e->kind != MN_MIDI_METRE) {
      continue;
    }
    if (e->tick > 0 || (metre && memcmp(metre, e->bytes, 2) != 0)) {
      return false;
    }
    metre = e->bytes;
  }
  metre                = metre ? metre : common;
  unsigned const whole = STEPS_PER_WHOLE * metre[0];
  unsigned const unit  = 1U << (metre[1] < 7 ? metre[1] : 7);
  bool const     pairs = metre[0] % 4 == 0 || metre[0] == 2 || metre[0] == 6;
  p->bar               = whole / unit;
  p->half              = pairs && p->bar % 2 == 0 ? p->bar / 2 : p->bar;
  return p->bar >= 2 * EIGHTH && p->bar <= MOST_STEPS && whole % unit == 0;
}

static void
take_note(Phases* const p, int64_t const step)
{
  if (p->last >= 0 && step > p->last) {
    double const length = (double)(step - p->last);
    double const most   = p->bar / 2.0;
    double const weight = note_counts + (length < most ? length : most);
    p->weight[p->last % p->bar] += weight;
    p->sum += weight;
  }
  p->last = step > p->last ? step : p->last;
}

static double
likelihood(Phases const* const p, unsigned const phase)
{
  return p->weight[phase] / p->sum * p->bar / 2 +
         (phase % p->half == p->last % p->half ? last_counts : 0) +
         (2 * phase <= p->bar ? near_counts : 0) + (phase ? 0 : none_counts);
}

double
mn_upbeat_guess(MnMidiFile const* const file, unsigned const channel)
{
  Phases p = {.last = -1};
  if (!find_bar(file, &p)) {
    return 0;
  }
  for (size_t i = 0; i < file->count; ++i) {
    MnMidiEvent const* const e = &file->events[i];
    unsigned const           c = (e->bytes[0] & MN_MIDI_CHANNEL) + 1U;
    if (e->kind == MN_MIDI_MESSAGE && mn_midi_strikes(e->bytes, 3) &&
        (channel == MN_CHANNEL_ANY ? c != MN_CHANNEL_DRUM : c == channel)) {
      take_note(&p, (int64_t)floor((double)e->tick * STEPS_PER_QUARTER / file->ppqn + 0.5));
    }
  }
  unsigned best = 0;
  for (unsigned phase = EIGHTH; phase < p.bar && p.sum > 0; phase += EIGHTH) {
    best = likelihood(&p, phase) > likelihood(&p, best) ? phase : best;
  }
  double const quarters = (double)best / STEPS_PER_QUARTER;
  return quarters <= MN_MAX_UPBEAT ? quarters : 0;
}
