// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The processor time of an open window, in real time: gui_bench SECONDS [SCALE]
///
/// Counts only calls into the user interface, not the plugin. tests/gui/bench also measures
/// the display.

#include "layout.h"
#include "song.h"
#include "ui_host.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static char const bundle[] = "build/music-neurons.lv2";

// A call that takes longer has drawn something.
static double const least_update = 50e-6;

enum {
  RATE     = 48000,
  BLOCK    = 800, // a sixtieth of a second: hosts idle so often or half as often
  BPM      = 120,
  HOP_BAR  = 1,
  HOP_STEP = 5,
  FRAMES   = 60, // that are drawn whole
  FRAME_US = 40000,
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

static int
compare(void const* const a, void const* const b)
{
  double const x = *(double const*)a;
  double const y = *(double const*)b;
  return x < y ? -1 : x > y;
}

// Of times in seconds.
static void
print_times(char const* const name, double* const times, size_t const count)
{
  if (count) {
    qsort(times, count, sizeof(*times), compare);
    printf("%-34s %6.2f ms in the median, 1 of 20 above %.2f ms\n",
           name,
           1e3 * times[count / 2],
           1e3 * times[count * 19 / 20]);
  }
}

// Each turn of a page draws all of the window.
static void
bench_frames(Window* const window, float const scale)
{
  static MnView view;
  MnLayout      layout;
  double        times[FRAMES];
  mn_view_init(&view);
  view.scale = scale;
  mn_layout_init(
    &layout, &view, MN_WINDOW_WIDTH * (double)scale, MN_WINDOW_HEIGHT * (double)scale);
  for (int i = 0; i < FRAMES; ++i) {
    MnRect const tab =
      layout.target[MN_TARGET_PAGE + (i % 2 ? MN_PAGE_NEURONS : MN_PAGE_CC)];
    window_press(window, tab.x + 5, tab.y + 5, 1, false);
    window_release(window, tab.x + 5, tab.y + 5, 1);
    usleep(FRAME_US);
    double const before = window_cpu_seconds(window);
    window_idle(window);
    times[i] = window_cpu_seconds(window) - before;
  }
  print_times("  a whole frame", times, FRAMES);
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
  double* const times =
    (double*)malloc((size_t)(seconds * RATE / BLOCK + 1) * sizeof(double));
  double const before = window_cpu_seconds(window);
  size_t       count  = 0;
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
    double const start_of_call = window_cpu_seconds(window);
    window_run(window, BLOCK);
    double const taken = window_cpu_seconds(window) - start_of_call;
    if (times && taken > least_update) {
      times[count++] = taken;
    }
    sleep_until(start, (double)(from + BLOCK) / RATE);
  }
  printf("%-34s %6.2f %% of a core\n",
         name,
         100 * (window_cpu_seconds(window) - before) / seconds);
  print_times("  an update", times, count);
  free(times);
  if (!music) {
    bench_frames(window, scale);
  }
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
