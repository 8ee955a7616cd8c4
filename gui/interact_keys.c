// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "controls.h"
#include "gestures.h"
#include "layout.h"

enum { PAGE_STEPS = 10 };

static MnInputResult
menu_key(MnInteract* const in, MnKey const key)
{
  MnViewPointer* const pointer = &in->view->pointer;
  int const            last    = (int)mn_control_choices((unsigned)pointer->menu) - 1;
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
    mn_interact_choose(in, at < 0 ? 0 : at);
    break;
  case MN_KEY_ESCAPE:
  case MN_KEY_TAB:
  case MN_KEY_BACK_TAB:
    mn_interact_close(in);
    break;
  default:
    return MN_INPUT_PASSED;
  }
  return MN_INPUT_TAKEN;
}

static MnInputResult
button_key(MnInteract* const in, MnKey const key)
{
  int const  target = in->view->pointer.focused;
  bool const push   = key == MN_KEY_ENTER || key == MN_KEY_SPACE;
  if (target == MN_TARGET_MODEL) {
    if (push) {
      in->actions.choose_model(in->actions.handle);
    }
    return push ? MN_INPUT_TAKEN : MN_INPUT_PASSED;
  }
  int const way  = key == MN_KEY_RIGHT ? 1 : key == MN_KEY_LEFT ? -1 : 0;
  int const next = target + way;
  if (!push && !way) {
    return MN_INPUT_PASSED;
  }
  if (next >= MN_TARGET_PAGE && next < MN_TARGETS) {
    in->view->pointer.focused = next;
    mn_interact_page(in, next);
  }
  return MN_INPUT_TAKEN;
}

static MnInputResult
push_key(MnInteract* const in, unsigned const port, MnControlKind const kind)
{
  if (kind == MN_CONTROL_TOGGLE) {
    mn_interact_toggle(in, port);
  } else if (kind == MN_CONTROL_CHOICE) {
    mn_interact_open(in, port);
  } else if (kind == MN_CONTROL_TRIGGER) {
    mn_interact_pull(in, port);
  } else {
    return MN_INPUT_PASSED;
  }
  return MN_INPUT_TAKEN;
}

static MnInputResult
control_key(MnInteract* const in, MnKey const key)
{
  unsigned const port = (unsigned)in->view->pointer.focused;
  MnControl      control;
  if (!mn_control_get(port, &control)) {
    return MN_INPUT_PASSED;
  }
  if (key == MN_KEY_ENTER || key == MN_KEY_SPACE) {
    return push_key(in, port, control.kind);
  }
  if (control.kind == MN_CONTROL_TRIGGER) {
    return MN_INPUT_PASSED;
  }
  int const down = control.kind == MN_CONTROL_CHOICE ? 1 : -1; // as in its menu
  switch (key) {
  case MN_KEY_RIGHT:
    mn_interact_nudge(in, port, 1);
    break;
  case MN_KEY_LEFT:
    mn_interact_nudge(in, port, -1);
    break;
  case MN_KEY_UP:
    mn_interact_nudge(in, port, -down);
    break;
  case MN_KEY_DOWN:
    mn_interact_nudge(in, port, down);
    break;
  case MN_KEY_PAGE_UP:
    mn_interact_nudge(in, port, -down * PAGE_STEPS);
    break;
  case MN_KEY_PAGE_DOWN:
    mn_interact_nudge(in, port, down * PAGE_STEPS);
    break;
  case MN_KEY_HOME:
    mn_interact_set(in, port, control.minimum);
    break;
  case MN_KEY_END:
    mn_interact_set(in, port, control.maximum);
    break;
  case MN_KEY_DELETE:
    mn_interact_set(in, port, control.initial);
    break;
  default:
    return MN_INPUT_PASSED;
  }
  return MN_INPUT_TAKEN;
}

MnInputResult
mn_interact_key(MnInteract* const in, MnKey const key)
{
  MnViewPointer* const pointer = &in->view->pointer;
  if (pointer->menu >= 0) {
    return menu_key(in, key);
  }
  if (key == MN_KEY_TAB || key == MN_KEY_BACK_TAB) {
    pointer->focused = mn_layout_next_target(
      in->view, in->width, in->height, pointer->focused, key == MN_KEY_TAB ? 1 : -1);
    return MN_INPUT_TAKEN;
  }
  if (key == MN_KEY_ESCAPE) {
    if (mn_interact_dismiss(in)) {
      return MN_INPUT_TAKEN;
    }
    bool const focused = pointer->focused != MN_TARGET_NONE;
    pointer->focused   = MN_TARGET_NONE;
    return focused ? MN_INPUT_LEFT : MN_INPUT_PASSED;
  }
  if (pointer->focused == MN_TARGET_NONE) {
    return MN_INPUT_PASSED;
  }
  return pointer->focused < MN_PORT_COUNT ? control_key(in, key) : button_key(in, key);
}
