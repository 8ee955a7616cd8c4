// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// What a user does to the window, and what a user sees.

#include "ui_window.h"

#include <string.h>
#include <time.h>

static Time
now_ms(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (Time)(now.tv_sec * 1000 + now.tv_nsec / 1000000);
}

// Where a point of the window is on the screen.
static void
find_on_screen(Window const* const w,
               double const        x,
               double const        y,
               int* const          x_root,
               int* const          y_root)
{
  XWindow       under;
  XWindow const root = DefaultRootWindow(w->display);
  XTranslateCoordinates(w->display, w->child, root, (int)x, (int)y, x_root, y_root, &under);
}

static void
send_event(Window* const w, XEvent* const event, long const mask)
{
  XSendEvent(w->display, w->child, False, mask, event);
  XSync(w->display, False);
}

static XEvent
button_event(Window const* const w,
             int const           type,
             double const        x,
             double const        y,
             unsigned const      button,
             bool const          shift,
             Time const          time)
{
  XEvent event = {.xbutton = {.type        = type,
                              .window      = w->child,
                              .root        = DefaultRootWindow(w->display),
                              .time        = time,
                              .x           = (int)x,
                              .y           = (int)y,
                              .state       = shift ? ShiftMask : 0,
                              .button      = button,
                              .same_screen = True}};
  find_on_screen(w, x, y, &event.xbutton.x_root, &event.xbutton.y_root);
  return event;
}

void
window_press(Window* const  w,
             double const   x,
             double const   y,
             unsigned const button,
             bool const     shift)
{
  XEvent event = button_event(w, ButtonPress, x, y, button, shift, now_ms());
  send_event(w, &event, ButtonPressMask);
}

void
window_release(Window* const w, double const x, double const y, unsigned const button)
{
  XEvent event = button_event(w, ButtonRelease, x, y, button, false, now_ms());
  send_event(w, &event, ButtonReleaseMask);
}

void
window_double_click(Window* const w, double const x, double const y)
{
  Time const now = now_ms();
  for (int i = 0; i < 2; ++i) {
    XEvent press   = button_event(w, ButtonPress, x, y, 1, false, now);
    XEvent release = button_event(w, ButtonRelease, x, y, 1, false, now);
    send_event(w, &press, ButtonPressMask);
    send_event(w, &release, ButtonReleaseMask);
  }
}

void
window_move(Window* const w, double const x, double const y, bool const shift)
{
  XEvent event = {.xmotion = {.type        = MotionNotify,
                              .window      = w->child,
                              .root        = DefaultRootWindow(w->display),
                              .time        = now_ms(),
                              .x           = (int)x,
                              .y           = (int)y,
                              .state       = shift ? ShiftMask : 0,
                              .same_screen = True}};
  find_on_screen(w, x, y, &event.xmotion.x_root, &event.xmotion.y_root);
  send_event(w, &event, PointerMotionMask);
}

void
window_key(Window* const w, char const* const name, bool const shift)
{
  XEvent event = {.xkey = {.type    = KeyPress,
                           .window  = w->child,
                           .root    = DefaultRootWindow(w->display),
                           .time    = now_ms(),
                           .state   = shift ? ShiftMask : 0,
                           .keycode = XKeysymToKeycode(w->display, XStringToKeysym(name)),
                           .same_screen = True}};
  send_event(w, &event, KeyPressMask);
}

void
window_size(Window const* const w, int* const width, int* const height)
{
  XWindowAttributes attributes;
  if (!XGetWindowAttributes(w->display, w->child, &attributes)) {
    window_die("the user interface's window is not there");
  }
  *width  = attributes.width;
  *height = attributes.height;
}

void
window_least_size(Window const* const w, int* const width, int* const height)
{
  XSizeHints hints;
  long       supplied = 0;
  if (!XGetWMNormalHints(w->display, w->child, &hints, &supplied) ||
      !(hints.flags & PMinSize) || !(hints.flags & PBaseSize)) {
    window_die("the user interface gives no hints of its size");
  }
  *width  = hints.min_width;
  *height = hints.min_height;
}

void
window_resize_parent(Window* const w, int const width, int const height)
{
  XResizeWindow(w->display, w->parent, (unsigned)width, (unsigned)height);
  XSync(w->display, False);
}

void
window_resize(Window* const w, int const width, int const height)
{
  XResizeWindow(w->display, w->child, (unsigned)width, (unsigned)height);
  XSync(w->display, False);
}

uint64_t
window_pixels(Window const* const w, MnRect const rect, unsigned* const colours)
{
  enum { KINDS = 1 << 16 };
  static bool seen[KINDS];
  memset(seen, 0, sizeof(seen));
  XImage* const image = XGetImage(w->display,
                                  w->child,
                                  (int)rect.x,
                                  (int)rect.y,
                                  (unsigned)rect.width,
                                  (unsigned)rect.height,
                                  AllPlanes,
                                  ZPixmap);
  uint64_t      sum   = 14695981039346656037U; // FNV-1a
  *colours            = 0;
  for (int y = 0; image && y < image->height; ++y) {
    for (int x = 0; x < image->width; ++x) {
      unsigned long const pixel = XGetPixel(image, x, y) & 0xFFFFFF;
      unsigned const      kind  = (unsigned)(pixel ^ pixel >> 8) % KINDS;
      *colours += !seen[kind];
      seen[kind] = true;
      sum        = (sum ^ pixel) * 1099511628211U;
    }
  }
  if (image) {
    XDestroyImage(image);
  }
  return sum;
}
