// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "turns.h"

#include <math.h>

static int64_t
nearest(double const position)
{
  return (int64_t)floor(position + 0.5);
}

// The fewest bars that hold a window.
static int64_t
bars_of(MnBar const* const bar, unsigned const steps)
{
  return (int64_t)ceil(steps / bar->length - 1e-6);
}

static int64_t
floor_share(int64_t const number, int64_t const bars)
{
  return number / bars - (number % bars < 0);
}

void
mn_turn_open(MnTurn* const      turn,
             MnBar const* const bar,
             double const       position,
             unsigned const     steps)
{
  MnBar const   here = mn_bar_at(bar, (double)nearest(position) + 0.5);
  int64_t const bars = bars_of(bar, steps);
  int64_t const past = here.number - floor_share(here.number, bars) * bars;
  turn->open         = true;
  turn->closed       = false;
  turn->start        = here.start - (double)past * bar->length;
  turn->end          = turn->start + (double)bars * bar->length;
  turn->bar_length   = bar->length;
  ++turn->count;
}

void
mn_turn_open_phrase(MnTurn* const turn, MnBar const* const bar)
{
  turn->open       = true;
  turn->closed     = false;
  turn->start      = bar->start;
  turn->end        = INFINITY;
  turn->bar_length = bar->length;
  ++turn->count;
}

void
mn_turn_end_phrase(MnTurn* const      turn,
                   MnBar const* const bar,
                   double const       position,
                   unsigned const     lead)
{
  MnBar const last = mn_bar_at(bar, position + 0.5 + lead);
  turn->end        = last.start + last.length;
}

void
mn_turn_next(MnTurn* const turn, MnBar const* const bar, unsigned const steps)
{
  // The bar line may have moved a little since the turn began.
  MnBar const here = mn_bar_at(bar, turn->end + 0.5);
  bool const  near = fabs(here.start - turn->end) < 0.5;
  turn->start      = near ? here.start : turn->end;
  turn->end        = turn->start + (double)bars_of(bar, steps) * bar->length;
  turn->closed     = false;
  turn->bar_length = bar->length;
  ++turn->count;
}

int64_t
mn_turn_close(MnTurn const* const turn, unsigned const lead)
{
  return nearest(turn->end) - (int64_t)lead;
}

int64_t
mn_turn_number(MnTurn const* const turn, MnBar const* const bar, unsigned const steps)
{
  return floor_share(mn_bar_at(bar, turn->end + 0.5).number, bars_of(bar, steps));
}

int64_t
mn_turn_phrase_window(MnTurn const* const turn, int64_t const last, unsigned const steps)
{
  double const beyond = (double)last + 1 - turn->start - steps;
  double const bars   = beyond > 0 ? ceil(beyond / turn->bar_length) : 0;
  return nearest(turn->start + bars * turn->bar_length);
}
