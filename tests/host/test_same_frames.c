// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Same music, same frames: while freewheeling, controllers and voltages are the same
/// on every frame, whatever the host's block sizes.

#include "song.h"
#include "tape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static char const bundle[] = "build/music-neurons.lv2";

static uint32_t const sizes[] = {1, 17, 64, 1024, 8192, 0};

// Notes, silences longer than `hold`, an incoming controller, and changes of tempo and
// metre. At 48 kHz and 117.1875 beats a minute, the point where notes start to round to
// a step lies exactly on a frame, so the last bit could decide.
static Song*
song(void)
{
  Song* const song = song_new(117.1875);
  song_add_tempo(song, 6 * 4 * SONG_PPQ, 133);
  song_add_metre(song, 4 * 4 * SONG_PPQ, 7, 8);
  song_add_tune(song, 4, 3);
  song_add_noise(song, 4 * 4 * SONG_PPQ, 2, 5);
  song_add_note(song, 9 * 4 * SONG_PPQ + 100, 77, 0, 66);
  song_add_control(song, 3 * 4 * SONG_PPQ + 7, 0, 22, 99);
  song_sort(song);
  return song;
}

static void
set_slot(Host* const host, unsigned const slot, char const* const what, double const value)
{
  char symbol[32];
  snprintf(symbol, sizeof(symbol), "cc_%u_%s", slot, what);
  host_set(host, symbol, (float)value);
}

static void
set_slots(Host* const host)
{
  for (unsigned slot = 1; slot <= 8; ++slot) {
    set_slot(host, slot, "source", slot + 1);
    set_slot(host, slot, "glide", 37 * slot * slot);
    set_slot(host, slot, "rate", 13 * slot);
    set_slot(host, slot, "threshold", 0.3 * slot);
    set_slot(host, slot, "curve", 0.25 * slot - 1);
    set_slot(host, slot, "wide", slot % 2);
  }
  set_slot(host, 3, "invert", 1);
  set_slot(host, 5, "low", 99.5);
}

static Tape
record(char const* const uri, SongPlay const* const how, HostWorker const worker)
{
  Song* const music = song();
  Tape        tape  = {0};
  Host* const host  = host_new_plugin(bundle, uri, how->rate, worker);
  host_set(host, "freewheel", worker != HOST_WORKER_INLINE);
  host_set(host, "hop", 4);
  host_set(host, "hold", 1.7F);
  host_set(host, "glide", 321);
  host_set(host, "tempo", 117.1875F);
  if (!host_is_cv(host)) {
    set_slots(host);
  }
  song_play(music, host, how, tape_block, &tape);
  if (!host_is_cv(host)) {
    assert_true(host_get(host, "late") == 0);
  }
  host_free(host);
  song_free(music);
  return tape;
}

static void
compare_blocks(char const* const uri, SongPlay how)
{
  how.block = 256;
  Tape a    = record(uri, &how, HOST_WORKER_THREAD);
  if (uri[sizeof("urn:music-neurons:") - 1] == 'm') {
    assert_true(tape_controls(&a, 0, 20) > 20); // there is something to compare
    assert_true(tape_controls(&a, 0, 22) > 10);
    assert_true(tape_controls(&a, 0, 52) > 20);
  }
  for (unsigned i = 0; i < sizeof(sizes) / sizeof(*sizes); ++i) {
    how.block = sizes[i];
    Tape b    = record(uri, &how, i % 2 ? HOST_WORKER_NONE : HOST_WORKER_AFTER);
    tape_assert_same(&a, &b);
    tape_free(&b);
  }
  tape_free(&a);
}

static void
controllers_come_on_the_same_frames(void** const state)
{
  (void)state;
  compare_blocks(HOST_MONITOR, (SongPlay){.rate = 48000});
}

static void
controllers_come_on_the_same_frames_with_a_position_in_every_block(void** const state)
{
  (void)state;
  compare_blocks(HOST_MONITOR, (SongPlay){.rate = 48000, .every_block = true});
}

static void
controllers_come_on_the_same_frames_without_a_transport(void** const state)
{
  (void)state;
  compare_blocks(HOST_MONITOR, (SongPlay){.rate = 44100, .no_transport = true});
}

static void
voltages_are_the_same_on_every_frame(void** const state)
{
  (void)state;
  compare_blocks(HOST_CV, (SongPlay){.rate = 48000});
  compare_blocks(HOST_CV, (SongPlay){.rate = 22050, .every_block = true});
}

static void
a_worker_that_works_on_the_spot_is_like_freewheeling(void** const state)
{
  (void)state;
  SongPlay const how = {.rate = 48000, .block = 700};
  Tape           a   = record(HOST_CV, &how, HOST_WORKER_INLINE);
  Tape           b   = record(HOST_CV, &how, HOST_WORKER_NONE);
  tape_assert_same(&a, &b);
  tape_free(&a);
  tape_free(&b);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(controllers_come_on_the_same_frames),
    cmocka_unit_test(controllers_come_on_the_same_frames_with_a_position_in_every_block),
    cmocka_unit_test(controllers_come_on_the_same_frames_without_a_transport),
    cmocka_unit_test(voltages_are_the_same_on_every_frame),
    cmocka_unit_test(a_worker_that_works_on_the_spot_is_like_freewheeling),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
