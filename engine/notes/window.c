// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "window.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static_assert(MN_MELODY_RING > MN_MAX_STEPS + 1, "an open window fits the ring");

char const* const mn_hop_names[MN_HOP_COUNT] =
  {"2bars", "bar", "half-bar", "beat", "half-beat", "step"};

static uint8_t*
start_flag(MnGrid* const grid, int64_t const step)
{
  return &grid->starts[(uint64_t)step & (MN_MELODY_RING - 1)];
}

static bool
rounds_to(double const position, int64_t const step)
{
  return (int64_t)floor(position + 0.5) == step;
}

// The length of a hop within a bar, in steps.
static double
hop_steps(MnHop const hop, MnBar const* const bar)
{
  double const steps = hop == MN_HOP_HALF_BAR    ? bar->length / 2
                       : hop == MN_HOP_BEAT      ? bar->beat
                       : hop == MN_HOP_HALF_BEAT ? bar->beat / 2
                                                 : 1.0;
  return steps < 1.0 ? 1.0 : steps;
}

// Whether a window starts on `step`. Bars and hops between steps round to the nearest
// step.
static bool
is_start(MnHop const hop, MnBar const* const bars, int64_t const step)
{
  MnBar const bar = mn_bar_at(bars, (double)step + 0.5);
  if (hop == MN_HOP_2_BARS || hop == MN_HOP_BAR) {
    return rounds_to(bar.start, step) && (hop == MN_HOP_BAR || (bar.number & 1) == 0);
  }
  if (rounds_to(bar.start, step)) {
    return true;
  }
  // The first hop that can round to this step.
  double const every  = hop_steps(hop, &bar);
  double const offset = every * ceil(((double)step - 0.5 - bar.start) / every);
  return offset < bar.length && rounds_to(bar.start + offset, step);
}

// Advances `oldest` to the first open window.
static void
find_oldest(MnGrid* const grid)
{
  int64_t const least = grid->next - (int64_t)grid->steps;
  int64_t       step  = grid->oldest < least ? least : grid->oldest;
  while (step < grid->next && !*start_flag(grid, step)) {
    ++step;
  }
  grid->oldest = step;
}

void
mn_grid_init(MnGrid* const      grid,
             unsigned const     steps,
             MnHop const        hop,
             MnBar const* const bar,
             double const       position)
{
  grid->steps = steps;
  grid->hop   = hop;
  memset(grid->starts, 0, sizeof(grid->starts));

  int64_t const now   = mn_step_round(position);
  MnBar const   here  = mn_bar_at(bar, (double)now + 0.5);
  int64_t const first = (int64_t)floor(here.start + 0.5);
  int64_t const least = now - (int64_t)steps + 1;
  for (int64_t s = first > least ? first : least; s < now; ++s) {
    *start_flag(grid, s) = is_start(hop, bar, s);
  }
  grid->next   = now;
  grid->oldest = least;
  find_oldest(grid);
}

bool
mn_grid_next(MnGrid* const         grid,
             MnBar const* const    bar,
             MnMelody const* const melody,
             double const          position,
             MnWindow* const       window)
{
  int64_t const now = mn_step_round(position);
  while (grid->next <= now) {
    // Step `next` begins: notes round to it from now on, so the window that ends before
    // it is complete.
    int64_t const step  = grid->next++;
    int64_t const start = step - (int64_t)grid->steps;

    *start_flag(grid, step) = is_start(grid->hop, bar, step);
    find_oldest(grid);
    if (*start_flag(grid, start)) {
      window->start  = start;
      window->steps  = grid->steps;
      window->onsets = mn_melody_tokens(melody, start, grid->steps, window->tokens);
      return true;
    }
  }
  return false;
}

void
mn_grid_recount(MnGrid* const grid, MnBar const* const bar)
{
  int64_t const step = grid->next - 1;
  if (!rounds_to(bar->start, step)) {
    return;
  }
  bool const starts = is_start(grid->hop, bar, step);
  if (starts != *start_flag(grid, step)) {
    *start_flag(grid, step) = starts;
    grid->oldest            = starts && step < grid->oldest ? step : grid->oldest;
    find_oldest(grid);
  }
}

int64_t
mn_grid_start(MnGrid const* const grid)
{
  return grid->oldest;
}

double
mn_grid_progress(MnGrid const* const grid, double const position)
{
  double const part =
    grid->oldest < grid->next ? (position - (double)grid->oldest) / grid->steps : 0;
  return part < 0 ? 0 : part > 1 ? 1 : part;
}
