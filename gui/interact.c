// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "interact.h"

#include "controls.h"
#include "draw.h"
#include "gestures.h"
#include "layout.h"

static double const double_click  = 0.4;  // seconds
static double const menu_hold     = 0.35; // a press this long chooses where it ends
static double const trigger_least = 0.2;  // longer than any block of audio
static double const drag_range    = 200;  // units of the layout from end to end

void
mn_interact_init(MnInteract* const in, MnView* const view, MnActions const actions)
{
  *in = (MnInteract){.actions = actions,
                     .view    = view,
                     .width   = MN_WINDOW_WIDTH,
                     .height  = MN_WINDOW_HEIGHT,
                     .clicked = MN_TARGET_NONE,
                     .trigger = -1};
}

static void
touch(MnInteract const* const in, unsigned const port, bool const grabbed)
{
  in->actions.touch(in->actions.handle, port, grabbed);
}

static void
write_value(MnInteract* const in, unsigned const port, float const value)
{
  in->view->value[port] = value;
  in->actions.write(in->actions.handle, port, value);
  in->areas |= mn_draw_areas_of_port(port);
}

static void
change_value(MnInteract* const in, unsigned const port, float const value)
{
  float const clean = mn_control_clean(port, value);
  if (clean != in->view->value[port]) {
    write_value(in, port, clean);
  }
}

// A change that is a whole gesture.
void
mn_interact_set(MnInteract* const in, unsigned const port, float const value)
{
  touch(in, port, true);
  change_value(in, port, value);
  touch(in, port, false);
}

void
mn_interact_nudge(MnInteract* const in, unsigned const port, int const steps)
{
  mn_interact_set(in, port, mn_control_nudge(port, in->view->value[port], steps));
}

static void
end_trigger(MnInteract* const in)
{
  unsigned const port = (unsigned)in->trigger;
  in->trigger         = -1;
  write_value(in, port, 0);
  touch(in, port, false);
}

void
mn_interact_pull(MnInteract* const in, unsigned const port)
{
  if (in->trigger >= 0) {
    end_trigger(in);
  }
  touch(in, port, true);
  write_value(in, port, 1);
  in->trigger     = (int)port;
  in->trigger_end = 0;
}

void
mn_interact_tick(MnInteract* const in, double const now)
{
  if (in->trigger < 0) {
    return;
  }
  if (in->trigger_end == 0) {
    in->trigger_end = now + trigger_least;
  } else if (now >= in->trigger_end && in->view->pointer.pressed != in->trigger) {
    end_trigger(in);
  }
}

static void
end_drag(MnInteract* const in)
{
  if (in->dragging) {
    in->dragging = false;
    touch(in, (unsigned)in->view->pointer.pressed, false);
  }
}

void
mn_interact_end(MnInteract* const in)
{
  end_drag(in);
  in->view->pointer.pressed = MN_TARGET_NONE;
  if (in->trigger >= 0) {
    end_trigger(in);
  }
}

bool
mn_interact_holds(MnInteract const* const in, unsigned const port)
{
  return (in->dragging && in->view->pointer.pressed == (int)port) ||
         in->trigger == (int)port;
}

static MnHit
hit_at(MnInteract const* const in, double const x, double const y)
{
  return mn_layout_hit(in->view, in->width, in->height, x, y);
}

static MnControlKind
kind_of(unsigned const port)
{
  MnControl control;
  return mn_control_get(port, &control) ? control.kind : MN_CONTROL_FLOAT;
}

static void
hover(MnInteract* const in, double const x, double const y)
{
  MnViewPointer* const pointer = &in->view->pointer;
  MnHit const          hit     = hit_at(in, x, y);
  bool const           target =
    hit.kind == MN_HIT_CONTROL || hit.kind == MN_HIT_MODEL || hit.kind == MN_HIT_PAGE;
  pointer->over    = target ? hit.index : MN_TARGET_NONE;
  pointer->hovered = hit.kind == MN_HIT_NEURON ? hit.index : -1;
  if (hit.kind == MN_HIT_CHOICE) {
    pointer->choice = hit.index;
  }
}

void
mn_interact_open(MnInteract* const in, unsigned const port)
{
  MnViewPointer* const pointer = &in->view->pointer;
  pointer->menu                = (int)port;
  pointer->choice              = (int)mn_control_clean(port, in->view->value[port]);
  pointer->hovered             = -1;
}

void
mn_interact_close(MnInteract* const in)
{
  in->view->pointer.menu   = -1;
  in->view->pointer.choice = -1;
}

void
mn_interact_choose(MnInteract* const in, int const choice)
{
  unsigned const port = (unsigned)in->view->pointer.menu;
  mn_interact_close(in);
  mn_interact_set(in, port, (float)choice);
}

void
mn_interact_page(MnInteract* const in, int const target)
{
  MnViewPointer* const pointer = &in->view->pointer;
  pointer->page                = (MnPage)(target - MN_TARGET_PAGE);
  pointer->hovered             = -1;
  if (pointer->focused < MN_TARGET_PAGE) {
    pointer->focused = MN_TARGET_NONE; // it may be on the other page
  }
  in->areas = MN_DRAW_ALL;
}

void
mn_interact_toggle(MnInteract* const in, unsigned const port)
{
  mn_interact_set(in, port, in->view->value[port] > 0 ? 0 : 1);
}

static void
press_control(MnInteract* const in, unsigned const port, MnInput const* const input)
{
  MnControl  control;
  bool const again =
    in->clicked == (int)port && input->time - in->clicked_time < double_click;
  if (!mn_control_get(port, &control)) {
    return;
  }
  in->view->pointer.focused = (int)port;
  switch (control.kind) {
  case MN_CONTROL_TOGGLE:
    mn_interact_toggle(in, port);
    break;
  case MN_CONTROL_CHOICE:
    mn_interact_open(in, port);
    break;
  case MN_CONTROL_TRIGGER:
    mn_interact_pull(in, port);
    break;
  case MN_CONTROL_INT:
  case MN_CONTROL_FLOAT:
    in->dragging = true;
    in->fine     = input->shift;
    in->from     = in->view->value[port];
    touch(in, port, true);
    if (again) {
      change_value(in, port, control.initial);
      in->from = control.initial;
    }
    break;
  }
}

bool
mn_interact_dismiss(MnInteract* const in)
{
  bool const there = in->view->message[0];
  if (there) {
    in->view->message[0] = '\0';
    in->areas            = MN_DRAW_ALL;
  }
  return there;
}

static void
press(MnInteract* const in, MnInput const* const input)
{
  MnViewPointer* const pointer = &in->view->pointer;
  MnHit const          hit     = hit_at(in, input->x, input->y);
  MnLayout             layout;
  mn_layout_init(&layout, in->view, in->width, in->height);
  in->x      = input->x;
  in->y      = input->y;
  in->unit   = layout.unit;
  in->last_x = input->x;
  in->last_y = input->y;
  end_drag(in);
  if (pointer->menu >= 0) {
    if (hit.kind == MN_HIT_CHOICE) {
      mn_interact_choose(in, hit.index);
    }
    mn_interact_close(in);
    hover(in, input->x, input->y);
    in->clicked = MN_TARGET_NONE;
    return;
  }
  MnRect const message = layout.area[MN_AREA_MESSAGE];
  bool const   target =
    hit.kind == MN_HIT_CONTROL || hit.kind == MN_HIT_MODEL || hit.kind == MN_HIT_PAGE;
  pointer->pressed = target ? hit.index : MN_TARGET_NONE;
  if (hit.kind == MN_HIT_CONTROL) {
    press_control(in, (unsigned)hit.index, input);
  } else if (hit.kind == MN_HIT_MODEL) {
    pointer->focused = hit.index;
    in->actions.choose_model(in->actions.handle);
  } else if (hit.kind == MN_HIT_PAGE) {
    mn_interact_page(in, hit.index);
  } else {
    pointer->focused = MN_TARGET_NONE;
    if (input->y >= message.y && input->y < message.y + message.height) {
      mn_interact_dismiss(in);
    }
  }
  in->clicked      = pointer->pressed;
  in->clicked_time = input->time;
}

static void
release(MnInteract* const in, MnInput const* const input)
{
  MnViewPointer* const pointer = &in->view->pointer;
  end_drag(in);
  pointer->pressed = MN_TARGET_NONE;
  if (pointer->menu >= 0 && input->time - in->clicked_time > menu_hold) {
    MnHit const hit = hit_at(in, input->x, input->y);
    if (hit.kind == MN_HIT_CHOICE) {
      mn_interact_choose(in, hit.index);
    }
  }
  hover(in, input->x, input->y);
}

// To the right and up is more.
static void
drag(MnInteract* const in, MnInput const* const input)
{
  unsigned const port = (unsigned)in->view->pointer.pressed;
  if (input->shift != in->fine) {
    in->fine = input->shift; // goes on from where it was
    in->from = in->view->value[port];
    in->x    = in->last_x;
    in->y    = in->last_y;
  }
  in->last_x       = input->x;
  in->last_y       = input->y;
  double const way = (input->x - in->x) - (input->y - in->y);
  change_value(
    in, port, mn_control_drag(port, in->from, way / (drag_range * in->unit), in->fine));
}

static void
move(MnInteract* const in, MnInput const* const input)
{
  if (in->dragging) {
    drag(in, input);
  } else {
    hover(in, input->x, input->y);
  }
}

static void
wheel(MnInteract* const in, MnInput const* const input)
{
  MnHit const hit = hit_at(in, input->x, input->y);
  if (in->dragging || hit.kind != MN_HIT_CONTROL) {
    return;
  }
  unsigned const port = (unsigned)hit.index;
  if (kind_of(port) != MN_CONTROL_TRIGGER) {
    mn_interact_nudge(in, port, input->steps);
  }
}

MnInputResult
mn_interact_input(MnInteract* const in, MnInput const* const input)
{
  MnViewPointer const before = in->view->pointer;
  MnInputResult       result = MN_INPUT_TAKEN;
  switch (input->kind) {
  case MN_INPUT_PRESS:
    press(in, input);
    break;
  case MN_INPUT_RELEASE:
    release(in, input);
    break;
  case MN_INPUT_MOVE:
    move(in, input);
    break;
  case MN_INPUT_LEAVE:
    if (!in->dragging) {
      in->view->pointer.over    = MN_TARGET_NONE;
      in->view->pointer.hovered = -1;
    }
    break;
  case MN_INPUT_WHEEL:
    wheel(in, input);
    break;
  case MN_INPUT_KEY:
    result = mn_interact_key(in, input->key);
    break;
  }
  in->areas |= mn_draw_areas_of_pointer(in->view, &before, in->width, in->height);
  return result;
}
