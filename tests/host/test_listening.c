// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the plugin keeps when listening is switched off or its settings change.

#include "drive.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void
a_result_that_comes_after_switching_off_is_dropped(void** const state)
{
  (void)state;
  Drive d = drive_new(HOST_MONITOR, HOST_WORKER_AFTER, false);
  host_refuse_work(d.host, 1);
  drive_locate(&d, 0, 0, 1);
  drive_bars(&d, 1);
  drive_note(&d, 0, true, 0, 60);
  drive_note(&d, 0, true, 0, 64);
  drive_frames(&d,
               CLOSE_FRAMES / BLOCK * BLOCK + BLOCK - BAR_FRAMES); // the window waits now
  host_set(d.host, "enabled", 0); // and is encoding in the block that switches it off
  drive_frames(&d, 5 * BLOCK);
  assert_true(host_get(d.host, "window") == 0);
  assert_true(host_get(d.host, "musicality") == 0.5F);
  host_set(d.host, "enabled", 1);
  drive_bars(&d, 4);
  assert_true(host_get(d.host, "window") > 0);
  assert_true(host_get(d.host, "musicality") != 0.5F);
  drive_free(&d);
}

// Plays two bars whose last note sounds on only if the pedal is down, and checks that
// it does.
static void
assert_pedal(Drive* const d)
{
  drive_locate(d, 0, 0, 1);
  drive_bars(d, 2);
  drive_frames(d, BAR_FRAMES);
  assert_true(host_get(d->host, "musicality") != 0.5F); // not yet silence
  drive_control(d, 0, 0, 64, 0);
  drive_frames(d, BAR_FRAMES);
  assert_true(host_get(d->host, "musicality") == 0.5F);
}

static void
a_pedal_is_known_that_went_down_while_off_or_before_another_channel(void** const state)
{
  (void)state;
  Drive d = drive_new(HOST_MONITOR, HOST_WORKER_AFTER, false);
  host_set(d.host, "hold", 2);
  host_set(d.host, "enabled", 0);
  drive_control(&d, 0, 0, 64, 127);
  drive_frames(&d, BLOCK);
  host_set(d.host, "enabled", 1);
  drive_frames(&d, BLOCK);
  assert_pedal(&d);

  drive_control(&d, 0, 0, 64, 127);
  drive_frames(&d, BLOCK);
  host_set(d.host, "channel", 1);
  drive_frames(&d, BLOCK);
  assert_pedal(&d);

  drive_locate(&d, 9, 0, -1); // in reverse
  drive_control(&d, 0, 0, 64, 127);
  drive_frames(&d, BLOCK);
  assert_pedal(&d);
  drive_free(&d);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(a_result_that_comes_after_switching_off_is_dropped),
    cmocka_unit_test(a_pedal_is_known_that_went_down_while_off_or_before_another_channel),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
