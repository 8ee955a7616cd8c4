// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The plugin writes a control output when it changes, and when its buffer is new.

#include "drive.h"
#include "host_private.h"
#include "protocol/ports.h"

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

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(what_stays_is_not_written_again),
    cmocka_unit_test(what_moves_is_written_alone),
    cmocka_unit_test(a_new_window_writes_all_that_it_says),
    cmocka_unit_test(activation_writes_everything),
    cmocka_unit_test(new_buffers_are_written_though_nothing_has_changed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
