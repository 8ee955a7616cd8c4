// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The musicality as a number and an arc, and the history of the last windows.

#include "draw_canvas.h"

#include <math.h>
#include <stdio.h>

// The arc goes from the lower left over the top to the lower right.
#define ARC_START (0.78 * MN_PI)
#define ARC_SWEEP (1.44 * MN_PI)

static bool
is_at_rest(MnView const* const view)
{
  return view->roll.known && !view->roll.listening;
}

// From 0.5 up it is music, below that noise.
static MnColour
verdict(MnTheme const* const t, double const musicality)
{
  return musicality >= 0.5 ? t->music : t->noise;
}

static void
draw_arc(MnCanvas* const c,
         double const    x,
         double const    y,
         double const    radius,
         double const    from,
         double const    to,
         MnColour const  colour,
         double const    alpha)
{
  mn_colour(c, colour, alpha);
  cairo_new_sub_path(c->cr);
  cairo_arc(c->cr, x, y, radius, ARC_START + from * ARC_SWEEP, ARC_START + to * ARC_SWEEP);
  cairo_stroke(c->cr);
}

static void
draw_gauge(MnCanvas* const c, MnRect const box)
{
  double const u      = c->unit;
  bool const   values = mn_has_values(c->view);
  double const m      = mn_bound((double)c->view->window.musicality, 0, 1, 0.5);
  double const faded  = is_at_rest(c->view) ? 0.45 : 1;
  // These are the width and height of the arc for a radius of 1, with its thickness.
  double const room   = fmin(box.width / 2.16, box.height / 1.94);
  double const radius = fmax(room, 1);
  double const thick  = fmax(radius * 0.16, 2);
  double const x      = box.x + box.width / 2;
  double const y      = box.y + box.height / 2 + radius * 0.12;

  cairo_save(c->cr);
  cairo_set_line_width(c->cr, thick);
  cairo_set_line_cap(c->cr, CAIRO_LINE_CAP_ROUND);
  draw_arc(c, x, y, radius, 0, 1, c->theme->raised, 1);
  if (values) {
    draw_arc(c, x, y, radius, 0, fmax(m, 0.002), verdict(c->theme, m), faded);
  }
  // A notch at 0.5, where it could be either.
  cairo_set_line_cap(c->cr, CAIRO_LINE_CAP_BUTT);
  cairo_set_line_width(c->cr, c->hair);
  mn_colour(c, c->theme->quiet, 1);
  double const tip = round(y - radius - thick / 2);
  mn_vline(c, x - c->hair / 2, tip, thick, c->theme->panel, 1);
  cairo_restore(c->cr);

  double const size = radius / u * 0.78;
  MnType const type = {size,
                       true,
                       MN_CENTRE,
                       values ? mn_colour_mix(c->theme->panel, c->theme->text, faded)
                              : c->theme->quiet};
  char         text[16];
  // Rounded towards 50: only 0 and 1 themselves are shown as 0 and 100.
  snprintf(text, sizeof(text), "%.0f", m < 0.5 ? ceil(m * 100) : floor(m * 100));
  MnRect const number = {x - radius, y - size * u * 0.62, 2 * radius, size * u};
  double const wide   = mn_text(c, type, number, values ? text : "\xE2\x80\x93");
  if (values) {
    MnType const sign = {fmax(size * 0.36, 8.5), false, MN_LEFT, c->theme->dim};
    mn_text(
      c,
      sign,
      (MnRect){x + wide / 2 + 1.5 * u, number.y + size * u * 0.07, radius, size * u * 0.4},
      "%");
  }
  MnType const unit = {fmax(radius / u * 0.22, 8.5), false, MN_CENTRE, c->theme->dim};
  MnRect const word = {
    x - radius, number.y + number.height, 2 * radius, unit.size * u * 1.5};
  mn_text(c,
          unit,
          word,
          !values               ? ""
          : is_at_rest(c->view) ? "at rest"
          : m >= 0.9            ? "music"
          : m <= 0.1            ? "noise"
                                : "in between");
}

// The count at full height: all noise neurons, so that the scale stays the same.
static int
most_noise(MnCanvas const* const c, MnViewHistory const* const h, unsigned const count)
{
  int most = (int)(mn_view_neurons(c->view) - mn_view_music(c->view)) + 1;
  for (unsigned i = 0; i < count; ++i) {
    most = h->noise[i] > most ? h->noise[i] : most;
  }
  return most;
}

enum { AGES = 8, MUSIC_BAR = 0, NOISE_BAR, COUNT_BAR, BARS };

// Draws a bar a window for the musicality, up from the middle for music and down
// for noise; and below them the count of excited noise neurons.
static void
draw_history(MnCanvas* const c, MnRect const box)
{
  MnViewHistory const* const h      = &c->view->history;
  double const               u      = c->unit;
  unsigned const             count  = h->count < MN_HISTORY ? h->count : MN_HISTORY;
  double const               axis   = round(30 * u);
  MnRect const               plot   = {box.x, box.y, fmax(box.width - axis, 1), box.height};
  double const               upper  = round(plot.height * 0.66);
  double const               gap    = round(5 * u);
  double const               middle = plot.y + round(upper / 2);
  double const               floor_ = plot.y + plot.height;
  double const               lower  = fmax(plot.height - upper - gap, 1);

  mn_add(c, (MnRect){plot.x, plot.y, plot.width, upper});
  mn_add(c, (MnRect){plot.x, floor_ - lower, plot.width, lower});
  mn_fill_added(c, mn_colour_mix(c->theme->panel, c->theme->ground, 0.55), 1);
  mn_hline(c, plot.x, middle, plot.width, c->theme->line, 1);

  MnType const type  = {8.5, false, MN_LEFT, c->theme->quiet};
  double const label = plot.x + plot.width + 5 * u;
  double const line  = 11 * u;
  mn_text(c, type, (MnRect){label, plot.y - line * 0.1, axis, line}, "100");
  mn_text(c, type, (MnRect){label, middle - line / 2, axis, line}, "50");
  mn_text(c, type, (MnRect){label, plot.y + upper - line * 0.9, axis, line}, "0");

  int const    most = most_noise(c, h, count);
  double const slot = plot.width / MN_HISTORY;
  double const wide = slot >= 4 ? floor(slot) - 1 : slot * 0.75;
  // Older windows are paler. All bars of an age and a kind are filled at once.
  for (unsigned age = 0; age < AGES; ++age) {
    double const alpha = 0.5 + 0.5 * (age + 1) / AGES;
    for (int kind = 0; kind < BARS; ++kind) {
      for (unsigned i = age * count / AGES; i < (age + 1) * count / AGES; ++i) {
        double const x    = plot.x + (MN_HISTORY - count + i) * slot;
        double const left = slot >= 4 ? round(x) : x;
        double const m    = mn_bound((double)h->musicality[i], 0, 1, 0.5);
        double const high = (m - 0.5) * (upper - 2 * c->hair);
        double const n    = mn_bound((double)h->noise[i], 0, most, 0) / most * lower;
        if (kind == COUNT_BAR) {
          mn_add(c, (MnRect){left, floor_ - n, wide, n});
        } else if (kind == MUSIC_BAR && high >= 0) {
          mn_add(c, (MnRect){left, middle - high, wide, high});
        } else if (kind == NOISE_BAR && high < 0) {
          mn_add(c, (MnRect){left, middle + c->hair, wide, -high});
        }
      }
      mn_fill_added(c,
                    kind == MUSIC_BAR ? c->theme->music : c->theme->noise,
                    kind == COUNT_BAR ? 0.8 * alpha : alpha);
    }
  }
  if (count) {
    char text[16];
    snprintf(text, sizeof(text), "%d", h->noise[count - 1]);
    MnType const number = {8.5, false, MN_LEFT, c->theme->noise};
    mn_text(c, number, (MnRect){label, floor_ - lower / 2 - line, axis, line}, text);
    mn_text(c, type, (MnRect){label, floor_ - lower / 2, axis + 4 * u, line}, "noise");
  }
}

void
mn_draw_score(MnCanvas* const c)
{
  double const u     = c->unit;
  MnRect const panel = mn_layout_panel(&c->layout, MN_AREA_SCORE);
  MnRect const room  = mn_panel(c, MN_AREA_SCORE, "Musicality", "last 64 windows");
  double const side  = fmin((panel.height - 14 * u) * 1.1, room.width * 0.3);
  MnRect const gauge = {
    room.x + round(58 * u), panel.y + round(8 * u), side, panel.height - 14 * u};
  double const left = gauge.x + gauge.width + round(20 * u);
  draw_gauge(c, gauge);
  draw_history(c,
               (MnRect){left,
                        room.y + round(2 * u),
                        fmax(room.x + room.width - left, 1),
                        fmax(room.height - round(11 * u), 1)});
}
