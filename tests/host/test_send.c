// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The triggers of the CC slots: a MIDI learn hears one controller alone.

#include "drive.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SECONDS = 2, SWEEP = SECONDS * DRIVE_RATE, FASTEST = 25 };

// A host that stands still. Eight slots are on: CC 20 to 27, each at its neutral value.
static Drive
standing(uint32_t const block)
{
  Drive d = drive_new(HOST_MONITOR, HOST_WORKER_NONE, false);
  d.block = block;
  for (unsigned slot = 1; slot <= 8; ++slot) {
    drive_slot(&d, slot, "source", MN_SOURCE_NEURON_1);
    drive_slot(&d, slot, "glide", 0);
    drive_slot(&d, slot, "rate", 1000);
  }
  drive_locate(&d, 0, 0, 0);
  drive_frames(&d, DRIVE_RATE);
  assert_int_equal(d.tape.count, 8);
  tape_clear(&d.tape);
  return d;
}

// Presses a slot's trigger for one block, as hosts do.
static void
press(Drive* const d, unsigned const slot)
{
  drive_slot(d, slot, "send", 1);
  drive_frames(d, d->block);
  drive_slot(d, slot, "send", 0);
}

static void
a_slot_moves_alone_for_two_seconds(void** const state)
{
  (void)state;
  Drive          d     = standing(BLOCK);
  uint64_t const start = d.tape.frames;
  drive_slot(&d, 3, "low", 10);
  drive_slot(&d, 3, "high", 110);
  press(&d, 3);
  for (unsigned slot = 1; slot <= 8; ++slot) { // all others would send, too
    drive_slot(&d, slot, "controller", 39 + slot);
  }
  drive_slot(&d, 3, "controller", 22);
  drive_frames(&d, SWEEP - BLOCK);
  assert_in_range(d.tape.count, 20, SECONDS * FASTEST);
  int highest = 0;
  for (unsigned i = 0; i < d.tape.count; ++i) {
    TapeEvent const* const event = &d.tape.events[i];
    double const           part  = (double)(event->frame - start) / SWEEP;
    double const           place = part < 0.5 ? 2 * part : 2 - 2 * part;
    assert_true(tape_is_control(event, 0, 22));
    assert_true(fabs(event->bytes[2] - (10 + 100 * place)) <= 0.5001);
    highest = event->bytes[2] > highest ? event->bytes[2] : highest;
  }
  assert_true(d.tape.events[0].frame == start);
  assert_int_equal(d.tape.events[0].bytes[2], 10);
  assert_true(highest >= 105);

  // Then it has its own value again, and the others have theirs: all at once.
  tape_clear(&d.tape);
  drive_frames(&d, 1);
  assert_int_equal(d.tape.count, 8);
  assert_int_equal(tape_controls(&d.tape, 0, 22), 1);
  assert_int_equal(tape_last_control(&d.tape, 0, 22)->bytes[2], 60);
  assert_int_equal(tape_last_control(&d.tape, 0, 47)->bytes[2], 64);
  tape_clear(&d.tape);
  drive_frames(&d, DRIVE_RATE);
  assert_int_equal(d.tape.count, 0);
  drive_free(&d);
}

static void
only_a_rise_from_zero_counts(void** const state)
{
  (void)state;
  Drive d = standing(BLOCK);
  drive_slot(&d, 2, "send", 1);
  drive_frames(&d, 3 * SWEEP); // held
  assert_in_range(tape_controls(&d.tape, 0, 21), 20, SECONDS * FASTEST + 1);
  static double const rest[] = {0.5, 0, -1, NAN, -INFINITY, 0};
  for (unsigned i = 0; i < sizeof(rest) / sizeof(*rest); ++i) {
    tape_clear(&d.tape);
    drive_slot(&d, 2, "send", rest[i]);
    drive_frames(&d, 2 * BLOCK);
    assert_int_equal(d.tape.count, 0);
  }
  drive_slot(&d, 2, "send", 1e-6);
  drive_frames(&d, BLOCK);
  assert_int_equal(tape_controls(&d.tape, 0, 21), 1);

  // One that a session left pressed is no press.
  host_reactivate(d.host);
  tape_clear(&d.tape);
  drive_frames(&d, SWEEP);
  assert_int_equal(tape_controls(&d.tape, 0, 21), 1);
  drive_slot(&d, 2, "send", 0);
  drive_frames(&d, BLOCK);
  press(&d, 2);
  drive_frames(&d, SWEEP);
  assert_in_range(tape_controls(&d.tape, 0, 21), 20, SECONDS * FASTEST + 2);
  drive_free(&d);
}

static void
the_newest_press_wins(void** const state)
{
  (void)state;
  Drive d = standing(BLOCK);
  press(&d, 1);
  drive_frames(&d, DRIVE_RATE);
  tape_clear(&d.tape);
  press(&d, 4);
  drive_frames(&d, DRIVE_RATE);
  press(&d, 4); // begins anew
  drive_frames(&d, SWEEP - BLOCK);
  assert_int_equal(d.tape.count, tape_controls(&d.tape, 0, 23));
  tape_clear(&d.tape);
  drive_frames(&d, BLOCK);
  assert_int_equal(d.tape.count, 2); // both return to their values
  assert_int_equal(tape_last_control(&d.tape, 0, 20)->bytes[2], 64);
  assert_int_equal(tape_last_control(&d.tape, 0, 23)->bytes[2], 64);
  drive_free(&d);
}

static void
a_slot_that_is_off_or_silent_sends_nothing(void** const state)
{
  (void)state;
  Drive d = standing(BLOCK);
  drive_slot(&d, 1, "source", MN_SOURCE_OFF);
  drive_control(&d, 0, 0, 21, 5); // a controller that the player has
  drive_frames(&d, BLOCK);
  tape_clear(&d.tape);
  press(&d, 1);
  press(&d, 2);
  drive_frames(&d, SWEEP);
  assert_int_equal(d.tape.count, 0);

  // Nor one that becomes so; the others go on then.
  press(&d, 3);
  drive_control(&d, 0, 0, 22, 5);
  drive_frames(&d, BLOCK);
  tape_clear(&d.tape);
  drive_slot(&d, 5, "controller", 90);
  drive_frames(&d, DRIVE_RATE / 10);
  assert_int_equal(d.tape.count, 1);
  assert_int_equal(tape_controls(&d.tape, 0, 90), 1);
  press(&d, 4);
  drive_slot(&d, 4, "source", MN_SOURCE_OFF);
  drive_slot(&d, 5, "controller", 91);
  tape_clear(&d.tape);
  drive_frames(&d, DRIVE_RATE / 10);
  assert_int_equal(d.tape.count, 1);
  assert_int_equal(tape_controls(&d.tape, 0, 91), 1);
  drive_free(&d);
}

static void
the_slots_rate_and_width_hold(void** const state)
{
  (void)state;
  Drive d = standing(BLOCK);
  drive_slot(&d, 1, "rate", 4);
  drive_slot(&d, 2, "wide", 1);
  drive_frames(&d, DRIVE_RATE);
  tape_clear(&d.tape);
  press(&d, 1);
  drive_frames(&d, SWEEP - BLOCK);
  assert_int_equal(d.tape.count, 4 * SECONDS);
  drive_frames(&d, DRIVE_RATE);
  tape_clear(&d.tape);
  press(&d, 2);
  drive_frames(&d, SWEEP - BLOCK);
  unsigned const pairs = tape_controls(&d.tape, 0, 21);
  assert_in_range(pairs, 20, SECONDS * FASTEST);
  assert_int_equal(d.tape.count, 2 * pairs);
  for (unsigned i = 0; i < d.tape.count; i += 2) {
    assert_true(tape_is_control(&d.tape.events[i + 1], 0, 53));
  }
  drive_free(&d);
}

// Presses two slots while music plays through a host with blocks of this length.
static Tape
play(uint32_t const block)
{
  Drive d = drive_new(HOST_MONITOR, HOST_WORKER_NONE, true);
  d.block = block;
  for (unsigned slot = 1; slot <= 4; ++slot) {
    drive_slot(&d, slot, "source", slot + 2);
    drive_slot(&d, slot, "glide", 700);
  }
  drive_slot(&d, 3, "wide", 1);
  drive_locate(&d, 0, 0, 1);
  drive_bars(&d, 1);
  drive_slot(&d, 1, "send", 1);
  drive_bars(&d, 2); // a window closes in the middle of the sweep
  drive_slot(&d, 3, "send", 1);
  drive_bars(&d, 1);
  drive_control(&d, 0, 0, 21, 5);
  drive_bars(&d, 2);
  host_free(d.host);
  return d.tape;
}

static void
the_same_comes_on_the_same_frames_in_any_block(void** const state)
{
  (void)state;
  static uint32_t const blocks[] = {64, 1, 997, 6000};
  Tape                  expected = play(1000);
  assert_true(tape_controls(&expected, 0, 20) > 20);
  for (unsigned i = 0; i < sizeof(blocks) / sizeof(*blocks); ++i) {
    Tape tape = play(blocks[i]);
    tape_assert_same(&expected, &tape);
    tape_free(&tape);
  }
  tape_free(&expected);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(a_slot_moves_alone_for_two_seconds),
    cmocka_unit_test(only_a_rise_from_zero_counts),
    cmocka_unit_test(the_newest_press_wins),
    cmocka_unit_test(a_slot_that_is_off_or_silent_sends_nothing),
    cmocka_unit_test(the_slots_rate_and_width_hold),
    cmocka_unit_test(the_same_comes_on_the_same_frames_in_any_block),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
