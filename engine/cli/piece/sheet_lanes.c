// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "sheet_lanes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static double const octave    = 12;
static double const full_bits = 16; // of the scale of surprise, or half of that

MnRect
mn_sheet_span(MnSheetPlan const* const p,
              unsigned const           first,
              unsigned const           end,
              MnRect const             lane)
{
  MnPiece const* const piece = p->sheet->piece;
  int64_t const        stop  = end < piece->columns ? piece->column[end].start : piece->end;
  double const         begin = round(mn_sheet_x(p, (double)piece->column[first].start));
  return (MnRect){begin, lane.y, round(mn_sheet_x(p, (double)stop)) - begin, lane.height};
}

void
mn_sheet_ground(MnSheetPlan const* const p, MnRect const lane, bool const scores)
{
  MnPiece const* const piece = p->sheet->piece;
  for (unsigned i = 0; i < piece->columns; ++i) {
    if (!scores || piece->column[i].scored) {
      mn_add(p->canvas, mn_sheet_span(p, i, i + 1, lane));
    }
  }
  mn_fill_added(p->canvas, p->canvas->theme->panel, 1);
}

// What stands left of a lane: its name, and words that explain it.
static void
draw_name(MnSheetPlan const* const p,
          MnRect const             lane,
          char const* const        name,
          char const* const        words)
{
  MnCanvas* const c    = p->canvas;
  double const    u    = c->unit;
  double const    line = 14 * u;
  double const    y    = lane.y + lane.height / 2 - line;
  double const    wide = p->x - p->left - 8 * u;
  MnType const    bold = {MN_BODY, true, MN_RIGHT, c->theme->text};
  MnType const    dim  = {MN_SMALL, false, MN_RIGHT, c->theme->dim};
  mn_text(c, bold, (MnRect){p->left, y, wide, line}, name);
  mn_text(c, dim, (MnRect){p->left, y + line, wide, line}, words);
}

// What stands right of a lane, at a part of its height from the top.
static void
draw_mark(MnSheetPlan const* const p,
          MnRect const             lane,
          double const             part,
          char const* const        words,
          MnColour const           colour)
{
  MnCanvas* const c    = p->canvas;
  double const    u    = c->unit;
  double const    line = 11 * u;
  double const    x    = p->x + p->width + 6 * u;
  double const    y    = lane.y + part * (lane.height - line);
  MnType const    type = {MN_SMALL, false, MN_LEFT, colour};
  mn_text(c, type, (MnRect){x, y, p->right - x, line}, words);
}

static void
find_pitches(MnPiece const* const piece, int* const low, int* const high)
{
  *low  = MN_KEYS;
  *high = 0;
  for (unsigned i = 0; i < piece->note_columns; ++i) {
    for (int pitch = 0; pitch < MN_KEYS; ++pitch) {
      if (mn_piece_has_key(piece->notes[i].sounds, (unsigned)pitch)) {
        *low  = pitch < *low ? pitch : *low;
        *high = pitch > *high ? pitch : *high;
      }
    }
  }
}

// Adds the notes of a key. A key that is struck again begins a new note.
static void
add_notes(MnSheetPlan const* const p,
          unsigned const           pitch,
          double const             y,
          double const             thick)
{
  MnPiece const* const piece = p->sheet->piece;
  double const         each  = p->width / piece->note_columns;
  double const         gap   = each >= 4 ? 1 : 0;
  for (unsigned i = 0; i < piece->note_columns;) {
    if (!mn_piece_has_key(piece->notes[i].sounds, pitch)) {
      ++i;
      continue;
    }
    unsigned const first = i++;
    while (i < piece->note_columns && mn_piece_has_key(piece->notes[i].sounds, pitch) &&
           !mn_piece_has_key(piece->notes[i].begins, pitch)) {
      ++i;
    }
    double const x = p->x + first * each;
    mn_add(p->canvas, (MnRect){x, y, fmax((i - first) * each - gap, 0.75), thick});
  }
}

static void
draw_octaves(MnSheetPlan const* const p,
             double const             top,
             double const             row,
             int const                low,
             int const                high)
{
  MnCanvas* const c = p->canvas;
  for (int pitch = 0; pitch < MN_KEYS; pitch += (int)octave) {
    if (pitch < low || pitch > high) {
      continue;
    }
    double const y    = top + (high - pitch + 0.5) * row;
    double const line = 11 * c->unit;
    char         name[8];
    snprintf(name, sizeof(name), "C%d", pitch / (int)octave - 1);
    mn_hline(c, p->x, y, p->width, c->theme->line, 0.6);
    draw_mark(p, (MnRect){p->x, y - line / 2, p->width, line}, 0, name, c->theme->dim);
  }
}

void
mn_sheet_notes(MnSheetPlan const* const p)
{
  MnCanvas* const c = p->canvas;
  int             low;
  int             high;
  mn_sheet_ground(p, p->notes, false);
  draw_name(p, p->notes, "Notes", "that are heard");
  find_pitches(p->sheet->piece, &low, &high);
  int const spare = high - low < 2 * (int)octave ? 2 * (int)octave - (high - low) : 0;
  low -= (spare + 1) / 2;
  high += spare / 2;
  double const pad = round(4 * c->unit);
  double const row = (p->notes.height - 2 * pad) / (high - low + 1);
  double const top = p->notes.y + pad;
  draw_octaves(p, top, row, low, high);
  double const thick = fmax(fmin(row, 5 * c->unit), 1.5);
  for (int pitch = 0; pitch < MN_KEYS; ++pitch) {
    if (pitch >= low && pitch <= high) {
      double const middle = top + (high - pitch + 0.5) * row;
      add_notes(p, (unsigned)pitch, middle - thick / 2, thick);
    }
  }
  mn_fill_added(c, c->theme->music, 1);
}

static void
draw_sense(MnSheetPlan const* const p)
{
  MnCanvas* const      c     = p->canvas;
  MnPiece const* const piece = p->sheet->piece;
  bool                 on    = false;
  for (unsigned i = 0; i < piece->columns; ++i) {
    MnPieceColumn const* const column = &piece->column[i];
    MnRect const               span   = mn_sheet_span(p, i, i + 1, p->musicality);
    double const               y      = span.y + (1 - (double)column->sense) * span.height;
    if (column->scored && on) {
      cairo_line_to(c->cr, span.x, y);
    } else if (column->scored) {
      cairo_move_to(c->cr, span.x, y);
    }
    if (column->scored) {
      cairo_line_to(c->cr, span.x + span.width, y);
    }
    on = column->scored;
  }
  double const each = p->width / piece->columns;
  cairo_set_line_width(c->cr, fmax(fmin(1.4 * c->unit, 0.5 * each), 1));
  mn_colour(c, c->theme->text, 1);
  cairo_stroke(c->cr);
}

// Musicality as bars from the middle, up for music and down for random notes; sense as a line.
void
mn_sheet_musicality(MnSheetPlan const* const p)
{
  MnCanvas* const      c      = p->canvas;
  MnPiece const* const piece  = p->sheet->piece;
  MnRect const         lane   = p->musicality;
  double const         middle = round(lane.y + lane.height / 2);
  mn_sheet_ground(p, lane, true);
  bool const sense = p->sheet->view->model.has_sense;
  draw_name(p, lane, "Musicality", sense ? "the line: sense" : "");
  draw_mark(p, lane, 0, "music", c->theme->music);
  draw_mark(p, lane, 1, "random", c->theme->noise);
  double const line = 11 * c->unit;
  if (sense && lane.height >= 5 * line) {
    MnRect const inner = {lane.x, lane.y + line, lane.width, lane.height - 2 * line};
    draw_mark(p, inner, 0, "as written", c->theme->text);
    draw_mark(p, inner, 1, "all wrong", c->theme->text);
  }
  for (int kind = 0; kind < 2; ++kind) {
    for (unsigned i = 0; i < piece->columns; ++i) {
      double const high = ((double)piece->column[i].musicality - 0.5) * lane.height;
      MnRect const span = mn_sheet_span(p, i, i + 1, lane);
      if (piece->column[i].scored && (high >= 0) == (kind == 0)) {
        mn_add(c, (MnRect){span.x, fmin(middle - high, middle), span.width, fabs(high)});
      }
    }
    mn_fill_added(c, kind ? c->theme->noise : c->theme->music, 0.6);
  }
  mn_hline(c, p->x, middle, p->width, c->theme->line, 1);
  if (sense) {
    draw_sense(p);
  }
}

void
mn_sheet_surprise(MnSheetPlan const* const p)
{
  MnCanvas* const      c     = p->canvas;
  MnPiece const* const piece = p->sheet->piece;
  MnRect const         lane  = p->surprise;
  double               most  = full_bits / 2;
  char                 text[16];
  for (unsigned i = 0; i < piece->columns; ++i) {
    most = (double)piece->column[i].bits > most ? full_bits : most;
  }
  mn_sheet_ground(p, lane, false);
  draw_name(p, lane, "Surprise", "bits a note");
  snprintf(text, sizeof(text), "%.0f bits", most);
  draw_mark(p, lane, 0, text, c->theme->dim);
  draw_mark(p, lane, 1, "0", c->theme->dim);
  for (unsigned i = 0; i < piece->columns; ++i) {
    double const part = fmin((double)piece->column[i].bits / most, 1);
    MnRect const span = mn_sheet_span(p, i, i + 1, lane);
    mn_add(
      c,
      (MnRect){span.x, span.y + (1 - part) * span.height, span.width, part * span.height});
  }
  mn_fill_added(c, c->theme->noise, 0.75);
  for (int i = 1; i < 4; ++i) {
    mn_hline(c, p->x, lane.y + lane.height * i / 4, p->width, c->theme->line, 0.5);
  }
}
