// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A host's window with the plugin's user interface in it, on the display of
/// DISPLAY. An X error in the host's own connection ends the program, as in many
/// real hosts.

#ifndef MN_UI_HOST_H
#define MN_UI_HOST_H

#include "host.h"
#include "layout.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct Window Window;

/// What the host offers.
typedef struct {
  float           scale; ///< 0: the host does not say
  uint32_t const* background;
  uint32_t const* foreground;
  bool            chooses; ///< ui:requestValue
  bool            touches; ///< ui:touch
} WindowOffer;

/// What the user interface asked of the host.
typedef struct {
  unsigned writes;
  unsigned last_port;
  float    last_value;
  unsigned asks; ///< for everything, by patch:Get
  unsigned requests;
  unsigned grabs;
  unsigned releases;
  unsigned touched;
  int      resized_width;
  int      resized_height;
} WindowAsked;

/// Opens it. If that fails, ends the program with a message.
Window*
window_new(Host* host, WindowOffer const* offer);

/// Closes it as hosts do: the user interface first, or its window first.
void
window_free(Window* window);
void
window_free_parent_first(Window* window);

WindowAsked const*
window_asked(Window const* window);

/// Runs a block of the plugin, passes its messages to the user interface, and idles
/// once.
/// @return What idle() returned.
int
window_run(Window* window, uint32_t frames);

/// Idles until the user interface has nothing more to send to the display: every
/// event has come, and what it changed is on the screen.
void
window_settle(Window* window);

int
window_idle(Window* window);

/// Idles once. @return How many bytes that has sent to the display.
size_t
window_idle_bytes(Window* window);

/// Sets a control port, as automation of a host does.
void
window_set(Window* window, char const* symbol, float value);

/// Tells the user interface what a control port has, as hosts do when an output changes.
void
window_tell_value(Window* window, uint32_t port);

/// Sends a message as if it came from the plugin.
void
window_tell(Window* window, void const* atom, uint32_t size);

/// Button 1 to 5, with or without Shift. Keys have the names that X11 gives them.
void
window_press(Window* window, double x, double y, unsigned button, bool shift);
void
window_release(Window* window, double x, double y, unsigned button);
void
window_double_click(Window* window, double x, double y);
void
window_move(Window* window, double x, double y, bool shift);
void
window_key(Window* window, char const* name, bool shift);

/// The size of the user interface's window, and its least size by its hints.
void
window_size(Window const* window, int* width, int* height);
void
window_least_size(Window const* window, int* width, int* height);

/// Resizes the host's window, or the user interface's own.
void
window_resize_parent(Window* window, int width, int height);
void
window_resize(Window* window, int width, int height);

/// A check sum of the pixels that are visible there, and the number of their colours.
uint64_t
window_pixels(Window const* window, MnRect rect, unsigned* colours);

/// Processor time that calls into the user interface have taken, in seconds.
double
window_cpu_seconds(Window const* window);

#endif // MN_UI_HOST_H
