// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "x11.h"

#include "focus.h"
#include "keyboard.h"
#include "picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <xcb/xcb.h>

enum {
  MOST_SIDE     = 16384, // pixels
  BUTTON_FIRST  = 1,
  BUTTON_UP     = 4, // of the wheel
  BUTTON_DOWN   = 5,
  SENT_BY_OTHER = 0x80, // in the type of an event
};

struct MnX11 {
  xcb_connection_t* connection;
  xcb_window_t      root;
  xcb_window_t      parent;
  xcb_window_t      window;
  xcb_gcontext_t    context;
  bool              gone;
  bool              obscured;
  bool              mapped;
  bool              resized;
  MnSize            size;
  MnSize            least;
  MnSize            parent_size; // to be followed; 0: none
  MnPicture         picture;
  MnKeyboard        keyboard;

  xcb_generic_event_t*  ahead; // was read to look ahead, and is still to be handled
  xcb_key_press_event_t key;   // the last one
  MnFocus               focus;
  MnDrag                drag;
  char                  trouble[64];
};

static xcb_screen_t*
screen_of(xcb_connection_t* const connection, int number)
{
  xcb_screen_iterator_t i = xcb_setup_roots_iterator(xcb_get_setup(connection));
  for (; i.rem && number > 0; --number) {
    xcb_screen_next(&i);
  }
  return i.data;
}

// WM_NORMAL_HINTS as in ICCCM 4.1.2.3. Hosts size their own window by them.
static void
set_hints(MnX11 const* const x)
{
  enum { P_SIZE = 1 << 3, P_MIN_SIZE = 1 << 4, P_BASE_SIZE = 1 << 8, WORDS = 18 };
  uint32_t const hints[WORDS] = {
    [0]  = P_SIZE | P_MIN_SIZE | P_BASE_SIZE,
    [3]  = x->size.width,
    [4]  = x->size.height,
    [5]  = x->least.width,
    [6]  = x->least.height,
    [15] = x->size.width,
    [16] = x->size.height,
  };
  xcb_change_property(x->connection,
                      XCB_PROP_MODE_REPLACE,
                      x->window,
                      XCB_ATOM_WM_NORMAL_HINTS,
                      XCB_ATOM_WM_SIZE_HINTS,
                      32,
                      WORDS,
                      hints);
}

// The window has the visual of the root, as the picture has, whatever the parent's.
static bool
make_window(MnX11* const x, xcb_screen_t const* const screen, uint32_t const ground)
{
  uint32_t const values[] = {
    mn_picture_pixel(&x->picture, ground),
    0,
    XCB_GRAVITY_NORTH_WEST,
    XCB_EVENT_MASK_EXPOSURE | XCB_EVENT_MASK_STRUCTURE_NOTIFY |
      XCB_EVENT_MASK_VISIBILITY_CHANGE | XCB_EVENT_MASK_KEY_PRESS |
      XCB_EVENT_MASK_BUTTON_PRESS | XCB_EVENT_MASK_BUTTON_RELEASE |
      XCB_EVENT_MASK_POINTER_MOTION | XCB_EVENT_MASK_LEAVE_WINDOW |
      XCB_EVENT_MASK_FOCUS_CHANGE,
    screen->default_colormap,
  };
  x->window  = xcb_generate_id(x->connection);
  x->context = xcb_generate_id(x->connection);
  xcb_void_cookie_t const made =
    xcb_create_window_checked(x->connection,
                              screen->root_depth,
                              x->window,
                              x->parent,
                              0,
                              0,
                              (uint16_t)x->size.width,
                              (uint16_t)x->size.height,
                              0,
                              XCB_WINDOW_CLASS_INPUT_OUTPUT,
                              screen->root_visual,
                              XCB_CW_BACK_PIXEL | XCB_CW_BORDER_PIXEL | XCB_CW_BIT_GRAVITY |
                                XCB_CW_EVENT_MASK | XCB_CW_COLORMAP,
                              values);
  xcb_generic_error_t* const error = xcb_request_check(x->connection, made);
  free(error);
  x->gone = error;
  return !error;
}

static MnX11*
fail(MnX11* const x, char const** const why, char const* const text)
{
  *why = text;
  mn_x11_close(x);
  return NULL;
}

MnX11*
mn_x11_open(uint32_t const     parent,
            MnSize const       size,
            MnSize const       least,
            uint32_t const     ground,
            char const** const why)
{
  MnX11* const x = (MnX11*)calloc(1, sizeof(MnX11));
  if (!x) {
    return fail(x, why, "no memory");
  }
  int number    = 0;
  x->connection = xcb_connect(NULL, &number);
  x->parent     = parent;
  x->size       = size;
  x->least      = least;
  if (xcb_connection_has_error(x->connection)) {
    return fail(x, why, "cannot reach the display");
  }
  xcb_screen_t const* const screen = screen_of(x->connection, number);
  if (!screen || !mn_picture_init(&x->picture, x->connection, screen)) {
    return fail(x, why, "the display has no true colours of 24 or 30 bits");
  }
  x->root = screen->root;
  if (!make_window(x, screen, ground)) {
    return fail(x, why, "the host's window is not there");
  }
  x->focus =
    (MnFocus){.connection = x->connection, .window = x->window, .parent = x->parent};
  xcb_create_gc(x->connection, x->context, x->window, 0, NULL);
  set_hints(x);
  // Some hosts resize their own window only; see follow_parent().
  uint32_t const events = XCB_EVENT_MASK_STRUCTURE_NOTIFY;
  xcb_change_window_attributes(x->connection, parent, XCB_CW_EVENT_MASK, &events);
  xcb_map_window(x->connection, x->window);
  x->mapped  = true;
  x->resized = true;

  // The answer to this comes after all requests above are done. Hosts look at the
  // window at once.
  if (!mn_keyboard_init(&x->keyboard, x->connection) ||
      !mn_picture_resize(&x->picture, (int)size.width, (int)size.height)) {
    return fail(x, why, "the display does not answer");
  }
  return x;
}

void
mn_x11_close(MnX11* const x)
{
  if (!x) {
    return;
  }
  if (mn_drag_cancel(&x->drag)) {
    // A display may drop what a client that has gone sent last.
    free(
      xcb_get_input_focus_reply(x->connection, xcb_get_input_focus(x->connection), NULL));
  }
  if (!x->gone && x->window) {
    xcb_destroy_window(x->connection, x->window);
    xcb_flush(x->connection);
  }
  free(x->ahead);
  mn_picture_clear(&x->picture);
  mn_keyboard_clear(&x->keyboard);
  xcb_disconnect(x->connection);
  free(x);
}

uint32_t
mn_x11_window(MnX11 const* const x)
{
  return x->window;
}

bool
mn_x11_is_gone(MnX11 const* const x)
{
  return x->gone;
}

bool
mn_x11_is_visible(MnX11 const* const x)
{
  return x->mapped && !x->obscured && !x->gone;
}

bool
mn_x11_take_resized(MnX11* const x)
{
  bool const resized = x->resized;
  x->resized         = false;
  return resized;
}

MnSize
mn_x11_size(MnX11 const* const x)
{
  return x->size;
}

cairo_surface_t*
mn_x11_picture(MnX11* const x)
{
  return x->picture.surface;
}

bool
mn_x11_trouble(MnX11* const x, char* const text, size_t const size)
{
  bool const found = x->trouble[0];
  snprintf(text, size, "%s", x->trouble);
  x->trouble[0] = '\0';
  return found;
}

void
mn_x11_show(MnX11* const x, MnRect const rect)
{
  if (!x->gone) {
    mn_picture_show(&x->picture, x->window, x->context, rect);
  }
}

void
mn_x11_flush(MnX11* const x)
{
  if (!x->gone) {
    xcb_flush(x->connection);
  }
}

void
mn_x11_resize(MnX11* const x, MnSize const size)
{
  uint32_t const values[] = {size.width, size.height};
  if (!x->gone && size.width && size.height) {
    xcb_configure_window(
      x->connection, x->window, XCB_CONFIG_WINDOW_WIDTH | XCB_CONFIG_WINDOW_HEIGHT, values);
  }
}

void
mn_x11_take_keyboard(MnX11* const x)
{
  if (!x->gone) {
    mn_focus_take(&x->focus);
  }
}

void
mn_x11_give_keyboard(MnX11* const x)
{
  if (!x->gone) {
    mn_focus_give_back(&x->focus);
  }
}

void
mn_x11_pass_key(MnX11* const x)
{
  // The host has seen a key that it sent us.
  if (!x->gone && !(x->key.response_type & SENT_BY_OTHER)) {
    xcb_key_press_event_t key = x->key;
    key.event                 = x->parent;
    xcb_send_event(
      x->connection, 1, x->parent, XCB_EVENT_MASK_KEY_PRESS, (char const*)&key);
  }
}

bool
mn_x11_drag(MnX11* const x, MnDragFile const file)
{
  return !x->gone &&
         mn_drag_start(&x->drag, x->connection, x->root, x->window, x->focus.time, file);
}

static bool
take_key(MnX11* const x, xcb_key_press_event_t const* const event, MnInput* const input)
{
  x->key        = *event;
  x->focus.time = event->time;
  *input        = (MnInput){
           .kind  = MN_INPUT_KEY,
           .shift = event->state & XCB_MOD_MASK_SHIFT,
           .key   = mn_keyboard_key(&x->keyboard, event->detail, event->state),
  };
  return input->key != MN_KEY_ESCAPE || !mn_drag_cancel(&x->drag);
}

static bool
take_button(MnX11* const                          x,
            xcb_button_press_event_t const* const event,
            bool const                            down,
            MnInput* const                        input)
{
  bool const wheel = event->detail == BUTTON_UP || event->detail == BUTTON_DOWN;
  x->focus.time    = event->time;
  *input           = (MnInput){
              .kind  = wheel  ? MN_INPUT_WHEEL
                       : down ? MN_INPUT_PRESS
                              : MN_INPUT_RELEASE,
              .x     = event->event_x,
              .y     = event->event_y,
              .steps = event->detail == BUTTON_UP ? 1 : -1,
              .shift = event->state & XCB_MOD_MASK_SHIFT,
              .time  = event->time * 1e-3,
  };
  return wheel ? down : event->detail == BUTTON_FIRST;
}

static uint8_t
type_of(xcb_generic_event_t const* const event)
{
  return event->response_type & (uint8_t)~SENT_BY_OTHER;
}

// Of several moves in a row only the last is taken.
static bool
take_move(MnX11* const                           x,
          xcb_motion_notify_event_t const* const event,
          MnInput* const                         input)
{
  x->focus.time = event->time;
  *input        = (MnInput){
           .kind  = MN_INPUT_MOVE,
           .x     = event->event_x,
           .y     = event->event_y,
           .shift = event->state & XCB_MOD_MASK_SHIFT,
           .time  = event->time * 1e-3,
  };
  x->ahead = xcb_poll_for_event(x->connection);
  return !x->ahead || type_of(x->ahead) != XCB_MOTION_NOTIFY;
}

static void
take_size(MnX11* const x, xcb_configure_notify_event_t const* const event)
{
  MnSize const size = {event->width, event->height};
  if (!size.width || !size.height || size.width > MOST_SIDE || size.height > MOST_SIDE) {
    return;
  }
  if (event->window == x->parent) {
    x->parent_size = size;
  } else if (event->window == x->window &&
             (size.width != x->size.width || size.height != x->size.height)) {
    x->size    = size;
    x->resized = true;
    mn_picture_resize(&x->picture, (int)size.width, (int)size.height);
  }
}

// Most hosts resize both windows. Others resize the parent alone, and the window
// follows. Hosts also make the parent a few pixels large before they lay it out, so
// a size far below the least one is not followed.
static void
follow_parent(MnX11* const x)
{
  MnSize const size = x->parent_size;
  MnSize const to   = {size.width > x->least.width ? size.width : x->least.width,
                     size.height > x->least.height ? size.height : x->least.height};
  if (size.width >= x->least.width / 2 && size.height >= x->least.height / 2 &&
      (to.width != x->size.width || to.height != x->size.height)) {
    mn_x11_resize(x, to);
  }
  x->parent_size = (MnSize){0, 0};
}

// Reports an error, unless the window to which the focus was given back is gone:
// that may happen.
static void
take_error(MnX11* const x, xcb_generic_error_t const* const error)
{
  if (error->major_code != XCB_SET_INPUT_FOCUS) {
    snprintf(x->trouble,
             sizeof(x->trouble),
             "X error %u of request %u",
             error->error_code,
             error->major_code);
  }
}

static void
take_exposed(MnX11* const x, xcb_expose_event_t const* const event)
{
  if (!x->resized) { // otherwise all of it is about to be drawn
    mn_x11_show(x, (MnRect){event->x, event->y, event->width, event->height});
  }
}

// Handles an event. Returns whether it is an input, for the caller.
static bool
take_event(MnX11* const x, xcb_generic_event_t const* const event, MnInput* const input)
{
  void const* const it = event;
  if (mn_drag_event(&x->drag, event)) {
    return false;
  }
  switch (type_of(event)) {
  case 0:
    take_error(x, (xcb_generic_error_t const*)it);
    break;
  case XCB_KEY_PRESS:
    return take_key(x, (xcb_key_press_event_t const*)it, input);
  case XCB_BUTTON_PRESS:
    return take_button(x, (xcb_button_press_event_t const*)it, true, input);
  case XCB_BUTTON_RELEASE:
    return take_button(x, (xcb_button_press_event_t const*)it, false, input);
  case XCB_MOTION_NOTIFY:
    return take_move(x, (xcb_motion_notify_event_t const*)it, input);
  case XCB_LEAVE_NOTIFY:
    *input = (MnInput){.kind = MN_INPUT_LEAVE};
    return true;
  case XCB_EXPOSE:
    take_exposed(x, (xcb_expose_event_t const*)it);
    break;
  case XCB_CONFIGURE_NOTIFY:
    take_size(x, (xcb_configure_notify_event_t const*)it);
    break;
  case XCB_VISIBILITY_NOTIFY:
    x->obscured =
      ((xcb_visibility_notify_event_t const*)it)->state == XCB_VISIBILITY_FULLY_OBSCURED;
    break;
  case XCB_MAP_NOTIFY:
    x->mapped = x->mapped || ((xcb_map_notify_event_t const*)it)->window == x->window;
    break;
  case XCB_UNMAP_NOTIFY:
    x->mapped = x->mapped && ((xcb_unmap_notify_event_t const*)it)->window != x->window;
    break;
  case XCB_FOCUS_IN:
    mn_focus_event(&x->focus, (xcb_focus_in_event_t const*)it, true);
    break;
  case XCB_FOCUS_OUT:
    mn_focus_event(&x->focus, (xcb_focus_in_event_t const*)it, false);
    break;
  case XCB_DESTROY_NOTIFY:
    x->gone = ((xcb_destroy_notify_event_t const*)it)->window == x->window;
    break;
  default:
    break;
  }
  return false;
}

bool
mn_x11_next(MnX11* const x, MnInput* const input)
{
  while (!x->gone) {
    xcb_generic_event_t* const event =
      x->ahead ? x->ahead : xcb_poll_for_event(x->connection);
    x->ahead = NULL;
    if (!event) {
      break;
    }
    bool const taken = take_event(x, event, input);
    free(event);
    if (taken) {
      return true;
    }
  }
  mn_drag_go_on(&x->drag);
  x->gone = x->gone || xcb_connection_has_error(x->connection);
  follow_parent(x);
  return false;
}
