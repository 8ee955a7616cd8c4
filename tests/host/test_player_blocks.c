// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The player's notes are on the same frames in blocks of any size, with any worker, live as in
/// an export.

#include "check.h"
#include "player_drive.h"
#include "song.h"

// Music with changes of tempo and metre, and a stop in between.
static Song*
song(void)
{
  Song* const song = song_new(117.1875);
  song_add_tempo(song, 6 * 4 * SONG_PPQ, 133);
  song_add_metre(song, 8 * 4 * SONG_PPQ, 7, 8);
  song_add_tune(song, 12, 3);
  song_sort(song);
  return song;
}

static Tape
record(SongPlay const* const how, HostWorker const worker, double const mode)
{
  Song* const music = song();
  Drive       d     = player_new(worker, "mode", mode);
  host_set(d.host, "freewheel", worker != HOST_WORKER_INLINE);
  host_set(d.host, "amount", 0.3F);
  host_set(d.host, "gate", 0.7F);
  host_set(d.host, "axis_2", 1);
  host_set(d.host, "tempo", 117.1875F);
  song_play(music, d.host, how, tape_block, &d.tape);
  assert_true(host_get(d.host, "late") == 0);
  Tape const tape = d.tape;
  d.tape          = (Tape){0};
  drive_free(&d);
  song_free(music);
  return tape;
}

static void
assert_same_in_all_blocks(SongPlay how, double const mode)
{
  static uint32_t const sizes[] = {1024, 17, 8192, 0};
  how.block                     = 64;
  Tape a                        = record(&how, HOST_WORKER_THREAD, mode);
  assert_true(a.count > 20); // there is something to compare
  for (unsigned i = 0; i < sizeof(sizes) / sizeof(*sizes); ++i) {
    how.block = sizes[i];
    Tape b    = record(&how, i % 2 ? HOST_WORKER_NONE : HOST_WORKER_AFTER, mode);
    tape_assert_same(&a, &b);
    tape_free(&b);
  }
  tape_free(&a);
}

static void
notes_come_on_the_same_frames_in_all_blocks(void** const state)
{
  (void)state;
  for (unsigned mode = ANSWER; mode <= DRIFT; ++mode) {
    if (mode != MORPH) { // there is nothing in its slots
      assert_same_in_all_blocks((SongPlay){.rate = DRIVE_RATE}, mode);
    }
  }
  assert_same_in_all_blocks((SongPlay){.rate = DRIVE_RATE, .every_block = true}, VARY);
  assert_same_in_all_blocks((SongPlay){.rate = DRIVE_RATE, .no_transport = true}, ANSWER);
}

static void
what_is_played_live_is_what_an_export_plays(void** const state)
{
  (void)state;
  SongPlay const how = {.rate = DRIVE_RATE, .block = 512};
  Tape           a   = record(&how, HOST_WORKER_NONE, VARY);
  Tape           b   = record(&how, HOST_WORKER_INLINE, VARY);
  tape_assert_same(&a, &b);
  tape_free(&a);
  tape_free(&b);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(notes_come_on_the_same_frames_in_all_blocks),
    cmocka_unit_test(what_is_played_live_is_what_an_export_plays),
  };
  return cmocka_run_group_tests(tests, make_player_model, remove_player_model);
}
