// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "open_window.h"

#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

char const bundle[] = "build/music-neurons.lv2";

WindowOffer const everything = {.scale = 1, .chooses = true, .touches = true};

static int
open_plugin(void** const state, char const* const uri)
{
  Open* const open = (Open*)calloc(1, sizeof(Open));
  open->host       = host_new_plugin(bundle, uri, RATE, HOST_WORKER_AFTER);
  open->window     = window_new(open->host, &everything);
  window_run(open->window, BLOCK);
  window_settle(open->window);
  *state = open;
  return 0;
}

int
open_window(void** const state)
{
  return open_plugin(state, HOST_MONITOR);
}

int
open_player(void** const state)
{
  return open_plugin(state, HOST_PLAYER);
}

int
close_window(void** const state)
{
  Open* const open = (Open*)*state;
  if (open->window) {
    window_free(open->window);
  }
  // Neither the display nor the plugin reported an error.
  bool const quiet = !*host_log(open->host);
  if (!quiet) {
    print_error("%s", host_log(open->host));
  }
  host_free(open->host);
  free(open);
  return quiet ? 0 : -1;
}

static MnLayout
layout_of(MnPage const page)
{
  static MnView view;
  MnLayout      layout;
  mn_view_init(&view);
  view.model.has_axes   = true; // as in the shipped models: then there is a map
  view.model.latent     = MN_MAX_LATENT;
  view.model.long_music = 1;
  view.pointer.page     = page;
  mn_layout_init(&layout, &view, WIDTH, HEIGHT);
  return layout;
}

MnRect
rect_of(int const target)
{
  bool const     is_cc  = target >= MN_PORT_CC_SHARE && target < MN_PORT_SPAN;
  MnLayout const layout = layout_of(is_cc ? MN_PAGE_CC : MN_PAGE_NEURONS);
  return layout.target[target];
}

void
press_at(Window* const window, MnRect const rect)
{
  window_press(window, rect.x + rect.width / 2, rect.y + rect.height / 2, 1, false);
}

void
click_at(Window* const window, MnRect const rect)
{
  press_at(window, rect);
  window_release(window, rect.x + rect.width / 2, rect.y + rect.height / 2, 1);
  window_settle(window);
}

uint64_t
pixels_of(Window* const window, MnRect const rect)
{
  unsigned colours;
  return window_pixels(window, rect, &colours);
}

double
now_seconds(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

void
play(Open const* const open, unsigned const bars)
{
  Song* const song = song_new(120);
  song_add_tune(song, bars, 3);
  song_sort(song);
  play_song(open, song, bars);
  song_free(song);
}

void
play_song(Open const* const open, Song const* const song, unsigned const bars)
{
  HostPosition const start = {.speed = 1, .beats_per_bar = 4, .beat_unit = 4, .bpm = 120};
  host_position(open->host, 0, &start);
  size_t e = 0;
  for (uint64_t from = 0; from < (uint64_t)bars * 2 * RATE; from += BLOCK) {
    for (; e < song->count; ++e) {
      uint64_t const frame =
        (uint64_t)llround(song_seconds(song, song->events[e].tick) * RATE);
      if (frame >= from + BLOCK) {
        break;
      }
      host_midi(open->host, (uint32_t)(frame - from), song->events[e].message, 3);
    }
    window_run(open->window, BLOCK);
  }
}

unsigned
open_files(void)
{
  DIR* const folder = opendir("/proc/self/fd");
  unsigned   count  = 0;
  while (folder && readdir(folder)) {
    ++count;
  }
  if (folder) {
    closedir(folder);
  }
  return count;
}

void
open_and_close(Host* const host, unsigned const times, bool const settle)
{
  for (unsigned i = 0; i < times; ++i) {
    Window* const window = window_new(host, &everything);
    window_run(window, BLOCK);
    window_press(window, 100, 100, 1, false);
    window_run(window, BLOCK);
    window_resize(window, 700, 400);
    window_run(window, BLOCK);
    if (settle) {
      window_settle(window);
    }
    (i % 4 == 3 ? window_free_parent_first : window_free)(window);
  }
}
