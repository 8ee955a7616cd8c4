// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "draw.h"

#include "draw_canvas.h"

#include <math.h>

typedef void (*DrawArea)(MnCanvas* canvas);

static void
draw_controls(MnCanvas* const c)
{
  (c->view->player ? mn_draw_player_strip : mn_draw_strip)(c);
}

static DrawArea const drawers[MN_AREAS] = {
  [MN_AREA_HEADER]   = mn_draw_header,
  [MN_AREA_ROLL]     = mn_draw_roll,
  [MN_AREA_PAST]     = mn_draw_past,
  [MN_AREA_SCORE]    = mn_draw_score,
  [MN_AREA_WORDS]    = mn_draw_words,
  [MN_AREA_NEURONS]  = mn_draw_neurons,
  [MN_AREA_FIELD]    = mn_draw_field,
  [MN_AREA_AXES]     = mn_draw_axes,
  [MN_AREA_CC]       = mn_draw_table,
  [MN_AREA_SENT]     = mn_draw_sent,
  [MN_AREA_MAP]      = mn_draw_map,
  [MN_AREA_PAD]      = mn_draw_pad,
  [MN_AREA_OFFSETS]  = mn_draw_offsets,
  [MN_AREA_RANKED]   = mn_draw_ranked,
  [MN_AREA_STYLES]   = mn_draw_styles,
  [MN_AREA_MESSAGE]  = mn_draw_message,
  [MN_AREA_CONTROLS] = draw_controls,
  [MN_AREA_STATUS]   = mn_draw_status,
};

void
mn_draw(cairo_t* const       cr,
        MnView const* const  view,
        MnTheme const* const theme,
        double const         width,
        double const         height)
{
  mn_draw_part(cr, view, theme, width, height, MN_DRAW_ALL);
}

static bool
is_empty(MnRect const r)
{
  return !(r.width > 0 && r.height > 0);
}

// Fills an area with the ground, but not where its panel is about to be drawn: of
// that only the rounded corners need it.
static void
fill_ground(MnCanvas* const c, MnArea const area)
{
  MnRect const r      = c->layout.area[area];
  MnRect const p      = mn_layout_panel(&c->layout, area);
  double const corner = ceil(6 * c->unit);
  double const top    = p.y + corner;
  double const bottom = p.y + p.height - corner;
  bool const   panel  = area != MN_AREA_HEADER && area != MN_AREA_STATUS;
  if (panel && bottom > top) {
    mn_add(c, (MnRect){r.x, r.y, r.width, top - r.y});
    mn_add(c, (MnRect){r.x, bottom, r.width, r.y + r.height - bottom});
    mn_add(c, (MnRect){r.x, top, p.x - r.x, bottom - top});
    double const right = p.x + p.width;
    mn_add(c, (MnRect){right, top, r.x + r.width - right, bottom - top});
  } else {
    mn_add(c, r);
  }
  mn_fill_added(c, c->theme->ground, 1);
}

void
mn_draw_part(cairo_t* const       cr,
             MnView const* const  view,
             MnTheme const* const theme,
             double const         width,
             double const         height,
             unsigned const       areas)
{
  MnCanvas c;
  mn_canvas_open(&c, cr, view, theme, width, height);
  for (int i = 0; i < MN_AREAS; ++i) {
    MnRect const r = c.layout.area[i];
    if (!(areas >> i & 1) || is_empty(r)) {
      continue;
    }
    cairo_save(cr);
    cairo_rectangle(cr, r.x, r.y, r.width, r.height);
    cairo_clip(cr);
    fill_ground(&c, (MnArea)i);
    drawers[i](&c);
    cairo_restore(cr);
  }
  MnRect const over = mn_overlay_rect(&c.layout, view, &view->pointer);
  if (!is_empty(over)) {
    cairo_save(cr);
    for (int i = 0; i < MN_AREAS; ++i) {
      MnRect const r = c.layout.area[i];
      if (areas >> i & 1 && !is_empty(r)) {
        cairo_rectangle(cr, r.x, r.y, r.width, r.height);
      }
    }
    cairo_clip(cr);
    mn_draw_overlay(&c);
    cairo_restore(cr);
  }
  mn_canvas_close(&c);
}

static unsigned
areas_of_player(unsigned const port)
{
  static struct {
    unsigned first;
    unsigned last;
    unsigned areas;
  } const shown[] = {
    {MN_PLAYER_PORT_ENABLED, MN_PLAYER_PORT_ENABLED, MN_DRAW_ALL},
    {MN_PLAYER_PORT_MODE, MN_PLAYER_PORT_MODE, 1 << MN_AREA_CONTROLS | 1 << MN_AREA_PAD},
    {MN_PLAYER_PORT_CAPTURE_A, MN_PLAYER_PORT_CLEAR, 1 << MN_AREA_PAD},
    {MN_PLAYER_PORT_X, MN_PLAYER_PORT_Y, 1 << MN_AREA_PAD},
    {MN_PLAYER_PORT_NEURON_1, MN_PLAYER_PORT_NEURON_LAST, 1 << MN_AREA_RANKED},
    {MN_PLAYER_PORT_AXIS_1, MN_PLAYER_PORT_AXIS_LAST, 1 << MN_AREA_OFFSETS},
    {MN_PLAYER_PORT_STATE, MN_PLAYER_PORT_STATE, 1 << MN_AREA_HEADER | 1 << MN_AREA_STATUS},
    {MN_PLAYER_PORT_TURNS, // the first turn makes the meters tell something
     MN_PLAYER_PORT_TURNS,
     1 << MN_AREA_HEADER | 1 << MN_AREA_OFFSETS | 1 << MN_AREA_RANKED},
    {MN_PLAYER_PORT_LATE, MN_PLAYER_PORT_LATE, 1 << MN_AREA_HEADER},
    {MN_PLAYER_PORT_SYNCED, MN_PLAYER_PORT_SYNCED, 1 << MN_AREA_STATUS},
    {MN_PLAYER_PORT_SLOT_A, MN_PLAYER_PORT_SLOT_D, 1 << MN_AREA_PAD},
    {MN_PLAYER_PORT_PLAYED_NEURON_1,
     MN_PLAYER_PORT_PLAYED_NEURON_LAST,
     1 << MN_AREA_RANKED},
    {MN_PLAYER_PORT_PLAYED_AXIS_1, MN_PLAYER_PORT_PLAYED_AXIS_LAST, 1 << MN_AREA_OFFSETS},
  };
  for (size_t i = 0; i < sizeof(shown) / sizeof(*shown); ++i) {
    if (port >= shown[i].first && port <= shown[i].last) {
      return shown[i].areas;
    }
  }
  return 1U << MN_AREA_CONTROLS;
}

unsigned
mn_draw_areas_of_port(unsigned const port)
{
  if (port >= MN_TARGET_PLAYER) {
    return areas_of_player(port - MN_TARGET_PLAYER);
  }
  return port >= MN_PORT_CC_SHARE && port <= MN_PORT_SEND_LAST ? 1U << MN_AREA_CC
         : port == MN_PORT_ENABLED ? 1U << MN_AREA_CONTROLS | (unsigned)MN_DRAW_WINDOW
         : port == MN_PORT_VOICE || port == MN_PORT_CHANNEL
           ? 1U << MN_AREA_CONTROLS | 1U << MN_AREA_ROLL
         : port == MN_PORT_SPAN ? 1U << MN_AREA_NEURONS | 1U << MN_AREA_FIELD
         : port == MN_PORT_HOP  ? 1U << MN_AREA_CONTROLS | 1U << MN_AREA_STATUS
         : port >= MN_PORT_ENABLED && port <= MN_PORT_RESET ? 1U << MN_AREA_CONTROLS
                                                            : 0;
}

static unsigned
areas_under(MnLayout const* const l, MnRect const over)
{
  unsigned areas = 0;
  for (int i = 0; i < MN_AREAS && !is_empty(over); ++i) {
    MnRect const r = l->area[i];
    if (!is_empty(r) && over.x < r.x + r.width && r.x < over.x + over.width &&
        over.y < r.y + r.height && r.y < over.y + over.height) {
      areas |= 1U << i;
    }
  }
  return areas;
}

static unsigned
areas_of_overlay(MnView const* const        view,
                 MnViewPointer const* const pointer,
                 double const               width,
                 double const               height)
{
  MnLayout l;
  mn_layout_init_at(&l, view, pointer, width, height);
  unsigned areas = areas_under(&l, mn_overlay_rect(&l, view, pointer));
  if (pointer->hovered >= 0) {
    areas |= areas_under(&l, mn_layout_neuron(&l, view, (unsigned)pointer->hovered));
  }
  return areas;
}

static unsigned
areas_of_target(int const target)
{
  return target < 0                  ? 0
         : mn_target_is_port(target) ? mn_draw_areas_of_port((unsigned)target)
         : target == MN_TARGET_PAD   ? 1U << MN_AREA_PAD
         : target == MN_TARGET_SAVE  ? 1U << MN_AREA_PAST
         : target == MN_TARGET_TAP   ? 1U << MN_AREA_CONTROLS
         : target == MN_TARGET_MAP_X || target == MN_TARGET_MAP_Y ? 1U << MN_AREA_MAP
         : target < MN_TARGETS                                    ? 1U << MN_AREA_HEADER
                                                                  : 0;
}

static unsigned
areas_of_change(int const before, int const now)
{
  return now == before ? 0 : areas_of_target(before) | areas_of_target(now);
}

unsigned
mn_draw_areas_of_pointer(MnView const* const        view,
                         MnViewPointer const* const before,
                         double const               width,
                         double const               height)
{
  MnViewPointer const* const now = &view->pointer;
  if (now->page != before->page) {
    return MN_DRAW_ALL;
  }
  bool const chosen = now->chosen != before->chosen || now->chosen_to != before->chosen_to;
  bool const past   = now->back != before->back || now->span != before->span;
  bool const map    = now->map[0] != before->map[0] || now->map[1] != before->map[1];
  unsigned   areas =
    (map ? 1U << MN_AREA_MAP : 0U) | (chosen ? (unsigned)MN_DRAW_WINDOW : 0U) |
    (past ? 1U << MN_AREA_PAST : 0U) |
    (now->area != before->area || now->over != before->over ? 1U << MN_AREA_STATUS : 0U) |
    areas_of_change(before->over, now->over) |
    areas_of_change(before->pressed, now->pressed) |
    areas_of_change(before->focused, now->focused);
  if (now->hovered != before->hovered || now->menu != before->menu ||
      now->choice != before->choice) {
    areas |= areas_of_overlay(view, before, width, height) |
             areas_of_overlay(view, now, width, height);
  }
  return areas;
}
