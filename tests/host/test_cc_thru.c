// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// CC slots and MIDI thru: slots never get in the way of the input, nor send on its
/// controllers unless asked to.

#include "drive.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

// A host whose slot 1 would never stop sending: its range changes every block.
static Drive
restless(void)
{
  Drive d = drive_new(HOST_MONITOR, HOST_WORKER_NONE, true);
  drive_slot(&d, 1, "source", 1);
  drive_slot(&d, 1, "rate", 1000);
  drive_slot(&d, 1, "glide", 0);
  return d;
}

static void
run_restless(Drive* const d, unsigned const blocks)
{
  for (unsigned i = 0; i < blocks; ++i) {
    drive_slot(d, 1, "low", d->tape.frames / BLOCK % 2 ? 0 : 100);
    drive_frames(d, BLOCK);
  }
}

static void
a_controller_that_has_come_in_is_left_alone(void** const state)
{
  (void)state;
  Drive d = restless();
  run_restless(&d, 10);
  assert_int_equal(tape_controls(&d.tape, 0, 20), 10);

  drive_control(&d, 0, 1, 20, 5); // of another channel
  drive_control(&d, 0, 0, 21, 5);
  tape_clear(&d.tape);
  run_restless(&d, 10);
  assert_int_equal(tape_controls(&d.tape, 0, 20), 10);

  drive_control(&d, 10, 0, 20, 5);
  tape_clear(&d.tape);
  run_restless(&d, 10);
  assert_int_equal(tape_controls(&d.tape, 0, 20), 2); // one from before, and this one
  assert_int_equal(d.tape.events[1].bytes[2], 5);

  host_set(d.host, "reset", 1); // does not make the slot send
  run_restless(&d, 2);
  host_reactivate(d.host);
  tape_clear(&d.tape);
  run_restless(&d, 10);
  assert_int_equal(tape_controls(&d.tape, 0, 20), 10);
  drive_free(&d);
}

static void
a_shared_controller_is_sent_all_the_same(void** const state)
{
  (void)state;
  Drive d = restless();
  drive_slot(&d, 2, "source", 1);
  run_restless(&d, 5);
  assert_int_equal(tape_controls(&d.tape, 0, 21), 1); // its value stays the same
  drive_control(&d, 0, 0, 21, 5);
  drive_control(&d, 0, 0, 20, 5);
  run_restless(&d, 1);
  tape_clear(&d.tape);
  run_restless(&d, 5);
  assert_int_equal(d.tape.count, 0);
  host_set(d.host, "cc_share", 1);
  tape_clear(&d.tape);
  run_restless(&d, 10);
  assert_int_equal(tape_controls(&d.tape, 0, 20), 10);
  assert_int_equal(tape_controls(&d.tape, 0, 21), 1); // the receiver had another value
  host_set(d.host, "cc_share", 0);
  tape_clear(&d.tape);
  run_restless(&d, 10);
  assert_int_equal(d.tape.count, 0);
  drive_free(&d);
}

static void
both_halves_of_a_pair_count(void** const state)
{
  (void)state;
  Drive d = restless();
  drive_slot(&d, 1, "wide", 1);
  run_restless(&d, 4);
  assert_int_equal(d.tape.count, 8);
  drive_control(&d, 0, 0, 52, 1);
  tape_clear(&d.tape);
  run_restless(&d, 4);
  assert_int_equal(d.tape.count, 1);
  drive_slot(&d, 1, "wide", 0); // then it no longer owns 52
  tape_clear(&d.tape);
  run_restless(&d, 4);
  assert_int_equal(d.tape.count, 4);
  drive_free(&d);
}

static void
of_two_slots_on_one_controller_the_lower_has_it(void** const state)
{
  (void)state;
  Drive d = restless();
  drive_slot(&d, 1, "wide", 1); // 20 and 52
  for (unsigned slot = 2; slot <= 5; ++slot) {
    drive_slot(&d, slot, "source", 3); // no value has come yet: 0
    drive_slot(&d, slot, "controller", slot % 2 ? 52 : 20);
    drive_slot(&d, slot, "channel", slot < 4 ? 1 : 2);
  }
  run_restless(&d, 10);
  assert_int_equal(tape_controls(&d.tape, 0, 20), 10);
  assert_int_equal(tape_controls(&d.tape, 0, 52), 10);
  assert_int_equal(tape_controls(&d.tape, 1, 20), 1);
  assert_int_equal(tape_controls(&d.tape, 1, 52), 1);

  drive_slot(&d, 1, "source", 0); // then the others may send
  tape_clear(&d.tape);
  run_restless(&d, 2);
  assert_int_equal(tape_controls(&d.tape, 0, 20), 1);
  assert_int_equal(tape_controls(&d.tape, 0, 52), 1);
  assert_int_equal(d.tape.count, 2);

  // The LSB of a higher slot's pair.
  drive_slot(&d, 1, "source", 1);
  drive_slot(&d, 1, "wide", 0);
  drive_slot(&d, 1, "controller", 52);
  drive_slot(&d, 4, "wide", 1);
  for (unsigned slot = 2; slot <= 5; ++slot) {
    drive_slot(&d, slot, "source", slot == 4 ? 3 : 0);
    drive_slot(&d, slot, "channel", 1);
  }
  tape_clear(&d.tape);
  run_restless(&d, 10);
  assert_int_equal(d.tape.count, 10);
  assert_int_equal(tape_controls(&d.tape, 0, 52), 10);
  drive_free(&d);
}

// Sends a flood of `count` notes within a block, several on a frame, and checks that
// all come out in order, with the slots' messages between them.
static void
flood(Drive* const d, unsigned const count, unsigned const seed)
{
  struct {
    uint32_t frame;
    uint8_t  bytes[3];
  } sent[512];
  for (unsigned i = 0; i < count; ++i) {
    sent[i].frame    = i * BLOCK / count / 5 * 5;
    sent[i].bytes[0] = (uint8_t)(0x90 | (i + seed) % 16);
    sent[i].bytes[1] = (uint8_t)((7 * i + seed) % 128);
    sent[i].bytes[2] = (uint8_t)(i % 128);
    host_midi(d->host, sent[i].frame, sent[i].bytes, 3);
  }
  tape_clear(&d->tape);
  uint64_t const start = d->tape.frames;
  run_restless(d, 1);

  unsigned passed = 0;
  for (unsigned i = 0; i < d->tape.count; ++i) {
    TapeEvent const* const event = &d->tape.events[i];
    assert_true(i == 0 || event->frame >= event[-1].frame);
    if ((event->bytes[0] & 0xF0) == 0xB0) {
      // On one frame, input that passes comes first.
      assert_true(passed == count || start + sent[passed].frame > event->frame);
      continue;
    }
    assert_true(passed < count);
    assert_true(event->frame == start + sent[passed].frame);
    assert_memory_equal(event->bytes, sent[passed].bytes, 3);
    ++passed;
  }
  assert_int_equal(passed, count);
}

static void
in_a_flood_all_that_passes_comes_out_in_order(void** const state)
{
  (void)state;
  Drive d = restless();
  drive_slot(&d, 2, "source", 2);
  drive_slot(&d, 2, "rate", 1000);
  drive_slot(&d, 2, "glide", 500);
  drive_slot(&d, 2, "wide", 1);
  drive_slot(&d, 2, "threshold", 0);
  unsigned pairs = 0;
  for (unsigned i = 0; i < 200; ++i) {
    drive_slot(&d, 2, "low", i % 3 * 60);
    flood(&d, 1 + i * 2, i);
    assert_true(tape_controls(&d.tape, 0, 20) > 0);
    pairs += tape_controls(&d.tape, 0, 21);
  }
  assert_true(pairs > 1000);
  drive_free(&d);
}

static void
what_passes_has_the_room_and_controllers_wait(void** const state)
{
  (void)state;
  Drive d = restless();
  run_restless(&d, 1);
  for (unsigned extra = 0; extra < 48; ++extra) {
    unsigned const notes = 1 + extra % 7;
    host_limit_out(d.host, 8 + 24 * notes + extra);
    flood(&d, notes, extra); // no event is lost, and nothing is written past the end
    assert_int_equal(d.tape.count, notes + extra / 24);
  }
  // A pair is sent whole or not at all.
  drive_slot(&d, 1, "wide", 1);
  host_limit_out(d.host, 8 + 24 + 23);
  run_restless(&d, 5);
  tape_clear(&d.tape);
  run_restless(&d, 5);
  assert_int_equal(d.tape.count, 0);
  // The last value is not lost.
  drive_slot(&d, 1, "low", 127);
  drive_frames(&d, BLOCK);
  host_limit_out(d.host, 8 + 48);
  drive_frames(&d, BLOCK);
  assert_int_equal(d.tape.count, 2);
  assert_int_equal(d.tape.events[0].bytes[2], 127);
  assert_int_equal(d.tape.events[1].bytes[2], 127);
  drive_free(&d);
}

static void
any_room_for_out_is_respected(void** const state)
{
  (void)state;
  for (uint32_t room = 0; room < 150; ++room) {
    Drive d = restless();
    host_limit_out(d.host, room);
    for (unsigned i = 0; i < 3; ++i) {
      static uint8_t const sysex[] = {0xF0, 1, 2, 3, 4, 5, 6, 7, 8, 0xF7};
      drive_note(&d, 3, true, 0, 60);
      host_midi(d.host, 5, sysex, sizeof(sysex) - i);
      drive_control(&d, 5, 2, 3, 4);
      drive_slot(&d, 1, "low", i * 30);
      host_run(d.host, BLOCK); // checks that nothing was written past the end
    }
    drive_free(&d);
  }
}

static void
with_one_buffer_for_both_ports_only_what_came_in_goes_out(void** const state)
{
  (void)state;
  Drive d = restless();
  host_share_buffer(d.host);
  drive_note(&d, 7, true, 0, 60);
  run_restless(&d, 10);
  assert_int_equal(d.tape.count, 1);
  assert_true(d.tape.events[0].frame == 7);
  drive_free(&d);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(a_controller_that_has_come_in_is_left_alone),
    cmocka_unit_test(a_shared_controller_is_sent_all_the_same),
    cmocka_unit_test(both_halves_of_a_pair_count),
    cmocka_unit_test(of_two_slots_on_one_controller_the_lower_has_it),
    cmocka_unit_test(in_a_flood_all_that_passes_comes_out_in_order),
    cmocka_unit_test(what_passes_has_the_room_and_controllers_wait),
    cmocka_unit_test(any_room_for_out_is_respected),
    cmocka_unit_test(with_one_buffer_for_both_ports_only_what_came_in_goes_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
