// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the model's second level says of the last 16 bars: which of them it has heard, and
/// how likely each style is.

#include "draw_canvas.h"

#include "text.h"

#include <math.h>
#include <stdio.h>

static unsigned
heard_of(MnCanvas const* const c)
{
  unsigned const heard = c->window->bars_heard;
  return !mn_has_values(c) ? 0 : heard < MN_LONG_BARS ? heard : MN_LONG_BARS;
}

static double
part_of(MnCanvas const* const c, unsigned const style)
{
  return mn_bound((double)c->window->styles[style], 0, 1, 0);
}

// A cell for each bar, the last one on the right. What was heard is lit.
static void
draw_bars(MnCanvas* const c, MnRect const row)
{
  double const   u     = c->unit;
  unsigned const heard = heard_of(c);
  double const   gap   = fmax(round(2 * u), 1);
  double const   line  = 11 * u;
  double const   high  = fmax(row.height - line, 2);
  for (unsigned i = 0; i < MN_LONG_BARS; ++i) {
    double const left  = round(row.x + row.width * i / MN_LONG_BARS);
    double const right = round(row.x + row.width * (i + 1) / MN_LONG_BARS) - gap;
    bool const   lit   = i >= MN_LONG_BARS - heard;
    mn_fill(c,
            (MnRect){left, row.y, fmax(right - left, 1), high},
            lit ? c->theme->music : c->theme->line,
            lit ? 0.8 : 0.5);
  }
  MnType const left  = {8.5, false, MN_LEFT, c->theme->quiet};
  MnType const right = {8.5, false, MN_RIGHT, c->theme->quiet};
  MnRect const below = {row.x, row.y + high + u, row.width - gap, line};
  mn_text(c, left, below, "16 bars ago");
  mn_text(c, right, below, "now");
}

static void
draw_style(MnCanvas* const c, MnRect const row, unsigned const style, bool const first)
{
  double const u      = c->unit;
  bool const   known  = heard_of(c) > 0;
  double const size   = fmin(fmin(MN_BODY, row.height / u * 0.5), 11);
  double const number = round(30 * u);
  double const high   = fmax(round(fmin(row.height * 0.22, 6 * u)), 1);
  double const head   = fmax(row.height - high - 4 * u, 1);
  MnType const name   = {size, first, MN_LEFT, first ? c->theme->text : c->theme->dim};
  MnType const right  = {size, first, MN_RIGHT, first ? c->theme->text : c->theme->dim};
  char         text[MN_VIEW_LABEL + 1];
  mn_text_copy(text, sizeof(text), c->view->model.style[style], MN_VIEW_LABEL);
  mn_text(c, name, (MnRect){row.x, row.y, fmax(row.width - number, 1), head}, text);
  MnRect const bar = {row.x, round(row.y + head), row.width, high};
  mn_fill(c, bar, c->theme->line, 0.5);
  if (known) {
    double const part = part_of(c, style);
    snprintf(text, sizeof(text), "%.0f %%", 100 * part);
    mn_text(c, right, (MnRect){row.x, row.y, row.width, head}, text);
    mn_fill(c,
            (MnRect){bar.x, bar.y, round(bar.width * part), bar.height},
            c->theme->music,
            first ? 1 : 0.6);
  }
}

// The likeliest style; none where nothing was heard.
static int
likeliest(MnCanvas const* const c)
{
  unsigned const told = c->view->model.styles;
  int            best = -1;
  for (unsigned i = 0; i < MN_STYLES && i < told && heard_of(c); ++i) {
    best = best < 0 || part_of(c, i) > part_of(c, (unsigned)best) ? (int)i : best;
  }
  return best;
}

void
mn_draw_styles(MnCanvas* const c)
{
  double const   u     = c->unit;
  unsigned const told  = c->view->model.styles;
  unsigned const heard = heard_of(c);
  char           note[32];
  snprintf(note, sizeof(note), "%u of %d bars", heard, MN_LONG_BARS);
  MnRect const room = mn_panel(c, MN_AREA_STYLES, "Style", heard ? note : "");
  MnRect const bars = {room.x, room.y + round(2 * u), room.width, round(22 * u)};
  if (room.width < 1 || room.height < 1) {
    return;
  }
  draw_bars(c, bars);
  double const top  = bars.y + bars.height + round(12 * u);
  double const left = fmax(room.y + room.height - round(8 * u) - top, 1);
  double const each = fmin(left / fmin(fmax(told, 1), MN_STYLES), 40 * u);
  int const    best = likeliest(c);
  for (unsigned i = 0; i < MN_STYLES && i < told; ++i) {
    MnRect const row = {
      room.x, round(top + i * each), room.width, floor(each) - round(4 * u)};
    draw_style(c, row, i, best == (int)i);
  }
}
