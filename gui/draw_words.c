// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What is played now, in words: the most excited of the neurons that have a name.

#include "draw_canvas.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// Heights and widths of a line in units, at most.
enum { LINES = MN_TOP, LONG = 17, MOST_WIDE = 330 };

static bool
has_words(MnView const* const view, unsigned const rank)
{
  return view->model.label[rank][0] && strcmp(view->model.label[rank], "mixed") != 0;
}

// The ranks of the most excited music neurons that have words, or of all music neurons if
// none has. @return How many.
static unsigned
find_ranks(MnCanvas const* const c, unsigned ranks[LINES])
{
  MnView const* const view   = c->view;
  unsigned const      music  = mn_view_music(view);
  double const        active = fmax((double)view->model.active, 0);
  double              size[LINES];
  unsigned            count = 0;
  bool                named = false;
  for (unsigned rank = 0; rank < music; ++rank) {
    named = named || has_words(view, rank);
  }
  for (unsigned rank = 0; rank < music; ++rank) {
    double const mu = fabs((double)c->window->mu[mn_neuron_at(view, rank)]);
    if (!(mu > active) || (named && !has_words(view, rank)) ||
        (count == LINES && mu <= size[LINES - 1])) {
      continue;
    }
    unsigned place = count < LINES ? count++ : LINES - 1;
    for (; place > 0 && mu > size[place - 1]; --place) {
      size[place]  = size[place - 1];
      ranks[place] = ranks[place - 1];
    }
    size[place]  = mu;
    ranks[place] = rank;
  }
  return count;
}

static void
draw_line(MnCanvas* const c, MnRect const line, unsigned const rank)
{
  double const u = c->unit;
  double const mu =
    mn_bound((double)c->window->mu[mn_neuron_at(c->view, rank)], -99, 99, 0);
  double const size = fmin(MN_BODY, line.height / u * 0.8);
  char         text[MN_VIEW_LABEL + 24];
  char         number[24];
  char         which[16];
  mn_neuron_words(c->view, rank, mu >= 0, text, sizeof(text));
  snprintf(number, sizeof(number), "%s%.1f", mu < 0 ? "\xE2\x88\x92" : "+", fabs(mu));
  snprintf(which, sizeof(which), "%u", rank + 1);
  // The words take what the numbers leave.
  double const right = round(32 * u);
  double const left  = round(22 * u);
  MnType const small = {fmin(MN_SMALL, size), false, MN_RIGHT, c->theme->quiet};
  MnType const type  = {size, false, MN_LEFT, c->theme->text};
  MnType const value = {size, true, MN_RIGHT, c->theme->music};
  mn_text(c, small, (MnRect){line.x, line.y, left - 5 * u, line.height}, which);
  mn_text(c, type, mn_rect_cut(line, left, right), text);
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
                                        : "Play, and your strongest traits come here");
    return;
  }
  unsigned const fit  = (unsigned)fmax(floor(box.height / (10.5 * u)), 1);
  unsigned const rows = fit < LINES ? fit : LINES;
  double const   high = fmin(floor(box.height / rows), round(LONG * u));
  double const   wide = fmin(box.width, round(MOST_WIDE * u));
  unsigned       ranks[LINES];
  unsigned const count = find_ranks(c, ranks);
  unsigned const shown = count < rows ? count : rows;
  for (unsigned i = 0; i < shown; ++i) {
    draw_line(c, (MnRect){box.x, box.y + i * high, wide, high}, ranks[i]);
  }
}
