// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The map: the window's place on a plane of two axes, its way there, and landmarks.

#include "draw_canvas.h"

#include "text.h"

#include <math.h>
#include <stdio.h>

enum { TRAIL = 64, NAMES = MN_MAX_LANDMARKS };

unsigned
mn_map_axis(MnView const* const view, bool const upwards)
{
  return view->pointer.map[upwards] % MN_AXES;
}

typedef struct {
  double x;
  double y;
} Point;

static Point
place(MnCanvas const* const c, double const across, double const upwards)
{
  MnRect const r = c->layout.map;
  return (Point){r.x + r.width * mn_bound(across, 0, 1, 0.5),
                 r.y + r.height * (1 - mn_bound(upwards, 0, 1, 0.5))};
}

static void
fill_dot(MnCanvas* const c,
         Point const     p,
         double const    radius,
         MnColour const  colour,
         double const    alpha)
{
  mn_fill_round(
    c, (MnRect){p.x - radius, p.y - radius, 2 * radius, 2 * radius}, radius, colour, alpha);
}

static void
draw_grid(MnCanvas* const c)
{
  double const u = c->unit;
  MnRect const r = c->layout.map;
  mn_fill(c, r, c->theme->ground, 0.5);
  for (int i = 0; i <= 4; ++i) {
    double const   part = i / 4.0;
    double const   x    = fmin(r.x + r.width * part, r.x + r.width - c->hair);
    double const   y    = fmin(r.y + r.height * part, r.y + r.height - c->hair);
    MnColour const line = i == 2 ? c->theme->line : c->theme->faint;
    mn_vline(c, x, r.y, r.height, line, 1);
    mn_hline(c, r.x, y, r.width, line, 1);
    char text[8];
    snprintf(text, sizeof(text), "%d", 25 * i);
    MnType const below = {MN_SMALL, false, MN_CENTRE, c->theme->dim};
    MnType const left  = {MN_SMALL, false, MN_RIGHT, c->theme->dim};
    double const wide  = 30 * u;
    double const shift = i == 0 ? 0 : i == 4 ? wide : wide / 2;
    MnType       own   = below;
    own.align          = i == 0 ? MN_LEFT : i == 4 ? MN_RIGHT : MN_CENTRE;
    mn_text(c, own, (MnRect){x - shift, r.y + r.height + 2 * u, wide, 12 * u}, text);
    mn_text(c,
            left,
            (MnRect){r.x - 28 * u, r.y + r.height - (y - r.y) - 6 * u, 24 * u, 12 * u},
            text);
  }
}

static bool
overlap(MnRect const a, MnRect const b)
{
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height &&
         b.y < a.y + a.height;
}

// Finds room for a name beside its mark: right, left, above, below. @return false if all is
// taken.
static bool
find_room(MnCanvas const* const c,
          Point const           p,
          double const          wide,
          MnRect const* const   taken,
          unsigned const        count,
          MnRect* const         room)
{
  double const u       = c->unit;
  double const high    = 12 * u;
  double const gap     = 7 * u;
  MnRect const map     = c->layout.map;
  MnRect const tries[] = {{p.x + gap, p.y - high / 2, wide, high},
                          {p.x - gap - wide, p.y - high / 2, wide, high},
                          {p.x - wide / 2, p.y - gap - high, wide, high},
                          {p.x - wide / 2, p.y + gap, wide, high}};
  for (unsigned t = 0; t < 4; ++t) {
    MnRect const r = tries[t];
    bool free      = r.x >= map.x && r.x + r.width <= map.x + map.width && r.y >= map.y &&
                r.y + r.height <= map.y + map.height;
    for (unsigned i = 0; free && i < count; ++i) {
      free = !overlap(r, taken[i]);
    }
    if (free) {
      *room = r;
      return true;
    }
  }
  return false;
}

static void
draw_diamond(MnCanvas* const c, Point const p)
{
  double const side = 4.5 * c->unit;
  mn_colour(c, c->theme->dim, 1);
  cairo_move_to(c->cr, p.x, p.y - side);
  cairo_line_to(c->cr, p.x + side, p.y);
  cairo_line_to(c->cr, p.x, p.y + side);
  cairo_line_to(c->cr, p.x - side, p.y);
  cairo_close_path(c->cr);
  cairo_fill(c->cr);
}

// All marks first, so that no name covers one.
static void
draw_landmarks(MnCanvas* const c)
{
  MnViewModel const* const m      = &c->view->model;
  unsigned const           across = mn_map_axis(c->view, false);
  unsigned const           up     = mn_map_axis(c->view, true);
  unsigned const           count  = m->landmarks < NAMES ? m->landmarks : NAMES;
  MnRect                   taken[2 * NAMES];
  Point                    at[NAMES];
  for (unsigned i = 0; i < count; ++i) {
    double const side = 6 * c->unit;
    at[i]             = place(c, (double)m->place[i][across], (double)m->place[i][up]);
    taken[i]          = (MnRect){at[i].x - side, at[i].y - side, 2 * side, 2 * side};
    draw_diamond(c, at[i]);
  }
  unsigned     used = count;
  MnType const type = {MN_SMALL, false, MN_LEFT, c->theme->text};
  for (unsigned i = 0; i < count; ++i) {
    char text[MN_VIEW_LABEL + 1];
    mn_text_copy(text, sizeof(text), m->landmark[i], MN_VIEW_LABEL);
    double const wide = mn_text_width(c, type, text) + 1;
    if (*text && find_room(c, at[i], wide, taken, used, &taken[used])) {
      mn_text(c, type, taken[used++], text);
    }
  }
}

// The way of the last windows, up to the one that is shown.
static void
draw_trail(MnCanvas* const c)
{
  MnPast const* const past   = &c->view->past;
  unsigned const      across = mn_map_axis(c->view, false);
  unsigned const      up     = mn_map_axis(c->view, true);
  double const        u      = c->unit;
  unsigned            last   = past->count;
  while (c->chosen && last && &past->entry[last - 1] != c->chosen) {
    --last;
  }
  Point    way[TRAIL];
  unsigned points = 0;
  for (unsigned i = last; i > 0 && points < TRAIL; --i) {
    MnPastEntry const* const e = &past->entry[i - 1];
    if (e->said.scored && e->model == past->model) {
      way[points++] = place(c, e->said.axes[across] / 255.0, e->said.axes[up] / 255.0);
    }
  }
  cairo_set_line_width(c->cr, fmax(1.2 * u, 1));
  for (unsigned i = points; i > 1; --i) {
    mn_colour(c, c->theme->music, 0.15 + 0.55 * (TRAIL - i) / TRAIL);
    cairo_move_to(c->cr, way[i - 1].x, way[i - 1].y);
    cairo_line_to(c->cr, way[i - 2].x, way[i - 2].y);
    cairo_stroke(c->cr);
  }
  for (unsigned i = points; i > 0; --i) {
    fill_dot(c, way[i - 1], 1.8 * u, c->theme->music, 0.25 + 0.6 * (TRAIL - i) / TRAIL);
  }
}

static void
draw_now(MnCanvas* const c)
{
  if (!mn_has_values(c)) {
    return;
  }
  double const u = c->unit;
  Point const  p = place(c,
                        (double)c->window->axes[mn_map_axis(c->view, false)],
                        (double)c->window->axes[mn_map_axis(c->view, true)]);
  fill_dot(c, p, 7 * u, c->theme->panel, 1);
  fill_dot(c, p, 5.5 * u, c->theme->playhead, 1);
}

static void
draw_choice(MnCanvas* const c, int const target, char const* const words)
{
  double const u    = c->unit;
  MnRect const r    = c->layout.target[target];
  MnType const type = {MN_SMALL, false, MN_RIGHT, c->theme->dim};
  char         text[MN_VIEW_AXIS + 1];
  mn_text(c, type, (MnRect){r.x - 62 * u, r.y, 56 * u, r.height}, words);
  mn_axis_name(
    c->view, mn_map_axis(c->view, target == MN_TARGET_MAP_Y), text, sizeof(text));
  mn_draw_menu_box(c, target, text);
}

void
mn_draw_map(MnCanvas* const c)
{
  MnRect const panel = mn_layout_panel(&c->layout, MN_AREA_MAP);
  MnRect const r     = c->layout.map;
  mn_panel(c, MN_AREA_MAP, "Map", "");
  draw_choice(c, MN_TARGET_MAP_X, "Across");
  draw_choice(c, MN_TARGET_MAP_Y, "Upwards");
  if (r.width < 1 || r.height < 1 || panel.width < 1) {
    return;
  }
  cairo_save(c->cr);
  draw_grid(c);
  cairo_restore(c->cr);
  cairo_save(c->cr);
  cairo_rectangle(c->cr, r.x, r.y, r.width, r.height);
  cairo_clip(c->cr);
  draw_landmarks(c);
  draw_trail(c);
  draw_now(c);
  cairo_restore(c->cr);
}
