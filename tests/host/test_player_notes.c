// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// No note of the player hangs, whatever happens while it sounds; and a turn that is not there in
/// time rests or repeats.

#include "check.h"
#include "player_drive.h"

// Plays in the mode Drift until a note sounds. @return whether it does.
static void
until_a_note_sounds(Drive* const d)
{
  host_set(d->host, "mode", DRIFT);
  drive_locate(d, 0, 0, 1);
  drive_frames(d, TURN_FRAMES);
  for (unsigned i = 0; i < 2 * STEPS; ++i) {
    drive_frames(d, STEP_FRAMES / 2);
    if (d->tape.count && is_on(&d->tape.events[d->tape.count - 1])) {
      return;
    }
  }
  fail_msg("no note sounds");
}

typedef void
Interruption(Drive* drive);

static void
locate(Drive* const d)
{
  drive_locate(d, 7, 1.25, 1);
}

static void
reverse(Drive* const d)
{
  drive_locate(d, 2, 1, -1);
}

static void
change_metre(Drive* const d)
{
  drive_locate_in(d, 7, 0, 3, 4);
}

static void
bypass(Drive* const d)
{
  host_set(d->host, "enabled", 0);
}

static void
press_panic(Drive* const d)
{
  host_set(d->host, "panic", 1);
}

static void
end_all_notes(Drive* const d)
{
  drive_control(d, 0, 3, 123, 0);
}

static void
listen_elsewhere(Drive* const d)
{
  host_set(d->host, "listen", 5);
}

static void
reactivate(Drive* const d)
{
  host_reactivate(d->host);
}

static void
no_note_hangs_whatever_interrupts_it(void** const state)
{
  (void)state;
  static Interruption* const interruptions[] = {player_stop,
                                                locate,
                                                reverse,
                                                change_metre,
                                                bypass,
                                                press_panic,
                                                end_all_notes,
                                                listen_elsewhere,
                                                reactivate};
  for (unsigned i = 0; i < sizeof(interruptions) / sizeof(*interruptions); ++i) {
    Drive d = player_new(HOST_WORKER_AFTER, "gate", 1);
    until_a_note_sounds(&d);
    interruptions[i](&d);
    uint64_t const frame = d.tape.frames;
    drive_frames(&d, 1);
    assert_paired(&d.tape);
    assert_int_equal(d.tape.events[d.tape.count - 1].frame, frame);
    drive_free(&d);
  }
}

static void
a_note_off_waits_for_room(void** const state)
{
  (void)state;
  Drive d = player_new(HOST_WORKER_AFTER, "gate", 1);
  until_a_note_sounds(&d);
  unsigned const count = d.tape.count;
  player_stop(&d);
  host_limit_out(d.host, 16);
  drive_frames(&d, BLOCK);
  assert_int_equal(d.tape.count, count);
  host_limit_out(d.host, 1024);
  drive_frames(&d, 1);
  assert_int_equal(d.tape.count, count + 1);
  assert_paired(&d.tape);
  drive_free(&d);
}

static void
held_notes_end_when_thru_changes(void** const state)
{
  (void)state;
  Drive d = player_new(HOST_WORKER_AFTER, "thru", 1);
  drive_note(&d, 0, true, 2, 50);
  drive_frames(&d, 10);
  host_set(d.host, "thru", 0);
  drive_note(&d, 0, true, 2, 51);
  drive_note(&d, 1, false, 2, 50); // passed when it began
  drive_frames(&d, 10);
  host_set(d.host, "thru", 1);
  drive_note(&d, 0, false, 2, 51); // did not
  drive_frames(&d, 10);
  assert_int_equal(d.tape.count, 2);
  assert_int_equal(assert_paired(&d.tape), 1);
  drive_free(&d);
}

static void
what_is_not_there_in_time_rests_or_repeats(void** const state)
{
  (void)state;
  for (unsigned repeats = 0; repeats < 2; ++repeats) {
    Drive d = player_rolling(VARY);
    host_set(d.host, "when_late", (float)repeats);
    drive_bars(&d, 2);
    drive_frames(&d, BAR_FRAMES);
    host_limit_work(d.host, 0); // the worker stands
    drive_frames(&d, BAR_FRAMES + 1);
    assert_true(host_get(d.host, "late") == 1);
    drive_frames(&d, TURN_FRAMES);
    assert_true(host_get(d.host, "late") == 2);
    host_limit_work(d.host, 1000);
    drive_frames(&d, 2 * TURN_FRAMES);
    assert_true(host_get(d.host, "late") == 2);
    unsigned const before = count_onsets(&d.tape, TURN_FRAMES, 2 * TURN_FRAMES);
    unsigned const late   = count_onsets(&d.tape, 2 * TURN_FRAMES, 3 * TURN_FRAMES);
    unsigned const after  = count_onsets(&d.tape, 4 * TURN_FRAMES, 5 * TURN_FRAMES);
    assert_true(before > 4 && after > 4);
    assert_int_equal(late, repeats ? before : 0);
    player_stop(&d);
    drive_frames(&d, 1);
    assert_paired(&d.tape);
    drive_free(&d);
  }
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(no_note_hangs_whatever_interrupts_it),
    cmocka_unit_test(a_note_off_waits_for_room),
    cmocka_unit_test(held_notes_end_when_thru_changes),
    cmocka_unit_test(what_is_not_there_in_time_rests_or_repeats),
  };
  return cmocka_run_group_tests(tests, make_player_model, remove_player_model);
}
