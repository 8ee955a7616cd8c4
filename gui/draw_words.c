// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What is played now, in words: the most excited neurons by what they mean.

#include "draw_canvas.h"

#include <math.h>
#include <stdio.h>

// Heights and widths of a line in units, at most.
enum { LINES = MN_TOP, LONG = 17, MOST_WIDE = 330 };

static void
draw_line(MnCanvas* const c, MnRect const line, unsigned const place)
{
  double const   u    = c->unit;
  unsigned const rank = (unsigned)c->top[place];
  double const   mu =
    mn_bound((double)c->window->mu[mn_neuron_at(c->view, rank)], -99, 99, 0);
  bool const   noise = rank >= mn_view_music(c->view);
  double const size  = fmin(MN_BODY, line.height / u * 0.8);
  char         text[MN_VIEW_LABEL + 24];
  char         number[24];
  mn_neuron_words(c->view, rank, mu >= 0, text, sizeof(text));
  snprintf(number, sizeof(number), "%s%.1f", mu < 0 ? "\xE2\x88\x92" : "+", fabs(mu));
  // The words take what the numbers leave.
  double const right = round(32 * u);
  double const left  = round(22 * u);
  char         which[16];
  snprintf(which, sizeof(which), "%u", rank + 1);
  MnType const small = {fmin(MN_SMALL, size), false, MN_RIGHT, c->theme->quiet};
  mn_text(
    c, small, (MnRect){line.x, line.y, left - 5 * u, line.height}, noise ? "" : which);
  MnColour const ink  = noise ? c->theme->noise : c->theme->text;
  MnType const   type = {size, false, MN_LEFT, ink};
  mn_text(c, type, mn_rect_cut(line, left, right), text);
  MnType const value = {size, true, MN_RIGHT, noise ? c->theme->noise : c->theme->music};
  mn_text(c, value, line, number);
}

void
mn_draw_words(MnCanvas* const c)
{
  double const u    = c->unit;
  bool const   past = c->chosen;
  MnRect const room =
    mn_panel(c, MN_AREA_WORDS, past ? "What you played" : "What you play now", "");
  MnRect const box = {room.x, room.y, room.width, fmax(room.height - round(7 * u), 1)};
  if (!mn_has_values(c)) {
    MnType const type = {MN_BODY, false, MN_CENTRE, c->theme->quiet};
    bool const   off  = !(c->view->value[MN_PORT_ENABLED] > 0);
    mn_text(c,
            type,
            box,
            past                        ? "Too few notes for a score"
            : off                       ? "Listening is off"
            : !c->view->answered        ? ""
            : !mn_view_neurons(c->view) ? "No model"
                                        : "Nothing is excited");
    return;
  }
  unsigned const fit  = (unsigned)fmax(floor(box.height / (10.5 * u)), 1);
  unsigned const rows = fit < LINES ? fit : LINES;
  double const   high = fmin(floor(box.height / rows), round(LONG * u));
  double const   wide = fmin(box.width, round(MOST_WIDE * u));
  for (unsigned i = 0; i < rows && c->top[i] >= 0; ++i) {
    draw_line(c, (MnRect){box.x, box.y + i * high, wide, high}, i);
  }
}
