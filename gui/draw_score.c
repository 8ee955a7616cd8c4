// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The dial: musicality as an arc, and sense as a number.

#include "draw_canvas.h"

#include "base/percent.h"

#include <math.h>
#include <stdio.h>

// The arc goes from the lower left over the top to the lower right.
#define ARC_START (0.78 * MN_PI)
#define ARC_SWEEP (1.44 * MN_PI)

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

// A sign of per cent is smaller, and stands at the upper right of its number. 100 is smaller,
// too: else the sign would touch the ring.
static void
draw_number(MnCanvas* const c, MnRect const box, double const most, double const part)
{
  double const u    = c->unit;
  double const size = mn_percent(part) < 100 ? most : most * 0.84;
  MnType const type = {size, true, MN_CENTRE, c->theme->text};
  char         text[16];
  snprintf(text, sizeof(text), "%.0f", mn_percent(part));
  double const wide = mn_text(c, type, box, text);
  MnType const sign = {fmax(size * 0.36, 8.5), false, MN_LEFT, c->theme->dim};
  mn_text(c,
          sign,
          (MnRect){box.x + (box.width + wide) / 2 + 1.5 * u,
                   box.y + (box.height - size * u) / 2 + size * u * 0.07,
                   box.width,
                   size * u * 0.4},
          "%");
}

static char const*
word_of(double const musicality)
{
  return musicality >= 0.9 ? "music" : musicality <= 0.1 ? "random" : "in between";
}

// The ring is musicality. The number is sense, or musicality if the model has no sense.
static void
draw_gauge(MnCanvas* const c, MnRect const box)
{
  double const u      = c->unit;
  bool const   values = mn_has_values(c);
  bool const   sense  = c->view->model.has_sense;
  double const m      = mn_bound((double)c->window->musicality, 0, 1, 0.5);
  double const s      = mn_bound((double)c->window->sense, 0, 1, 0.5);
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
    draw_arc(c, x, y, radius, 0, fmax(m, 0.002), verdict(c->theme, m), 1);
  }
  // A notch at 0.5, where it could be either.
  cairo_set_line_cap(c->cr, CAIRO_LINE_CAP_BUTT);
  double const tip = round(y - radius - thick / 2);
  mn_vline(c, x - c->hair / 2, tip, thick, c->theme->panel, 1);
  cairo_restore(c->cr);

  double const size   = radius / u * 0.66;
  MnRect const number = {x - radius, y - size * u * 0.78, 2 * radius, size * u};
  if (values) {
    draw_number(c, number, size, sense ? s : m);
  } else {
    MnType const none = {size, true, MN_CENTRE, c->theme->quiet};
    mn_text(c, none, number, "\xE2\x80\x93");
  }
  MnType const unit = {fmax(radius / u * 0.19, 8.5), false, MN_CENTRE, c->theme->dim};
  MnRect const word = {
    x - radius, number.y + number.height, 2 * radius, unit.size * u * 1.35};
  mn_text(c, unit, word, sense ? "sense" : "musicality");
  if (values) {
    MnType const type = {unit.size, true, MN_CENTRE, verdict(c->theme, m)};
    MnRect const foot = {word.x, word.y + word.height, word.width, word.height};
    mn_text(c, type, foot, word_of(m));
  }
}

void
mn_draw_score(MnCanvas* const c)
{
  double const u        = c->unit;
  MnRect const panel    = mn_layout_panel(&c->layout, MN_AREA_SCORE);
  char         note[24] = "";
  if (mn_has_values(c)) {
    double const m = mn_bound((double)c->window->musicality, 0, 1, 0.5);
    snprintf(note, sizeof(note), "%.0f %%", mn_percent(m));
  }
  mn_panel(c, MN_AREA_SCORE, "Musicality", note);
  double const top = round(22 * u);
  draw_gauge(c,
             (MnRect){panel.x + 8 * u,
                      panel.y + top,
                      fmax(panel.width - 16 * u, 1),
                      fmax(panel.height - top - 2 * u, 1)});
}
