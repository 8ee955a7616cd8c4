// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "midi_windows.h"

#include "common/terminal.h"

static MnSurpriseTable const no_table = {.known = false};

typedef struct {
  MnMidiScore*           score;
  MnMelody               melody;
  MnSurpriseLine         surprise;
  MnSurpriseTable const* table;
  MnGrid                 grid;
  MnBar                  bar;
  MnMidiWindowTaker      take;
  void*                  context;
} Cutter;

// Takes the windows that are complete at `position`, in one metre.
static int
move_in_metre(Cutter* const c, double const position)
{
  MnWindow     window;
  MnWindowBits bits;
  mn_surprise_line_settle(&c->surprise, &c->melody, c->table, mn_step_round(position));
  while (mn_grid_next(&c->grid, &c->bar, &c->melody, position, &window)) {
    if (window.start >= c->score->end) {
      continue;
    }
    mn_surprise_line_bits(&c->surprise, window.start, window.steps, &bits);
    int const status = c->take(c->context, &window, &bits);
    if (status) {
      return status;
    }
  }
  return MN_EXIT_GOOD;
}

// Moves on to `position`. A new metre holds from the step on which its bar
// starts, though the grid meets that step half a step before.
static int
move(Cutter* const c, double const position)
{
  for (;;) {
    int64_t    from = 0;
    MnBar      next = c->bar;
    bool const found =
      mn_midi_score_next_metre(c->score, mn_step_round(position), &next, &from);
    int const status = move_in_metre(c, found ? (double)(from - 1) : position);
    if (status || !found) {
      return status;
    }
    c->bar = next;
  }
}

int
mn_midi_windows_cut(MnMidiScore* const         score,
                    MnMidiWindows const* const cut,
                    MnMidiWindowTaker const    take,
                    void* const                context)
{
  Cutter c = {.score   = score,
              .bar     = mn_midi_score_first_bar(score),
              .table   = cut->surprise ? cut->surprise : &no_table,
              .take    = take,
              .context = context};
  mn_surprise_line_clear(&c.surprise, 0);
  mn_melody_init(&c.melody, cut->voice, cut->channel);
  mn_grid_init(&c.grid, cut->steps, cut->hop, &c.bar, 0.0);

  // Here the last window that begins before the end is complete.
  double const stop = (double)(score->end + cut->steps + 1);
  for (size_t i = 0; i < score->count; ++i) {
    MnMidiEvent const* const event    = &score->events[i];
    double const             position = mn_midi_score_position(score, event);
    if (position > stop) {
      break;
    }
    int const status = move(&c, position);
    if (status) {
      return status;
    }
    if (event->kind == MN_MIDI_MESSAGE) {
      mn_melody_midi(&c.melody, position, event->bytes, sizeof(event->bytes));
    }
  }
  return move(&c, stop);
}
