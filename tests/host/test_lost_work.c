// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Hosts that accept a message to the worker and never work on it, or do so very late. What
/// was lost is sent again, and nothing is done twice.

#include "drive.h"
#include "listener.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static char const own[]   = "build/music-neurons.lv2/melody-2bar-open.safetensors";
static char const other[] = "build/music-neurons.lv2/melody-2bar.safetensors";

// Longer than the plugin waits for an answer, and shorter than that.
enum { PATIENT_BARS = 4, FEW_BLOCKS = 8 };

static bool
has_told(Drive const* const d, char const* const model)
{
  char const* const told = host_told_model(d->host);
  return told && !strcmp(told, model);
}

static void
a_lost_slice_of_work_is_sent_again(void** const state)
{
  (void)state;
  Drive d = drive_new(HOST_MONITOR, HOST_WORKER_AFTER, false);
  drive_locate(&d, 0, 0, 1);
  host_lose_work(d.host, UINT_MAX);
  drive_bars(&d, 6);
  assert_true(host_get(d.host, "window") == 0);
  assert_true(host_get(d.host, "late") > 0); // windows that waited
  host_lose_work(d.host, 0);
  drive_bars(&d, PATIENT_BARS);
  float const windows = host_get(d.host, "window");
  assert_true(windows > 0);
  float const late = host_get(d.host, "late");
  drive_bars(&d, 4); // and now all is as ever
  assert_true(host_get(d.host, "window") == windows + 4);
  assert_true(host_get(d.host, "late") == late);
  drive_free(&d);
}

// Answers to messages that were taken for lost are more than there should be.
static void
slices_that_come_late_do_no_harm(void** const state)
{
  (void)state;
  Drive d = drive_new(HOST_MONITOR, HOST_WORKER_AFTER, false);
  host_set(d.host, "hop", 5);
  drive_locate(&d, 0, 0, 1);
  host_limit_work(d.host, 0);
  drive_bars(&d, 2 * PATIENT_BARS);
  host_limit_work(d.host, UINT_MAX);
  drive_bars(&d, 1);
  float const late    = host_get(d.host, "late");
  float const windows = host_get(d.host, "window");
  drive_bars(&d, 4);
  assert_true(host_get(d.host, "late") == late);
  assert_true(host_get(d.host, "window") == windows + 4 * 16);
  drive_free(&d);
}

static void
a_lost_wish_for_a_model_is_sent_again(void** const state)
{
  (void)state;
  Drive d = drive_new(HOST_MONITOR, HOST_WORKER_AFTER, false);
  host_set_model(d.host, 0, other);
  host_lose_work(d.host, 1);
  drive_frames(&d, FEW_BLOCKS * BLOCK);
  assert_false(has_told(&d, other));
  drive_frames(&d, PATIENT_BARS * BAR_FRAMES);
  assert_true(has_told(&d, other));

  // While it is lost, a newer wish takes its place.
  host_set_model(d.host, 0, "/nowhere/none.safetensors");
  host_lose_work(d.host, 1);
  drive_frames(&d, FEW_BLOCKS * BLOCK);
  host_set_model(d.host, 0, own);
  drive_frames(&d, PATIENT_BARS * BAR_FRAMES);
  assert_true(has_told(&d, own));
  drive_free(&d);
}

static void
a_model_that_is_loaded_late_is_loaded_once(void** const state)
{
  (void)state;
  Drive           d        = drive_new(HOST_MONITOR, HOST_WORKER_AFTER, false);
  Listener* const listener = listener_new(d.host);
  host_set_model(d.host, 0, other);
  host_limit_work(d.host, 0);
  drive_frames(&d, 4 * PATIENT_BARS * BAR_FRAMES);
  host_limit_work(d.host, 1); // a message a block
  for (unsigned i = 0; i < 4 * FEW_BLOCKS; ++i) {
    drive_frames(&d, BLOCK);
    listener_take(listener, d.host);
  }
  assert_true(has_told(&d, other));
  assert_int_equal(listener->total.models, 1);
  listener_free(listener);
  drive_free(&d);
}

static void
a_lost_message_about_an_old_model_blocks_no_new_one(void** const state)
{
  (void)state;
  Drive d = drive_new(HOST_MONITOR, HOST_WORKER_AFTER, false);
  host_set_model(d.host, 0, other);
  drive_frames(&d, 2 * BLOCK); // it is loaded
  host_lose_work(d.host, 1);   // the message to free the old one
  drive_frames(&d, FEW_BLOCKS * BLOCK);
  assert_true(has_told(&d, other));
  host_set_model(d.host, 0, own);
  drive_frames(&d, FEW_BLOCKS * BLOCK);
  assert_false(has_told(&d, own));
  drive_frames(&d, PATIENT_BARS * BAR_FRAMES);
  assert_true(has_told(&d, own));
  drive_free(&d);
}

static void
activation_starts_clean(void** const state)
{
  (void)state;
  Drive d = drive_new(HOST_MONITOR, HOST_WORKER_AFTER, false);
  drive_locate(&d, 0, 0, 1);
  host_lose_work(d.host, UINT_MAX);
  drive_bars(&d, 3);
  host_set_model(d.host, 0, other);
  drive_frames(&d, 2 * BLOCK);
  host_lose_work(d.host, 0);
  host_reactivate(d.host);
  drive_frames(&d, FEW_BLOCKS * BLOCK);
  assert_true(has_told(&d, other));

  // The old model is told to be freed in vain.
  host_set_model(d.host, 0, own);
  drive_frames(&d, 2 * BLOCK);
  host_lose_work(d.host, 1);
  drive_frames(&d, 2 * BLOCK);
  host_reactivate(d.host);
  host_set_model(d.host, 0, other);
  drive_frames(&d, FEW_BLOCKS * BLOCK);
  assert_true(has_told(&d, other));

  drive_locate(&d, 0, 0, 1);
  drive_bars(&d, 3);
  assert_true(host_get(d.host, "window") == 2);
  assert_true(host_get(d.host, "late") == 0);
  drive_free(&d);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(a_lost_slice_of_work_is_sent_again),
    cmocka_unit_test(slices_that_come_late_do_no_harm),
    cmocka_unit_test(a_lost_wish_for_a_model_is_sent_again),
    cmocka_unit_test(a_model_that_is_loaded_late_is_loaded_once),
    cmocka_unit_test(a_lost_message_about_an_old_model_blocks_no_new_one),
    cmocka_unit_test(activation_starts_clean),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
