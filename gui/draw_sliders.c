// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The sliders of the player: how far to move along each axis and each of the first neurons,
/// and where what it plays then lies.

#include "draw_canvas.h"

#include "controls.h"

#include <math.h>
#include <stdio.h>

// A slider with 0 in its middle.
static void
draw_track(MnCanvas* const c, MnRect const track, unsigned const port)
{
  double const   u      = c->unit;
  MnTheme const* t      = c->theme;
  bool const     on     = c->view->value[MN_TARGET_OF(ENABLED)] > 0;
  double const   middle = round(track.x + track.width / 2);
  double const   end =
    track.x + track.width * mn_control_fraction(port, c->view->value[port]);
  MnRect const way = {fmin(middle, end), track.y, fabs(end - middle), track.height};
  mn_fill_round(c, track, track.height / 2, t->raised, 1);
  mn_fill(c, way, t->music, on ? 0.9 : 0.35);
  mn_vline(c, middle, track.y - 2 * u, track.height + 4 * u, t->quiet, 0.8);

  double const   radius = fmax(track.height * 0.5 + 2.5 * u, 2);
  bool const     still  = end == track.x + track.width / 2;
  MnColour const rest   = still || !on ? t->dim : t->music;
  MnRect const   knob   = {
        end - radius, track.y + track.height / 2 - radius, 2 * radius, 2 * radius};
  mn_fill_round(c, knob, radius, mn_is_lit(c, (int)port) ? t->text : rest, 1);
}

// From the middle of real music to where what is played lies, 0 to 1.
static void
draw_meter(MnCanvas* const c, MnRect const line, double const played)
{
  double const   u      = c->unit;
  MnTheme const* t      = c->theme;
  double const   middle = round(line.x + line.width / 2);
  double const   end    = round(line.x + (line.width - c->hair) * played);
  double const   wide   = fmax(round(2 * u), 2);
  double const   x      = fmin(fmax(end - wide / 2, line.x), line.x + line.width - wide);
  mn_fill(c, line, t->faint, 1);
  mn_fill(
    c, (MnRect){fmin(middle, end), line.y, fabs(end - middle), line.height}, t->text, 0.45);
  mn_fill(c, (MnRect){x, line.y - u, wide, line.height + 2 * u}, t->text, 0.95);
}

static void
write_offset(float const value, unsigned const port, char* const text, size_t const size)
{
  double const kept = (double)mn_control_clean(port, value);
  snprintf(text, size, "%+.2f", kept);
  if (kept == 0) {
    snprintf(text, size, "0");
  }
}

// What the control moves: what the model's axis is called, or what the neuron's values on this
// side of 0 mean.
static void
write_name(MnCanvas const* const  c,
           unsigned const         port,
           MnControl const* const control,
           char* const            text,
           size_t const           size)
{
  unsigned const rank = port - MN_TARGET_OF(NEURON_1);
  unsigned const axis = port - MN_TARGET_OF(AXIS_1);
  if (axis < MN_AXES && c->view->model.has_axes) {
    mn_axis_name(c->view, axis, text, size);
  } else if (rank < MN_RANKED && rank < mn_view_music(c->view)) {
    mn_neuron_words(c->view, rank, !(c->view->value[port] < 0), text, size);
  } else {
    snprintf(text, size, "%s", control->label);
  }
}

static void
draw_slider(MnCanvas* const c, double const left, unsigned const port, unsigned const meter)
{
  double const u     = c->unit;
  MnRect const r     = c->layout.target[port];
  double const size  = fmin(MN_BODY, r.height / u * 0.8);
  double const high  = fmax(round(fmin(4 * u, r.height * 0.22)), 2);
  MnRect const track = {r.x, round(r.y + r.height * 0.42 - high / 2), r.width, high};
  MnRect const line = {r.x, round(r.y + r.height * 0.82), r.width, fmax(round(1.6 * u), 1)};
  MnControl    control;
  char         text[MN_VIEW_LABEL + 16];
  if (r.width <= 0 || !mn_control_get(port, &control)) {
    return;
  }
  bool const   moved = c->view->value[port] != 0;
  MnType const name  = {size, false, MN_LEFT, moved ? c->theme->text : c->theme->dim};
  MnType const right = {size, false, MN_RIGHT, moved ? c->theme->text : c->theme->quiet};
  MnRect const row   = {left, track.y + high / 2 - r.height / 2, r.x - left, r.height};
  write_name(c, port, &control, text, sizeof(text));
  mn_text(c, name, mn_rect_cut(row, 0, 6 * u), text);
  write_offset(c->view->value[port], port, text, sizeof(text));
  mn_text(c, right, (MnRect){r.x + r.width + 6 * u, row.y, 34 * u, r.height}, text);
  draw_track(c, track, port);
  if (c->view->value[MN_TARGET_OF(TURNS)] > 0) {
    draw_meter(c, line, mn_bound((double)c->view->value[meter], 0, 1, 0.5));
  }
  mn_draw_focus(c, (int)port);
}

// Draws the sliders of a set, in two columns, down each.
static void
draw_set(MnCanvas* const c,
         MnRect const    room,
         unsigned const  first,
         unsigned const  meter,
         unsigned const  count)
{
  double const shift = c->layout.target[first].x - room.x; // room for a name
  for (unsigned i = 0; i < count; ++i) {
    draw_slider(c, c->layout.target[first + i].x - shift, first + i, meter + i);
  }
}

void
mn_draw_offsets(MnCanvas* const c)
{
  MnRect const room =
    mn_panel(c, MN_AREA_OFFSETS, "Axes", "below: what is played, among real music");
  draw_set(c, room, MN_TARGET_OF(AXIS_1), MN_TARGET_OF(PLAYED_AXIS_1), MN_AXES);
}

void
mn_draw_ranked(MnCanvas* const c)
{
  MnRect const room =
    mn_panel(c, MN_AREA_RANKED, "Music neurons", "the most telling first");
  draw_set(c, room, MN_TARGET_OF(NEURON_1), MN_TARGET_OF(PLAYED_NEURON_1), MN_RANKED);
}
