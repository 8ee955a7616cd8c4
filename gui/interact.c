// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "interact.h"

#include "controls.h"
#include "draw.h"
#include "interact_keys.h"
#include "layout.h"
#include "pad.h"

#include <math.h>

static double const double_click = 0.4;  // seconds
static double const menu_hold    = 0.35; // a press this long chooses where it ends
static double const drag_range   = 200;  // units of the layout from end to end
static double const drag_least   = 6;    // units: less is a click that slipped

void
mn_interact_init(MnInteract* const in, MnView* const view, MnActions const actions)
{
  *in = (MnInteract){
    .width = MN_WINDOW_WIDTH, .height = MN_WINDOW_HEIGHT, .clicked = MN_TARGET_NONE};
  mn_gestures_init(&in->gestures, view, actions);
}

void
mn_interact_resize(MnInteract* const in, double const width, double const height)
{
  in->width  = width;
  in->height = height;
}

unsigned
mn_interact_take_areas(MnInteract* const in)
{
  unsigned const areas = in->gestures.areas;
  in->gestures.areas   = 0;
  return areas;
}

static MnView*
view_of(MnInteract const* const in)
{
  return in->gestures.view;
}

void
mn_interact_tick(MnInteract* const in, double const now)
{
  mn_gestures_tick(&in->gestures, now);
}

static void
end_drag(MnInteract* const in)
{
  if (in->dragging) {
    in->dragging = false;
    mn_gestures_release(&in->gestures, (unsigned)view_of(in)->pointer.pressed);
  }
  if (in->on_pad) {
    in->on_pad = false;
    mn_pad_release(&in->gestures);
  }
}

void
mn_interact_end(MnInteract* const in)
{
  end_drag(in);
  view_of(in)->pointer.pressed = MN_TARGET_NONE;
  mn_gestures_end(&in->gestures);
}

bool
mn_interact_holds(MnInteract const* const in, unsigned const port)
{
  return (in->dragging && view_of(in)->pointer.pressed == (int)port) ||
         (in->on_pad && mn_pad_has(port)) || in->gestures.trigger == (int)port;
}

static MnHit
hit_at(MnInteract const* const in, double const x, double const y)
{
  return mn_layout_hit(view_of(in), in->width, in->height, x, y);
}

// Where the entry of the past at a point begins; `otherwise` if there is none.
static double
past_at(MnInteract const* const in, double const x, double const y, double const otherwise)
{
  MnHit const hit = hit_at(in, x, y);
  return hit.kind == MN_HIT_PAST && hit.index >= 0
           ? (double)view_of(in)->past.entry[hit.index].at
           : otherwise;
}

// Chooses what is at a point. A click on what is chosen alone, or beside all, goes back to
// now.
static void
choose_past(MnInteract* const in, double const x, double const y)
{
  MnViewPointer* const pointer = &view_of(in)->pointer;
  double const         at      = past_at(in, x, y, -1);
  bool const           again = at >= 0 && at == pointer->chosen && at == pointer->chosen_to;
  pointer->chosen            = again ? -1 : at;
  pointer->chosen_to         = pointer->chosen;
}

// What is chosen already may be dragged out: then a click counts once the button is up.
static void
press_past(MnInteract* const in, MnInput const* const input)
{
  MnViewPointer const* const pointer = &view_of(in)->pointer;
  double const               at      = past_at(in, input->x, input->y, -1);
  in->lifting = at >= 0 && at >= fmin(pointer->chosen, pointer->chosen_to) &&
                at <= fmax(pointer->chosen, pointer->chosen_to);
  if (!in->lifting) {
    choose_past(in, input->x, input->y);
    in->sweeping = pointer->chosen >= 0;
  }
}

// The press is over without a drag: it was a click.
static void
end_lift(MnInteract* const in, MnInput const* const input)
{
  bool const on_button = view_of(in)->pointer.pressed == MN_TARGET_SAVE;
  if (in->lifting && !on_button) {
    choose_past(in, in->x, in->y);
  } else if (in->lifting && hit_at(in, input->x, input->y).kind == MN_HIT_SAVE) {
    mn_gestures_save(&in->gestures);
  }
  in->lifting = false;
}

static void
lift(MnInteract* const in, MnInput const* const input)
{
  if (hypot(input->x - in->x, input->y - in->y) >= drag_least * in->unit) {
    in->lifting                  = false;
    view_of(in)->pointer.pressed = MN_TARGET_NONE;
    mn_gestures_drag(&in->gestures);
  }
}

static MnControlKind
kind_of(unsigned const port)
{
  MnControl control;
  return mn_control_get(port, &control) ? control.kind : MN_CONTROL_FLOAT;
}

// The target at a point, or none.
static int
target_of(MnHit const hit)
{
  bool const is_target = hit.kind == MN_HIT_CONTROL || hit.kind == MN_HIT_MODEL ||
                         hit.kind == MN_HIT_PAGE || hit.kind == MN_HIT_SAVE ||
                         hit.kind == MN_HIT_AXIS || hit.kind == MN_HIT_TAP ||
                         hit.kind == MN_HIT_PAD;
  return is_target ? hit.index : MN_TARGET_NONE;
}

static void
hover(MnInteract* const in, double const x, double const y)
{
  MnViewPointer* const pointer = &view_of(in)->pointer;
  MnHit const          hit     = hit_at(in, x, y);
  pointer->over                = target_of(hit);
  pointer->hovered             = hit.kind == MN_HIT_NEURON ? hit.index : -1;
  pointer->area                = mn_layout_area(view_of(in), in->width, in->height, x, y);
  if (hit.kind == MN_HIT_CHOICE) {
    pointer->choice = hit.index;
  }
}

static void
press_control(MnInteract* const in, MnHit const hit, MnInput const* const input)
{
  unsigned const port = (unsigned)hit.index;
  MnControl      control;
  bool const     again =
    in->clicked == (int)port && input->time - in->clicked_time < double_click;
  if (!mn_control_get(port, &control)) {
    return;
  }
  view_of(in)->pointer.focused = (int)port;
  if (!mn_gestures_push(&in->gestures, port)) {
    in->dragging = true;
    in->fine     = input->shift;
    in->from     = view_of(in)->value[port];
    in->slides   = port >= MN_TARGET_OF(NEURON_1) && port <= MN_TARGET_OF(AXIS_LAST);
    in->range    = in->slides ? hit.rect.width : drag_range * in->unit;
    mn_gestures_grab(&in->gestures, port);
    if (again) {
      mn_gestures_change(&in->gestures, port, control.initial);
      in->from = control.initial;
    }
  }
}

static void
move_pad(MnInteract* const in, MnInput const* const input)
{
  MnLayout layout;
  mn_layout_init(&layout, view_of(in), in->width, in->height);
  mn_pad_move(&in->gestures, layout.pad, input->x, input->y);
}

static void
press_pad(MnInteract* const in, MnInput const* const input)
{
  view_of(in)->pointer.focused = MN_TARGET_PAD;
  in->on_pad                   = true;
  mn_pad_grab(&in->gestures);
  move_pad(in, input);
}

static void
press(MnInteract* const in, MnInput const* const input)
{
  MnViewPointer* const pointer = &view_of(in)->pointer;
  MnHit const          hit     = hit_at(in, input->x, input->y);
  MnLayout             layout;
  mn_layout_init(&layout, view_of(in), in->width, in->height);
  if (view_of(in)->notice[0]) {
    view_of(in)->notice[0] = '\0';
    in->gestures.areas |= 1U << MN_AREA_STATUS;
  }
  in->x      = input->x;
  in->y      = input->y;
  in->unit   = layout.unit;
  in->last_x = input->x;
  in->last_y = input->y;
  end_drag(in);
  in->lifting = false;
  if (pointer->menu >= 0) {
    if (hit.kind == MN_HIT_CHOICE) {
      mn_gestures_choose(&in->gestures, hit.index);
    }
    mn_gestures_close_menu(&in->gestures);
    hover(in, input->x, input->y);
    in->clicked = MN_TARGET_NONE;
    return;
  }
  MnRect const message = layout.area[MN_AREA_MESSAGE];
  pointer->pressed     = target_of(hit);
  if (hit.kind == MN_HIT_CONTROL) {
    press_control(in, hit, input);
  } else if (hit.kind == MN_HIT_PAD) {
    press_pad(in, input);
  } else if (hit.kind == MN_HIT_MODEL) {
    pointer->focused = hit.index;
    mn_gestures_open_models(&in->gestures);
  } else if (hit.kind == MN_HIT_SAVE) {
    pointer->focused = hit.index;
    in->lifting      = true;
  } else if (hit.kind == MN_HIT_AXIS) {
    pointer->focused = hit.index;
    mn_gestures_open_axes(&in->gestures, hit.index);
  } else if (hit.kind == MN_HIT_TAP) {
    pointer->focused = hit.index;
    mn_gestures_tap(&in->gestures, input->time);
  } else if (hit.kind == MN_HIT_PAGE) {
    mn_gestures_show_page(&in->gestures, hit.index);
  } else if (hit.kind == MN_HIT_PAST) {
    pointer->focused = MN_TARGET_NONE;
    press_past(in, input);
  } else {
    pointer->focused = MN_TARGET_NONE;
    if (input->y >= message.y && input->y < message.y + message.height) {
      mn_gestures_dismiss(&in->gestures);
    }
  }
  in->clicked      = pointer->pressed;
  in->clicked_time = input->time;
}

static void
release(MnInteract* const in, MnInput const* const input)
{
  MnViewPointer* const pointer = &view_of(in)->pointer;
  end_drag(in);
  end_lift(in, input);
  in->sweeping     = false;
  pointer->pressed = MN_TARGET_NONE;
  if (pointer->menu >= 0 && input->time - in->clicked_time > menu_hold) {
    MnHit const hit = hit_at(in, input->x, input->y);
    if (hit.kind == MN_HIT_CHOICE) {
      mn_gestures_choose(&in->gestures, hit.index);
    }
  }
  hover(in, input->x, input->y);
}

// A drag to the right or up raises the value.
static void
drag(MnInteract* const in, MnInput const* const input)
{
  unsigned const port = (unsigned)view_of(in)->pointer.pressed;
  if (input->shift != in->fine) {
    in->fine = input->shift; // the drag goes on from here
    in->from = view_of(in)->value[port];
    in->x    = in->last_x;
    in->y    = in->last_y;
  }
  in->last_x       = input->x;
  in->last_y       = input->y;
  double const up  = in->slides ? 0 : in->y - input->y;
  double const way = input->x - in->x + up;
  mn_gestures_change(
    &in->gestures, port, mn_control_drag(port, in->from, way / in->range, in->fine));
}

static void
move(MnInteract* const in, MnInput const* const input)
{
  if (in->dragging) {
    drag(in, input);
  } else if (in->on_pad) {
    move_pad(in, input);
  } else if (in->lifting) {
    lift(in, input);
  } else if (in->sweeping) {
    MnViewPointer* const pointer = &view_of(in)->pointer;
    pointer->chosen_to           = past_at(in, input->x, input->y, pointer->chosen_to);
  } else {
    hover(in, input->x, input->y);
  }
}

static void
wheel(MnInteract* const in, MnInput const* const input)
{
  MnHit const hit = hit_at(in, input->x, input->y);
  if (hit.kind == MN_HIT_PAST && !in->sweeping) {
    double from = 0;
    double to   = 0;
    mn_layout_past(view_of(in), &from, &to);
    if (input->shift) {
      double const at = from + (input->x - hit.rect.x) / hit.rect.width * (to - from);
      mn_gestures_zoom(&in->gestures, input->steps > 0 ? 0.5 : 2, at);
    } else {
      mn_gestures_scroll(&in->gestures, input->steps * (to - from) / 8);
    }
    return;
  }
  if (in->dragging || in->on_pad || hit.kind != MN_HIT_CONTROL) {
    return;
  }
  unsigned const port = (unsigned)hit.index;
  if (kind_of(port) != MN_CONTROL_TRIGGER) {
    mn_gestures_nudge(&in->gestures, port, input->steps);
  }
}

MnInputResult
mn_interact_input(MnInteract* const in, MnInput const* const input)
{
  MnViewPointer const before = view_of(in)->pointer;
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
    if (!in->dragging && !in->on_pad) {
      view_of(in)->pointer.over    = MN_TARGET_NONE;
      view_of(in)->pointer.hovered = -1;
      view_of(in)->pointer.area    = -1;
    }
    break;
  case MN_INPUT_WHEEL:
    wheel(in, input);
    break;
  case MN_INPUT_KEY:
    result = mn_interact_key(&in->gestures, in->width, in->height, input->key, input->time);
    break;
  }
  in->gestures.areas |=
    mn_draw_areas_of_pointer(view_of(in), &before, in->width, in->height);
  return result;
}
