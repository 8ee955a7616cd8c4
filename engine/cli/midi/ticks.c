// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "ticks.h"

#include <math.h>

static double const default_beat = 0.5; // seconds a quarter note

static bool
fail_too_long(MnError* const error)
{
  mn_error_set(error, MN_STATUS_BAD_INPUT, "its time is beyond all bounds");
  return false;
}

bool
mn_ticks_in_a_row(MnMidiEvent* const events, size_t const count, MnError* const error)
{
  uint32_t start = 0;
  for (size_t i = 0; i < count; ++i) {
    if (events[i].tick > INT32_MAX - start) {
      return fail_too_long(error);
    }
    events[i].tick += start;
    start = events[i].kind == MN_MIDI_END ? events[i].tick : start;
  }
  return true;
}

bool
mn_ticks_of_seconds(MnMidiEvent* const events,
                    size_t const       count,
                    double const       seconds,
                    unsigned const     ppqn,
                    MnError* const     error)
{
  double   beat  = default_beat;
  double   start = 0; // new ticks at the last tempo
  uint32_t since = 0; // old ones
  for (size_t i = 0; i < count; ++i) {
    MnMidiEvent* const e  = &events[i];
    double const       to = start + (e->tick - since) * seconds / beat * ppqn;
    if (to > INT32_MAX) {
      return fail_too_long(error);
    }
    if (e->kind == MN_MIDI_TEMPO && e->tempo > 0) {
      start = to;
      since = e->tick;
      beat  = e->tempo / 1e6;
    }
    e->tick = (uint32_t)floor(to + 0.5);
  }
  return true;
}
