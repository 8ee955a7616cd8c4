// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The worker's work comes in slices of at most 1 ms, one to a message, and few
/// messages are pending at a time, whatever the model, the machine and the host. Run
/// tests/import_models.py first: it imports the full-size model.

#include "drive.h"
#include "machine.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char const* const models[] = {
  "build/music-neurons.lv2/melody-2bar.safetensors",
  "build/music-neurons.lv2/melody-2bar-open.safetensors",
  "build/full-size.safetensors",
};

enum { MODELS = sizeof(models) / sizeof(*models) };

// At the first speed a shipped model takes 1.7 ms; at the last, one unit takes 1 ms.
static double const quick    = 4e7;
static double const slow     = 1 << 20;
static double const speeds[] = {4e7, 1e7, 3e6, 1 << 20};

enum { SPEEDS = sizeof(speeds) / sizeof(*speeds) };

static void
choose(Drive* const d, char const* const path)
{
  host_set_model(d->host, 0, path);
  drive_frames(d, 5 * d->block);
  assert_string_equal(host_told_model(d->host), path);
  drive_locate(d, 0, 0, 1);
}

// With a window only every two bars there is enough time.
static bool
load(Drive* const d, char const* const path)
{
  host_set(d->host, "hop", 0);
  if (access(path, R_OK)) {
    print_message("skipped: no %s\n", path);
    return false;
  }
  choose(d, path);
  return true;
}

static Drive
drive_on_machine(HostWorker const worker, double const speed)
{
  Drive d = drive_new(HOST_MONITOR, worker, false);
  choose(&d, models[0]);
  machine_take(d.host);
  machine_set_speed(speed);
  drive_locate(&d, 0, 0, 1);
  return d;
}

// Plays until just before the first window closes.
static void
play_a_window(Drive* const d)
{
  drive_bars(d, 1);
  drive_note(d, 0, true, 0, 64);
  drive_frames(d, CLOSE_FRAMES - BAR_FRAMES - 1);
}

// Plays on until just before the next one closes.
static void
play_a_bar(Drive* const d)
{
  drive_note(d, 0, true, 0, 67);
  drive_frames(d, BEAT_FRAMES);
  drive_note(d, 0, true, 0, 65);
  drive_frames(d, BAR_FRAMES - BEAT_FRAMES);
}

static unsigned
windows(Drive const* const d)
{
  return (unsigned)host_get(d->host, "window");
}

// Runs blocks until that many windows have been scored.
static void
await_windows(Drive* const d, unsigned const count)
{
  for (unsigned i = 0; i < 1000 && windows(d) < count; ++i) {
    host_run(d->host, d->block);
  }
  assert_int_equal(windows(d), count);
}

static void
assert_same_values(Host* const a, Host* const b)
{
  for (uint32_t port = MN_PORT_MUSICALITY; port < MN_PORT_WINDOW; ++port) {
    assert_memory_equal(host_control(a, port), host_control(b, port), sizeof(float));
  }
}

static void
a_slice_is_no_longer_than_a_millisecond(void** const state)
{
  (void)state;
  for (unsigned m = 0; m < MODELS; ++m) {
    Drive whole = drive_new(HOST_MONITOR, HOST_WORKER_NONE, true);
    if (!access(models[m], R_OK)) {
      host_free(whole.host);
      whole = drive_new(HOST_MONITOR, HOST_WORKER_AFTER, true);
      load(&whole, models[m]);
      play_a_window(&whole);
      await_windows(&whole, 1);
    }
    for (unsigned s = 0; s < SPEEDS; ++s) {
      Drive d = drive_on_machine(HOST_WORKER_AFTER, speeds[s]);
      if (load(&d, models[m])) {
        play_a_window(&d);
        double const   before = machine_products();
        unsigned const begun  = worker_served(d.host->worker);
        await_windows(&d, 1);
        double const   ms      = (machine_products() - before) / speeds[s];
        unsigned const slices  = worker_served(d.host->worker) - begun;
        double const   longest = worker_longest_ms(d.host->worker);
        double const   unit    = MN_UNIT_PRODUCTS / speeds[s];
        assert_true(longest <= fmax(1, unit) + 1e-9); // which the clock rounds
        // No slice is much shorter, except the last and those that were not needed.
        assert_in_range(
          slices, (unsigned)ceil(ms), (unsigned)(ms / (1 - fmin(unit, 0.5))) + 4);
        assert_true(fabs((double)host_get(d.host, "encode_ms") - ms) < 1e-3 * ms);
        assert_same_values(whole.host, d.host);
      }
      drive_free(&d);
    }
    drive_free(&whole);
  }
}

static void
a_shipped_model_is_done_when_the_next_block_begins(void** const state)
{
  (void)state;
  Drive d = drive_on_machine(HOST_WORKER_AFTER, quick);
  d.block = 64;
  play_a_window(&d);
  for (unsigned window = 0; window < 3; ++window) {
    host_run(d.host, d.block); // the window closes in this block
    assert_int_equal(windows(&d), window);
    host_run(d.host, d.block);
    assert_int_equal(windows(&d), window + 1);
    drive_note(&d, 0, true, 0, 60 + window);
    drive_frames(&d, BAR_FRAMES / 2);
    drive_note(&d, 0, true, 0, 67);
    drive_frames(&d, BAR_FRAMES / 2 - 2 * d.block);
  }
  assert_true(host_get(d.host, "late") == 0);
  drive_free(&d);
}

// Half a block's time, and at least two.
static void
messages_under_way_are_few(void** const state)
{
  (void)state;
  static struct {
    uint32_t block;
    unsigned most;
  } const cases[] = {
    {1, 2}, {64, 2}, {256, 3}, {480, 5}, {1024, 11}, {4800, 50}, {8192, 64}};
  for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    Drive d = drive_on_machine(HOST_WORKER_AFTER, slow); // 64 ms a window
    play_a_window(&d);
    play_a_bar(&d); // now the plugin knows the speed
    worker_limit(d.host->worker, 0);
    host_run(d.host, cases[i].block);
    for (unsigned block = 0; block < 5; ++block) {
      host_run(d.host, cases[i].block);
      assert_int_equal(worker_queued(d.host->worker), cases[i].most);
    }
    worker_limit(d.host->worker, 3);
    await_windows(&d, 2);
    drive_free(&d);
  }
}

static void
plugins_that_share_a_worker_take_turns(void** const state)
{
  (void)state;
  enum { PLUGINS = 3, AHEAD = 2 };
  Drive d[PLUGINS];
  machine_set_speed(slow);
  for (unsigned i = 0; i < PLUGINS; ++i) {
    d[i]       = drive_on_machine(HOST_WORKER_AFTER, slow);
    d[i].block = 64;
    if (i) {
      worker_join(d[i].host->worker, d[0].host->worker);
    }
    play_a_window(&d[i]);
    worker_limit(d[i].host->worker, 1);
  }
  unsigned before[PLUGINS];
  for (unsigned i = 0; i < PLUGINS; ++i) {
    before[i] = worker_served(d[i].host->worker);
  }
  // Each instance has 64 slices to do. The worker does one after each run() of any
  // instance.
  for (unsigned block = 0; block < 40; ++block) {
    for (unsigned i = 0; i < PLUGINS; ++i) {
      host_run(d[i].host, d[i].block);
    }
    unsigned least = UINT32_MAX;
    unsigned most  = 0;
    for (unsigned i = 0; i < PLUGINS; ++i) {
      unsigned const served = worker_served(d[i].host->worker) - before[i];
      least                 = served < least ? served : least;
      most                  = served > most ? served : most;
    }
    assert_true(most - least <= AHEAD);
    assert_true(block < AHEAD || least >= block + 1 - AHEAD);
  }
  for (unsigned i = PLUGINS; i--;) {
    drive_free(&d[i]);
  }
}

static void
messages_that_come_too_late_do_nothing(void** const state)
{
  (void)state;
  Drive d     = drive_on_machine(HOST_WORKER_AFTER, slow);
  Drive whole = drive_new(HOST_MONITOR, HOST_WORKER_AFTER, true);
  choose(&whole, models[0]);
  play_a_window(&d);
  play_a_window(&whole);
  play_a_bar(&d);
  play_a_bar(&whole);
  // The plugin expects another window of 64 ms, but the machine is fast now: the first
  // message does all the work.
  machine_set_speed(1e12);
  worker_limit(d.host->worker, 0);
  host_run(d.host, d.block);
  unsigned const sent = worker_queued(d.host->worker);
  assert_true(sent > 5);
  worker_limit(d.host->worker, 1);
  host_run(d.host, d.block);
  worker_limit(d.host->worker, 0);
  host_run(d.host, d.block);
  assert_int_equal(worker_queued(d.host->worker), sent - 1);
  assert_int_equal(windows(&d), 2);
  await_windows(&whole, 2);
  // While the other messages wait, the values appear on the ports, and a reset clears
  // everything.
  assert_same_values(whole.host, d.host);
  host_set(d.host, "reset", 1);
  host_run(d.host, d.block);
  host_reactivate(d.host);
  double const products = machine_products();
  worker_limit(d.host->worker, sent - 1);
  host_run(d.host, d.block);
  assert_int_equal(worker_queued(d.host->worker), 0);
  assert_true(machine_products() == products);
  drive_free(&whole);
  drive_free(&d);
}

static void
a_job_that_has_begun_is_not_given_up(void** const state)
{
  (void)state;
  Drive d = drive_on_machine(HOST_WORKER_AFTER, slow);
  play_a_window(&d);
  worker_limit(d.host->worker, 0);
  worker_accept(d.host->worker, 1); // of the 10 that the plugin would send
  play_a_bar(&d);
  play_a_bar(&d);
  drive_frames(&d,
               BAR_FRAMES /
                 2); // three windows have closed: one is being encoded, the newest waits
  assert_int_equal(worker_queued(d.host->worker), 1);
  assert_true(host_get(d.host, "late") == 1);
  assert_int_equal(windows(&d), 0);
  worker_limit(d.host->worker, UINT32_MAX);
  worker_accept(d.host->worker, UINT32_MAX);
  await_windows(&d, 2);
  assert_true(host_get(d.host, "late") == 1);
  drive_free(&d);
}

static void
an_export_does_not_wait_for_the_worker(void** const state)
{
  (void)state;
  Drive d = drive_on_machine(HOST_WORKER_AFTER, slow);
  play_a_window(&d);
  worker_limit(d.host->worker, 1);
  drive_frames(&d, 5 * d.block); // the worker has begun
  worker_limit(d.host->worker, 0);
  assert_int_equal(windows(&d), 0);
  host_set(d.host, "freewheel", 1);
  host_run(d.host, d.block);
  assert_int_equal(windows(&d), 1);
  worker_limit(d.host->worker, UINT32_MAX);
  host_run(d.host, d.block);
  assert_int_equal(worker_queued(d.host->worker), 0);
  drive_free(&d);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(a_slice_is_no_longer_than_a_millisecond),
    cmocka_unit_test(a_shipped_model_is_done_when_the_next_block_begins),
    cmocka_unit_test(messages_under_way_are_few),
    cmocka_unit_test(plugins_that_share_a_worker_take_turns),
    cmocka_unit_test(messages_that_come_too_late_do_nothing),
    cmocka_unit_test(a_job_that_has_begun_is_not_given_up),
    cmocka_unit_test(an_export_does_not_wait_for_the_worker),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
