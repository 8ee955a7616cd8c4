// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The plugin writes a control output when it changes, and when its buffer is new.

#include "drive.h"
#include "host_private.h"
#include "protocol/ports.h"
#include "song.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

// A value that the plugin never writes.
static float const scribble = 777777;

static void
scribble_over_outputs(Host* const host)
{
  for (uint32_t port = MN_PORT_MUSICALITY; port <= MN_PORT_SYNCED; ++port) {
    *host_control(host, port) = scribble;
  }
}

static unsigned
count_written(Host* const host)
{
  unsigned count = 0;
  for (uint32_t port = MN_PORT_MUSICALITY; port <= MN_PORT_SYNCED; ++port) {
    count += *host_control(host, port) != scribble;
  }
  return count;
}

// Plays until there is a readout.
static Drive
play(void)
{
  Drive d = drive_new(HOST_MONITOR, HOST_WORKER_AFTER, false);
  host_set(d.host, "glide", 20);
  drive_locate(&d, 0, 0, 1);
  drive_bars(&d, 3);
  assert_true(host_get(d.host, "window") > 0);
  return d;
}

static void
what_stays_is_not_written_again(void** const state)
{
  (void)state;
  Drive d = play();
  // The transport stands still, and nothing sounds or glides.
  drive_locate(&d, 3, 0, 0);
  drive_frames(&d, 8 * BAR_FRAMES);
  scribble_over_outputs(d.host);
  drive_frames(&d, BAR_FRAMES);
  assert_int_equal(count_written(d.host), 0);
  drive_free(&d);
}

static void
what_moves_is_written_alone(void** const state)
{
  (void)state;
  Drive d = play();
  drive_frames(&d, STEP_FRAMES);
  scribble_over_outputs(d.host);
  drive_frames(&d, BLOCK);
  assert_int_equal(count_written(d.host), 1);
  assert_true(*host_control(d.host, MN_PORT_PROGRESS) != scribble);
  drive_free(&d);
}

static void
a_new_window_writes_all_that_it_says(void** const state)
{
  (void)state;
  Drive d = play();
  scribble_over_outputs(d.host);
  drive_bars(&d, 1);
  // All others may have changed, and are written together.
  assert_true(*host_control(d.host, MN_PORT_LATE) == scribble);
  assert_true(*host_control(d.host, MN_PORT_SYNCED) == scribble);
  unsigned const readout = MN_PORT_NOISE_ENERGY - MN_PORT_MUSICALITY + 1;
  assert_in_range(
    count_written(d.host), readout + 2, readout + 3); // the encode time may be unchanged
  drive_free(&d);
}

static void
activation_writes_everything(void** const state)
{
  (void)state;
  Drive d = play();
  scribble_over_outputs(d.host);
  host_reactivate(d.host);
  drive_frames(&d, 1);
  assert_int_equal(count_written(d.host), MN_PORT_SYNCED - MN_PORT_MUSICALITY + 1);
  drive_free(&d);
}

static void
new_buffers_are_written_though_nothing_has_changed(void** const state)
{
  (void)state;
  Drive d = play();
  drive_locate(&d, 3, 0, 0);
  drive_frames(&d, 8 * BAR_FRAMES);
  for (uint32_t port = MN_PORT_MUSICALITY; port <= MN_PORT_SYNCED; ++port) {
    float const known = *host_control(d.host, port);
    float       fresh = scribble;
    lilv_instance_connect_port(d.host->instance, port, &fresh);
    drive_frames(&d, 1);
    assert_true(fresh == known);
    lilv_instance_connect_port(d.host->instance, port, host_control(d.host, port));
  }
  drive_free(&d);
}

static void
check_ranges(Host* const host, void* const data)
{
  (void)data;
  for (uint32_t port = MN_PORT_MUSICALITY; port <= MN_PORT_SYNCED; ++port) {
    float const value = *host_control(host, port);
    if (!(value >= mn_port(port)->low && value <= mn_port(port)->high)) {
      fail_msg("port %u is %g", port, (double)value);
    }
  }
}

static void
the_bundles_models_stay_in_the_ranges_that_hosts_draw(void** const state)
{
  (void)state;
  static char const* const models[] = {
    "build/music-neurons.lv2/melody-2bar.safetensors",
    "build/music-neurons.lv2/melody-2bar-open.safetensors"};
  Song* const song = song_new(240);
  song_add_tune(song, 16, 5);
  song_add_noise(song, 16 * 4 * SONG_PPQ, 64, 6);
  for (unsigned i = 0; i < 2048; ++i) { // leaps as wide as there are
    song_add_note(song, 320 * SONG_PPQ + i * SONG_PPQ / 4, 10, 0, i % 2 ? 21 : 108);
  }
  song_sort(song);
  for (unsigned m = 0; m < 2; ++m) {
    Host* const    host = host_new(drive_bundle, 48000, HOST_WORKER_AFTER);
    SongPlay const how  = {.rate = 48000, .block = 4096};
    host_set(host, "hop", 5);
    host_set(host, "glide", 0);
    host_set_model(host, 0, models[m]);
    song_play(song, host, &how, check_ranges, NULL);
    assert_true(host_get(host, "window") > 1000);
    host_free(host);
  }
  song_free(song);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(what_stays_is_not_written_again),
    cmocka_unit_test(what_moves_is_written_alone),
    cmocka_unit_test(a_new_window_writes_all_that_it_says),
    cmocka_unit_test(activation_writes_everything),
    cmocka_unit_test(new_buffers_are_written_though_nothing_has_changed),
    cmocka_unit_test(the_bundles_models_stay_in_the_ranges_that_hosts_draw),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
