// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "drag.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
  HAND          = 60, // glyphs of the font "cursor"
  NO_ENTRY      = 24,
  SENT_BY_OTHER = 0x80, // in the type of an event
  BUTTON_FIRST  = 1,
};

static double const answer_seconds = 1;  // to say whether a window takes the file
static double const fetch_seconds  = 10; // to fetch it

enum {
  SELECTION,
  AWARE,
  PROXY,
  ENTER,
  POSITION,
  STATUS,
  LEAVE,
  DROP,
  FINISHED,
  COPY,
  URI_LIST,
  TARGETS,
};

static char const* const names[MN_DRAG_ATOMS] = {
  [SELECTION] = "XdndSelection",
  [AWARE]     = "XdndAware",
  [PROXY]     = "XdndProxy",
  [ENTER]     = "XdndEnter",
  [POSITION]  = "XdndPosition",
  [STATUS]    = "XdndStatus",
  [LEAVE]     = "XdndLeave",
  [DROP]      = "XdndDrop",
  [FINISHED]  = "XdndFinished",
  [COPY]      = "XdndActionCopy",
  [URI_LIST]  = "text/uri-list",
  [TARGETS]   = "TARGETS",
};

static double
now_seconds(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static bool
find_atoms(MnDrag* const d)
{
  xcb_intern_atom_cookie_t asked[MN_DRAG_ATOMS];
  bool                     good = true;
  for (int i = 0; i < MN_DRAG_ATOMS; ++i) {
    asked[i] = xcb_intern_atom(d->connection, 0, (uint16_t)strlen(names[i]), names[i]);
  }
  for (int i = 0; i < MN_DRAG_ATOMS; ++i) {
    xcb_intern_atom_reply_t* const reply =
      xcb_intern_atom_reply(d->connection, asked[i], NULL);
    d->atom[i] = reply ? reply->atom : XCB_ATOM_NONE;
    good       = good && reply;
    free(reply);
  }
  return good;
}

static bool
owns_selection(MnDrag const* const d)
{
  xcb_get_selection_owner_reply_t* const reply = xcb_get_selection_owner_reply(
    d->connection, xcb_get_selection_owner(d->connection, d->atom[SELECTION]), NULL);
  bool const ours = reply && reply->owner == d->window;
  free(reply);
  return ours;
}

// A display without the font of cursors shows its own.
static void
make_cursors(MnDrag* const d)
{
  xcb_font_t const           font      = xcb_generate_id(d->connection);
  char const                 name[]    = "cursor";
  uint16_t const             glyphs[2] = {NO_ENTRY, HAND};
  xcb_generic_error_t* const error     = xcb_request_check(
    d->connection,
    xcb_open_font_checked(d->connection, font, (uint16_t)strlen(name), name));
  for (int i = 0; i < 2; ++i) {
    d->cursor[i] = error ? XCB_CURSOR_NONE : xcb_generate_id(d->connection);
    if (!error) {
      xcb_create_glyph_cursor(d->connection,
                              d->cursor[i],
                              font,
                              font,
                              glyphs[i],
                              glyphs[i] + 1,
                              0,
                              0,
                              0,
                              UINT16_MAX,
                              UINT16_MAX,
                              UINT16_MAX);
    }
  }
  if (!error) {
    xcb_close_font(d->connection, font);
  }
  free(error);
}

// The source holds the pointer, so its cursor is shown everywhere.
static void
show_cursor(MnDrag const* const d, uint32_t const cursor)
{
  xcb_discard_reply(
    d->connection,
    xcb_change_window_attributes_checked(d->connection, d->window, XCB_CW_CURSOR, &cursor)
      .sequence);
}

static void
show_answer(MnDrag const* const d)
{
  show_cursor(d, d->cursor[d->accepted]);
}

bool
mn_drag_start(MnDrag* const           d,
              xcb_connection_t* const connection,
              xcb_window_t const      root,
              xcb_window_t const      window,
              xcb_timestamp_t const   time,
              MnDragFile const        file)
{
  mn_drag_cancel(d);
  *d = (MnDrag){
    .connection = connection, .root = root, .window = window, .time = time, .file = file};
  if (!find_atoms(d)) {
    return false;
  }
  xcb_set_selection_owner(d->connection, d->window, d->atom[SELECTION], d->time);
  if (!owns_selection(d)) {
    return false;
  }
  make_cursors(d);
  show_answer(d);
  d->state = MN_DRAG_HELD;
  return true;
}

// To the window below. It may be gone: an error of that is of no interest.
static void
send(MnDrag const* const d,
     int const           message,
     uint32_t const      b,
     uint32_t const      c,
     uint32_t const      time,
     uint32_t const      e)
{
  xcb_client_message_event_t const event = {
    .response_type = XCB_CLIENT_MESSAGE,
    .format        = 32,
    .window        = d->below.window,
    .type          = d->atom[message],
    .data.data32   = {d->window, b, c, time, e},
  };
  xcb_discard_reply(
    d->connection,
    xcb_send_event_checked(
      d->connection, 0, d->below.receiver, XCB_EVENT_MASK_NO_EVENT, (char const*)&event)
      .sequence);
}

static void
leave(MnDrag* const d)
{
  if (d->below.window) {
    send(d, LEAVE, 0, 0, 0, 0);
  }
  d->below    = (MnXdndTarget){0};
  d->waiting  = false;
  d->accepted = false;
}

static void
end(MnDrag* const d, bool const taken)
{
  show_cursor(d, XCB_CURSOR_NONE);
  for (int i = 0; i < 2; ++i) {
    if (d->cursor[i]) {
      xcb_free_cursor(d->connection, d->cursor[i]);
    }
  }
  xcb_set_selection_owner(d->connection, XCB_WINDOW_NONE, d->atom[SELECTION], d->time);
  d->state = MN_DRAG_OFF;
  if (d->path[0] && !taken) {
    unlink(d->path);
  }
  d->file.end(d->file.handle, taken && d->path[0]);
}

bool
mn_drag_cancel(MnDrag* const d)
{
  if (d->state == MN_DRAG_OFF) {
    return false;
  }
  bool const dropped = d->state == MN_DRAG_DROPPED;
  if (!dropped) {
    leave(d);
  }
  end(d, dropped); // then the file may be in use
  return true;
}

static void
tell_below(MnDrag* const d)
{
  MnXdndSeeker const seeker = {
    d->connection, d->root, d->window, d->atom[AWARE], d->atom[PROXY]};
  MnXdndTarget const below = mn_xdnd_find(&seeker, d->x, d->y);
  d->moved                 = false;
  if (below.window != d->below.window) {
    leave(d);
    d->below = below;
    if (below.window) {
      send(d, ENTER, below.version << 24, d->atom[URI_LIST], 0, 0);
    }
    show_answer(d);
  }
  if (below.window) {
    uint32_t const place = (uint32_t)(uint16_t)d->x << 16 | (uint16_t)d->y;
    send(d, POSITION, 0, place, d->time, d->atom[COPY]);
    d->waiting = true;
    d->until   = now_seconds() + answer_seconds;
  }
}

void
mn_drag_go_on(MnDrag* const d)
{
  bool const held = d->state == MN_DRAG_HELD || d->state == MN_DRAG_RELEASED;
  if (held && d->waiting && now_seconds() > d->until) {
    d->waiting  = false;
    d->accepted = false;
    show_answer(d);
  }
  if (held && !d->waiting && d->moved) {
    tell_below(d);
  }
  if (d->state == MN_DRAG_RELEASED && !d->waiting) {
    if (d->accepted) {
      send(d, DROP, 0, d->time, 0, 0);
      d->state = MN_DRAG_DROPPED;
      d->until = now_seconds() + fetch_seconds;
      show_cursor(d, XCB_CURSOR_NONE);
    } else {
      mn_drag_cancel(d);
    }
  } else if (d->state == MN_DRAG_DROPPED && now_seconds() > d->until) {
    mn_drag_cancel(d);
  }
}

// "file:///home/me/heard%201.mid", with a line's end. RFC 3986 and 2483. @return its length,
// 0 if there is no room.
static size_t
put_uri(char const* const path, char* const uri, size_t const size)
{
  static char const plain[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  size_t length = (size_t)snprintf(uri, size, "file://");
  for (char const* at = path; *at && length + 6 < size; ++at) {
    char const* const form = strchr(plain, *at) ? "%c" : "%%%02X";
    length += (size_t)snprintf(uri + length, size - length, form, (unsigned char)*at);
  }
  length += (size_t)snprintf(uri + length, size - length, "\r\n");
  return length;
}

// Sets what another client asked for as a property of its window. @return false if it gets
// nothing.
static bool
hand_over(MnDrag* const                              d,
          xcb_selection_request_event_t const* const asked,
          xcb_atom_t const                           property)
{
  uint32_t const list[] = {d->atom[TARGETS], d->atom[URI_LIST]};
  char           uri[3 * PATH_MAX + 16];
  void const*    data   = list;
  uint32_t       length = sizeof(list) / sizeof(*list);
  bool const     file   = asked->target == d->atom[URI_LIST];
  if (file) {
    if (!d->path[0] && !d->file.write(d->file.handle, d->path)) {
      d->path[0] = '\0';
      return false;
    }
    data   = uri;
    length = (uint32_t)put_uri(d->path, uri, sizeof(uri));
  } else if (asked->target != d->atom[TARGETS]) {
    return false;
  }
  xcb_discard_reply(d->connection,
                    xcb_change_property_checked(d->connection,
                                                XCB_PROP_MODE_REPLACE,
                                                asked->requestor,
                                                property,
                                                file ? d->atom[URI_LIST] : XCB_ATOM_ATOM,
                                                file ? 8 : 32,
                                                length,
                                                data)
                      .sequence);
  return true;
}

static void
answer_request(MnDrag* const d, xcb_selection_request_event_t const* const asked)
{
  xcb_atom_t const property = asked->property ? asked->property : asked->target;
  bool const       ours     = asked->selection == d->atom[SELECTION];
  xcb_selection_notify_event_t const answer = {
    .response_type = XCB_SELECTION_NOTIFY,
    .time          = asked->time,
    .requestor     = asked->requestor,
    .selection     = asked->selection,
    .target        = asked->target,
    .property      = ours && hand_over(d, asked, property) ? property : XCB_ATOM_NONE,
  };
  xcb_discard_reply(
    d->connection,
    xcb_send_event_checked(
      d->connection, 0, asked->requestor, XCB_EVENT_MASK_NO_EVENT, (char const*)&answer)
      .sequence);
}

static void
take_message(MnDrag* const d, xcb_client_message_event_t const* const event)
{
  uint32_t const* const data = event->data.data32;
  if (event->format != 32 || !d->below.window || data[0] != d->below.window) {
    return; // late, of a window that the pointer has left
  }
  if (event->type == d->atom[STATUS] && d->waiting) {
    d->waiting  = false;
    d->accepted = data[1] & 1;
    show_answer(d);
  } else if (event->type == d->atom[FINISHED] && d->state == MN_DRAG_DROPPED) {
    end(d, d->below.version < 5 || data[1] & 1);
  }
}

static void
take_pointer(MnDrag* const d, xcb_motion_notify_event_t const* const event)
{
  d->moved = d->moved || event->root_x != d->x || event->root_y != d->y;
  d->x     = event->root_x;
  d->y     = event->root_y;
  d->time  = event->time;
}

bool
mn_drag_event(MnDrag* const d, xcb_generic_event_t const* const event)
{
  void const* const it   = event;
  uint8_t const     type = event->response_type & (uint8_t)~SENT_BY_OTHER;
  bool const        held = d->state == MN_DRAG_HELD;
  if (d->state == MN_DRAG_OFF) {
    return false;
  }
  if (type == XCB_BUTTON_PRESS && held && event->pad0 == BUTTON_FIRST) {
    mn_drag_cancel(d); // the release got lost
    return false;
  }
  if (type == XCB_MOTION_NOTIFY && held) {
    take_pointer(d, (xcb_motion_notify_event_t const*)it);
  } else if (type == XCB_BUTTON_RELEASE && held && event->pad0 == BUTTON_FIRST) {
    take_pointer(d, (xcb_motion_notify_event_t const*)it); // both have the same fields
    d->state = MN_DRAG_RELEASED;
  } else if (type == XCB_SELECTION_REQUEST) {
    answer_request(d, (xcb_selection_request_event_t const*)it);
  } else if (type == XCB_SELECTION_CLEAR) {
    if (d->state != MN_DRAG_DROPPED && !owns_selection(d)) {
      mn_drag_cancel(d); // another client drags something
    }
  } else if (type == XCB_CLIENT_MESSAGE) {
    take_message(d, (xcb_client_message_event_t const*)it);
  } else {
    return false;
  }
  return true;
}
