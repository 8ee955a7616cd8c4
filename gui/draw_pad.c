// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The pad of the player: a plane between four slots, and the buttons that fill these.

#include "draw_canvas.h"

#include <math.h>
#include <stdio.h>

enum { SLOTS = 4, MORPH = 2 }; // MORPH: of the port `mode`

static bool
is_full(MnCanvas const* const c, int const slot)
{
  return c->view->value[MN_TARGET_OF(SLOT_A) + slot] > 0;
}

static bool
is_on(MnCanvas const* const c)
{
  return c->view->value[MN_TARGET_OF(ENABLED)] > 0 &&
         lrint(mn_bound((double)c->view->value[MN_TARGET_OF(MODE)], 0, 9, 0)) == MORPH;
}

// A button that keeps in a slot what was heard last. It is filled if the slot is.
static void
draw_slot(MnCanvas* const c, int const slot)
{
  double const   u      = c->unit;
  MnTheme const* t      = c->theme;
  int const      target = MN_TARGET_OF(CAPTURE_A) + slot;
  MnRect const   r      = c->layout.target[target];
  bool const     full   = is_full(c, slot);
  bool const     down   = c->view->pointer.pressed == target || c->view->value[target] > 0;
  MnColour const body   = full ? t->music : t->raised;
  MnColour const lit    = mn_colour_mix(body, t->text, down ? 0.35 : 0.12);
  char const     name[] = {(char)('A' + slot), '\0'};
  mn_fill_round(c, r, 4 * u, down || mn_is_lit(c, target) ? lit : body, 1);
  MnType const type = {12, full, MN_CENTRE, full ? t->on_accent : t->dim};
  mn_text(c, type, r, name);
  mn_draw_focus(c, target);
}

// A place of the plane: 0 to 1 across and downwards.
typedef struct {
  double x;
  double y;
} Place;

static Place
place_of(MnCanvas const* const c)
{
  return (Place){mn_bound((double)c->view->value[MN_TARGET_OF(X)], 0, 1, 0),
                 mn_bound((double)c->view->value[MN_TARGET_OF(Y)], 0, 1, 0)};
}

// The share of a slot at a place.
static double
share_of(Place const p, int const slot)
{
  return (slot % 2 ? p.x : 1 - p.x) * (slot / 2 ? p.y : 1 - p.y);
}

// A full slot shines into the plane from its corner, as far as its share goes.
static void
draw_glow(MnCanvas* const c, MnRect const pad, Place const at, int const slot)
{
  double const           x      = pad.x + (slot % 2 ? pad.width : 0);
  double const           y      = pad.y + (slot / 2 ? pad.height : 0);
  double const           share  = share_of(at, slot);
  double const           radius = fmin(pad.width, pad.height) * (0.2 + 0.6 * sqrt(share));
  MnColour const         m      = c->theme->music;
  cairo_pattern_t* const fade   = cairo_pattern_create_radial(x, y, 0, x, y, radius);
  double const           alpha  = is_on(c) ? 0.25 + 0.5 * share : 0.14;
  cairo_pattern_add_color_stop_rgba(fade, 0, m.red, m.green, m.blue, alpha);
  cairo_pattern_add_color_stop_rgba(fade, 1, m.red, m.green, m.blue, 0);
  cairo_set_source(c->cr, fade);
  cairo_rectangle(c->cr, pad.x, pad.y, pad.width, pad.height);
  cairo_fill(c->cr);
  cairo_pattern_destroy(fade);
}

static void
draw_grid(MnCanvas* const c, MnRect const pad)
{
  MnRect const plane = c->layout.pad;
  for (int i = 0; i <= 4; ++i) {
    MnColour const colour = i == 2 ? c->theme->line : c->theme->faint;
    mn_hline(c, pad.x, plane.y + plane.height * i / 4, pad.width, colour, 1);
    mn_vline(c, plane.x + plane.width * i / 4, pad.y, pad.height, colour, 1);
  }
}

// The place, with lines to the edges to read it by.
static void
draw_place(MnCanvas* const c, MnRect const pad, Place const at)
{
  double const   u      = c->unit;
  MnTheme const* t      = c->theme;
  bool const     on     = is_on(c);
  MnRect const   plane  = c->layout.pad;
  double const   x      = plane.x + plane.width * at.x;
  double const   y      = plane.y + plane.height * at.y;
  double const   radius = (mn_is_lit(c, MN_TARGET_PAD) ? 8 : 7) * u;
  MnColour const colour = on ? t->music : t->quiet;
  mn_hline(c, pad.x, y - c->hair / 2, pad.width, colour, 0.55);
  mn_vline(c, x - c->hair / 2, pad.y, pad.height, colour, 0.55);
  MnRect const dot = {x - radius, y - radius, 2 * radius, 2 * radius};
  mn_fill_round(c, dot, radius, colour, 1);
  mn_edge_round(c, dot, radius, fmax(2 * u, 1), t->playhead, on ? 1 : 0.6);
}

static void
draw_plane(MnCanvas* const c)
{
  double const u   = c->unit;
  MnRect const pad = c->layout.target[MN_TARGET_PAD];
  Place const  at  = place_of(c);
  if (pad.width <= 0 || pad.height <= 0) {
    return;
  }
  cairo_save(c->cr);
  mn_round_path(c, pad, 5 * u);
  cairo_clip(c->cr);
  mn_fill(c, pad, c->theme->ground, 1);
  for (int slot = 0; slot < SLOTS; ++slot) {
    if (is_full(c, slot)) {
      draw_glow(c, pad, at, slot);
    }
  }
  draw_grid(c, pad);
  draw_place(c, pad, at);
  cairo_restore(c->cr);
  mn_edge_round(c, pad, 5 * u, c->hair, c->theme->line, 1);
  mn_draw_focus(c, MN_TARGET_PAD);
}

void
mn_draw_pad(MnCanvas* const c)
{
  Place const at = place_of(c);
  char        note[48];
  if (is_on(c)) {
    snprintf(note, sizeof(note), "x %.2f   y %.2f", at.x, at.y);
  } else {
    snprintf(note, sizeof(note), "counts in the mode Morph");
  }
  mn_panel(c, MN_AREA_PAD, "Slots", note);
  draw_plane(c);
  for (int slot = 0; slot < SLOTS; ++slot) {
    draw_slot(c, slot);
  }
  mn_draw_control(c, MN_TARGET_OF(CLEAR), true);
}
