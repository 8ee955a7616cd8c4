// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The controls: the strip at the bottom, and the table of CC slots.

#include "draw_canvas.h"

#include "controls.h"
#include "text.h"

#include <math.h>
#include <stdio.h>

static void
draw_box(MnCanvas* const c, unsigned const port, MnRect const r)
{
  double const   u = c->unit;
  MnTheme const* t = c->theme;
  MnColour const body =
    mn_is_lit(c, (int)port) ? mn_colour_mix(t->raised, t->text, 0.08) : t->raised;
  mn_fill_round(c, r, 4 * u, body, 1);
}

static void
draw_toggle(MnCanvas* const c, unsigned const port, bool const active)
{
  double const   u    = c->unit;
  MnRect const   r    = c->layout.target[port];
  bool const     on   = c->view->value[port] > 0;
  double const   high = round(fmin(16 * u, r.height));
  double const   wide = fmin(round(30 * u), r.width);
  MnRect const   pill = {round(r.x), round(r.y + (r.height - high) / 2), wide, high};
  MnColour const off  = mn_is_lit(c, (int)port)
                          ? mn_colour_mix(c->theme->line, c->theme->text, 0.1)
                          : c->theme->line;
  mn_fill_round(c, pill, high / 2, on ? c->theme->music : off, active ? 1 : 0.45);
  double const knob = high - round(4 * u);
  double const x   = on ? pill.x + pill.width - knob - round(2 * u) : pill.x + round(2 * u);
  MnRect const dot = {x, pill.y + (high - knob) / 2, knob, knob};
  mn_fill_round(
    c, dot, knob / 2, on ? c->theme->on_accent : c->theme->text, active ? 1 : 0.5);
}

// Draws a chevron that points down.
static void
draw_chevron(MnCanvas* const c, double const x, double const y, MnColour const colour)
{
  double const u = c->unit;
  cairo_save(c->cr);
  mn_colour(c, colour, 1);
  cairo_set_line_width(c->cr, fmax(1.4 * u, 1));
  cairo_set_line_cap(c->cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join(c->cr, CAIRO_LINE_JOIN_ROUND);
  cairo_move_to(c->cr, x - 3 * u, y - 1.5 * u);
  cairo_line_to(c->cr, x, y + 1.5 * u);
  cairo_line_to(c->cr, x + 3 * u, y - 1.5 * u);
  cairo_stroke(c->cr);
  cairo_restore(c->cr);
}

void
mn_draw_menu_box(MnCanvas* const c, int const target, char const* const text)
{
  double const u    = c->unit;
  MnRect const r    = c->layout.target[target];
  MnType const type = {MN_BODY, false, MN_LEFT, c->theme->text};
  draw_box(c, (unsigned)target, r);
  mn_text(c, type, mn_rect_cut(r, 8 * u, 16 * u), text);
  draw_chevron(c, r.x + r.width - 10 * u, r.y + r.height / 2, c->theme->dim);
  mn_draw_focus(c, target);
}

bool
mn_source_words(MnView const* const view,
                int const           source,
                char* const         text,
                size_t const        size)
{
  unsigned const rank  = (unsigned)source - MN_SOURCE_NEURON_1;
  unsigned const axis  = (unsigned)source - MN_SOURCE_AXIS_1;
  unsigned const style = (unsigned)source - MN_SOURCE_STYLE_1;
  text[0]              = '\0';
  if (rank < MN_RANKED && rank < mn_view_music(view)) {
    mn_text_copy(text, size, view->model.label[rank], MN_VIEW_LABEL);
    if (!*text) {
      snprintf(text, size, "index %u", mn_neuron_at(view, rank));
    }
  } else if (axis < MN_AXES) {
    mn_axis_name(view, axis, text, size);
  } else if (style < MN_STYLES && style < view->model.styles) {
    mn_text_copy(text, size, view->model.style[style], MN_VIEW_LABEL);
  }
  return *text;
}

void
mn_choice_words(MnView const* const view,
                unsigned const      port,
                float const         value,
                char* const         text,
                size_t const        size)
{
  unsigned const style = (unsigned)mn_control_clean(port, value);
  mn_control_text(port, value, text, size);
  if (port == MN_TARGET_OF(STYLE) && style < view->model.styles) {
    mn_text_copy(text, size, view->model.style[style], MN_VIEW_LABEL);
  }
}

static void
draw_choice(MnCanvas* const c, unsigned const port, MnColour const colour)
{
  double const u = c->unit;
  MnRect const r = c->layout.target[port];
  char         text[48];
  mn_choice_words(c->view, port, c->view->value[port], text, sizeof(text));
  draw_box(c, port, r);
  MnType const type   = {MN_BODY, false, MN_LEFT, colour};
  MnRect const room   = mn_rect_cut(r, 8 * u, 16 * u);
  double const used   = mn_text(c, type, room, text) + 8 * u;
  bool const   slot   = port >= MN_PORT_CC_1 && port < MN_PORT_COUNT;
  int const    source = slot ? (int)mn_control_clean(port, c->view->value[port]) : 0;
  if (slot && mn_source_words(c->view, source, text, sizeof(text))) {
    MnType const small = {MN_SMALL, false, MN_RIGHT, c->theme->dim};
    mn_text(c, small, mn_rect_cut(room, used, 2 * u), text);
  }
  draw_chevron(c, r.x + r.width - 10 * u, r.y + r.height / 2, c->theme->dim);
}

// Draws a number over a line. The line runs from the start of the range to the
// value, or from the middle if the range has negative values.
static void
draw_number(MnCanvas* const c,
            unsigned const  port,
            bool const      active,
            MnColour const  colour)
{
  double const u = c->unit;
  MnRect const r = c->layout.target[port];
  MnControl    control;
  mn_control_get(port, &control);
  double const from = control.minimum < 0 ? 0.5 : 0;
  double const to   = mn_control_fraction(port, c->view->value[port]);
  char         text[48];
  mn_control_text(port, c->view->value[port], text, sizeof(text));
  draw_box(c, port, r);
  double const high = fmax(round(2.5 * u), 1);
  MnRect const line = {
    r.x + r.width * fmin(from, to), r.y + r.height - high, r.width * fabs(to - from), high};
  cairo_save(c->cr);
  mn_round_path(c, r, 4 * u);
  cairo_clip(c->cr);
  mn_fill(c, line, c->theme->music, active ? 0.85 : 0.3);
  cairo_restore(c->cr);
  MnType const type = {MN_BODY, false, MN_CENTRE, colour};
  mn_text(c, type, (MnRect){r.x + 2 * u, r.y - u * 0.5, r.width - 4 * u, r.height}, text);
}

static void
draw_trigger(MnCanvas* const c, unsigned const port, bool const active)
{
  double const   u    = c->unit;
  MnRect const   r    = c->layout.target[port];
  bool const     down = c->view->value[port] > 0 || c->view->pointer.pressed == (int)port;
  MnColour const rest = active ? c->theme->text : c->theme->quiet;
  char           text[48];
  mn_control_text(port, 0, text, sizeof(text));
  if (down) {
    mn_fill_round(c, r, 4 * u, c->theme->music, 1);
  } else {
    draw_box(c, port, r);
  }
  MnType const type = {MN_BODY, false, MN_CENTRE, down ? c->theme->on_accent : rest};
  mn_text(c, type, mn_rect_inset(r, 2 * u, 0), text);
}

void
mn_draw_control(MnCanvas* const c, unsigned const port, bool const active)
{
  MnControl control;
  if (!mn_control_get(port, &control) || c->layout.target[port].width <= 0) {
    return;
  }
  MnColour const colour = active ? c->theme->text : c->theme->quiet;
  switch (control.kind) {
  case MN_CONTROL_TOGGLE:
    draw_toggle(c, port, active);
    break;
  case MN_CONTROL_CHOICE:
    draw_choice(c, port, colour);
    break;
  case MN_CONTROL_INT:
  case MN_CONTROL_FLOAT:
    draw_number(c, port, active, colour);
    break;
  case MN_CONTROL_TRIGGER:
    draw_trigger(c, port, active);
    break;
  }
  mn_draw_focus(c, (int)port);
}

void
mn_draw_focus(MnCanvas* const c, int const target)
{
  if (c->view->pointer.focused != target || target < 0) {
    return;
  }
  double const u     = c->unit;
  double const thick = fmax(round(1.6 * u), 1);
  double const gap   = round(1.5 * u) + thick;
  MnRect const r     = c->layout.target[target];
  MnRect const ring  = {r.x - gap, r.y - gap, r.width + 2 * gap, r.height + 2 * gap};
  mn_edge_round(c, ring, 4 * u + gap, thick, c->theme->playhead, 1);
}

static void
draw_tap(MnCanvas* const c)
{
  double const u   = c->unit;
  MnRect const r   = c->layout.target[MN_TARGET_TAP];
  bool const   on  = !c->view->roll.known || c->view->roll.tempo_of == MN_TEMPO_OWN;
  bool const   lit = mn_is_lit(c, MN_TARGET_TAP);
  mn_fill_round(c,
                r,
                4 * u,
                lit ? mn_colour_mix(c->theme->raised, c->theme->text, 0.08)
                    : c->theme->raised,
                1);
  MnType const type = {MN_BODY, false, MN_CENTRE, on ? c->theme->text : c->theme->quiet};
  mn_text(c, type, r, "Tap");
  mn_draw_focus(c, MN_TARGET_TAP);
}

void
mn_draw_strip(MnCanvas* const c)
{
  double const u     = c->unit;
  MnRect const panel = mn_layout_panel(&c->layout, MN_AREA_CONTROLS);
  mn_fill_round(c, panel, 5 * u, c->theme->panel, 1);
  bool const on = c->view->value[MN_PORT_ENABLED] > 0;
  for (unsigned port = MN_PORT_FIRST_CONTROL; port < MN_PORT_CC_SHARE; ++port) {
    MnControl    control;
    MnRect const r = c->layout.target[port];
    if (r.width <= 0 || !mn_control_get(port, &control)) {
      continue;
    }
    if (control.kind != MN_CONTROL_TRIGGER) {
      MnType const type = {MN_SMALL, false, MN_LEFT, c->theme->dim};
      mn_text(c,
              type,
              (MnRect){r.x, panel.y + 4 * u, r.width, r.y - panel.y - 5 * u},
              control.label);
    }
    if (port == MN_PORT_GLIDE) { // a new group
      mn_vline(c, r.x - 14 * u, panel.y + 8 * u, panel.height - 16 * u, c->theme->line, 1);
    }
    bool const given = port == MN_PORT_TEMPO && c->view->roll.known &&
                       c->view->roll.tempo_of != MN_TEMPO_OWN; // that one counts
    mn_draw_control(
      c, port, (on && !given) || port == MN_PORT_ENABLED || port == MN_PORT_RESET);
  }
  draw_tap(c);
}

static void
draw_slot(MnCanvas* const c, unsigned const slot)
{
  double const   u     = c->unit;
  unsigned const first = MN_PORT_CC_1 + slot * MN_CC_PORT_COUNT;
  MnRect const   r     = c->layout.target[first];
  MnRect const   panel = mn_layout_panel(&c->layout, MN_AREA_CC);
  bool const     on    = c->view->value[first] > 0;
  double const   left  = panel.x + 10 * u;
  char           text[16];
  snprintf(text, sizeof(text), "%u", slot + 1);
  MnType const type = {MN_BODY, true, MN_LEFT, on ? c->theme->music : c->theme->quiet};
  mn_text(c, type, (MnRect){left, r.y, fmax(r.x - left - 4 * u, 0), r.height}, text);
  for (unsigned i = 0; i < MN_CC_PORT_COUNT; ++i) {
    mn_draw_control(c, first + i, on || i == MN_CC_PORT_SOURCE);
  }
  mn_draw_control(c, MN_PORT_SEND_1 + slot, on);
}

void
mn_draw_table(MnCanvas* const c)
{
  double const u     = c->unit;
  MnRect const share = c->layout.target[MN_PORT_CC_SHARE];
  MnRect const panel = mn_layout_panel(&c->layout, MN_AREA_CC);
  MnType const head  = {MN_SMALL, false, MN_LEFT, c->theme->dim};
  MnType const right = {MN_SMALL, false, MN_RIGHT, c->theme->dim};
  mn_fill_round(c, panel, 5 * u, c->theme->panel, 1);

  MnType const title = {MN_BODY, true, MN_LEFT, c->theme->text};
  MnRect const line  = {panel.x + 10 * u, share.y, panel.width / 2, share.height};
  double const used  = mn_text(c, title, line, "MIDI CC") + 10 * u;
  mn_text(c, head, mn_rect_cut(line, used, 0), "Values that are sent as MIDI controllers");
  double const words = fmax(share.x - line.x - line.width - 8 * u, 0);
  mn_text(c,
          right,
          (MnRect){share.x - 8 * u - words, share.y, words, share.height},
          "Send on controllers that come in, too");
  mn_draw_control(c, MN_PORT_CC_SHARE, true);

  double const top = share.y + share.height + round(6 * u);
  for (unsigned i = 0; i < MN_CC_PORT_COUNT; ++i) {
    MnControl    control;
    MnRect const r = c->layout.target[MN_PORT_CC_1 + i];
    mn_control_get(MN_PORT_CC_1 + i, &control);
    MnType type       = head;
    type.align        = control.kind == MN_CONTROL_INT || control.kind == MN_CONTROL_FLOAT
                          ? MN_CENTRE
                          : MN_LEFT;
    double const over = type.align == MN_CENTRE ? 2 * u : 0;
    mn_text(c, type, (MnRect){r.x - over, top, r.width + 2 * over, 14 * u}, control.label);
  }
  for (unsigned slot = 0; slot < MN_CC_SLOTS; ++slot) {
    MnRect const r = c->layout.target[MN_PORT_CC_1 + slot * MN_CC_PORT_COUNT];
    if (slot) {
      MnRect const before = c->layout.target[MN_PORT_CC_1 + (slot - 1) * MN_CC_PORT_COUNT];
      double const y      = (before.y + before.height + r.y) / 2 + 2 * u;
      mn_hline(c, panel.x + 10 * u, y, panel.width - 20 * u, c->theme->faint, 1);
    }
    draw_slot(c, slot);
  }
}
