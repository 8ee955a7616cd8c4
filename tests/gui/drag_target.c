// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "drag_target.h"

#include <X11/Xatom.h>
#include <X11/Xlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 200 };

struct Target {
  TargetWays ways;
  TargetTold told;
  Display*   display;
  Window     window;
  Window     proxy;
  Window     source;
};

static Atom
atom(Target const* const t, char const* const name)
{
  return XInternAtom(t->display, name, False);
}

static void
set(Target const* const t,
    Window const        window,
    char const* const   name,
    Atom const          type,
    unsigned long const value)
{
  XChangeProperty(t->display,
                  window,
                  atom(t, name),
                  type,
                  32,
                  PropModeReplace,
                  (unsigned char const*)&value,
                  1);
}

static Window
make(Target const* const t, int const x, int const y)
{
  XSetWindowAttributes values = {.override_redirect = True};
  return XCreateWindow(t->display,
                       DefaultRootWindow(t->display),
                       x,
                       y,
                       SIDE,
                       SIDE,
                       0,
                       CopyFromParent,
                       InputOutput,
                       CopyFromParent,
                       CWOverrideRedirect,
                       &values);
}

Target*
target_new(TargetWays const* const ways, int const x, int const y)
{
  Target* const t = (Target*)calloc(1, sizeof(Target));
  t->ways         = *ways;
  t->display      = XOpenDisplay(NULL);
  if (!t->display) {
    fprintf(stderr, "target: no display\n");
    exit(EXIT_FAILURE);
  }
  t->window = make(t, x, y);
  t->proxy  = make(t, 0, 0);
  if (ways->proxied || ways->lost) {
    set(t, t->window, "XdndProxy", XA_WINDOW, t->proxy);
  }
  if (ways->proxied) {
    set(t, t->proxy, "XdndProxy", XA_WINDOW, t->proxy);
  }
  if (ways->version) {
    set(t, ways->proxied ? t->proxy : t->window, "XdndAware", XA_ATOM, ways->version);
  }
  XMapWindow(t->display, t->window);
  XSync(t->display, False);
  return t;
}

void
target_free(Target* const t)
{
  XCloseDisplay(t->display);
  free(t);
}

TargetTold const*
target_told(Target const* const t)
{
  return &t->told;
}

bool
target_sees_a_source(Target const* const t)
{
  return XGetSelectionOwner(t->display, atom(t, "XdndSelection")) != None;
}

static void
answer(Target const* const t, char const* const message, long const a, long const action)
{
  XEvent event               = {.xclient = {.type   = ClientMessage,
                                            .window = t->source,
                                            .format = 32,
                                            .data.l = {(long)t->window, a, 0, 0, action}}};
  event.xclient.message_type = atom(t, message);
  if (!t->ways.silent) {
    XSendEvent(t->display, t->source, False, NoEventMask, &event);
  }
}

static void
take_message(Target* const t, XClientMessageEvent const* const event)
{
  TargetTold* const told = &t->told;
  long const* const data = event->data.l;
  Atom const        type = event->message_type;
  if (event->window != t->window) { // the proxy's messages name the window
    fprintf(stderr, "target: a message for no window\n");
    exit(EXIT_FAILURE);
  }
  t->source = (Window)data[0];
  if (type == atom(t, "XdndEnter")) {
    ++told->enters;
    told->version = (unsigned)(data[1] >> 24 & 0xFF);
    for (int i = 2; i < 5; ++i) {
      told->offered = told->offered || (Atom)data[i] == atom(t, "text/uri-list");
    }
  } else if (type == atom(t, "XdndPosition")) {
    ++told->positions;
    told->x           = (int)(data[2] >> 16 & 0xFFFF);
    told->y           = (int)(data[2] & 0xFFFF);
    bool const copies = (Atom)data[4] == atom(t, "XdndActionCopy");
    answer(t, "XdndStatus", copies && !t->ways.refuses, data[4]);
  } else if (type == atom(t, "XdndLeave")) {
    ++told->leaves;
  } else if (type == atom(t, "XdndDrop")) {
    ++told->drops;
    XConvertSelection(t->display,
                      atom(t, "XdndSelection"),
                      atom(t, "text/uri-list"),
                      atom(t, "DROPPED"),
                      t->window,
                      (Time)data[2]);
  }
}

static void
take_data(Target* const t, XSelectionEvent const* const event)
{
  Atom           type   = None;
  int            format = 0;
  unsigned long  count  = 0;
  unsigned long  left   = 0;
  unsigned char* bytes  = NULL;
  if (event->property != None &&
      XGetWindowProperty(t->display,
                         t->window,
                         event->property,
                         0,
                         (long)sizeof(t->told.uris) / 4 - 1,
                         True,
                         AnyPropertyType,
                         &type,
                         &format,
                         &count,
                         &left,
                         &bytes) == Success &&
      bytes && format == 8 && type == atom(t, "text/uri-list")) {
    memcpy(t->told.uris, bytes, count);
  }
  if (bytes) {
    XFree(bytes);
  }
  if (!t->ways.thankless) {
    answer(t, "XdndFinished", *t->told.uris != '\0', (long)atom(t, "XdndActionCopy"));
  }
}

void
target_run(Target* const t)
{
  XSync(t->display, False); // twice: then all earlier requests of others are served
  XSync(t->display, False);
  while (XPending(t->display)) {
    XEvent event;
    XNextEvent(t->display, &event);
    if (event.type == ClientMessage) {
      take_message(t, &event.xclient);
    } else if (event.type == SelectionNotify) {
      take_data(t, &event.xselection);
    }
  }
  XSync(t->display, False);
}
