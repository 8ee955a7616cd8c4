// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "layout.h"

#include "controls.h"
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
  TITLE    = 22,
  BUTTON   = 24,
};

static MnRect
inset(MnRect const r,
      double const left,
      double const top,
      double const right,
      double const bottom)
{
  double const width  = r.width - left - right;
  double const height = r.height - top - bottom;
  return (MnRect){r.x + left, r.y + top, width > 0 ? width : 0, height > 0 ? height : 0};
}

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
    return;
  }
  if (l->page == MN_PAGE_CC) {
    double const sent     = round(fmin(width * 0.085, 120 * u));
    l->area[MN_AREA_CC]   = (MnRect){0, top, width - sent, main};
    l->area[MN_AREA_SENT] = (MnRect){width - sent, top, sent, main};
    return;
  }
  if (l->page == MN_PAGE_MAP) {
    bool const   has_long   = view->model.styles || view->model.long_music;
    double const styles     = has_long ? round(fmin(width * 0.26, 260 * u)) : 0;
    l->area[MN_AREA_MAP]    = (MnRect){0, top, width - styles, main};
    l->area[MN_AREA_STYLES] = (MnRect){width - styles, top, styles, main};
    return;
  }
  double const left  = round(width * 0.53);
  double const score = round(fmin(fmax(main * 0.34, 112 * u), 150 * u));
  double const past  = round(fmin(fmax(main * 0.30, 96 * u), 300 * u));
  double const roll  = fmax(main - score - past, 0);
  double const dial  = round(fmin(left * 0.34, 190 * u));

  l->area[MN_AREA_ROLL]  = (MnRect){0, top, left, roll};
  l->area[MN_AREA_PAST]  = (MnRect){0, top + roll, left, past};
  l->area[MN_AREA_SCORE] = (MnRect){0, top + roll + past, dial, score};
  l->area[MN_AREA_WORDS] = (MnRect){dial, top + roll + past, left - dial, score};

  bool const   has_axes = mn_view_neurons(view) && view->model.has_axes;
  bool const   tight    = main < 340 * u && has_axes;
  double const axes     = has_axes ? round(tight ? 82 * u : 92 * u) : 0;
  double const field    = round(tight ? 35 * u : fmin(fmax(main * 0.19, 72 * u), 150 * u));
  double const list     = fmax(main - axes - field, 0);
  l->area[MN_AREA_NEURONS] = (MnRect){left, top, width - left, list};
  l->area[MN_AREA_FIELD]   = (MnRect){left, top + list, width - left, fmin(field, main)};
  if (axes > 0) {
    l->area[MN_AREA_AXES] = (MnRect){left, top + list + field, width - left, axes};
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
  bool const   right = r.x + r.width >= l->width;
  return inset(r, r.x > 0 ? half : edge, half, right ? edge : half, half);
}

static void
lay_header(MnLayout* const l, MnView const* const view)
{
  double const u      = l->unit;
  double const edge   = round(EDGE * u);
  double const height = round(BUTTON * u);
  double const y      = round((HEADER * u - height) / 2 + u);
  double const tab    = round(84 * u);
  double const left   = round(172 * u);
  double       x      = l->width - edge;
  for (int page = MN_PAGES - 1; page > 0; --page) {
    if (!view->paper && mn_view_has_page(view, (MnPage)page)) {
      x -= tab;
      l->target[MN_TARGET_PAGE + page] = (MnRect){x, y, tab, height};
    }
  }
  if (x < l->width - edge) { // else there is no choice
    x -= tab;
    l->target[MN_TARGET_PAGE] = (MnRect){x, y, tab, height};
  }
  double const model = x - left - 2 * edge;
  l->target[MN_TARGET_MODEL] =
    (MnRect){left, y, round(fmin(fmax(model, 0), 300 * u)), height};
}

static MnStripItem const strip[] = {
  {0.7, MN_PORT_ENABLED, false},
  {1.6, MN_PORT_HOP, false},
  {0.8, MN_PORT_CHANNEL, false},
  {1.2, MN_PORT_VOICE, false},
  {1.1, MN_PORT_TEMPO, false},
  {0.6, MN_TARGET_TAP, false},
  {0.9, MN_PORT_RESET, false},
  {1.1, MN_PORT_GLIDE, true},
  {1.2, MN_PORT_HOLD, false},
};

enum { STRIP = sizeof(strip) / sizeof(*strip) };

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

// The shares of the columns of the table of CC slots: first the number of the slot,
// then its controls, by the offset of their ports, and the button that sends.
static double const cc_number = 0.36;
static double const cc_send   = 0.8;

static double const cc_share[MN_CC_PORT_COUNT] =
  {2.75, 0.8, 0.97, 0.8, 0.8, 0.77, 0.9, 1.15, 1.22, 1.0, 0.82};

static void
lay_table(MnLayout* const l)
{
  double const u      = l->unit;
  MnRect const panel  = mn_layout_panel(l, MN_AREA_CC);
  double const pad    = round(PAD * u);
  double const gap    = round(6 * u);
  double const box    = round(BUTTON * u);
  double const top    = panel.y + round((TITLE + 12 + 20) * u);
  double const height = fmax(panel.y + panel.height - round(6 * u) - top, 0);
  double       whole  = cc_number + cc_send;
  for (int i = 0; i < MN_CC_PORT_COUNT; ++i) {
    whole += cc_share[i];
  }
  double const width = fmax(panel.width - 2 * pad - (MN_CC_PORT_COUNT + 1) * gap, 0);
  for (unsigned slot = 0; slot < MN_CC_SLOTS; ++slot) {
    double const row = top + height * slot / MN_CC_SLOTS;
    double const y   = round(row + (height / MN_CC_SLOTS - box) / 2);
    double       x   = panel.x + pad + width * cc_number / whole;
    for (unsigned i = 0; i <= MN_CC_PORT_COUNT; ++i) {
      bool const     sends = i == MN_CC_PORT_COUNT;
      unsigned const port =
        sends ? MN_PORT_SEND_1 + slot : MN_PORT_CC_1 + slot * MN_CC_PORT_COUNT + i;
      double const room = width * (sends ? cc_send : cc_share[i]) / whole;
      double const left = round(x + gap);
      l->target[port]   = (MnRect){left, y, round(x + gap + room) - left, box};
      x += gap + room;
    }
  }
  double const toggle = round(30 * u);
  l->target[MN_PORT_CC_SHARE] =
    (MnRect){panel.x + panel.width - pad - toggle, panel.y + round(6 * u), toggle, box};
}

// As many neurons by name as there is room for: at least those that ports and controllers
// can use, which are all that is told of those of 16 bars.
static void
lay_neurons(MnLayout* const l, MnView const* const view)
{
  bool const     deep = mn_view_is_long(view);
  unsigned const most =
    view->model.long_music < MN_RANKED ? view->model.long_music : MN_RANKED;
  unsigned const music = deep ? most : mn_view_music(view);
  double const   u     = l->unit;
  double const   pad   = round(PAD * u);
  MnRect const   panel = mn_layout_panel(l, MN_AREA_NEURONS);
  l->neuron_scale      = panel.height >= 230 * u;
  double const head    = round((TITLE + (l->neuron_scale ? 18 : 0)) * u);
  l->neurons           = inset(panel, pad, head, pad, round(7 * u));
  l->neuron_gap        = round(14 * u);

  unsigned const columns = (unsigned)fmin(fmax(floor(l->neurons.width / (260 * u)), 1), 4);
  unsigned const rows    = (unsigned)fmax(floor(l->neurons.height / (12.5 * u)), 1);
  unsigned const room    = rows * columns > MN_RANKED ? rows * columns : MN_RANKED;
  l->named               = music < room ? music : room;
  l->listed              = deep ? 0 : l->named;
  // No more columns than it takes.
  unsigned const used = (l->named + rows - 1) / rows;
  l->neuron_columns   = used < 1 ? 1 : used > columns ? columns : used;
  l->neuron_rows      = (l->named + l->neuron_columns - 1) / l->neuron_columns;
  l->neuron_rows      = l->neuron_rows ? l->neuron_rows : 1;

  if (view->model.long_music && !view->paper) {
    double const wide       = round(fmin(84 * u, panel.width / 3));
    double const high       = fmax(round(18 * u), 16);
    l->target[MN_PORT_SPAN] = (MnRect){
      panel.x + panel.width - round(6 * u) - wide, panel.y + round(3 * u), wide, high};
  }
}

static void
lay_field(MnLayout* const l, unsigned const count)
{
  double const u     = l->unit;
  double const pad   = round(PAD * u);
  MnRect const panel = mn_layout_panel(l, MN_AREA_FIELD);
  l->field_title     = panel.height >= 2 * TITLE * u;
  double const head  = round((l->field_title ? TITLE : 5) * u);
  MnRect const field = inset(panel, pad, head, pad, round((l->field_title ? 6 : 4) * u));
  l->field           = field;
  l->field_columns   = 1;
  if (!count || field.width < 1 || field.height < 1) {
    return;
  }
  // The largest cells of which all fit, in whole pixels unless they are tiny.
  double cell = 0;
  for (unsigned rows = 1; rows <= count; ++rows) {
    unsigned const columns = (count + rows - 1) / rows;
    double const   size    = fmin(field.height / rows, field.width / columns);
    double const   whole   = size >= 4 ? floor(size) : size;
    if (whole > cell) {
      cell             = whole;
      l->field_columns = columns;
    }
  }
  // Rows are filled up to the width: cells of whole pixels leave room for more.
  unsigned const most = (unsigned)(field.width / cell);
  l->field_columns    = most > l->field_columns ? most : l->field_columns;
  l->field_cell       = cell;
}

// The line of time is below the roll's.
static void
lay_past(MnLayout* const l)
{
  double const u     = l->unit;
  double const pad   = round(PAD * u);
  MnRect const panel = mn_layout_panel(l, MN_AREA_PAST);
  double const wide  = round(62 * u);
  double const high  = fmax(round(16 * u), 16);
  l->past = inset(panel, pad + round(34 * u), round(TITLE * u), pad, round(6 * u));
  l->target[MN_TARGET_SAVE] = (MnRect){
    panel.x + panel.width - round(4 * u) - wide, panel.y + round(3 * u), wide, high};
}

// The plane has room for the names of its axes below it and on its left.
static void
lay_map(MnLayout* const l)
{
  double const u             = l->unit;
  double const pad           = round(PAD * u);
  MnRect const panel         = mn_layout_panel(l, MN_AREA_MAP);
  double const top           = round(6 * u);
  double const box           = round(BUTTON * u);
  double const wide          = round(fmin(120 * u, panel.width / 5));
  double const name          = round(56 * u); // "Across", "Upwards"
  double const right         = panel.x + panel.width - pad;
  l->target[MN_TARGET_MAP_Y] = (MnRect){right - wide, panel.y + top, wide, box};
  l->target[MN_TARGET_MAP_X] =
    (MnRect){right - 2 * wide - name - pad, panel.y + top, wide, box};
  l->map = inset(panel, pad + round(24 * u), box + 2 * top, pad, round(24 * u));
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
lay_player(MnLayout* const l)
{
  MnRect panel[MN_AREAS];
  for (int i = 0; i < MN_AREAS; ++i) {
    panel[i] = mn_layout_panel(l, (MnArea)i);
  }
  mn_player_layout_targets(l, panel);
  lay_strip(l, mn_player_strip, MN_PLAYER_STRIP);
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
  if (view->player) {
    lay_player(layout);
    lay_menu(layout, view, pointer->menu);
    return;
  }
  lay_header(layout, view);
  if (!view->paper) {
    lay_strip(layout, strip, STRIP);
  }
  if (layout->page == MN_PAGE_CC) {
    lay_table(layout);
  } else if (layout->page == MN_PAGE_MAP) {
    lay_map(layout);
  } else {
    lay_neurons(layout, view);
    lay_field(layout, mn_view_neurons(view) - layout->listed);
    lay_past(layout);
  }
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

// The order of the Tab key: from top to bottom.
static unsigned
list_targets(MnLayout const* const l, bool const player, int* const order)
{
  unsigned count = 0;
  if (player) {
    return mn_player_layout_order(order);
  }
  for (int i = MN_TARGET_MODEL; i < MN_TARGET_TAP; ++i) {
    if (l->target[i].width > 0) {
      order[count++] = i;
    }
  }
  if (l->page == MN_PAGE_CC) {
    order[count++] = MN_PORT_CC_SHARE;
    for (int slot = 0; slot < MN_CC_SLOTS; ++slot) {
      for (int i = 0; i < MN_CC_PORT_COUNT; ++i) {
        order[count++] = MN_PORT_CC_1 + slot * MN_CC_PORT_COUNT + i;
      }
      order[count++] = MN_PORT_SEND_1 + slot;
    }
  }
  if (l->target[MN_PORT_SPAN].width > 0) {
    order[count++] = MN_PORT_SPAN;
  }
  for (int i = 0; i < STRIP; ++i) {
    order[count++] = (int)strip[i].target;
  }
  return count;
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
  unsigned const count = list_targets(&l, view->player, order);
  for (unsigned i = 0; i < count; ++i) {
    if (order[i] == from) {
      return order[(i + count + (step > 0 ? 1 : count - 1)) % count];
    }
  }
  return order[step > 0 ? 0 : count - 1];
}
