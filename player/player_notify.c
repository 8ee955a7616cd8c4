// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the player tells its window: the model, or why it has none, and the notes that it hears
/// and plays.

#include "atom_writer.h"
#include "player_plugin.h"

#include <math.h>

// What the roll has of a turn, in steps: the fewest whole bars that hold a window, if they are
// not longer than a roll may be.
static double
turn_length(MnPlayer const* const p)
{
  double const bar = p->turn.open ? p->turn.bar_length : p->listening.timeline.bar.length;
  return fmin(ceil(p->listening.steps / bar - 1e-6) * bar, MN_MAX_STEPS);
}

// The roll has the turn before and this one, or this one alone where two are too long. What
// lasts longer, a phrase, a wait or a turn of long bars, scrolls by.
static MnStep
roll_of(MnPlayer const* const p)
{
  double const length   = turn_length(p);
  double const before   = 2 * length <= MN_MAX_STEPS ? length : 0;
  double const position = mn_timeline_position(&p->listening.timeline);
  double const into     = p->turn.open ? floor(position - p->turn.start) : length - 1;
  double const turn     = p->turn.open ? p->turn.start : floor(position) - length + 1;
  double const left     = turn + fmax(into - length + 1, 0) - before;
  return (MnStep){
    .start = (int64_t)floor(left + 0.5),
    .steps = (unsigned)fmin(ceil(before + length), MN_MAX_STEPS),
    .open  = p->turn.open,
    .heard = &p->heard_notes,
  };
}

static void
write_step(MnPlayer* const p, int64_t const time)
{
  MnListening const* const l    = &p->listening;
  MnStep                   step = roll_of(p);
  float                    played[3 * MN_PART_NOTES];
  step.played = played;
  step.numbers =
    mn_part_notes(&p->part, (double)step.start, mn_timeline_position(&l->timeline), played);
  mn_step_news_write(&p->step_news, &step, l, &p->host.uris, &p->forge, time);
}

void
mn_player_tell(MnPlayer* const p, uint32_t const frames)
{
  MnUris const* const  u       = &p->host.uris;
  MnModel const* const model   = p->swap.model;
  int64_t const        time    = frames ? frames - 1 : 0;
  MnError const* const failure = mn_model_swap_failure(&p->swap);
  if (failure) {
    mn_model_news_error(&p->model_news, failure);
    mn_model_swap_forget_failure(&p->swap);
  }
  bool const step =
    mn_step_news_due(&p->step_news, &p->listening.timeline, p->turn.open, false);
  if (!p->out.room || !(step || mn_model_news_due(&p->model_news))) {
    return;
  }
  mn_write_behind(&p->forge, p->out.port, p->out.room);
  mn_model_news_write(&p->model_news, model, u, &p->forge, time);
  if (step) {
    write_step(p, time);
  }
  mn_model_news_write_labels(&p->model_news, model, u, &p->forge, time);
  p->out.port->atom.size += p->forge.offset;
}
