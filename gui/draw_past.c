// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What was heard before, along a line of time: the notes, musicality and sense, and the
/// axes.

#include "draw_canvas.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { BAR = 16, MOST_NOTES = 4096, LEVELS = 8 };

typedef struct {
  MnRect   line; ///< of time
  MnRect   notes;
  MnRect   scores;
  MnRect   axes; ///< empty if the model has none
  double   from; ///< steps
  double   to;
  unsigned first; ///< entries that are shown, at least in part
  unsigned end;
} Past;

static double
x_of(Past const* const p, double const at)
{
  return p->line.x + (at - p->from) / (p->to - p->from) * p->line.width;
}

static Past
past_of(MnCanvas const* const c)
{
  MnPast const* const past = &c->view->past;
  double const        u    = c->unit;
  MnRect const        line = c->layout.past;
  Past                p    = {.line = line};
  mn_layout_past(c->view, &p.from, &p.to);
  double const axes =
    c->view->model.has_axes ? round(fmax(line.height * 0.27, MN_AXES)) : 0;
  double const scores = round(line.height * 0.33);
  double const gap    = round(3 * u);
  double const notes  = fmax(line.height - axes - scores - (axes > 0 ? 2 : 1) * gap, 1);
  p.notes             = (MnRect){line.x, line.y, line.width, notes};
  p.scores            = (MnRect){line.x, line.y + notes + gap, line.width, scores};
  p.axes          = (MnRect){line.x, line.y + notes + scores + 2 * gap, line.width, axes};
  int const first = mn_past_find(past, p.from);
  p.first         = first < 0 ? 0 : (unsigned)first;
  p.end           = (unsigned)(mn_past_find(past, p.to) + 1);
  return p;
}

// The part of an entry that is shown.
static MnRect
span_of(MnCanvas const* const c, Past const* const p, unsigned const i, MnRect const band)
{
  MnPastEntry const* const e     = &c->view->past.entry[i];
  double const             start = fmax(x_of(p, (double)e->at), band.x);
  double const             end =
    fmin(x_of(p, (double)e->at + mn_past_length(&c->view->past, i)), band.x + band.width);
  // Whole pixels, which cairo fills far faster.
  double const left = round(start);
  return (MnRect){left, band.y, fmax(round(end) - left, 0), band.height};
}

static void
draw_grounds(MnCanvas* const c, Past const* const p)
{
  MnColour const ground = mn_colour_mix(c->theme->panel, c->theme->ground, 0.55);
  mn_add(c, p->notes);
  mn_add(c, p->scores);
  if (p->axes.height > 0) {
    mn_add(c, p->axes);
  }
  mn_fill_added(c, ground, 1);
  double const middle = round(p->scores.y + p->scores.height / 2);
  mn_hline(c, p->scores.x, middle, p->scores.width, c->theme->line, 1);
}

// A line where a bar begins, with its number where there is room.
static void
draw_bars(MnCanvas* const c, Past const* const p)
{
  MnPast const* const past  = &c->view->past;
  double const        u     = c->unit;
  double const        each  = x_of(p, BAR) - x_of(p, 0);
  int                 every = 1;
  while (every * each < 34 * u && every < 4096) {
    every *= 2;
  }
  MnType const type = {8.5, false, MN_LEFT, c->theme->dim};
  int32_t      last = INT32_MIN;
  for (unsigned i = p->first; i < p->end; ++i) {
    MnPastEntry const* const e = &past->entry[i];
    double const             x = x_of(p, (double)e->at);
    if (e->said.bar == last || x < p->line.x) {
      continue;
    }
    last            = e->said.bar;
    bool const told = e->said.bar >= 0 && e->said.bar % every == 0;
    if (each >= 5 || told) {
      mn_vline(c, x, p->notes.y, p->notes.height, c->theme->line, told ? 0.9 : 0.5);
    }
    if (told && x + 20 * u < p->line.x + p->line.width) {
      char text[16];
      snprintf(text, sizeof(text), "%d", (int)e->said.bar + 1);
      mn_text(c, type, (MnRect){x + 2 * u, p->notes.y, 40 * u, 10 * u}, text);
    }
  }
}

static void
draw_notes(MnCanvas* const c, Past const* const p)
{
  MnPastNote* const notes = (MnPastNote*)malloc(MOST_NOTES * sizeof(MnPastNote));
  if (!notes) {
    return;
  }
  unsigned const count = mn_past_notes(
    &c->view->past, (int64_t)floor(p->from) - 32, (int64_t)ceil(p->to), MOST_NOTES, notes);
  int low  = MN_KEYS;
  int high = 0;
  for (unsigned i = 0; i < count; ++i) {
    low  = notes[i].pitch < low ? notes[i].pitch : low;
    high = notes[i].pitch > high ? notes[i].pitch : high;
  }
  int const    more  = high - low < 24 ? 24 - (high - low) : 0;
  double const top   = p->notes.y + 9 * c->unit; // below the numbers of bars
  double const row   = (p->notes.y + p->notes.height - top) / (high - low + more + 1);
  double const thick = round(fmax(fmin(row, 4 * c->unit), 2)); // whole pixels: as above
  for (unsigned i = 0; i < count; ++i) {
    double const x   = round(fmax(x_of(p, (double)notes[i].at), p->line.x));
    double const end = fmin(x_of(p, (double)notes[i].end), p->line.x + p->line.width);
    double const y   = round(top + (high + more / 2 - notes[i].pitch) * row);
    if (end > x) {
      mn_add(c, (MnRect){x, y, fmax(round(end) - x - 1, 1), thick});
    }
  }
  mn_fill_added(c, c->theme->music, 0.85);
  free(notes);
}

// Musicality as bars from the middle, up for music and down for noise; sense as a line.
static void
draw_scores(MnCanvas* const c, Past const* const p)
{
  MnPast const* const past   = &c->view->past;
  double const        middle = p->scores.y + p->scores.height / 2;
  for (int kind = 0; kind < 2; ++kind) {
    for (unsigned i = p->first; i < p->end; ++i) {
      MnPastWindow const* const w    = &past->entry[i].said;
      MnRect const              span = span_of(c, p, i, p->scores);
      double const              high = (w->musicality / 255.0 - 0.5) * p->scores.height;
      if (w->scored && (high >= 0) == (kind == 0)) {
        mn_add(c, (MnRect){span.x, fmin(middle - high, middle), span.width, fabs(high)});
      }
    }
    mn_fill_added(c, kind ? c->theme->noise : c->theme->music, 0.5);
  }
  if (!c->view->model.has_sense) {
    return;
  }
  bool    on  = false;
  int64_t end = 0; // of the entry before
  for (unsigned i = p->first; i < p->end; ++i) {
    MnPastWindow const* const w    = &past->entry[i].said;
    MnRect const              span = span_of(c, p, i, p->scores);
    double const              y = p->scores.y + (1 - w->sense / 255.0) * p->scores.height;
    on                          = on && past->entry[i].at <= end; // not across a gap
    end                         = past->entry[i].at + mn_past_length(past, i);
    if (w->scored && on) {
      cairo_line_to(c->cr, span.x, y);
    } else if (w->scored) {
      cairo_move_to(c->cr, span.x, y);
    }
    if (w->scored) {
      cairo_line_to(c->cr, span.x + span.width, y);
    }
    on = w->scored;
  }
  cairo_set_line_width(c->cr, fmax(1.3 * c->unit, 1));
  mn_colour(c, c->theme->text, 0.95);
  cairo_stroke(c->cr);
}

// A row an axis: above the middle it is blue, below it orange.
static void
draw_axes(MnCanvas* const c, Past const* const p)
{
  MnPast const* const past = &c->view->past;
  double const        row  = p->axes.height / MN_AXES;
  for (int level = -LEVELS; level <= LEVELS && row > 0; ++level) {
    for (unsigned i = p->first; level && i < p->end; ++i) {
      MnPastWindow const* const w    = &past->entry[i].said;
      MnRect const              span = span_of(c, p, i, p->axes);
      for (unsigned axis = 0; w->scored && axis < MN_AXES; ++axis) {
        int const own = w->axes[axis] * (2 * LEVELS + 1) / 256 - LEVELS;
        if (own == level) {
          double const y = round(p->axes.y + axis * row);
          mn_add(c,
                 (MnRect){span.x, y, span.width, round(p->axes.y + (axis + 1) * row) - y});
        }
      }
    }
    mn_fill_added(
      c, level < 0 ? c->theme->noise : c->theme->music, 0.85 * abs(level) / LEVELS);
  }
}

// What was chosen.
static void
draw_choice(MnCanvas* const c, Past const* const p)
{
  MnViewPointer const* const pointer = &c->view->pointer;
  if (!(pointer->chosen >= 0)) {
    return;
  }
  double const low  = fmin(pointer->chosen, pointer->chosen_to);
  double const high = fmax(pointer->chosen, pointer->chosen_to);
  int const    a    = mn_past_find(&c->view->past, low);
  int const    b    = mn_past_find(&c->view->past, high);
  if (a < 0 || b < 0) {
    return;
  }
  MnRect const first = span_of(c, p, (unsigned)a, p->line);
  MnRect const last  = span_of(c, p, (unsigned)b, p->line);
  MnRect const box   = {
      first.x, p->line.y, fmax(last.x + last.width - first.x, c->hair), p->line.height};
  if (last.x + last.width > p->line.x && first.x < p->line.x + p->line.width) {
    mn_fill(c, box, c->theme->playhead, 0.10);
    mn_edge_round(c, box, 2 * c->unit, fmax(1.2 * c->unit, 1), c->theme->playhead, 0.9);
  }
}

static void
draw_names(MnCanvas* const c, Past const* const p)
{
  double const u    = c->unit;
  MnType const type = {8.5, false, MN_RIGHT, c->theme->quiet};
  double const left = p->line.x - 43 * u;
  double const wide = 40 * u;
  double const line = 11 * u;
  double const half = p->scores.y + p->scores.height / 2;
  mn_text(c,
          type,
          (MnRect){left, p->notes.y + p->notes.height / 2 - line / 2, wide, line},
          "notes");
  if (p->scores.height >= 2 * line) {
    mn_text(c, type, (MnRect){left, half - line, wide, line}, "music");
    mn_text(c, type, (MnRect){left, half, wide, line}, "random");
  }
  if (p->axes.height >= line) {
    mn_text(c,
            type,
            (MnRect){left, p->axes.y + p->axes.height / 2 - line / 2, wide, line},
            "axes");
  }
}

// What can be done, or what is shown.
static void
write_note(MnCanvas const* const c, char* const text, size_t const size)
{
  if (!c->chosen) {
    bool const some = c->view->past.count && !c->view->paper;
    snprintf(text, size, "%s", some ? "click a bar to see it again" : "");
    return;
  }
  double const bar  = mn_bound(c->view->roll.bar_length, 2, 4096, BAR);
  double const back = (double)(mn_past_end(&c->view->past) - c->chosen->at) / bar;
  int const    ago  = (int)lround(mn_bound(back, 0, 1e6, 0));
  char const*  s    = ago == 1 ? "" : "s";
  if (c->chosen->said.bar >= 0) {
    int const number = (int)c->chosen->said.bar + 1;
    snprintf(text, size, "bar %d, %d bar%s ago; Esc: now", number, ago, s);
  } else {
    snprintf(text, size, "%d bar%s ago; Esc: now", ago, s);
  }
}

static void
draw_save(MnCanvas* const c)
{
  MnRect const   r    = c->layout.target[MN_TARGET_SAVE];
  double const   u    = c->unit;
  bool const     some = c->view->past.count > 0;
  MnTheme const* t    = c->theme;
  mn_fill_round(c,
                r,
                3 * u,
                mn_is_lit(c, MN_TARGET_SAVE) ? mn_colour_mix(t->raised, t->text, 0.08)
                                             : t->raised,
                1);
  MnType const type = {MN_SMALL, false, MN_CENTRE, some ? t->text : t->quiet};
  mn_text(c, type, r, "Save MIDI");
  mn_draw_focus(c, MN_TARGET_SAVE);
}

void
mn_draw_past(MnCanvas* const c)
{
  double const u = c->unit;
  mn_panel(c, MN_AREA_PAST, "History", "");
  MnRect const panel = mn_layout_panel(&c->layout, MN_AREA_PAST);
  MnRect const save  = c->layout.target[MN_TARGET_SAVE];
  char         note[64];
  write_note(c, note, sizeof(note));
  MnType const type = {
    MN_SMALL, false, MN_RIGHT, c->chosen ? c->theme->text : c->theme->dim};
  double const left = panel.x + 66 * u;
  mn_text(
    c, type, (MnRect){left, panel.y, fmax(save.x - 10 * u - left, 0), round(24 * u)}, note);
  if (!c->view->paper) {
    draw_save(c);
  }

  Past const p = past_of(c);
  draw_grounds(c, &p);
  draw_names(c, &p);
  cairo_save(c->cr);
  cairo_rectangle(c->cr, p.line.x, p.line.y, p.line.width, p.line.height);
  cairo_clip(c->cr);
  draw_bars(c, &p);
  draw_notes(c, &p);
  draw_scores(c, &p);
  draw_axes(c, &p);
  draw_choice(c, &p);
  cairo_restore(c->cr);
}
