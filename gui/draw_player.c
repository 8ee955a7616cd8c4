// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What surrounds the player's panels: its state in the header, its strip of controls, and its
/// status line.

#include "draw_canvas.h"

#include "controls.h"
#include "player_layout.h"

#include <math.h>
#include <stdio.h>

// Of the port `state`, by its names in the table.
typedef enum { OFF, NO_DECODER, WAITING, HEARING, PLAYING, STATES } State;

enum { DRIFT = 3 }; // of the port `mode`

static long
whole_of(MnCanvas const* const c, unsigned const port)
{
  MnPort const* const p = mn_target_port(port);
  return lrint(mn_bound((double)c->view->value[port], (double)p->low, (double)p->high, 0));
}

// Until the plugin tells, its state seems to be off.
static bool
is_known(MnCanvas const* const c)
{
  return whole_of(c, MN_TARGET_OF(STATE)) != OFF ||
         !(c->view->value[MN_TARGET_OF(ENABLED)] > 0);
}

static State
state_of(MnCanvas const* const c)
{
  return (State)whole_of(c, MN_TARGET_OF(STATE));
}

// A dot, filled while something is heard or played. @return its width with a gap.
static double
draw_dot(MnCanvas* const c,
         double const    x,
         MnRect const    line,
         bool const      filled,
         MnColour const  colour)
{
  double const side = round(9 * c->unit);
  MnRect const dot  = {round(x), round(line.y + (line.height - side) / 2), side, side};
  if (filled) {
    mn_fill_round(c, dot, side / 2, colour, 1);
  } else {
    mn_edge_round(c, dot, side / 2, fmax(1.5 * c->unit, 1), colour, 1);
  }
  return side + round(7 * c->unit);
}

void
mn_draw_player_state(MnCanvas* const c, double const x)
{
  double const   u      = c->unit;
  MnTheme const* t      = c->theme;
  State const    state  = state_of(c);
  MnRect const   line   = c->layout.target[MN_TARGET_MODEL];
  double const   left   = x + round(16 * u);
  double const   right  = c->layout.width - round(14 * u);
  bool const     good   = state >= WAITING;
  MnColour const colour = !good              ? t->noise
                          : state == PLAYING ? t->music
                          : state == HEARING ? t->text
                                             : t->dim;
  double const   dot    = draw_dot(c, left, line, state >= HEARING, colour);
  MnType const   bold   = {12, true, MN_LEFT, good ? t->text : t->noise};
  MnRect const   room   = {left + dot, line.y, fmax(right - left - dot, 0), line.height};
  double const   used =
    mn_text(c, bold, room, mn_target_port(MN_TARGET_OF(STATE))->points[state]);

  long const   turns = whole_of(c, MN_TARGET_OF(TURNS));
  long const   late  = whole_of(c, MN_TARGET_OF(LATE));
  MnType const small = {MN_SMALL, late > 0, MN_RIGHT, late > 0 ? t->noise : t->dim};
  char         text[64];
  if (late > 0) {
    snprintf(text, sizeof(text), "%ld turns, %ld late", turns, late);
  } else {
    snprintf(text, sizeof(text), "%ld turn%s, none late", turns, turns == 1 ? "" : "s");
  }
  if (turns > 0 || late > 0) {
    mn_text(c, small, mn_rect_cut(room, used + 12 * u, 0), text);
  }
}

void
mn_draw_player_strip(MnCanvas* const c)
{
  double const u     = c->unit;
  MnRect const panel = mn_layout_panel(&c->layout, MN_AREA_CONTROLS);
  bool const   on    = c->view->value[MN_TARGET_OF(ENABLED)] > 0;
  bool const   drift = whole_of(c, MN_TARGET_OF(MODE)) == DRIFT;
  bool const   tuned = whole_of(c, MN_TARGET_OF(SCALE)) > 0;
  bool const   named = c->view->model.styles > 0;
  bool const   pulls = named && c->view->value[MN_TARGET_OF(STYLE_PULL)] > 0;
  mn_fill_round(c, panel, 5 * u, c->theme->panel, 1);
  for (unsigned i = 0; i < MN_PLAYER_STRIP; ++i) {
    unsigned const port = mn_player_strip[i].target;
    MnRect const   r    = c->layout.target[port];
    MnControl      control;
    if (r.width <= 0 || !mn_control_get(port, &control)) {
      continue;
    }
    if (control.kind != MN_CONTROL_TRIGGER) {
      MnType const type = {MN_SMALL, false, MN_LEFT, c->theme->dim};
      mn_text(c,
              type,
              (MnRect){r.x, panel.y + 4 * u, r.width + 4 * u, r.y - panel.y - 5 * u},
              control.label);
    }
    if (mn_player_strip[i].group) {
      mn_vline(c, r.x - 14 * u, panel.y + 8 * u, panel.height - 16 * u, c->theme->line, 1);
    }
    bool const counts =
      (port != MN_TARGET_OF(PACE) || drift) && (port != MN_TARGET_OF(KEY) || tuned) &&
      (port != MN_TARGET_OF(STYLE) || pulls) && (port != MN_TARGET_OF(STYLE_PULL) || named);
    mn_draw_control(c, port, (on && counts) || port == MN_TARGET_OF(ENABLED));
  }
}

void
mn_draw_player_status(MnCanvas* const c, MnRect const room)
{
  State const  state  = state_of(c);
  bool const   synced = c->view->value[MN_TARGET_OF(SYNCED)] > 0;
  double const dot    = draw_dot(
    c, room.x, room, synced && state > OFF, synced ? c->theme->music : c->theme->dim);
  MnType const type = {MN_SMALL, true, MN_LEFT, c->theme->text};
  mn_text(c,
          type,
          mn_rect_cut(room, dot, 0),
          !is_known(c)          ? "Waiting for the plugin"
          : state == OFF        ? "Off: MIDI passes, nothing is heard or played"
          : state == NO_DECODER ? "This model cannot play: choose one that has a decoder"
          : synced              ? "Turns follow the bars of the host or of a MIDI clock"
                                : "Free-running: your first note starts the first bar");
}
