// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The processor time of an open window, in real time: gui_bench SECONDS [SCALE]
///
/// Counts only calls into the user interface, not the plugin. tests/gui/bench also measures
/// the display.

#include "song.h"
#include "ui_host.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static char const bundle[] = "build/music-neurons.lv2";

enum {
  RATE     = 48000,
  BLOCK    = 800, // a sixtieth of a second: hosts idle so often or half as often
  BPM      = 120,
  HOP_BAR  = 1,
  HOP_STEP = 5,
};

static void
sleep_until(struct timespec const start, double const seconds)
{
  double const    whole = floor(seconds);
  struct timespec at    = {start.tv_sec + (time_t)whole,
                           start.tv_nsec + (long)((seconds - whole) * 1e9)};
  if (at.tv_nsec >= 1000000000) {
    at.tv_nsec -= 1000000000;
    ++at.tv_sec;
  }
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
}

static void
bench(char const* const name,
      double const      seconds,
      float const       scale,
      int const         hop,
      bool const        music)
{
  Song* const song = song_new(BPM);
  if (music) {
    song_add_tune(song, (unsigned)(seconds / 2) + 1, 3);
    song_sort(song);
  }
  Host* const        host     = host_new(bundle, RATE, HOST_WORKER_THREAD);
  WindowOffer const  offer    = {.scale = scale};
  Window* const      window   = window_new(host, &offer);
  HostPosition const position = {
    .speed = 1, .beats_per_bar = 4, .beat_unit = 4, .bpm = BPM};
  struct timespec start;
  host_set(host, "hop", (float)hop);
  if (music) {
    host_position(host, 0, &position);
  }
  window_run(window, BLOCK);
  window_settle(window);
  clock_gettime(CLOCK_MONOTONIC, &start);
  double const before = window_cpu_seconds(window);
  size_t       e      = 0;
  for (uint64_t from = 0; from < (uint64_t)(seconds * RATE); from += BLOCK) {
    for (; e < song->count; ++e) {
      uint64_t const frame =
        (uint64_t)llround(song_seconds(song, song->events[e].tick) * RATE);
      if (frame >= from + BLOCK) {
        break;
      }
      host_midi(host, (uint32_t)(frame - from), song->events[e].message, 3);
    }
    window_run(window, BLOCK);
    sleep_until(start, (double)(from + BLOCK) / RATE);
  }
  printf("%-34s %6.2f %% of a core\n",
         name,
         100 * (window_cpu_seconds(window) - before) / seconds);
  fflush(stdout);
  window_free(window);
  host_free(host);
  song_free(song);
}

int
main(int const argc, char** const argv)
{
  double const seconds = argc > 1 ? atof(argv[1]) : 20;
  float const  scale   = argc > 2 ? (float)atof(argv[2]) : 1;
  bench("window, a tune, a window a bar", seconds, scale, HOP_BAR, true);
  bench("window, a tune, a window a step", seconds, scale, HOP_STEP, true);
  bench("window, nothing plays", seconds, scale, HOP_BAR, false);
  return 0;
}
