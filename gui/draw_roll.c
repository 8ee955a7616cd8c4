// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The piano roll: the notes played, and which of them the model gets.

#include "draw_roll.h"

#include <math.h>

// A note that could be foreseen well is blue, one that could not is orange: the bits of both.
static double const least_bits = 3;
static double const most_bits  = 12;

// Called for each note of a line of tokens.
typedef void (*TakeNote)(MnCanvas*, MnRoll const*, int start, int end, int pitch);

static void
each_note(MnCanvas* const      c,
          MnRoll const* const  r,
          uint8_t const* const tokens,
          unsigned const       steps,
          TakeNote const       take)
{
  int start = -1;
  int pitch = 0;
  for (unsigned i = 0; i <= steps && i <= r->steps; ++i) {
    bool const end = i == steps || i == r->steps;
    if (!end && tokens[i] == MN_HOLD) {
      continue;
    }
    if (start >= 0) {
      take(c, r, start, (int)i, pitch);
    }
    bool const on = !end && tokens[i] > MN_NOTE_OFF && tokens[i] < MN_CLASSES;
    start         = on ? (int)i : -1;
    pitch         = on ? tokens[i] + MN_NOTE_OFFSET : 0;
  }
}

static bool
in_range(MnRoll const* const r, int const pitch)
{
  return pitch >= r->low && pitch <= r->high;
}

static void
add_ghost(MnCanvas* const     c,
          MnRoll const* const r,
          int const           start,
          int const           end,
          int const           pitch)
{
  if (in_range(r, pitch)) {
    MnRect const note = mn_roll_note(r, start, end, pitch);
    mn_round_path(c, mn_rect_inset(note, c->hair / 2, 0), 2 * c->unit);
  }
}

static bool
sounds_now(MnRoll const* const r, int const start, int const end)
{
  return r->now < r->steps && start <= r->now && end > r->now;
}

static void
add_note(MnCanvas* const     c,
         MnRoll const* const r,
         int const           start,
         int const           end,
         int const           pitch)
{
  // A note that sounds ends at the position. Rounding may put its start ahead of
  // that; then only its head is drawn.
  double const stop = fmax(fmin(end, r->now), start + 0.3);
  if (!in_range(r, pitch)) {
    return;
  }
  MnRect const note = mn_roll_note(r, start, stop, pitch);
  mn_round_path(c, mn_rect_inset(note, fmin(c->hair / 2, note.width / 4), 0), 2 * c->unit);
}

// The tint of the note on a step.
static int
tint_at(MnCanvas const* const c, int const step)
{
  double const bits = (double)c->view->roll.surprise[step];
  double const part = (bits - least_bits) / (most_bits - least_bits);
  return (int)lround(mn_bound(part, 0, 1, 0) * (MN_TINTS - 1));
}

static void
add_tinted(MnCanvas* const     c,
           MnRoll const* const r,
           int const           start,
           int const           end,
           int const           pitch)
{
  if (tint_at(c, start) == r->tint && !sounds_now(r, start, end)) {
    add_note(c, r, start, end, pitch);
  }
}

static void
add_tinted_sounding(MnCanvas* const     c,
                    MnRoll const* const r,
                    int const           start,
                    int const           end,
                    int const           pitch)
{
  if (tint_at(c, start) == r->tint && sounds_now(r, start, end)) {
    add_note(c, r, start, end, pitch);
  }
}

static void
draw_chosen(MnCanvas* const c, MnRoll const* const r)
{
  MnRoll tinted = *r;
  for (tinted.tint = 0; tinted.tint < MN_TINTS; ++tinted.tint) {
    MnColour const colour = mn_tint_colour(c, tinted.tint);
    each_note(c, &tinted, c->view->roll.tokens, r->steps, add_tinted);
    mn_fill_added(c, colour, 1);
    each_note(c, &tinted, c->view->roll.tokens, r->steps, add_tinted_sounding);
    mn_fill_added(c, mn_colour_mix(colour, c->theme->playhead, 0.45), 1);
  }
}

// Whether a note is of the chosen voice, and if so, the step where the voice ends it.
static bool
is_chosen(MnViewRoll const* const roll,
          MnRoll const* const     r,
          MnViewNote const* const n,
          double* const           end)
{
  double const start = floor((double)n->start + 0.5 + 3.0 / 1024);
  if (!(start >= 0 && start < r->steps)) {
    return false;
  }
  unsigned at = (unsigned)start;
  if (roll->tokens[at] <= MN_NOTE_OFF || roll->tokens[at] + MN_NOTE_OFFSET != n->pitch) {
    return false;
  }
  for (++at; at < r->steps && roll->tokens[at] == MN_HOLD; ++at) {
  }
  *end = at;
  return true;
}

// Draws the notes that are not of the chosen voice. Of a chosen note that sounds on
// after a later one has cut it, draws the rest.
static void
draw_dropped(MnCanvas* const c, MnRoll const* const r)
{
  MnViewRoll const* const roll = &c->view->roll;
  for (unsigned i = 0; i < roll->notes && i < MN_VIEW_NOTES; ++i) {
    MnViewNote const* const n     = &roll->note[i];
    double                  start = mn_bound((double)n->start, -1e6, 1e6, 0);
    double const            end   = mn_bound((double)n->end, start, 1e6, start);
    double                  cut   = 0;
    if (is_chosen(roll, r, n, &cut)) {
      start = fmax(start, cut);
      if (end - start < 1) {
        continue;
      }
    }
    if (!in_range(r, n->pitch) || end < 0 || start >= r->steps) {
      continue;
    }
    MnRect const rect = mn_roll_note(r, start, end, n->pitch);
    mn_round_path(c, mn_rect_inset(rect, c->hair / 2, c->hair / 2), 2 * c->unit);
  }
  mn_colour(c, c->theme->dim, 0.10);
  cairo_fill_preserve(c->cr);
  mn_colour(c, c->theme->dim, 0.85);
  cairo_set_line_width(c->cr, c->hair);
  cairo_stroke(c->cr);
}

static void
draw_playhead(MnCanvas* const c, MnRoll const* const r)
{
  double const u    = c->unit;
  double const x    = round(mn_roll_x(r, r->now));
  double const wide = fmax(round(1.5 * u), 1);
  MnRect const line = {
    x - floor(wide / 2), r->grid.y - 3 * u, wide, r->grid.height + 3 * u};
  mn_fill(c, line, c->theme->playhead, 0.95);
  cairo_move_to(c->cr, x - 4 * u, r->grid.y - 7 * u);
  cairo_line_to(c->cr, x + 4 * u, r->grid.y - 7 * u);
  cairo_line_to(c->cr, x, r->grid.y - 1 * u);
  cairo_close_path(c->cr);
  cairo_fill(c->cr);
}

static bool
is_empty(MnView const* const view)
{
  for (unsigned i = 0; i < view->roll.steps && i < MN_MAX_STEPS; ++i) {
    if (view->roll.tokens[i] > MN_NOTE_OFF) {
      return false;
    }
  }
  return view->roll.notes == 0 && view->roll.played == 0 && view->window.number == 0 &&
         view->past.count == 0;
}

// A window of the past: its notes alone.
static void
draw_recalled(MnCanvas* const c, MnRoll const* const r)
{
  each_note(c, r, c->window->tokens, c->window->steps, add_ghost);
  mn_fill_added(c, c->theme->music, 1);
}

static void
draw_hint(MnCanvas* const c, MnRoll const* const r)
{
  bool const player = c->view->player;
  bool const off  = !(c->view->value[player ? MN_TARGET_OF(ENABLED) : MN_PORT_ENABLED] > 0);
  bool const none = c->view->answered && mn_view_neurons(c->view) == 0;
  char const* const hint = off    ? player ? "The player is off" : "Listening is off"
                           : none ? "Choose a model to listen with"
                                  : "Play a melody";
  MnType const      type = {15, false, MN_CENTRE, c->theme->dim};
  mn_text(c, type, r->grid, hint);
}

static char const*
title_of(MnCanvas const* const c)
{
  return c->chosen ? "Heard then" : c->view->player ? "Notes" : "Heard";
}

void
mn_draw_roll(MnCanvas* const c)
{
  MnViewRoll const* const   roll   = &c->view->roll;
  MnViewWindow const* const window = &c->view->window;
  MnRect const              room   = mn_panel(c, MN_AREA_ROLL, title_of(c), "");
  MnRoll const              r      = mn_roll_of(c, room);
  bool const                moving = roll->known && r.now > 0 && r.now < r.steps;

  MnRect const panel = mn_layout_panel(&c->layout, MN_AREA_ROLL);
  if (!c->chosen) {
    mn_draw_roll_head(c, panel);
  }
  mn_draw_roll_grid(c, &r);

  cairo_save(c->cr);
  cairo_rectangle(c->cr, r.grid.x, r.grid.y, r.grid.width, r.grid.height);
  cairo_clip(c->cr);
  if (c->chosen) {
    draw_recalled(c, &r);
    cairo_restore(c->cr);
    return;
  }
  if (window->number > 0 && r.now < r.steps) {
    // The last window is drawn pale where the position has not been yet.
    double const x = moving ? mn_roll_x(&r, r.now) : r.grid.x;
    cairo_save(c->cr);
    cairo_rectangle(c->cr, x, r.grid.y, r.grid.x + r.grid.width - x, r.grid.height);
    cairo_clip(c->cr);
    unsigned const steps = window->steps < MN_MAX_STEPS ? window->steps : MN_MAX_STEPS;
    each_note(c, &r, window->tokens, steps, add_ghost);
    mn_fill_added(c, c->theme->music, 0.22);
    cairo_restore(c->cr);
  }
  draw_dropped(c, &r);
  draw_chosen(c, &r);
  mn_draw_roll_played(c, &r);
  cairo_restore(c->cr);

  if (moving) {
    draw_playhead(c, &r);
  }
  if (roll->known && is_empty(c->view)) {
    draw_hint(c, &r);
  }
}
