// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What lies over the areas: the menu of a control, and the tooltip of the neuron
/// under the pointer.

#include "draw_canvas.h"

#include "controls.h"
#include "text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { TIP_WIDTH = 226, TIP_LINE = 15, TIP_PAD = 9, TIP_GAP = 4, SHADOW = 6 };

// What a tooltip says of a neuron.
typedef struct {
  bool        music;
  unsigned    rank;
  unsigned    neuron;
  char const* label; // of music neurons, as `features`; "": none
  char const* features;
  float       stability;
  float       mu;
  float       sigma;
  float       percentile;
} Tip;

static bool
is_hovered(MnView const* const view, MnViewPointer const* const p)
{
  unsigned const rank = (unsigned)p->hovered;
  unsigned const most =
    view->model.long_music < MN_RANKED ? view->model.long_music : MN_RANKED;
  return !view->player && p->hovered >= 0 &&
         (rank < mn_view_neurons(view) ||
          (mn_view_is_long(view) && rank >= MN_HOVER_LONG && rank - MN_HOVER_LONG < most));
}

// Of the neuron under the pointer, in a window.
static Tip
tip_of(MnView const* const view, MnViewWindow const* const w, unsigned const hovered)
{
  MnViewModel const* const m = &view->model;
  if (hovered >= MN_HOVER_LONG) {
    unsigned const rank = hovered - MN_HOVER_LONG;
    return (Tip){.music      = true,
                 .rank       = rank,
                 .neuron     = m->long_order[rank],
                 .label      = m->long_label[rank],
                 .features   = m->long_features[rank],
                 .stability  = m->long_stability[rank],
                 .mu         = w->long_mu[rank],
                 .sigma      = w->long_sigma[rank],
                 .percentile = w->long_percentile[rank]};
  }
  unsigned const neuron = mn_neuron_at(view, hovered);
  bool const     music  = hovered < mn_view_music(view);
  return (Tip){.music      = music,
               .rank       = hovered,
               .neuron     = neuron,
               .label      = music ? m->label[hovered] : "",
               .features   = music ? m->features[hovered] : "",
               .stability  = m->stability[hovered],
               .mu         = w->mu[neuron],
               .sigma      = w->sigma[neuron],
               .percentile = w->percentile[hovered]};
}

// Commas or semicolons separate the features. Each of the first five gets a line.
static unsigned
count_features(char const* const features)
{
  unsigned count = 0;
  for (size_t i = 0; i < MN_VIEW_FEATURES && features[i]; ++i) {
    count += (i == 0 || features[i] == ',' || features[i] == ';');
  }
  return count < 5 ? count : 5;
}

static unsigned
tip_lines(MnView const* const view, unsigned const rank)
{
  Tip const tip = tip_of(view, &view->window, rank);
  if (!tip.music) {
    return 3;
  }
  unsigned const features = count_features(tip.features);
  bool const     known    = tip.stability > 0;
  return 4U + known + (features ? features + 1 : 0);
}

static MnRect
tip_rect(MnLayout const* const l, MnView const* const view, unsigned const rank)
{
  double const u      = l->unit;
  MnRect const at     = mn_layout_neuron(l, view, rank);
  double const width  = fmin(round(TIP_WIDTH * u), l->width);
  double const height = fmin(
    round((tip_lines(view, rank) * TIP_LINE + 2 * TIP_GAP + 2 * TIP_PAD) * u), l->height);
  double const gap  = round(8 * u);
  double const left = at.x - gap - width;
  double const x    = left >= 0 ? left : fmin(at.x + at.width + gap, l->width - width);
  double const y    = at.y + at.height / 2 - height / 2;
  return (MnRect){
    round(fmax(x, 0)), round(fmax(fmin(y, l->height - gap - height), 0)), width, height};
}

MnRect
mn_overlay_rect(MnLayout const* const      l,
                MnView const* const        view,
                MnViewPointer const* const p)
{
  double const shade = round(SHADOW * l->unit);
  MnRect       rect  = {0};
  if (l->menu_items) {
    rect = l->menu;
  } else if (is_hovered(view, p) && l->page == MN_PAGE_NEURONS) {
    rect = tip_rect(l, view, (unsigned)p->hovered);
  } else {
    return rect;
  }
  return (MnRect){
    rect.x - shade, rect.y - shade, rect.width + 2 * shade, rect.height + 2 * shade};
}

static void
draw_box(MnCanvas* const c, MnRect const r)
{
  double const   u = c->unit;
  MnTheme const* t = c->theme;
  for (int i = SHADOW; i > 0; i -= 2) {
    MnRect const shade = mn_rect_inset(r, -i * u * 0.8, -i * u * 0.8);
    MnRect const lower = {shade.x, shade.y + u, shade.width, shade.height - u};
    mn_fill_round(c, lower, 5 * u + i * u, (MnColour){0, 0, 0}, 0.10);
  }
  mn_fill_round(c, r, 5 * u, mn_colour_mix(t->raised, t->text, 0.03), 1);
  mn_edge_round(c, r, 5 * u, c->hair, mn_colour_mix(t->line, t->text, 0.15), 1);
}

static void
draw_menu(MnCanvas* const c)
{
  double const   u      = c->unit;
  MnTheme const* t      = c->theme;
  int const      target = c->view->pointer.menu;
  bool const     models = target == MN_TARGET_MODEL;
  bool const     axes   = target == MN_TARGET_MAP_X || target == MN_TARGET_MAP_Y;
  unsigned const port   = models || axes ? 0 : (unsigned)target;
  int const      now    = models ? -1
                          : axes ? (int)mn_map_axis(c->view, target == MN_TARGET_MAP_Y)
                                 : (int)mn_control_clean(port, c->view->value[port]);
  bool const     source = port >= MN_PORT_CC_1 && port < MN_PORT_COUNT &&
                      (port - MN_PORT_CC_1) % MN_CC_PORT_COUNT == MN_CC_PORT_SOURCE;
  draw_box(c, c->layout.menu);
  for (unsigned i = 0; i < c->layout.menu_items; ++i) {
    MnRect const item = mn_layout_choice(&c->layout, i);
    bool const   lit  = c->view->pointer.choice == (int)i;
    char         text[MN_VIEW_NAME + 1];
    if (models) {
      mn_text_copy(text, sizeof(text), c->view->model_item[i], MN_VIEW_NAME);
    } else if (axes) {
      mn_axis_name(c->view, i, text, sizeof(text));
    } else {
      mn_choice_words(c->view, port, (float)i, text, sizeof(text));
    }
    if (lit) {
      mn_fill_round(c, mn_rect_inset(item, 2 * u, u), 3 * u, t->music, 1);
    }
    if ((int)i == now) {
      double const side = round(6 * u);
      MnRect const dot  = {item.x + 8 * u, item.y + (item.height - side) / 2, side, side};
      mn_fill_round(c, dot, side / 2, lit ? t->on_accent : t->music, 1);
    }
    double const size = fmin(MN_BODY, item.height / u * 0.75);
    MnType const type = {size, (int)i == now, MN_LEFT, lit ? t->on_accent : t->text};
    MnRect const room = mn_rect_cut(item, 20 * u, 6 * u);
    mn_text(c, type, room, text);
    if (source && mn_source_words(c->view, (int)i, text, sizeof(text))) {
      MnType const small = {MN_SMALL, false, MN_RIGHT, lit ? t->on_accent : t->dim};
      mn_text(c, small, mn_rect_cut(item, 100 * u, 10 * u), text);
    }
  }
}

// Draws a line of the tooltip: a word on the left, a value on the right.
static void
put_line(MnCanvas* const   c,
         MnRect* const     room,
         MnType const      left,
         char const* const word,
         char const* const value)
{
  MnRect const line  = {room->x, room->y, room->width, TIP_LINE * c->unit};
  MnType const right = {MN_BODY, false, MN_RIGHT, c->theme->text};
  double const used  = *value ? mn_text_width(c, right, value) + 8 * c->unit : 0;
  mn_text(c, left, mn_rect_cut(line, 0, used), word);
  mn_text(c, right, line, value);
  room->y += line.height;
}

static void
put_values(MnCanvas* const  c,
           MnRect* const    room,
           Tip const* const tip,
           bool const       known,
           MnType const     word)
{
  char text[48] = "not scored yet";
  if (known) {
    snprintf(text,
             sizeof(text),
             "%+.2f \xC2\xB1 %.2f",
             mn_bound((double)tip->mu, -999, 999, 0),
             mn_bound((double)tip->sigma, 0, 999, 0));
  }
  put_line(c, room, word, "mu \xC2\xB1 sigma", text);
}

static void
put_features(MnCanvas* const   c,
             MnRect* const     room,
             char const* const all,
             MnType const      word)
{
  unsigned const count = count_features(all);
  size_t         at    = 0;
  if (!count) {
    return;
  }
  room->y += TIP_GAP * c->unit;
  mn_hline(c, room->x, room->y - 1 * c->unit, room->width, c->theme->line, 1);
  room->y += TIP_GAP * c->unit / 2;
  put_line(c, room, word, "Goes with", "");
  for (unsigned i = 0; i < count; ++i) {
    while (at < MN_VIEW_FEATURES && (all[at] == ' ' || all[at] == ',' || all[at] == ';')) {
      ++at;
    }
    size_t end = at;
    while (end < MN_VIEW_FEATURES && all[end] && all[end] != ',' && all[end] != ';') {
      ++end;
    }
    char text[MN_VIEW_FEATURES + 1];
    mn_text_copy(text, sizeof(text), all + at, end - at);
    // A number at its end goes to the right.
    char* const space = strrchr(text, ' ');
    bool const  split = space && strpbrk(space, "0123456789");
    if (split) {
      *space = '\0';
    }
    MnType const type = {MN_BODY, false, MN_LEFT, c->theme->text};
    put_line(c, room, type, text, split ? space + 1 : "");
    at = end;
  }
}

static void
draw_tip(MnCanvas* const c)
{
  double const        u       = c->unit;
  MnView const* const view    = c->view;
  unsigned const      hovered = (unsigned)view->pointer.hovered;
  bool const          deep    = hovered >= MN_HOVER_LONG;
  Tip const           tip     = tip_of(view, c->window, hovered);
  bool const          known   = mn_has_values(c) && (!deep || c->window->bars_heard);
  MnRect const        box     = tip_rect(&c->layout, view, hovered);
  MnRect              room    = mn_rect_inset(box, TIP_PAD * u, TIP_PAD * u);
  MnType const        word    = {MN_BODY, false, MN_LEFT, c->theme->dim};
  MnType const        head    = {12, true, MN_LEFT, c->theme->text};
  char                text[64];
  char                label[MN_VIEW_LABEL + 1] = "";
  draw_box(c, box);
  mn_text_copy(label, sizeof(label), tip.label, MN_VIEW_LABEL);
  if (!*label) {
    snprintf(label, sizeof(label), "Music neuron %u", tip.rank + 1);
  }
  put_line(c, &room, head, tip.music ? label : "Noise neuron", "");
  room.y += TIP_GAP * u;
  snprintf(text, sizeof(text), "%u, index %u", tip.rank + 1, tip.neuron);
  put_line(c, &room, word, deep ? "Rank of 16 bars" : "Rank", text);
  put_values(c, &room, &tip, known, word);
  if (tip.music) {
    snprintf(
      text, sizeof(text), "%.0f %%", 100 * mn_bound((double)tip.percentile, 0, 1, 0.5));
    put_line(c, &room, word, "Percentile in music", known ? text : "");
    if (tip.stability > 0) {
      double const least = mn_bound((double)tip.stability, 0, 1, 0);
      snprintf(text, sizeof(text), "+%.2f", least);
      put_line(c, &room, word, "Least in any style", text);
    }
    put_features(c, &room, tip.features, word);
  }
}

void
mn_draw_overlay(MnCanvas* const c)
{
  if (c->layout.menu_items) {
    draw_menu(c);
  } else if (is_hovered(c->view, &c->view->pointer) && c->layout.page == MN_PAGE_NEURONS) {
    draw_tip(c);
  }
}
