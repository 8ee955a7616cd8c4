// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What the player keeps: its slots, in the state too, and its model.

#include "check.h"
#include "player_drive.h"

#include <stdio.h>
#include <stdlib.h>

static void
slots_are_part_of_the_state(void** const state)
{
  (void)state;
  Drive       d     = player_with_two_slots();
  char* const saved = host_save(d.host, "build");
  drive_free(&d);

  d = player_new(HOST_WORKER_AFTER, "mode", MORPH);
  assert_true(host_restore(d.host, saved));
  char* const again = host_save(d.host, "build"); // before a block has run
  assert_string_equal(saved, again);
  host_set(d.host, "x", 1);
  drive_locate(&d, 0, 0, 1);
  drive_frames(&d, 2 * TURN_FRAMES);
  assert_true(host_get(d.host, "slot_b") == 1);
  assert_true(count_onsets(&d.tape, TURN_FRAMES, 2 * TURN_FRAMES) > 4);
  player_press(&d, "clear");
  assert_true(host_get(d.host, "slot_b") == 0);
  player_stop(&d);
  drive_frames(&d, TURN_FRAMES);
  assert_paired(&d.tape);
  free(again);
  char* const cleared = host_save(d.host, "build");
  assert_string_not_equal(saved, cleared);
  free(cleared);
  free(saved);
  drive_free(&d);
}

static void
keys_and_controllers_capture(void** const state)
{
  (void)state;
  Drive d = player_rolling(ANSWER);
  host_set(d.host, "thru", 1);
  host_set(d.host, "capture_note", 36);
  host_set(d.host, "capture_cc", 20);
  drive_bars(&d, 2);
  player_stop(&d);
  drive_frames(&d, 1);
  tape_clear(&d.tape);
  drive_note(&d, 0, true, 0, 37);
  drive_note(&d, 5, false, 0, 37);
  drive_control(&d, 6, 0, 23, 64);
  drive_control(&d, 7, 0, 22, 63);
  drive_frames(&d, 10);
  assert_true(host_get(d.host, "slot_a") == 0 && host_get(d.host, "slot_b") == 1);
  assert_true(host_get(d.host, "slot_c") == 0 && host_get(d.host, "slot_d") == 1);
  assert_int_equal(d.tape.count, 2); // the controllers pass
  drive_free(&d);
}

static void
a_model_that_comes_changes_what_the_next_turn_plays(void** const state)
{
  (void)state;
  static char const other[] = "build/player-other.safetensors";
  ModelShape        changed = player_shape;
  changed.seed              = 6;
  changed.latent            = 40;
  ModelFile* const file     = model_file_new(&changed);
  model_file_add_decoder(file, &changed, 1, 8);
  model_file_write(file, other);
  model_file_free(file);

  Drive d = player_with_two_slots();
  drive_frames(&d, TURN_FRAMES + BAR_FRAMES);
  host_set_model(d.host, 0, other);
  drive_frames(&d, 3 * BAR_FRAMES);
  assert_true(host_get(d.host, "slot_a") == 1); // slots are notes
  unsigned const turns = (unsigned)host_get(d.host, "turns");
  // One without a decoder: what is playing goes on, and that is all.
  host_set_model(d.host, 0, "build/music-neurons.lv2/melody-2bar.safetensors");
  drive_frames(&d, 4 * BAR_FRAMES);
  if (host_get(d.host, "state") == 1) {
    assert_in_range((unsigned)host_get(d.host, "turns"), turns, turns + 1);
  }
  assert_true(host_get(d.host, "late") == 0);
  drive_locate(&d, 0, 0, 0);
  drive_frames(&d, 1);
  assert_paired(&d.tape);
  drive_free(&d);
  remove(other);
}

static void
the_model_is_told_to_who_asks(void** const state)
{
  (void)state;
  Drive d = player_new(HOST_WORKER_AFTER, "mode", ANSWER);
  assert_string_equal(host_told_model(d.host), player_model); // it is new
  host_get_model(d.host, 0);
  host_limit_out(d.host, 40);
  host_run(d.host, BLOCK);
  host_limit_out(d.host, 4096);
  tape_clear(&d.tape);
  host_run(d.host, BLOCK);
  assert_int_equal(host_out_count(d.host), 0); // it is no MIDI
  assert_string_equal(host_told_model(d.host), player_model);
  drive_free(&d);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(slots_are_part_of_the_state),
    cmocka_unit_test(keys_and_controllers_capture),
    cmocka_unit_test(a_model_that_comes_changes_what_the_next_turn_plays),
    cmocka_unit_test(the_model_is_told_to_who_asks),
  };
  return cmocka_run_group_tests(tests, make_player_model, remove_player_model);
}
