// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "layout.h"

#include "controls.h"
#include "monitor_layout.h"
#include "player_layout.h"

#include <math.h>

// Lengths in units, which are pixels of a window of 900 x 540.
enum {
  HEADER   = 42,
  MESSAGE  = 38,
  CONTROLS = 60,
  STATUS   = 26,
  EDGE     = 10, // from the window's edge to a panel
  INSET    = 4,  // half the gap between two panels
  PAD      = 10, // within a panel
  BUTTON   = 24,
};

// Pixels per unit. A larger window shows more; what it shows grows but a little. Small windows
// get a larger unit, so that text stays readable.
static double
unit_of(double const width, double const height, double const scale)
{
  double const size  = fmin(width / MN_WINDOW_WIDTH, height / MN_WINDOW_HEIGHT) / scale;
  double const least = (double)MN_WINDOW_LEAST_WIDTH / MN_WINDOW_WIDTH;
  double const lift  = 1.2;
  double const most  = 1.2;
  if (size >= 1) {
    return scale * fmin(size, most);
  }
  return scale *
         (size < least ? lift * size : 1 - (1 - size) * (1 - lift * least) / (1 - least));
}

static void
lay_areas(MnLayout* const l, MnView const* const view)
{
  double const u        = l->unit;
  double const width    = l->width;
  double const header   = round(HEADER * u);
  double const notice   = *view->message ? round(MESSAGE * u) : 0;
  double const controls = view->paper ? 0 : round(CONTROLS * u);
  double const status   = round(STATUS * u);
  double const top      = header + notice;
  double const main     = fmax(l->height - top - controls - status, 0);

  l->area[MN_AREA_HEADER]   = (MnRect){0, 0, width, header};
  l->area[MN_AREA_CONTROLS] = (MnRect){0, top + main, width, controls};
  l->area[MN_AREA_STATUS]   = (MnRect){0, top + main + controls, width, status};
  if (notice > 0) {
    l->area[MN_AREA_MESSAGE] = (MnRect){0, header, width, notice};
  }
  if (view->player) {
    mn_player_layout_areas(l, top, main);
  } else {
    mn_monitor_layout_areas(l, view, top, main);
  }
}

MnRect
mn_layout_panel(MnLayout const* const l, MnArea const area)
{
  MnRect const r = l->area[area];
  if (r.width <= 0 || r.height <= 0) {
    return (MnRect){0};
  }
  double const edge  = round(EDGE * l->unit);
  double const half  = round(INSET * l->unit);
  double const left  = r.x > 0 ? half : edge;
  double const right = r.x + r.width >= l->width ? edge : half;
  return (MnRect){
    r.x + left, r.y + half, fmax(r.width - left - right, 0), fmax(r.height - 2 * half, 0)};
}

static void
lay_strip(MnLayout* const l, MnStripItem const* const items, unsigned const count)
{
  double const u     = l->unit;
  MnRect const panel = mn_layout_panel(l, MN_AREA_CONTROLS);
  double const gap   = round(8 * u);
  double const group = round(28 * u); // between the groups
  double       whole = 0;
  double       gaps  = 0;
  for (unsigned i = 0; i < count; ++i) {
    whole += items[i].share;
    gaps += items[i].group ? group : i ? gap : 0;
  }
  double const pad   = round(PAD * u);
  double const width = fmax(panel.width - 2 * pad - gaps, 0);
  double const box   = round(BUTTON * u);
  double       x     = panel.x + pad;
  for (unsigned i = 0; i < count; ++i) {
    x += items[i].group ? group : i ? gap : 0;
    double const room          = width * items[i].share / whole;
    double const left          = round(x);
    l->target[items[i].target] = (MnRect){
      left, panel.y + panel.height - box - round(4 * u), round(x + room) - left, box};
    x += room;
  }
}

void
mn_layout_past(MnView const* const view, double* const from, double* const to)
{
  double const end  = (double)mn_past_end(&view->past);
  double const span = fmin(view->pointer.span >= 1 ? view->pointer.span : 1, 1e9);
  double const back = view->pointer.back > 0 ? fmin(view->pointer.back, 1e15) : 0;
  *to               = fmax(end - back, span);
  *from             = *to - span;
}

static void
lay_menu(MnLayout* const l, MnView const* const view, int const port)
{
  unsigned const items = mn_view_menu_items(view, port);
  if (!items || l->target[port].width <= 0) {
    return;
  }
  double const u      = l->unit;
  MnRect const box    = l->target[port];
  double const margin = round(4 * u);
  double const item = fmax(fmin(round(22 * u), floor((l->height - 2 * margin) / items)), 1);
  double const height = item * items;
  double const wanted = port >= MN_PORT_CC_1 && port < MN_PORT_COUNT ? 280 * u : 132 * u;
  double const width  = fmin(round(fmax(box.width, wanted)), l->width - 2 * margin);
  double const below  = box.y + box.height + margin;
  double const above  = box.y - margin - height;
  double const lowest = l->height - margin - height;

  l->menu_items = items;
  l->menu       = (MnRect){fmin(box.x, l->width - margin - width),
                     below <= lowest   ? below
                           : above >= margin ? above
                                             : fmax(fmin(below, lowest), margin),
                           width,
                           height};
}

static void
lay_targets(MnLayout* const l, MnView const* const view)
{
  MnRect panel[MN_AREAS];
  for (int i = 0; i < MN_AREAS; ++i) {
    panel[i] = mn_layout_panel(l, (MnArea)i);
  }
  if (view->player) {
    mn_player_layout_targets(l, panel);
    lay_strip(l, mn_player_strip, MN_PLAYER_STRIP);
    return;
  }
  mn_monitor_layout_targets(l, view, panel);
  if (!view->paper) {
    lay_strip(l, mn_monitor_strip, MN_MONITOR_STRIP);
  }
}

void
mn_layout_init(MnLayout* const     layout,
               MnView const* const view,
               double const        width,
               double const        height)
{
  mn_layout_init_at(layout, view, &view->pointer, width, height);
}

void
mn_layout_init_at(MnLayout* const            layout,
                  MnView const* const        view,
                  MnViewPointer const* const pointer,
                  double const               width,
                  double const               height)
{
  *layout            = (MnLayout){0};
  layout->width      = isfinite(width) && width > 1 ? floor(width) : 1;
  layout->height     = isfinite(height) && height > 1 ? floor(height) : 1;
  double const scale = (double)view->scale;
  layout->unit =
    unit_of(layout->width, layout->height, scale > 0.1 && scale < 100 ? scale : 1);
  layout->page = mn_view_has_page(view, pointer->page) ? pointer->page : MN_PAGE_NEURONS;
  lay_areas(layout, view);
  lay_targets(layout, view);
  lay_menu(layout, view, pointer->menu);
}

MnRect
mn_layout_row(MnLayout const* const l, unsigned const row)
{
  if (row >= l->named) {
    return (MnRect){0};
  }
  MnRect const   list   = l->neurons;
  unsigned const column = row / l->neuron_rows;
  double const   width =
    (list.width - (l->neuron_columns - 1) * l->neuron_gap) / l->neuron_columns;
  double const height = list.height / l->neuron_rows;
  return (MnRect){list.x + column * (width + l->neuron_gap),
                  list.y + (row % l->neuron_rows) * height,
                  width > 0 ? width : 0,
                  height};
}

MnRect
mn_layout_neuron(MnLayout const* const l, MnView const* const view, unsigned const rank)
{
  if (rank >= MN_HOVER_LONG && l->page == MN_PAGE_NEURONS && mn_view_is_long(view)) {
    return mn_layout_row(l, rank - MN_HOVER_LONG);
  }
  if (rank >= mn_view_neurons(view) || l->page != MN_PAGE_NEURONS || view->player) {
    return (MnRect){0};
  }
  if (rank < l->listed) {
    return mn_layout_row(l, rank);
  }
  unsigned const place  = rank - l->listed;
  unsigned const column = place % l->field_columns;
  unsigned const row    = place / l->field_columns;
  return (MnRect){l->field.x + column * l->field_cell,
                  l->field.y + row * l->field_cell,
                  l->field_cell,
                  l->field_cell};
}

MnRect
mn_layout_choice(MnLayout const* const l, unsigned const choice)
{
  if (choice >= l->menu_items) {
    return (MnRect){0};
  }
  double const height = l->menu.height / l->menu_items;
  return (MnRect){l->menu.x, l->menu.y + choice * height, l->menu.width, height};
}

static bool
holds(MnRect const r, double const x, double const y)
{
  return x >= r.x && y >= r.y && x < r.x + r.width && y < r.y + r.height;
}

static MnHit
hit_menu(MnLayout const* const l, double const x, double const y)
{
  for (unsigned i = 0; i < l->menu_items; ++i) {
    MnRect const rect = mn_layout_choice(l, i);
    if (holds(rect, x, y)) {
      return (MnHit){MN_HIT_CHOICE, (int)i, rect};
    }
  }
  return (MnHit){.kind = MN_HIT_NONE, .index = -1};
}

static MnHitKind
kind_of(int const target)
{
  switch (target) {
  case MN_TARGET_PAD:
    return MN_HIT_PAD;
  case MN_TARGET_MODEL:
    return MN_HIT_MODEL;
  case MN_TARGET_SAVE:
    return MN_HIT_SAVE;
  case MN_TARGET_TAP:
    return MN_HIT_TAP;
  case MN_TARGET_MAP_X:
  case MN_TARGET_MAP_Y:
    return MN_HIT_AXIS;
  default:
    return mn_target_is_port(target) ? MN_HIT_CONTROL : MN_HIT_PAGE;
  }
}

MnHit
mn_layout_hit(MnView const* const view,
              double const        width,
              double const        height,
              double const        x,
              double const        y)
{
  MnLayout l;
  mn_layout_init(&l, view, width, height);
  if (l.menu_items) {
    return hit_menu(&l, x, y);
  }
  for (int i = 0; i < MN_TARGETS; ++i) {
    if (holds(l.target[i], x, y)) {
      return (MnHit){kind_of(i), i, l.target[i]};
    }
  }
  if (holds(l.past, x, y)) {
    double from = 0;
    double to   = 0;
    mn_layout_past(view, &from, &to);
    double const at = from + (x - l.past.x) / l.past.width * (to - from);
    int const    i =
      at < (double)mn_past_end(&view->past) ? mn_past_find(&view->past, at) : -1;
    return (MnHit){MN_HIT_PAST, i, l.past};
  }
  if (holds(l.neurons, x, y) || holds(l.field, x, y)) {
    // Those of two bars, and those of the second level after them.
    unsigned const neurons = mn_view_neurons(view);
    unsigned const deep    = mn_view_is_long(view) ? l.named : 0;
    for (unsigned i = 0; i < neurons + deep; ++i) {
      unsigned const rank = i < neurons ? i : MN_HOVER_LONG + i - neurons;
      MnRect const   rect = mn_layout_neuron(&l, view, rank);
      if (holds(rect, x, y)) {
        return (MnHit){MN_HIT_NEURON, (int)rank, rect};
      }
    }
  }
  return (MnHit){.kind = MN_HIT_NONE, .index = -1};
}

int
mn_layout_area(MnView const* const view,
               double const        width,
               double const        height,
               double const        x,
               double const        y)
{
  MnLayout l;
  mn_layout_init(&l, view, width, height);
  for (int i = 0; i < MN_AREAS; ++i) {
    if (holds(l.area[i], x, y)) {
      return i;
    }
  }
  return -1;
}

int
mn_layout_next_target(MnView const* const view,
                      double const        width,
                      double const        height,
                      int const           from,
                      int const           step)
{
  MnLayout l;
  mn_layout_init(&l, view, width, height);
  int            order[MN_TARGETS];
  unsigned const count =
    view->player ? mn_player_layout_order(order) : mn_monitor_layout_order(&l, order);
  for (unsigned i = 0; i < count; ++i) {
    if (order[i] == from) {
      return order[(i + count + (step > 0 ? 1 : count - 1)) % count];
    }
  }
  return order[step > 0 ? 0 : count - 1];
}
