// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// More windows than the worker can encode. The plugin skips and counts those in
/// between, nothing queues up, and once the overload ends the next window is on time.
/// Run tests/import_models.py first: it imports the full-size model.

#include "drive.h"
#include "machine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

// 300 beats a minute at 48 kHz: a step lasts 50 ms, a window 1.6 s.
enum {
  BPM        = 300,
  STEP       = DRIVE_RATE * 60 / BPM / 4,
  FRAMES     = 1024,
  STEP_HOP   = 5,
  BAR_HOP    = 1,
  A_BLOCK    = 4, ///< messages that the worker has time for in a block
  RUSH       = 200 * STEP,
  BARS_HEARD = 16, ///< by a second level, at the most
};

typedef struct {
  Host*    host;
  uint64_t frame;     ///< of the music
  size_t   most_used; ///< of the pool
} Load;

static unsigned
count(Load const* const l, char const* const symbol)
{
  return (unsigned)host_get(l->host, symbol);
}

static unsigned
under_way(Load const* const l)
{
  MnEncodeQueue const* const queue = &l->host->monitor->requests.queue;
  return queue->count + queue->has_waiting;
}

// Plays a scale in sixteenths, and checks what must hold in every block.
static void
play_block(Load* const l)
{
  static uint8_t const scale[] = {60, 62, 64, 65, 67, 69, 71, 72};
  uint32_t const       in      = (uint32_t)((STEP - l->frame % STEP) % STEP);
  if (in < FRAMES) {
    uint8_t const on[] = {0x90, scale[(l->frame + in) / STEP % 8], 90};
    host_midi(l->host, in, on, sizeof(on));
  }
  host_run(l->host, FRAMES);
  l->frame += FRAMES;

  // At most the windows that were there when the block began or that came in it, and
  // the newest one, which waits.
  assert_in_range(under_way(l), 0, 3);
  assert_in_range(worker_queued(l->host->worker), 0, FRAMES * 1000 / DRIVE_RATE / 2 + 1);
  size_t const used = mn_tlsf_stats(l->host->monitor->pool).used;
  l->most_used      = used > l->most_used ? used : l->most_used;
}

// Windows that have closed since the start, one a step.
static unsigned
closed(Load const* const l)
{
  uint64_t const first = (uint64_t)CLOSE_FRAMES * STEP / STEP_FRAMES;
  return l->frame <= first ? 0 : (unsigned)((l->frame - first - 1) / STEP) + 1;
}

static void
await_one_under_way(Load* const l)
{
  for (unsigned i = 0; i < 200 && !under_way(l); ++i) {
    play_block(l);
  }
  assert_int_equal(under_way(l), 1);
}

// Runs blocks until that many windows have been scored. Returns how many it took.
static unsigned
await(Load* const l, unsigned const windows)
{
  unsigned blocks = 0;
  for (; blocks < 200 && count(l, "window") < windows; ++blocks) {
    play_block(l);
  }
  assert_int_equal(count(l, "window"), windows);
  return blocks;
}

static Load
begin(char const* const model, double const products_per_ms, unsigned const hop)
{
  Load l = {.host = host_new(drive_bundle, DRIVE_RATE, HOST_WORKER_AFTER)};
  machine_take(l.host);
  machine_set_speed(products_per_ms);
  host_set_model(l.host, 0, model);
  host_set(l.host, "hop", (float)hop);
  for (unsigned i = 0; i < 5; ++i) {
    host_run(l.host, FRAMES);
  }
  assert_string_equal(host_told_model(l.host), model);
  worker_limit(l.host->worker, A_BLOCK);
  HostPosition const start = {.speed = 1, .beats_per_bar = 4, .beat_unit = 4, .bpm = BPM};
  host_position(l.host, 0, &start);
  return l;
}

static void
overload(char const* const model, double const products_per_ms)
{
  if (access(model, R_OK)) {
    print_message("skipped: no %s\n", model);
    skip();
  }
  // Without overload: how many blocks does a window take? The first has 2 bars behind it. A
  // model with a second level has more to do until it has heard 16.
  Load calm = begin(model, products_per_ms, BAR_HOP);
  await_one_under_way(&calm);
  unsigned const fewest = await(&calm, 1);
  unsigned       blocks = fewest;
  assert_true(fewest * FRAMES > 4 * STEP); // windows will come much faster
  for (unsigned windows = 2; windows <= BARS_HEARD; ++windows) {
    await_one_under_way(&calm);
    blocks = await(&calm, windows);
  }
  host_free(calm.host);

  // A window at each step.
  Load l = begin(model, products_per_ms, STEP_HOP);
  await_one_under_way(&l);
  uint64_t const rush = l.frame;
  while (l.frame < rush + RUSH) {
    play_block(&l);
    assert_int_equal(count(&l, "window") + count(&l, "late") + under_way(&l), closed(&l));
  }
  // The worker was never idle, and none of its work was wasted.
  unsigned const done  = count(&l, "window");
  unsigned const ran   = (unsigned)((l.frame - rush) / FRAMES);
  unsigned const least = ran / blocks * blocks / (blocks + 1);
  assert_in_range(done, least, ran / fewest + 1);
  assert_true(count(&l, "late") > 2 * done);
  assert_true(l.most_used <= 3 * calm.most_used);

  // A window a bar again: pending windows come through, and each new one is on time.
  unsigned const late = count(&l, "late");
  host_set(l.host, "hop", BAR_HOP);
  await(&l, done + under_way(&l));
  for (unsigned i = 0; i < 3; ++i) {
    await_one_under_way(&l);
    assert_in_range(await(&l, count(&l, "window") + 1), 1, blocks);
  }
  assert_int_equal(count(&l, "late"), late);
  assert_string_equal(host_log(l.host), "");
  host_free(l.host);
}

// A slow machine: the shipped model takes 66 ms.
static void
a_slow_machine_skips_windows_and_recovers_at_once(void** const state)
{
  (void)state;
  overload("build/music-neurons.lv2/melody-2bar.safetensors", 1 << 20);
}

// A machine of today: 54 ms.
static void
a_full_size_model_skips_windows_and_recovers_at_once(void** const state)
{
  (void)state;
  overload("build/full-size.safetensors", 2e7);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(a_slow_machine_skips_windows_and_recovers_at_once),
    cmocka_unit_test(a_full_size_model_skips_windows_and_recovers_at_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
