// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The window in the project's own host, open for a test, and what tests do with it.

#ifndef MN_OPEN_WINDOW_H
#define MN_OPEN_WINDOW_H

#include "controls.h"
#include "song.h"
#include "ui_host.h"

extern char const bundle[];

enum {
  RATE         = 48000,
  BLOCK        = 1600, // a thirtieth of a second
  WIDTH        = MN_WINDOW_WIDTH,
  HEIGHT       = MN_WINDOW_HEIGHT,
  IDLE_US      = 20000,
  WAIT_SECONDS = 30,
};

/// A host that offers everything.
extern WindowOffer const everything;

typedef struct {
  Host*   host;
  Window* window;
} Open;

/// Setup and teardown of a test, with the monitor or the player: `*state` is an Open. Closing fails if the plugin has
/// logged an error. A test that closes the window itself sets it to NULL.
int
open_window(void** state);
int
open_player(void** state);
int
close_window(void** state);

/// Where a port's control or another target is, in a window of the usual size.
MnRect
rect_of(int target);

/// The middle of a rectangle, with button 1. A click waits for the window to settle.
void
press_at(Window* window, MnRect rect);
void
click_at(Window* window, MnRect rect);

uint64_t
pixels_of(Window* window, MnRect rect);

/// Plays some bars of a tune at 120 bpm.
void
play(Open const* open, unsigned bars);

/// Plays the first bars of a song at 120 bpm.
void
play_song(Open const* open, Song const* song, unsigned bars);

double
now_seconds(void);

/// How many files this process has open.
unsigned
open_files(void);

/// Opens and closes windows. With `settle`, draws each at two sizes.
void
open_and_close(Host* host, unsigned times, bool settle);

#endif // MN_OPEN_WINDOW_H
