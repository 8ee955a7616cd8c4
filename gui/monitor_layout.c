// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "monitor_layout.h"

#include <math.h>

// Lengths in units, as in layout.c.
enum {
  HEADER = 42,
  EDGE   = 10, // from the window's edge to the tabs
  PAD    = 10, // within a panel
  TITLE  = 22,
  BUTTON = 24,
};

MnStripItem const mn_monitor_strip[MN_MONITOR_STRIP] = {
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

// Less so much on each side.
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

void
mn_monitor_layout_areas(MnLayout* const     l,
                        MnView const* const view,
                        double const        top,
                        double const        height)
{
  double const u     = l->unit;
  double const width = l->width;
  if (l->page == MN_PAGE_CC) {
    double const sent     = round(fmin(width * 0.085, 120 * u));
    l->area[MN_AREA_CC]   = (MnRect){0, top, width - sent, height};
    l->area[MN_AREA_SENT] = (MnRect){width - sent, top, sent, height};
    return;
  }
  if (l->page == MN_PAGE_MAP) {
    bool const   has_long   = view->model.styles || view->model.long_music;
    double const styles     = has_long ? round(fmin(width * 0.26, 260 * u)) : 0;
    l->area[MN_AREA_MAP]    = (MnRect){0, top, width - styles, height};
    l->area[MN_AREA_STYLES] = (MnRect){width - styles, top, styles, height};
    return;
  }
  double const left  = round(width * 0.53);
  double const score = round(fmin(fmax(height * 0.34, 112 * u), 150 * u));
  double const past  = round(fmin(fmax(height * 0.30, 96 * u), 300 * u));
  double const roll  = fmax(height - score - past, 0);
  double const dial  = round(fmin(left * 0.34, 190 * u));

  l->area[MN_AREA_ROLL]  = (MnRect){0, top, left, roll};
  l->area[MN_AREA_PAST]  = (MnRect){0, top + roll, left, past};
  l->area[MN_AREA_SCORE] = (MnRect){0, top + roll + past, dial, score};
  l->area[MN_AREA_WORDS] = (MnRect){dial, top + roll + past, left - dial, score};

  bool const   has_axes = mn_view_neurons(view) && view->model.has_axes;
  bool const   tight    = height < 340 * u && has_axes;
  double const axes     = has_axes ? round(tight ? 82 * u : 92 * u) : 0;
  double const field = round(tight ? 35 * u : fmin(fmax(height * 0.19, 72 * u), 150 * u));
  double const list  = fmax(height - axes - field, 0);
  l->area[MN_AREA_NEURONS] = (MnRect){left, top, width - left, list};
  l->area[MN_AREA_FIELD]   = (MnRect){left, top + list, width - left, fmin(field, height)};
  if (axes > 0) {
    l->area[MN_AREA_AXES] = (MnRect){left, top + list + field, width - left, axes};
  }
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

// The shares of the columns of the table of CC slots: first the number of the slot,
// then its controls, by the offset of their ports, and the button that sends.
static double const cc_number = 0.36;
static double const cc_send   = 0.8;

static double const cc_share[MN_CC_PORT_COUNT] =
  {2.75, 0.8, 0.97, 0.8, 0.8, 0.77, 0.9, 1.15, 1.22, 1.0, 0.82};

static void
lay_table(MnLayout* const l, MnRect const panel)
{
  double const u      = l->unit;
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
lay_neurons(MnLayout* const l, MnView const* const view, MnRect const panel)
{
  bool const     deep = mn_view_is_long(view);
  unsigned const most =
    view->model.long_music < MN_RANKED ? view->model.long_music : MN_RANKED;
  unsigned const music = deep ? most : mn_view_music(view);
  double const   u     = l->unit;
  double const   pad   = round(PAD * u);
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
lay_field(MnLayout* const l, unsigned const count, MnRect const panel)
{
  double const u     = l->unit;
  double const pad   = round(PAD * u);
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
lay_past(MnLayout* const l, MnRect const panel)
{
  double const u    = l->unit;
  double const pad  = round(PAD * u);
  double const wide = round(62 * u);
  double const high = fmax(round(16 * u), 16);
  l->past = inset(panel, pad + round(34 * u), round(TITLE * u), pad, round(6 * u));
  l->target[MN_TARGET_SAVE] = (MnRect){
    panel.x + panel.width - round(4 * u) - wide, panel.y + round(3 * u), wide, high};
}

// The plane has room for the names of its axes below it and on its left.
static void
lay_map(MnLayout* const l, MnRect const panel)
{
  double const u             = l->unit;
  double const pad           = round(PAD * u);
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
mn_monitor_layout_targets(MnLayout* const     l,
                          MnView const* const view,
                          MnRect const        panel[MN_AREAS])
{
  lay_header(l, view);
  if (l->page == MN_PAGE_CC) {
    lay_table(l, panel[MN_AREA_CC]);
  } else if (l->page == MN_PAGE_MAP) {
    lay_map(l, panel[MN_AREA_MAP]);
  } else {
    lay_neurons(l, view, panel[MN_AREA_NEURONS]);
    lay_field(l, mn_view_neurons(view) - l->listed, panel[MN_AREA_FIELD]);
    lay_past(l, panel[MN_AREA_PAST]);
  }
}

unsigned
mn_monitor_layout_order(MnLayout const* const l, int order[MN_TARGETS])
{
  unsigned count = 0;
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
  for (int i = 0; i < MN_MONITOR_STRIP; ++i) {
    order[count++] = (int)mn_monitor_strip[i].target;
  }
  return count;
}
