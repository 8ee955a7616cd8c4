// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The axes: where the last window lies along each, among music.

#include "draw_canvas.h"

#include "text.h"

#include <math.h>
#include <stdio.h>

// Two columns, from top to bottom.
enum { COLUMNS = 2, ROWS = MN_AXES / COLUMNS };

void
mn_axis_name(MnView const* const view,
             unsigned const      axis,
             char* const         text,
             size_t const        size)
{
  mn_text_copy(text, size, view->model.axis[axis], MN_VIEW_AXIS);
}

static double
value_of(MnCanvas const* const c, unsigned const axis)
{
  return mn_bound((double)c->window->axes[axis], 0, 1, 0.5);
}

// From the middle to the value.
static void
draw_bar(MnCanvas* const c, MnRect const bar, unsigned const axis)
{
  double const middle = round(bar.x + bar.width / 2);
  mn_fill(c, bar, c->theme->line, 0.5);
  if (mn_has_values(c)) {
    double const end = round(bar.x + bar.width * value_of(c, axis));
    mn_fill(c,
            (MnRect){fmin(middle, end), bar.y, fabs(end - middle), bar.height},
            c->theme->music,
            0.8);
  }
  mn_vline(c, middle, bar.y - c->unit, bar.height + 2 * c->unit, c->theme->quiet, 1);
}

static void
draw_row(MnCanvas* const c, MnRect const row, unsigned const axis)
{
  double const u      = c->unit;
  double const size   = fmin(fmin(MN_BODY, row.height / u * 0.86), 11);
  double const name   = round(fmin(76 * u, row.width * 0.5));
  double const number = row.width > 130 * u ? round(26 * u) : 0;
  double const high   = fmax(round(fmin(row.height * 0.5, 8 * u)), 1);
  MnType const type   = {size, false, MN_LEFT, c->theme->text};
  char         text[MN_VIEW_AXIS + 16];
  mn_axis_name(c->view, axis, text, sizeof(text));
  mn_text(c, type, (MnRect){row.x, row.y, name, row.height}, text);
  MnRect const bar = {row.x + name,
                      round(row.y + (row.height - high) / 2),
                      fmax(row.width - name - number, 2),
                      high};
  draw_bar(c, bar, axis);
  if (number > 0 && mn_has_values(c)) {
    MnType const right = {size, false, MN_RIGHT, c->theme->dim};
    snprintf(text, sizeof(text), "%.0f", 100 * value_of(c, axis));
    mn_text(
      c, right, (MnRect){row.x + row.width - number, row.y, number, row.height}, text);
  }
}

void
mn_draw_axes(MnCanvas* const c)
{
  double const u    = c->unit;
  MnRect const room = mn_panel(c, MN_AREA_AXES, "Axes", "percentile in music");
  double const gap  = round(18 * u);
  double const wide = (room.width - (COLUMNS - 1) * gap) / COLUMNS;
  double const high = (room.height - round(6 * u)) / ROWS;
  for (unsigned axis = 0; wide > 0 && high > 0 && axis < MN_AXES; ++axis) {
    unsigned const column = axis / ROWS;
    unsigned const row    = axis % ROWS;
    double const   top    = round(room.y + row * high);
    draw_row(c, (MnRect){room.x + column * (wide + gap), top, wide, floor(high)}, axis);
  }
}
