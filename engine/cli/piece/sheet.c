// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "sheet.h"

#include "base/percent.h"
#include "sheet_lanes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static double const steps_per_quarter = 4.0;

// Lengths in units. A sheet of the usual size has `usual` pixels in one.
static double const usual   = 1.15;
static double const least   = 0.62;
static double const margin  = 20;
static double const names   = 190; // left of the line of time
static double const words   = 150; // right of it
static double const head    = 46;
static double const numbers = 16; // of bars, and of seconds
static double const legend  = 26;
static double const heading = 22; // above a heat map
static double const gap     = 9;

// Pixels of a column that can be told from the next.
static double const least_column = 3;

// Pixels of a row of a heat map with a name that can be read.
static double const least_row = 10.5;

static double
unit_of(double const width, double const height)
{
  double const size = fmin(width / MN_SHEET_WIDTH, height / MN_SHEET_HEIGHT);
  return fmax(usual * size, least);
}

static void
plan_time(MnSheetPlan* const p, double const width, double const unit)
{
  p->left  = round(margin * unit);
  p->right = round(width - margin * unit);
  p->x     = round(p->left + names * unit);
  p->width = fmax(round(p->right - words * unit) - p->x, 1);
}

unsigned
mn_sheet_columns(double const width, double const height)
{
  MnSheetPlan p;
  plan_time(&p, width, unit_of(width, height));
  return (unsigned)(p.width / least_column);
}

// Takes a lane from the top of what is left.
static MnRect
take(MnSheetPlan const* const p, double* const y, double const height)
{
  MnRect const lane = {p->x, *y, p->width, fmax(round(height), 0)};
  *y += lane.height;
  return lane;
}

// Shares the height among the lanes: what neurons leave over, the notes have.
static void
plan_lanes(MnSheetPlan* const p, double const height)
{
  double const u     = p->canvas->unit;
  bool const   has   = p->sheet->model->readout.axes;
  double const above = has ? heading : 0;
  double const fixed =
    (2 * margin + head + 2 * numbers + legend + 2 * gap + above + heading) * u;
  double const   room   = fmax(height - fixed, 0);
  double const   axis   = has ? fmax(fmin(0.17 * room / MN_AXES, 17 * u), least_row) : 0;
  double const   curves = 0.33 * room;
  double const   spare  = fmax(room - curves - MN_AXES * axis, 0);
  unsigned const most   = (unsigned)(spare / fmax(12 * u, least_row));
  p->rows               = p->sheet->piece->neurons < most ? p->sheet->piece->neurons : most;
  double const row      = p->rows ? fmin(spare / p->rows, 17 * u) : 0;
  double const left     = spare - row * p->rows;

  double y      = round(margin * u);
  p->head       = (MnRect){p->left, y, p->right - p->left, round(head * u)};
  y             = y + p->head.height;
  p->bars       = take(p, &y, numbers * u);
  p->notes      = take(p, &y, 0.42 * curves + left);
  y             = round(y + gap * u);
  p->musicality = take(p, &y, 0.32 * curves);
  y             = round(y + gap * u);
  p->surprise   = take(p, &y, 0.26 * curves);
  y             = round(y + above * u);
  p->axes       = take(p, &y, MN_AXES * axis);
  y             = round(y + heading * u);
  p->neurons    = take(p, &y, row * p->rows);
  p->time       = take(p, &y, numbers * u);
  p->legend =
    (MnRect){p->x, round(height - (margin + legend) * u), p->width, round(legend * u)};
}

// The time of a step, in seconds.
static double
seconds_of(MnSheet const* const sheet, double const step)
{
  return mn_tempo_map_seconds(sheet->map, step * sheet->map->ppqn / steps_per_quarter);
}

static double
step_at(MnSheet const* const sheet, double const seconds)
{
  return mn_tempo_map_tick(sheet->map, seconds) * steps_per_quarter / sheet->map->ppqn;
}

// The first metre, and whether there are others.
static void
write_metre(MnMidiScore const* const score, char* const text, size_t const size)
{
  unsigned beats = 4;
  unsigned unit  = 4;
  bool     first = true;
  bool     more  = false;
  for (size_t i = 0; i < score->count; ++i) {
    MnMidiEvent const* const e     = &score->events[i];
    bool const               metre = e->kind == MN_MIDI_METRE && e->bytes[1] < 8;
    bool const               same = e->bytes[0] == beats && 1U << (e->bytes[1] & 7) == unit;
    if (metre && first && e->tick == 0) {
      beats = e->bytes[0];
      unit  = 1U << e->bytes[1];
    } else if (metre && !same) {
      more = true;
    }
    first = first && !metre;
  }
  snprintf(text, size, "%u/%u%s", beats, unit, more ? " and others" : "");
}

static void
write_tempo(MnTempoMap const* const map, char* const text, size_t const size)
{
  double low  = INFINITY;
  double high = 0;
  for (size_t i = 0; i < map->count; ++i) {
    low  = fmin(low, 60 / map->tempos[i].beat);
    high = fmax(high, 60 / map->tempos[i].beat);
  }
  if (round(low) < round(high)) {
    snprintf(text, size, "%.0f\xE2\x80\x93%.0f bpm", low, high);
  } else {
    snprintf(text, size, "%.0f bpm", low);
  }
}

static void
write_clock(double const seconds, char* const text, size_t const size)
{
  long const s = lround(fmin(seconds, 1e8));
  if (s < 3600) {
    snprintf(text, size, "%ld:%02ld", s / 60, s % 60);
  } else {
    snprintf(text, size, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
  }
}

// A number of the whole piece, right to left. @return where the next one ends.
static double
draw_sum(MnSheetPlan const* const p,
         double const             right,
         char const* const        name,
         char const* const        value)
{
  MnCanvas* const c     = p->canvas;
  double const    u     = c->unit;
  double const    upper = round(p->head.height * 0.52);
  MnType const    big   = {16, true, MN_RIGHT, c->theme->text};
  MnType const    small = {MN_SMALL, false, MN_RIGHT, c->theme->dim};
  double const    wide  = fmax(110 * u, 95); // small letters are not as small as that
  double const a = mn_text(c, big, (MnRect){right - wide, p->head.y, wide, upper}, value);
  double const b = mn_text(
    c, small, (MnRect){right - wide, p->head.y + upper, wide, p->head.height * 0.3}, name);
  return right - fmax(a, b) - 22 * u;
}

static void
draw_head(MnSheetPlan const* const p)
{
  MnCanvas* const            c     = p->canvas;
  MnSheet const* const       sheet = p->sheet;
  MnPieceColumn const* const mean  = &sheet->piece->mean;
  double                     right = p->right;
  char                       value[32];
  if (mean->notes) {
    snprintf(value, sizeof(value), "%.1f bits", (double)mean->bits);
    right = draw_sum(p, right, "mean surprise", value);
  }
  if (mean->scored && sheet->view->model.has_sense) {
    snprintf(value, sizeof(value), "%.0f %%", mn_percent((double)mean->sense));
    right = draw_sum(p, right, "mean sense", value);
  }
  if (mean->scored) {
    snprintf(value, sizeof(value), "%.0f %%", mn_percent((double)mean->musicality));
    right = draw_sum(p, right, "mean musicality", value);
  }

  char metre[32];
  char tempo[48];
  char clock[32];
  char line[256];
  write_metre(sheet->score, metre, sizeof(metre));
  write_tempo(sheet->map, tempo, sizeof(tempo));
  write_clock(seconds_of(sheet, (double)sheet->piece->end), clock, sizeof(clock));
  snprintf(line,
           sizeof(line),
           "%lld bar%s in %s, %s, %s. %s",
           (long long)sheet->piece->bars,
           sheet->piece->bars == 1 ? "" : "s",
           metre,
           clock,
           tempo,
           sheet->heard);
  double const upper = round(p->head.height * 0.52);
  MnType const title = {18, true, MN_LEFT, c->theme->text};
  MnType const facts = {MN_SMALL, false, MN_LEFT, c->theme->dim};
  mn_text(c, title, (MnRect){p->left, p->head.y, right - p->left, upper}, sheet->title);
  mn_text(c,
          facts,
          (MnRect){p->left, p->head.y + upper, right - p->left, p->head.height * 0.3},
          line);
}

// A line through all lanes.
static void
draw_bar_line(MnSheetPlan const* const p, double const x)
{
  MnRect const lanes[] = {p->notes, p->musicality, p->surprise, p->axes, p->neurons};
  for (unsigned i = 0; i < sizeof(lanes) / sizeof(*lanes); ++i) {
    mn_vline(p->canvas, x, lanes[i].y, lanes[i].height, p->canvas->theme->text, 0.16);
  }
}

// The numbers of bars, as close as they can be read, and lines where those bars begin.
static void
draw_bars(MnSheetPlan const* const p)
{
  MnCanvas* const c     = p->canvas;
  double const    u     = c->unit;
  double const    end   = (double)p->sheet->piece->end;
  double const    each  = p->width / (double)p->sheet->piece->bars;
  int64_t         every = 1;
  while ((double)every * each < 34 * u) {
    every *= 2;
  }
  MnType const type   = {MN_SMALL, false, MN_LEFT, c->theme->dim};
  MnMidiScore  reader = *p->sheet->score;
  MnBar        bar    = mn_midi_score_first_bar(&reader);
  double       after  = p->x - 1; // where the last number ends
  for (bool more = true; more && bar.start < end;) {
    MnBar   next      = bar;
    int64_t from      = 0;
    more              = mn_midi_score_next_metre(&reader, INT64_MAX, &next, &from);
    double const stop = more ? fmin(next.start, end) : end;
    int64_t      n    = (bar.number + every - 1) / every * every;
    for (; bar.start + (double)(n - bar.number) * bar.length < stop - 0.01; n += every) {
      double const x = mn_sheet_x(p, bar.start + (double)(n - bar.number) * bar.length);
      char         text[24];
      snprintf(text, sizeof(text), "%lld", (long long)n + 1);
      if (x < after || x + 12 * u > p->x + p->width) {
        continue;
      }
      after =
        x + 8 * u + mn_text(c, type, (MnRect){x, p->bars.y, 60 * u, p->bars.height}, text);
      draw_bar_line(p, x);
    }
    bar = next;
  }
  MnType const name = {MN_SMALL, false, MN_RIGHT, c->theme->dim};
  mn_text(
    c, name, (MnRect){p->left, p->bars.y, p->x - 8 * u - p->left, p->bars.height}, "bar");
}

static void
draw_time(MnSheetPlan const* const p)
{
  static double const steps[] = {1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600};
  enum { STEPS = sizeof(steps) / sizeof(*steps) };
  MnCanvas* const c          = p->canvas;
  double const    u          = c->unit;
  double const    whole      = seconds_of(p->sheet, (double)p->sheet->piece->end);
  double const    least_step = whole * 56 * u / p->width;
  unsigned        i          = 0;
  while (i + 1 < STEPS && steps[i] < least_step) {
    ++i;
  }
  double const every = fmax(steps[i], least_step);
  MnType const type  = {MN_SMALL, false, MN_LEFT, c->theme->dim};
  double       after = p->x - 1;
  for (int mark = 0; mark * every < whole; ++mark) {
    double const t = mark * every;
    double const x = mn_sheet_x(p, step_at(p->sheet, t));
    char         text[32];
    write_clock(t, text, sizeof(text));
    if (x >= after && x + 24 * u <= p->x + p->width) {
      mn_vline(c, x, p->time.y, 4 * u, c->theme->line, 1);
      after =
        x + 12 * u +
        mn_text(c, type, (MnRect){x + 3 * u, p->time.y, 60 * u, p->time.height}, text);
    }
  }
  MnType const name = {MN_SMALL, false, MN_RIGHT, c->theme->dim};
  mn_text(
    c, name, (MnRect){p->left, p->time.y, p->x - 8 * u - p->left, p->time.height}, "time");
}

// How to read the colours.
static void
draw_legend(MnSheetPlan const* const p)
{
  enum { CELLS = 11 };
  MnCanvas* const c    = p->canvas;
  double const    u    = c->unit;
  double const    cell = round(15 * u);
  double const    high = round(10 * u);
  double const    y    = p->legend.y + p->legend.height - round(12 * u);
  double          x    = p->x;
  MnType const    type = {MN_SMALL, false, MN_LEFT, c->theme->dim};
  MnRect const    line = {x, y, p->width, high};
  x += mn_text(c, type, line, "lower than all music") + 7 * u;
  for (int i = 0; i < CELLS; ++i) {
    MnRect const r = {round(x) + i * cell, y, cell, high};
    mn_fill(c, r, mn_sheet_heat(c->theme, (double)i / (CELLS - 1)), 1);
  }
  mn_edge_round(
    c, (MnRect){round(x), y, CELLS * cell, high}, 0, c->hair, c->theme->line, 1);
  x = round(x) + CELLS * cell + 7 * u;
  x +=
    mn_text(c, type, (MnRect){x, y, p->x + p->width - x, high}, "higher than all music") +
    24 * u;
  char           text[160];
  unsigned const bars = p->sheet->model->steps / 16;
  unsigned long  each = p->sheet->piece->each;
  if (each == 1) {
    snprintf(text,
             sizeof(text),
             "A column tells of the %u bars of 4/4 from there on. Empty: too few notes.",
             bars);
  } else {
    snprintf(
      text,
      sizeof(text),
      "A column is the mean of %lu windows, of %u bars of 4/4 each. Empty: too few notes.",
      each,
      bars);
  }
  mn_text(c, type, (MnRect){x, y, fmax(p->right - x, 0), high}, text);
}

void
mn_sheet_draw(cairo_t* const       cr,
              MnSheet const* const sheet,
              MnTheme const* const theme,
              double const         width,
              double const         height)
{
  MnCanvas c;
  mn_canvas_open(&c, cr, sheet->view, theme, width, height);
  c.unit        = unit_of(width, height);
  c.hair        = fmax(round(0.8 * c.unit), 1);
  MnSheetPlan p = {.canvas = &c, .sheet = sheet};
  plan_time(&p, width, c.unit);
  plan_lanes(&p, height);
  mn_fill(&c, (MnRect){0, 0, width, height}, theme->ground, 1);
  draw_head(&p);
  mn_sheet_notes(&p);
  mn_sheet_musicality(&p);
  mn_sheet_surprise(&p);
  if (p.axes.height > 0) {
    mn_sheet_axes(&p);
  }
  if (p.rows) {
    mn_sheet_neurons(&p);
  }
  draw_bars(&p);
  draw_time(&p);
  draw_legend(&p);
  mn_canvas_close(&c);
}
