// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Floods of notes: they all pass, the first are heard, and the music after them is heard as
/// ever.

#include "drive.h"
#include "host_private.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

// More than are heard at once.
enum { FLOOD = 1000, LOWEST = 21, KEYS = 88 };

static MnListening const*
listening(Drive const* const d)
{
  return &d->host->monitor->listening;
}

static void
strike_many(Drive* const d, uint32_t const frame)
{
  for (unsigned i = 0; i < FLOOD; ++i) {
    drive_note(d, frame, true, i / KEYS % 9, LOWEST + i % KEYS);
  }
}

static void
release_many(Drive* const d)
{
  for (unsigned i = 0; i < FLOOD; ++i) {
    drive_note(d, 0, false, i / KEYS % 9, LOWEST + i % KEYS);
  }
}

static void
a_flood_passes_and_its_first_notes_are_heard(void** const state)
{
  (void)state;
  Drive d = drive_new(HOST_MONITOR, HOST_WORKER_AFTER, false);
  drive_locate(&d, 0, 0, 1);
  strike_many(&d, 7);
  drive_frames(&d, BLOCK);
  assert_int_equal(d.tape.count, FLOOD);
  for (unsigned i = 0; i < FLOOD; ++i) {
    assert_true(d.tape.events[i].frame == 7);
    assert_int_equal(d.tape.events[i].bytes[1], LOWEST + i % KEYS);
  }
  assert_int_equal(listening(&d)->melody.sounding, MN_FLOOD_NOTES);
  assert_int_equal(listening(&d)->flood.skipped, FLOOD - MN_FLOOD_NOTES);

  release_many(&d); // no note hangs, heard or not
  drive_frames(&d, BLOCK);
  assert_int_equal(d.tape.count, 2 * FLOOD);
  assert_int_equal(listening(&d)->melody.sounding, 0);
  drive_free(&d);
}

static void
the_music_after_a_flood_is_heard_as_ever(void** const state)
{
  (void)state;
  Drive d[2];
  for (unsigned flooded = 0; flooded < 2; ++flooded) {
    d[flooded] = drive_new(HOST_CV, HOST_WORKER_AFTER, false);
    drive_locate(&d[flooded], 0, 0, 1);
    if (flooded) {
      strike_many(&d[flooded], 0);
    }
    drive_frames(&d[flooded], BLOCK);
    if (flooded) {
      release_many(&d[flooded]);
    }
    drive_frames(&d[flooded], 2 * BAR_FRAMES - BLOCK);
    drive_bars(&d[flooded], 4);
  }
  unsigned const skipped = listening(&d[1])->flood.skipped;
  assert_true(skipped > 0);
  size_t const end = d[0].tape.frames;
  for (unsigned i = MN_CV_NEURON_1; i < MN_CV_NEURON_1 + 8; ++i) {
    assert_true(d[0].tape.cv[i][end - 1] == d[1].tape.cv[i][end - 1]);
  }
  drive_free(&d[0]);
  drive_free(&d[1]);
}

static void
the_same_notes_of_a_flood_are_heard_in_any_blocks(void** const state)
{
  (void)state;
  enum { LENGTH = 2048 };
  unsigned skipped[2];
  for (unsigned i = 0; i < 2; ++i) {
    uint32_t const step = i ? 32 : LENGTH;
    Drive          d    = drive_new(HOST_MONITOR, HOST_WORKER_AFTER, false);
    d.block             = step;
    drive_locate(&d, 0, 0, 1);
    for (uint32_t at = 0; at < LENGTH; at += step) {
      for (uint32_t frame = 0; frame < step; ++frame) {
        drive_note(&d, frame, true, 0, LOWEST + (at + frame) % KEYS);
      }
      drive_frames(&d, step);
    }
    skipped[i] = listening(&d)->flood.skipped;
    drive_free(&d);
  }
  // A note a frame: 128 at once, and one more for every 4 frames.
  assert_in_range(skipped[0], LENGTH * 3 / 4 - 128 - 4, LENGTH * 3 / 4);
  assert_int_equal(skipped[0], skipped[1]);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(a_flood_passes_and_its_first_notes_are_heard),
    cmocka_unit_test(the_music_after_a_flood_is_heard_as_ever),
    cmocka_unit_test(the_same_notes_of_a_flood_are_heard_in_any_blocks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
