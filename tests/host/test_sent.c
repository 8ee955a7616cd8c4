// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the window is told of the CC slots: what each has sent last.

#include "drive.h"
#include "listener.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SLOTS = 8, FASTEST = 25, FIRST_CC = 20 };

typedef struct {
  Drive     drive;
  Listener* listener;
} Scene;

// A host that stands still, with neurons 1 to `slots` on CC 20 and on.
static Scene
scene_new(unsigned const slots)
{
  Scene s    = {.drive = drive_new(HOST_MONITOR, HOST_WORKER_NONE, true)};
  s.listener = listener_new(s.drive.host);
  for (unsigned slot = 1; slot <= slots; ++slot) {
    drive_slot(&s.drive, slot, "source", MN_SOURCE_NEURON_1 + slot - 1);
    drive_slot(&s.drive, slot, "glide", 0);
    drive_slot(&s.drive, slot, "rate", 1000);
  }
  drive_locate(&s.drive, 0, 0, 0);
  return s;
}

static void
scene_free(Scene* const s)
{
  listener_free(s->listener);
  drive_free(&s->drive);
}

static void
go_on(Scene* const s, uint32_t const frames)
{
  for (uint32_t done = 0; done < frames; done += BLOCK) {
    drive_frames(&s->drive, BLOCK);
    listener_take(s->listener, s->drive.host);
  }
}

// Plays a bar of quarter notes, which rises with the number of the bar.
static void
play_bar(Scene* const s, unsigned const bar)
{
  for (unsigned beat = 0; beat < 4; ++beat) {
    unsigned const pitch = 50 + 5 * bar + 2 * beat;
    drive_note(&s->drive, 0, true, 0, pitch);
    go_on(s, BEAT_FRAMES / 2);
    drive_note(&s->drive, 0, false, 0, pitch);
    go_on(s, BEAT_FRAMES / 2);
  }
}

static double
told(Scene const* const s, unsigned const slot)
{
  return (double)s->listener->view.sent[slot - 1];
}

static void
each_slot_shows_what_went_out(void** const state)
{
  (void)state;
  Scene s = scene_new(SLOTS - 1);
  drive_slot(&s.drive, 2, "low", 100);
  drive_slot(&s.drive, 3, "high", 40);
  drive_slot(&s.drive, 4, "invert", 1);
  drive_slot(&s.drive, 4, "curve", 0.7);
  go_on(&s, DRIVE_RATE);
  drive_locate(&s.drive, 0, 0, 1);
  for (unsigned bar = 0; bar < 6; ++bar) {
    play_bar(&s, bar); // results come, and slots move
    go_on(&s, DRIVE_RATE / FASTEST + BLOCK);
    for (unsigned slot = 1; slot < SLOTS; ++slot) {
      TapeEvent const* const last =
        tape_last_control(&s.drive.tape, 0, FIRST_CC - 1 + slot);
      assert_non_null(last);
      assert_true(told(&s, slot) == last->bytes[2]);
    }
  }
  assert_true(told(&s, SLOTS) == (double)MN_SENT_NOTHING);
  assert_true(s.listener->total.sents > 4); // a window closes in each bar but the first
  scene_free(&s);
}

static void
fourteen_bits_are_told_in_the_units_of_seven(void** const state)
{
  (void)state;
  Scene s = scene_new(1);
  drive_slot(&s.drive, 1, "wide", 1);
  drive_slot(&s.drive, 1, "high", 100);
  go_on(&s, DRIVE_RATE);
  int const high = tape_last_control(&s.drive.tape, 0, FIRST_CC)->bytes[2];
  int const low  = tape_last_control(&s.drive.tape, 0, FIRST_CC + 32)->bytes[2];
  assert_int_equal(high * 128 + low, lround(50.0 / 127 * 16383));
  assert_true(fabs(told(&s, 1) - 50) < 0.01);
  scene_free(&s);
}

static void
a_sweep_is_told_no_faster_than_a_window_draws(void** const state)
{
  (void)state;
  Scene s = scene_new(2);
  go_on(&s, DRIVE_RATE);
  s.listener->total = (Heard){0};
  drive_slot(&s.drive, 2, "send", 1);
  double highest = 0;
  for (unsigned i = 0; i < 2 * DRIVE_RATE / BLOCK; ++i) {
    go_on(&s, BLOCK);
    highest = fmax(highest, told(&s, 2));
  }
  assert_in_range(s.listener->total.sents, FASTEST, 2 * FASTEST + 1);
  assert_true(highest > 115);
  scene_free(&s);
}

static void
a_slot_that_may_not_send_is_told_as_silent(void** const state)
{
  (void)state;
  Scene s = scene_new(4);
  go_on(&s, DRIVE_RATE);
  drive_control(&s.drive, 0, 0, FIRST_CC + 1, 5);  // the player's own hand
  drive_slot(&s.drive, 3, "controller", FIRST_CC); // the first slot's
  drive_slot(&s.drive, 1, "source", MN_SOURCE_OFF);
  go_on(&s, DRIVE_RATE / 10);
  assert_true(told(&s, 1) == (double)MN_SENT_NOTHING);
  assert_true(told(&s, 2) == (double)MN_SENT_SILENT);
  assert_true(told(&s, 3) >= 0); // nobody above it sends that any more
  drive_slot(&s.drive, 1, "source", MN_SOURCE_MUSICALITY);
  go_on(&s, DRIVE_RATE / 10);
  assert_true(told(&s, 3) == (double)MN_SENT_SILENT);
  drive_control(&s.drive, 0, 0, FIRST_CC + 3, 5);
  go_on(&s, DRIVE_RATE / 10);
  assert_true(told(&s, 4) == (double)MN_SENT_SILENT);
  scene_free(&s);
}

static void
a_window_that_opens_is_told_at_once(void** const state)
{
  (void)state;
  Scene s = scene_new(2);
  go_on(&s, DRIVE_RATE);
  double const before = told(&s, 2);
  Listener*    second = listener_new(s.drive.host);
  host_get_model(s.drive.host, 0);
  drive_frames(&s.drive, BLOCK);
  listener_take(second, s.drive.host);
  assert_int_equal(second->total.sents, 1);
  assert_true((double)second->view.sent[1] == before);
  listener_free(second);

  // Of slots that are off nothing is told while the music goes on.
  drive_slot(&s.drive, 1, "source", MN_SOURCE_OFF);
  drive_slot(&s.drive, 2, "source", MN_SOURCE_OFF);
  go_on(&s, DRIVE_RATE / 10);
  s.listener->total = (Heard){0};
  go_on(&s, DRIVE_RATE);
  assert_int_equal(s.listener->total.sents, 0);
  scene_free(&s);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(each_slot_shows_what_went_out),
    cmocka_unit_test(fourteen_bits_are_told_in_the_units_of_seven),
    cmocka_unit_test(a_sweep_is_told_no_faster_than_a_window_draws),
    cmocka_unit_test(a_slot_that_may_not_send_is_told_as_silent),
    cmocka_unit_test(a_window_that_opens_is_told_at_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
