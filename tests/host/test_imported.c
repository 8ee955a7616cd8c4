// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Imported models in the built plugin: one as large as the published ones (hidden
/// 2048, z 512), in real time, and one with two layers and 16 bars. Run
/// tests/import_models.py first: it imports them.

#include "song.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static char const bundle[] = "build/music-neurons.lv2";
static char const model[]  = "build/full-size.safetensors";
static char const deep[]   = "build/two-layers.safetensors";

static double const rate = 48000;

typedef struct {
  struct timespec start;
  double          due; ///< seconds of music played so far
  double          longest_ms;
} Pace;

enum { BLOCK = 1024, BARS = 6 };

// Waits until the block is over in real time, and keeps the longest encode time.
static void
keep_pace(Host* const host, void* const data)
{
  Pace* const     pace = (Pace*)data;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  pace->due += BLOCK / rate;
  double const passed = (double)(now.tv_sec - pace->start.tv_sec) +
                        (double)(now.tv_nsec - pace->start.tv_nsec) * 1e-9;
  if (pace->due > passed) {
    usleep((useconds_t)((pace->due - passed) * 1e6));
  }
  double const ms  = (double)host_get(host, "encode_ms");
  pace->longest_ms = ms > pace->longest_ms ? ms : pace->longest_ms;
}

static Host*
host_with_model(char const* const path)
{
  if (access(path, R_OK)) {
    print_message("skipped: no %s\n", path);
    skip();
  }
  Host* const host = host_new(bundle, rate, HOST_WORKER_THREAD);
  host_set_model(host, 0, path);
  for (unsigned i = 0; i < 4; ++i) { // requested, loaded, swapped in, reported
    host_run(host, BLOCK);
    host_settle(host);
  }
  assert_string_equal(host_told_model(host), path);
  return host;
}

static void
settle(Host* const host, void* const data)
{
  (void)data;
  host_settle(host);
}

static void
two_layers_hear_sixteen_bars(void** const state)
{
  (void)state;
  Host* const host = host_with_model(deep);
  Song* const song = song_new(120);
  song_add_tune(song, 16, 9);
  song_sort(song);
  song_play(song, host, &(SongPlay){.rate = rate, .block = BLOCK}, settle, NULL);
  // The song ends in bar 16. Two bars of silence follow.
  assert_in_range((unsigned)host_get(host, "window"), 2, 3);
  assert_true(host_get(host, "top_1_neuron") >= 0);
  assert_true(host_get(host, "late") == 0);
  assert_string_equal(host_log(host), "");
  song_free(song);
  host_free(host);
}

static void
a_full_size_model_keeps_up_with_a_hop_of_a_bar(void** const state)
{
  (void)state;
  Host* const host = host_with_model(model);
  host_set_clock(host, NULL); // encoding takes real time
  Song* const song = song_new(120);
  song_add_tune(song, BARS, 4);
  song_sort(song);

  Pace pace = {.due = 0};
  clock_gettime(CLOCK_MONOTONIC, &pace.start);
  song_play(song, host, &(SongPlay){.rate = rate, .block = BLOCK}, keep_pace, &pace);
  assert_string_equal(host_log(host), "");
  assert_true(host_get(host, "window") >= BARS - 1);
  assert_true(host_get(host, "late") == 0);
  assert_true(pace.longest_ms > 0);
  print_message("measured: %.1f ms a window at most, of 2,000 that a bar lasts\n",
                pace.longest_ms);
  song_free(song);
  host_free(host);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(two_layers_hear_sixteen_bars),
    cmocka_unit_test(a_full_size_model_keeps_up_with_a_hop_of_a_bar),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
