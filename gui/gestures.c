// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "gestures.h"

#include "controls.h"
#include "draw.h"

#include <math.h>

// Of the past, in steps: half a bar to an hour and more of 4/4.
enum { LEAST_SPAN = 64, MOST_SPAN = 2048 * 16 };

static double const trigger_least = 0.2; // seconds: longer than any block of audio

void
mn_gestures_init(MnGestures* const g, MnView* const view, MnActions const actions)
{
  *g = (MnGestures){.actions = actions, .view = view, .trigger = -1};
}

void
mn_gestures_grab(MnGestures* const g, unsigned const port)
{
  g->actions.touch(g->actions.handle, port, true);
}

void
mn_gestures_release(MnGestures* const g, unsigned const port)
{
  g->actions.touch(g->actions.handle, port, false);
}

static void
write_value(MnGestures* const g, unsigned const port, float const value)
{
  g->view->value[port] = value;
  g->actions.write(g->actions.handle, port, value);
  g->areas |= mn_draw_areas_of_port(port);
}

void
mn_gestures_change(MnGestures* const g, unsigned const port, float const value)
{
  float const clean = mn_control_clean(port, value);
  if (clean != g->view->value[port]) {
    write_value(g, port, clean);
  }
}

void
mn_gestures_set(MnGestures* const g, unsigned const port, float const value)
{
  mn_gestures_grab(g, port);
  mn_gestures_change(g, port, value);
  mn_gestures_release(g, port);
}

void
mn_gestures_nudge(MnGestures* const g, unsigned const port, int const steps)
{
  mn_gestures_set(g, port, mn_control_nudge(port, g->view->value[port], steps));
}

void
mn_gestures_end(MnGestures* const g)
{
  if (g->trigger >= 0) {
    unsigned const port = (unsigned)g->trigger;
    g->trigger          = -1;
    write_value(g, port, 0);
    mn_gestures_release(g, port);
  }
}

static void
pull_trigger(MnGestures* const g, unsigned const port)
{
  mn_gestures_end(g);
  mn_gestures_grab(g, port);
  write_value(g, port, 1);
  g->trigger     = (int)port;
  g->trigger_end = 0;
}

void
mn_gestures_tick(MnGestures* const g, double const now)
{
  if (g->trigger < 0) {
    return;
  }
  if (g->trigger_end == 0) {
    g->trigger_end = now + trigger_least;
  } else if (now >= g->trigger_end && g->view->pointer.pressed != g->trigger) {
    mn_gestures_end(g);
  }
}

static void
open_menu(MnGestures* const g, unsigned const port)
{
  MnViewPointer* const pointer = &g->view->pointer;
  pointer->menu                = (int)port;
  pointer->choice              = (int)mn_control_clean(port, g->view->value[port]);
  pointer->hovered             = -1;
}

bool
mn_gestures_push(MnGestures* const g, unsigned const port)
{
  MnControl control;
  if (!mn_control_get(port, &control)) {
    return false;
  }
  switch (control.kind) {
  case MN_CONTROL_TOGGLE:
    mn_gestures_set(g, port, g->view->value[port] > 0 ? 0 : 1);
    return true;
  case MN_CONTROL_CHOICE:
    open_menu(g, port);
    return true;
  case MN_CONTROL_TRIGGER:
    pull_trigger(g, port);
    return true;
  case MN_CONTROL_INT:
  case MN_CONTROL_FLOAT:
    break;
  }
  return false;
}

void
mn_gestures_close_menu(MnGestures* const g)
{
  g->view->pointer.menu   = -1;
  g->view->pointer.choice = -1;
}

void
mn_gestures_choose(MnGestures* const g, int const choice)
{
  int const target = g->view->pointer.menu;
  mn_gestures_close_menu(g);
  if (target == MN_TARGET_MODEL) {
    g->actions.choose_model(g->actions.handle, (unsigned)choice);
  } else if (target == MN_TARGET_MAP_X || target == MN_TARGET_MAP_Y) {
    g->view->pointer.map[target == MN_TARGET_MAP_Y] = (unsigned)choice;
  } else {
    mn_gestures_set(g, (unsigned)target, (float)choice);
  }
}

void
mn_gestures_show_page(MnGestures* const g, int const target)
{
  MnViewPointer* const pointer = &g->view->pointer;
  pointer->page                = (MnPage)(target - MN_TARGET_PAGE);
  pointer->hovered             = -1;
  if (pointer->focused < MN_TARGET_PAGE || pointer->focused >= MN_TARGET_SAVE) {
    pointer->focused = MN_TARGET_NONE; // it may be on the other page
  }
  g->areas = MN_DRAW_ALL;
}

void
mn_gestures_open_models(MnGestures* const g)
{
  MnViewPointer* const pointer = &g->view->pointer;
  pointer->menu                = MN_TARGET_MODEL;
  pointer->choice              = -1;
  pointer->hovered             = -1;
}

void
mn_gestures_open_axes(MnGestures* const g, int const target)
{
  MnViewPointer* const pointer = &g->view->pointer;
  pointer->menu                = target;
  pointer->choice              = (int)pointer->map[target == MN_TARGET_MAP_Y];
  pointer->hovered             = -1;
}

void
mn_gestures_turn_axis(MnGestures* const g, int const target, int const steps)
{
  unsigned* const axis = &g->view->pointer.map[target == MN_TARGET_MAP_Y];
  *axis                = (*axis + (steps > 0 ? 1 : MN_AXES - 1)) % MN_AXES;
}

void
mn_gestures_save(MnGestures* const g)
{
  if (g->view->past.count) {
    g->actions.save(g->actions.handle);
    g->areas |= 1U << MN_AREA_STATUS;
  }
}

void
mn_gestures_drag(MnGestures* const g)
{
  if (g->view->past.count) {
    g->actions.drag(g->actions.handle);
    g->areas |= 1U << MN_AREA_STATUS;
  }
}

void
mn_gestures_tap(MnGestures* const g, double const now)
{
  double const longest = 60.0 / (double)mn_port(MN_PORT_TEMPO)->low;
  if (!g->taps || !(now - g->last_tap < longest) || !(now > g->last_tap)) {
    g->taps      = 0;
    g->first_tap = now;
  }
  g->last_tap = now;
  if (g->taps++) {
    double const each = (now - g->first_tap) / (g->taps - 1);
    mn_gestures_set(g, MN_PORT_TEMPO, (float)(round(600 / each) / 10));
  }
}

bool
mn_gestures_show_now(MnGestures* const g)
{
  MnViewPointer* const pointer = &g->view->pointer;
  bool const           then    = pointer->chosen >= 0 || pointer->back > 0;
  pointer->chosen              = -1;
  pointer->back                = 0;
  return then;
}

void
mn_gestures_scroll(MnGestures* const g, double const steps)
{
  MnViewPointer* const pointer = &g->view->pointer;
  double const         most = fmax((double)mn_past_end(&g->view->past) - pointer->span, 0);
  pointer->back             = fmin(fmax(pointer->back + steps, 0), most);
}

void
mn_gestures_zoom(MnGestures* const g, double const factor, double const at)
{
  MnViewPointer* const pointer = &g->view->pointer;
  double               from    = 0;
  double               to      = 0;
  mn_layout_past(g->view, &from, &to);
  double const span = fmin(fmax(pointer->span * factor, LEAST_SPAN), MOST_SPAN);
  double const part = to > from ? (at - from) / (to - from) : 1;
  double const end  = at + (1 - part) * span; // what is under the pointer stays there
  pointer->span     = span;
  pointer->back     = 0;
  mn_gestures_scroll(g, (double)mn_past_end(&g->view->past) - end);
}

bool
mn_gestures_dismiss(MnGestures* const g)
{
  bool const there = g->view->message[0];
  if (there) {
    g->view->message[0] = '\0';
    g->areas            = MN_DRAW_ALL;
  }
  return there;
}
