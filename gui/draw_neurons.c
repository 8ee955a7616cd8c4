// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The first music neurons by name, those of 2 bars or of 16: what they mean, their mu as a bar,
/// and where that lies among music.

#include "draw_canvas.h"

#include "text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

// Mu at the ends of a bar. On real music 99 of 100 values lie within; the bar of a
// larger one ends in an arrow.
static double const scale = 3;

static double const least_badge = 10; // pixels

// The columns of a row. Positions are from its left end.
typedef struct {
  bool   badge; ///< the place among the most excited neurons is shown
  bool   rank;
  bool   label;
  bool   number; ///< the percentile is shown
  double badge_width;
  double rank_width;
  double label_x;
  double label_width;
  double bar_x;
  double bar_width;
  double number_width;
  double text; ///< size, in units
} Columns;

static Columns
columns_of(MnCanvas const* const c)
{
  MnLayout const* const l     = &c->layout;
  double const          u     = c->unit;
  MnRect const          row   = mn_layout_row(l, 0);
  double const          width = row.width / u;
  double const          high  = row.height / u;
  // The longest label has 31 bytes. The bar keeps a third.
  double const label = fmin(width * 0.5, 186);
  Columns      k     = {
             .badge  = row.height >= 6 && width >= 60,
             .rank   = row.height >= 6 && width >= 80,
             .label  = row.height >= 6 && width >= 140,
             .number = row.height >= 6 && width >= 200,
             .text   = fmin(fmin(MN_BODY, high * 0.88), 11),
  };
  bool const narrow = width < 250;
  k.badge_width = k.badge ? round(fmin(narrow ? 11 : 13, high) * u) + round(2.5 * u) : 0;
  k.rank_width  = k.rank ? round((narrow ? 15 : 18) * u) : 0;
  k.label_x     = k.badge_width + k.rank_width + (k.rank ? round((narrow ? 5 : 7) * u) : 0);
  k.label_width = k.label ? round(label * u) : 0;
  k.bar_x       = k.label_x + k.label_width + (k.label ? round(6 * u) : 0);
  k.number_width = k.number ? round(30 * u) : 0;
  k.bar_width    = fmax(row.width - k.bar_x - k.number_width - (k.number ? 8 * u : 0), 2);
  return k;
}

// The place of a row's neuron among the most excited, which are all of 2 bars.
static int
place_of(MnCanvas const* const c, unsigned const rank)
{
  for (int i = 0; i < MN_TOP && !mn_view_is_long(c->view); ++i) {
    if (c->top[i] == (int)rank) {
      return i;
    }
  }
  return -1;
}

static double
bar_at(MnRect const bar, double const mu)
{
  double const part = mn_bound(mu / scale, -1, 1, 0);
  return bar.x + bar.width / 2 * (1 + part);
}

// Adds an arrow at the end of a bar whose value is beyond the scale.
static void
add_arrow(MnCanvas* const c, MnRect const bar, bool const right)
{
  double const x     = right ? bar.x + bar.width : bar.x;
  double const way   = right ? 4 * c->unit : -4 * c->unit;
  double const inner = bar.height * 0.2;
  cairo_move_to(c->cr, x, bar.y + inner);
  cairo_line_to(c->cr, x + way, bar.y + bar.height / 2);
  cairo_line_to(c->cr, x, bar.y + bar.height - inner);
  cairo_close_path(c->cr);
}

// The rectangle of a neuron's bar at full length, and the values that it shows.
typedef struct {
  MnRect bar;
  double mu;
  double sigma;
  double peak;
} Value;

static Value
value_of(MnCanvas const* const c, Columns const* const k, unsigned const rank)
{
  MnViewWindow const* const w      = c->window;
  bool const                deep   = mn_view_is_long(c->view);
  unsigned const            neuron = mn_neuron_at(c->view, rank);
  float const               mu     = deep ? w->long_mu[rank] : w->mu[neuron];
  float const               sigma  = deep ? w->long_sigma[rank] : w->sigma[neuron];
  MnRect const              row    = mn_layout_row(&c->layout, rank);
  double const              height = fmax(round(fmin(row.height * 0.62, 12 * c->unit)), 1);
  return (Value){
    .bar   = {row.x + k->bar_x,
              round(row.y + (row.height - height) / 2),
              k->bar_width,
              height},
    .mu    = mn_bound((double)mu, -1e3, 1e3, 0),
    .sigma = mn_bound((double)sigma, 0, 1e3, 0),
    .peak  = deep ? 0 : mn_bound((double)w->peak[rank], -1e3, 1e3, 0),
  };
}

// Adds the tick of the recent peak, if it is beyond the bar.
static void
add_peak(MnCanvas* const c, Value const* const v)
{
  if (fabs(v->peak) > fabs(v->mu)) {
    double const last = v->bar.x + v->bar.width - c->hair;
    double const x    = mn_bound(round(bar_at(v->bar, v->peak)), v->bar.x, last, 0);
    mn_add(c, (MnRect){x, v->bar.y, c->hair, v->bar.height});
  }
}

// Adds a line from mu - sigma to mu + sigma, with a cap at each end.
static void
add_whisker(MnCanvas* const c, Value const* const v)
{
  double const left   = round(bar_at(v->bar, v->mu - v->sigma));
  double const right  = fmax(round(bar_at(v->bar, v->mu + v->sigma)), left + c->hair);
  double const middle = round(v->bar.y + v->bar.height / 2 - c->hair / 2);
  mn_add(c, (MnRect){left, middle, right - left, c->hair});
  if (v->bar.height >= 5) {
    // The caps leave the line out, so that no two rectangles overlap.
    double const cap    = round(v->bar.height * 0.5);
    double const top    = round(v->bar.y + (v->bar.height - cap) / 2);
    double const bottom = top + cap - middle - c->hair;
    for (int end = 0; end < (right - left >= 2 * c->hair ? 2 : 1); ++end) {
      double const x = end ? right - c->hair : left;
      mn_add(c, (MnRect){x, top, c->hair, middle - top});
      mn_add(c, (MnRect){x, middle + c->hair, c->hair, bottom});
    }
  }
}

// The more a neuron is excited, the brighter its bar is.
typedef enum { QUIET, EXCITED, TOP, BRIGHTNESSES } Brightness;

static void
draw_values(MnCanvas* const c, Columns const* const k)
{
  static double const alpha[BRIGHTNESSES] = {0.35, 0.62, 1};

  unsigned const music  = c->layout.named;
  double const   active = fmax((double)c->view->model.active, 0);
  // All marks of a kind are filled at once, which is faster.
  for (int brightness = 0; brightness < BRIGHTNESSES; ++brightness) {
    for (unsigned rank = 0; rank < music; ++rank) {
      Value const      v    = value_of(c, k, rank);
      Brightness const own  = place_of(c, rank) >= 0 ? TOP
                              : fabs(v.mu) > active  ? EXCITED
                                                     : QUIET;
      double const     zero = bar_at(v.bar, 0);
      double const     end  = bar_at(v.bar, v.mu);
      if ((int)own == brightness) {
        mn_add(c, (MnRect){fmin(zero, end), v.bar.y, fabs(end - zero), v.bar.height});
      }
    }
    mn_fill_added(c, c->theme->music, alpha[brightness]);
  }
  for (unsigned rank = 0; rank < music; ++rank) {
    Value const v = value_of(c, k, rank);
    add_peak(c, &v);
  }
  mn_fill_added(c, c->theme->dim, 0.8);
  for (unsigned rank = 0; rank < music; ++rank) {
    Value const v = value_of(c, k, rank);
    add_whisker(c, &v);
    if (fabs(v.mu) > scale) {
      add_arrow(c, v.bar, v.mu > 0);
    }
  }
  mn_fill_added(c, c->theme->text, 0.75);
}

static void
draw_badge(MnCanvas* const c, MnRect const row, double const width, int const place)
{
  double const side = fmin(width - round(2.5 * c->unit), round(row.height - c->hair));
  MnRect const box  = {row.x, round(row.y + (row.height - side) / 2), side, side};
  MnType const type = {
    fmin(side / c->unit * 0.76, 10.5), true, MN_CENTRE, c->theme->on_accent};
  char text[16];
  snprintf(text, sizeof(text), "%d", (place + 1) % 10);
  if (side < least_badge) { // a number in it could not be read
    MnType const plain = {
      fmin(row.height / c->unit, MN_BODY), true, MN_CENTRE, c->theme->music};
    mn_text(c, plain, box, text);
    return;
  }
  mn_fill_round(c, box, side * 0.28, c->theme->music, 1);
  mn_text(c, type, box, text);
}

static void
draw_label(MnCanvas* const c,
           MnRect const    row,
           Columns const*  k,
           unsigned const  rank,
           bool const      top)
{
  char text[MN_VIEW_LABEL + 24];
  if (mn_view_is_long(c->view)) {
    mn_long_words(c->view, rank, text, sizeof(text));
  } else {
    mn_neuron_words(c->view, rank, true, text, sizeof(text));
  }
  MnType const type = {k->text, false, MN_LEFT, top ? c->theme->text : c->theme->dim};
  mn_text(c, type, (MnRect){row.x + k->label_x, row.y, k->label_width, row.height}, text);
}

static void
draw_percentile(MnCanvas* const c,
                MnRect const    row,
                Columns const*  k,
                unsigned const  rank,
                bool const      top)
{
  MnViewWindow const* const w = c->window;
  float const               value =
    mn_view_is_long(c->view) ? w->long_percentile[rank] : w->percentile[rank];
  double const part = mn_bound((double)value, 0, 1, 0.5);
  char         text[16];
  snprintf(text, sizeof(text), "%.0f", part * 100);
  MnType const type = {k->text, false, MN_RIGHT, top ? c->theme->text : c->theme->dim};
  mn_text(c,
          type,
          (MnRect){row.x + row.width - k->number_width, row.y, k->number_width, row.height},
          text);
}

// Whether there are values of the neurons that are listed.
static bool
has_values(MnCanvas const* const c)
{
  return mn_has_values(c) && (!mn_view_is_long(c->view) || c->window->bars_heard);
}

static void
draw_row(MnCanvas* const c, Columns const* const k, unsigned const rank)
{
  double const u     = c->unit;
  MnRect const row   = mn_layout_row(&c->layout, rank);
  int const    place = place_of(c, rank);
  int const    first = mn_view_is_long(c->view) ? MN_HOVER_LONG : 0;
  if (c->view->pointer.hovered == first + (int)rank) {
    MnRect const lit = {row.x - 4 * u, row.y, row.width + 8 * u, row.height};
    mn_fill_round(c, lit, 3 * u, c->theme->raised, 1);
  }
  if (k->badge && place >= 0) {
    draw_badge(c, row, k->badge_width, place);
  }
  if (k->rank) {
    char text[16];
    snprintf(text, sizeof(text), "%u", rank + 1);
    MnType const type = {k->text, false, MN_RIGHT, c->theme->quiet};
    mn_text(
      c, type, (MnRect){row.x + k->badge_width, row.y, k->rank_width, row.height}, text);
  }
  if (k->label) {
    draw_label(c, row, k, rank, place >= 0);
  }
  if (has_values(c) && k->number && c->window->has_percentiles) {
    draw_percentile(c, row, k, rank, place >= 0);
  }
}

// The scale of mu above a column, and its grid lines.
static void
draw_scale(MnCanvas* const c, Columns const* const k, MnRect const column)
{
  double const u    = c->unit;
  MnRect const bar  = {column.x + k->bar_x, column.y, k->bar_width, column.height};
  MnType const type = {8.5, false, MN_CENTRE, c->theme->quiet};
  bool const   head = c->layout.neuron_scale;
  for (int mu = -3; mu <= 3; ++mu) {
    double const x = bar_at(bar, mu) - (mu == 3 ? c->hair : 0);
    mn_vline(c, x, bar.y, bar.height, mu ? c->theme->faint : c->theme->line, 1);
    if (head && (mu % 3 == 0 || bar.width >= 130 * u)) {
      char text[16];
      snprintf(text,
               sizeof(text),
               "%s%d",
               mu < 0   ? "\xE2\x88\x92"
               : mu > 0 ? "+"
                        : "",
               abs(mu));
      mn_text(c, type, (MnRect){x - 12 * u, bar.y - 15 * u, 24 * u, 14 * u}, text);
    }
  }
  if (head && k->label) {
    MnType const words = {8.5, false, MN_LEFT, c->theme->quiet};
    mn_text(c,
            words,
            (MnRect){column.x + k->label_x, bar.y - 15 * u, k->label_width, 14 * u},
            k->label_width > 90 * u ? "a high value means" : "");
  }
  if (head && k->number) {
    MnType const words = {8.5, false, MN_RIGHT, c->theme->quiet};
    mn_text(c,
            words,
            (MnRect){column.x + column.width - 40 * u, bar.y - 15 * u, 40 * u, 14 * u},
            "%ile");
  }
}

// The title, and beside it how many of all neurons are listed, as far as there is room.
static void
draw_title(MnCanvas* const c)
{
  MnLayout const* const l     = &c->layout;
  MnView const* const   view  = c->view;
  double const          u     = c->unit;
  MnRect const          panel = mn_layout_panel(l, MN_AREA_NEURONS);
  MnRect const          box   = l->target[MN_PORT_SPAN];
  bool const            deep  = mn_view_is_long(view);
  unsigned const        music = deep ? view->model.long_music : mn_view_music(view);
  char const* const     title = deep                     ? "Music neurons of 16 bars"
                                : view->model.long_music ? "Music neurons of 2 bars"
                                                         : "Music neurons";
  char                  note[80];
  snprintf(note, sizeof(note), "the first %u of %u", l->named, music);
  if (box.width <= 0) {
    mn_panel(c, MN_AREA_NEURONS, title, l->named < music ? note : "");
    return;
  }
  mn_panel(c, MN_AREA_NEURONS, title, "");
  mn_draw_control(c, MN_PORT_SPAN, true);
  MnType const heading = {MN_BODY, true, MN_LEFT, c->theme->text};
  MnType const words   = {MN_SMALL, false, MN_RIGHT, c->theme->dim};
  double const left    = panel.x + 20 * u + mn_text_width(c, heading, title);
  double const right   = box.x - 8 * u;
  if (l->named < music && mn_text_width(c, words, note) <= right - left) {
    mn_text(c, words, (MnRect){left, panel.y, right - left, round(24 * u)}, note);
  }
}

void
mn_draw_neurons(MnCanvas* const c)
{
  MnLayout const* const l = &c->layout;
  draw_title(c);
  if (!l->named) {
    MnType const type = {MN_BODY, false, MN_CENTRE, c->theme->quiet};
    mn_text(c, type, l->neurons, c->view->answered ? "No model" : "");
    return;
  }
  Columns const k = columns_of(c);
  for (unsigned rank = 0; rank < l->named; rank += l->neuron_rows) {
    MnRect const first = mn_layout_row(l, rank);
    draw_scale(c, &k, (MnRect){first.x, first.y, first.width, l->neurons.height});
  }
  for (unsigned rank = 0; rank < l->named; ++rank) {
    draw_row(c, &k, rank);
  }
  if (has_values(c)) {
    draw_values(c, &k);
  }
}
