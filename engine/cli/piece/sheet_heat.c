// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "sheet_lanes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

// Shades of a heat map on either side of the middle.
enum { SHADES = 12 };

MnColour
mn_sheet_heat(MnTheme const* const theme, double const value)
{
  double const part = fmin(fabs(2 * value - 1), 1);
  return mn_colour_mix(theme->panel, value < 0.5 ? theme->noise : theme->music, part);
}

static int
shade_of(float const value)
{
  double const v = fmin(fmax((double)value, 0), 1); // NaN becomes 0
  return (int)lround((2 * v - 1) * SHADES);
}

// The row of a heat map.
static MnRect
row_of(MnRect const map, unsigned const rows, unsigned const row)
{
  double const y = round(map.y + map.height * row / rows);
  return (MnRect){map.x, y, map.width, round(map.y + map.height * (row + 1) / rows) - y};
}

// The values of a column that a heat map shows.
typedef float const* (*Values)(MnPieceColumn const* column);

static float const*
axes_of(MnPieceColumn const* const column)
{
  return column->axes;
}

static float const*
neurons_of(MnPieceColumn const* const column)
{
  return column->neurons;
}

// Adds the columns of a row that have a shade; those in a row are one rectangle.
static void
add_shade(MnSheetPlan const* const p,
          MnRect const             lane,
          Values const             values,
          unsigned const           row,
          int const                shade)
{
  MnPiece const* const piece = p->sheet->piece;
  unsigned             first = 0;
  for (unsigned i = 0; i <= piece->columns; ++i) {
    MnPieceColumn const* const column = i < piece->columns ? &piece->column[i] : NULL;
    if (column && column->scored && shade_of(values(column)[row]) == shade) {
      continue;
    }
    if (first < i) {
      mn_add(p->canvas, mn_sheet_span(p, first, i, lane));
    }
    first = i + 1;
  }
}

static void
draw_heat(MnSheetPlan const* const p,
          MnRect const             map,
          Values const             values,
          unsigned const           rows)
{
  MnCanvas* const c   = p->canvas;
  double const    gap = map.height / rows >= 9 ? 1 : 0;
  mn_sheet_ground(p, map, true);
  for (int shade = -SHADES; shade <= SHADES; ++shade) {
    for (unsigned row = 0; shade && row < rows; ++row) {
      MnRect lane = row_of(map, rows, row);
      lane.height -= gap;
      add_shade(p, lane, values, row, shade);
    }
    mn_fill_added(c, mn_sheet_heat(c->theme, 0.5 + 0.5 * shade / SHADES), 1);
  }
}

// The names of a row: of its high values left, of its low ones right.
static void
draw_row_names(MnSheetPlan const* const p,
               MnRect const             lane,
               char const* const        high,
               char const* const        low,
               char const* const        rank)
{
  MnCanvas* const c    = p->canvas;
  double const    u    = c->unit;
  double const    size = fmin(MN_SMALL, 0.82 * lane.height / u);
  double const    end  = p->x - 8 * u;
  double const    wide = *rank ? 24 * u : 0;
  MnType const    name = {size, false, MN_RIGHT, c->theme->text};
  MnType const    dim  = {size, false, MN_LEFT, c->theme->dim};
  double const    used = mn_text(
    c, name, (MnRect){p->left + wide, lane.y, end - p->left - wide, lane.height}, high);
  if (*rank) {
    MnType const number = {size, false, MN_RIGHT, c->theme->quiet};
    mn_text(c,
            number,
            (MnRect){p->left, lane.y, end - used - 5 * u - p->left, lane.height},
            rank);
  }
  double const x = p->x + p->width + 6 * u;
  mn_text(c, dim, (MnRect){x, lane.y, p->right - x, lane.height}, low);
}

static void
draw_heading(MnSheetPlan const* const p,
             MnRect const             map,
             char const* const        name,
             char const* const        note)
{
  MnCanvas* const c    = p->canvas;
  double const    u    = c->unit;
  double const    line = 16 * u;
  double const    y    = map.y - line;
  double const    x    = p->x + p->width + 6 * u;
  MnType const    bold = {MN_BODY, true, MN_LEFT, c->theme->text};
  MnType const    dim  = {MN_SMALL, false, MN_LEFT, c->theme->dim};
  MnType const    high = {MN_SMALL, false, MN_RIGHT, c->theme->music};
  MnType const    low  = {MN_SMALL, false, MN_LEFT, c->theme->noise};
  double const    used = mn_text(c, bold, (MnRect){p->x, y, p->width, line}, name) + 10 * u;
  mn_text(c, dim, (MnRect){p->x + used, y, p->width - used, line}, note);
  mn_text(c, high, (MnRect){p->left, y, p->x - 8 * u - p->left, line}, "blue: high");
  mn_text(c, low, (MnRect){x, y, p->right - x, line}, "orange: low");
}

void
mn_sheet_axes(MnSheetPlan const* const p)
{
  draw_heading(p, p->axes, "Axes", "percentiles among real music");
  draw_heat(p, p->axes, axes_of, MN_AXES);
  for (unsigned i = 0; i < MN_AXES; ++i) {
    MnAxis const* const axis = &p->sheet->model->readout.axes[i];
    char                high[64];
    snprintf(high, sizeof(high), "%s: %s", axis->name, axis->high);
    draw_row_names(p, row_of(p->axes, MN_AXES, i), high, axis->low, "");
  }
}

void
mn_sheet_neurons(MnSheetPlan const* const p)
{
  MnSheet const* const sheet = p->sheet;
  char                 note[96];
  snprintf(note,
           sizeof(note),
           p->rows < sheet->piece->neurons
             ? "the first %u of %u that have a name, percentiles among real music"
             : "that have a name, percentiles among real music",
           p->rows,
           sheet->piece->neurons);
  draw_heading(p, p->neurons, "Music neurons", note);
  draw_heat(p, p->neurons, neurons_of, p->rows);
  for (unsigned i = 0; i < p->rows; ++i) {
    unsigned const rank = sheet->piece->ranks[i];
    char           number[16];
    char           high[MN_VIEW_LABEL + 16];
    char           low[MN_VIEW_LABEL + 16];
    snprintf(number, sizeof(number), "%u", rank + 1);
    mn_neuron_words(sheet->view, rank, true, high, sizeof(high));
    mn_neuron_words(sheet->view, rank, false, low, sizeof(low));
    draw_row_names(p, row_of(p->neurons, p->rows, i), high, low, number);
  }
}
