// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "interact_keys.h"

#include "controls.h"
#include "layout.h"
#include "pad.h"

enum { PAGE_STEPS = 10 };

static MnInputResult
menu_key(MnGestures* const g, MnKey const key)
{
  MnViewPointer* const pointer = &g->view->pointer;
  int const            last    = (int)mn_view_menu_items(g->view, pointer->menu) - 1;
  int const            at      = pointer->choice;
  switch (key) {
  case MN_KEY_UP:
  case MN_KEY_LEFT:
    pointer->choice = at > 0 ? at - 1 : 0;
    break;
  case MN_KEY_DOWN:
  case MN_KEY_RIGHT:
    pointer->choice = at < last ? at + 1 : last;
    break;
  case MN_KEY_HOME:
  case MN_KEY_PAGE_UP:
    pointer->choice = 0;
    break;
  case MN_KEY_END:
  case MN_KEY_PAGE_DOWN:
    pointer->choice = last;
    break;
  case MN_KEY_ENTER:
  case MN_KEY_SPACE:
    mn_gestures_choose(g, at < 0 ? 0 : at);
    break;
  case MN_KEY_ESCAPE:
  case MN_KEY_TAB:
  case MN_KEY_BACK_TAB:
    mn_gestures_close_menu(g);
    break;
  default:
    return MN_INPUT_PASSED;
  }
  return MN_INPUT_TAKEN;
}

static MnInputResult
button_key(MnGestures* const g, MnKey const key, double const now)
{
  int const  target = g->view->pointer.focused;
  bool const push   = key == MN_KEY_ENTER || key == MN_KEY_SPACE;
  if (target == MN_TARGET_MODEL) {
    if (push) {
      mn_gestures_open_models(g);
    }
    return push ? MN_INPUT_TAKEN : MN_INPUT_PASSED;
  }
  if (target == MN_TARGET_SAVE) {
    if (push) {
      mn_gestures_save(g);
    }
    return push ? MN_INPUT_TAKEN : MN_INPUT_PASSED;
  }
  if (target == MN_TARGET_MAP_X || target == MN_TARGET_MAP_Y) {
    bool const back = key == MN_KEY_LEFT || key == MN_KEY_UP;
    bool const on   = key == MN_KEY_RIGHT || key == MN_KEY_DOWN;
    if (push) {
      mn_gestures_open_axes(g, target);
    } else if (back || on) {
      mn_gestures_turn_axis(g, target, on ? 1 : -1);
    }
    return push || back || on ? MN_INPUT_TAKEN : MN_INPUT_PASSED;
  }
  if (target == MN_TARGET_TAP) {
    if (push) {
      mn_gestures_tap(g, now);
    }
    return push ? MN_INPUT_TAKEN : MN_INPUT_PASSED;
  }
  int const way  = key == MN_KEY_RIGHT ? 1 : key == MN_KEY_LEFT ? -1 : 0;
  int       next = target + way;
  if (!push && !way) {
    return MN_INPUT_PASSED;
  }
  while (way && next > MN_TARGET_PAGE && next < MN_TARGET_PAGE + MN_PAGES &&
         !mn_view_has_page(g->view, (MnPage)(next - MN_TARGET_PAGE))) {
    next += way;
  }
  if (next >= MN_TARGET_PAGE && next < MN_TARGET_PAGE + MN_PAGES) {
    g->view->pointer.focused = next;
    mn_gestures_show_page(g, next);
  }
  return MN_INPUT_TAKEN;
}

static MnInputResult
control_key(MnGestures* const g, unsigned const port, MnKey const key)
{
  MnControl control;
  if (!mn_control_get(port, &control)) {
    return MN_INPUT_PASSED;
  }
  if (key == MN_KEY_ENTER || key == MN_KEY_SPACE) {
    return mn_gestures_push(g, port) ? MN_INPUT_TAKEN : MN_INPUT_PASSED;
  }
  if (control.kind == MN_CONTROL_TRIGGER) {
    return MN_INPUT_PASSED;
  }
  int const down = control.kind == MN_CONTROL_CHOICE ? 1 : -1; // as in its menu
  switch (key) {
  case MN_KEY_RIGHT:
    mn_gestures_nudge(g, port, 1);
    break;
  case MN_KEY_LEFT:
    mn_gestures_nudge(g, port, -1);
    break;
  case MN_KEY_UP:
    mn_gestures_nudge(g, port, -down);
    break;
  case MN_KEY_DOWN:
    mn_gestures_nudge(g, port, down);
    break;
  case MN_KEY_PAGE_UP:
    mn_gestures_nudge(g, port, -down * PAGE_STEPS);
    break;
  case MN_KEY_PAGE_DOWN:
    mn_gestures_nudge(g, port, down * PAGE_STEPS);
    break;
  case MN_KEY_HOME:
    mn_gestures_set(g, port, control.minimum);
    break;
  case MN_KEY_END:
    mn_gestures_set(g, port, control.maximum);
    break;
  case MN_KEY_DELETE:
    mn_gestures_set(g, port, control.initial);
    break;
  default:
    return MN_INPUT_PASSED;
  }
  return MN_INPUT_TAKEN;
}

// Delete is the only key that moves both ports.
static MnInputResult
pad_key(MnGestures* const g, MnKey key)
{
  unsigned const port = mn_pad_key(&key);
  if (key == MN_KEY_DELETE) {
    control_key(g, MN_TARGET_OF(Y), key);
  }
  return control_key(g, port, key);
}

MnInputResult
mn_interact_key(MnGestures* const g,
                double const      width,
                double const      height,
                MnKey const       key,
                double const      now)
{
  MnViewPointer* const pointer = &g->view->pointer;
  if (pointer->menu >= 0) {
    return menu_key(g, key);
  }
  if (key == MN_KEY_TAB || key == MN_KEY_BACK_TAB) {
    pointer->focused = mn_layout_next_target(
      g->view, width, height, pointer->focused, key == MN_KEY_TAB ? 1 : -1);
    return MN_INPUT_TAKEN;
  }
  if (key == MN_KEY_ESCAPE) {
    if (mn_gestures_dismiss(g) || mn_gestures_show_now(g)) {
      return MN_INPUT_TAKEN;
    }
    bool const focused = pointer->focused != MN_TARGET_NONE;
    pointer->focused   = MN_TARGET_NONE;
    return focused ? MN_INPUT_LEFT : MN_INPUT_PASSED;
  }
  if (pointer->focused == MN_TARGET_NONE) {
    return MN_INPUT_PASSED;
  }
  return mn_target_is_port(pointer->focused)
           ? control_key(g, (unsigned)pointer->focused, key)
         : pointer->focused == MN_TARGET_PAD ? pad_key(g, key)
                                             : button_key(g, key, now);
}
