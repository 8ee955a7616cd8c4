// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The notes of the player, in its window's roll.

#include "draw_roll.h"

#include <math.h>

MnColour
mn_played_colour(MnCanvas const* const c, bool const to_come)
{
  return to_come ? mn_colour_mix(c->theme->ground, c->theme->text, 0.42) : c->theme->text;
}

static void
draw_notes(MnCanvas* const c, MnRoll const* const r, bool const to_come)
{
  MnViewRoll const* const roll = &c->view->roll;
  for (unsigned i = 0; i < roll->played && i < MN_VIEW_NOTES; ++i) {
    MnViewNote const* const n     = &roll->play[i];
    double const            start = mn_bound((double)n->start, -1e6, 1e6, 0);
    double const            end   = mn_bound((double)n->end, start, 1e6, start);
    bool const              in    = n->pitch >= r->low && n->pitch <= r->high;
    if (in && end > 0 && start < r->steps && (start > r->now) == to_come) {
      MnRect const note = mn_roll_note(r, start, end, n->pitch);
      mn_round_path(
        c, mn_rect_inset(note, fmin(c->hair / 2, note.width / 4), 0), 2 * c->unit);
    }
  }
  mn_fill_added(c, mn_played_colour(c, to_come), 1);
}

void
mn_draw_roll_played(MnCanvas* const c, MnRoll const* const r)
{
  draw_notes(c, r, true);
  draw_notes(c, r, false);
}
