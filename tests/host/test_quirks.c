// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Imitates hosts that the tests cannot run: how Carla, mod-host and others send
/// positions, run the worker and restore state. None of that changes a number.

#include "drive.h"
#include "record.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { HOP_BAR = 1 };

static Song*
short_song(void)
{
  Song* const song = song_new(120);
  song_add_tempo(song, 3 * 4 * SONG_PPQ, 99.5);
  song_add_metre(song, 4 * 4 * SONG_PPQ, 6, 8);
  song_add_tune(song, 9, 12);
  song_sort(song);
  return song;
}

static void
assert_same(Recording const* const a, Recording const* const b)
{
  assert_int_equal(a->count, b->count);
  assert_true(a->count > 6);
  for (unsigned i = 0; i < a->count; ++i) {
    assert_memory_equal(&a->records[i], &b->records[i], sizeof(MnRecord));
  }
}

static void
positions_in_any_form_with_any_worker_are_the_same(void** const state)
{
  (void)state;
  Song* const song = short_song();
  SongPlay    how  = {.rate = 48000, .block = 512};
  Recording   a    = record_song(song, drive_bundle, &how, HOST_WORKER_AFTER, HOP_BAR);
  for (unsigned kind = 0; kind < HOST_WORKER_KINDS; ++kind) {
    for (unsigned form = 0; form < 8; ++form) {
      how.is_blank    = form & 1;
      how.as_doubles  = form & 2;
      how.every_block = form & 4;
      Recording b     = record_song(song, drive_bundle, &how, (HostWorker)kind, HOP_BAR);
      assert_same(&a, &b);
      record_free(&b);
    }
  }
  record_free(&a);
  song_free(song);
}

static void
a_host_that_writes_its_tempo_to_the_port_changes_nothing(void** const state)
{
  (void)state;
  Song* const song = short_song();
  SongPlay    how  = {.rate = 48000, .block = 512};
  Recording   a    = record_song(song, drive_bundle, &how, HOST_WORKER_AFTER, HOP_BAR);
  how.feeds_tempo  = true;
  Recording b      = record_song(song, drive_bundle, &how, HOST_WORKER_AFTER, HOP_BAR);
  assert_same(&a, &b);
  record_free(&b);
  // Where nothing else tells the tempo, as in JACK without a timebase, the port does.
  how.no_transport = true;
  Recording fed    = record_song(song, drive_bundle, &how, HOST_WORKER_AFTER, HOP_BAR);
  how.feeds_tempo  = false;
  Recording own    = record_song(song, drive_bundle, &how, HOST_WORKER_AFTER, HOP_BAR);
  assert_true(fed.count > 6 && own.count > 6);
  assert_memory_equal(&fed.records[0], &own.records[0], sizeof(MnRecord)); // at 120 bpm
  assert_memory_not_equal(&fed.records[4], &own.records[4], sizeof(MnRecord));
  record_free(&own);
  record_free(&fed);
  record_free(&a);
  song_free(song);
}

static void
instances_on_one_thread_keep_to_themselves(void** const state)
{
  (void)state;
  Drive        alone  = drive_new(HOST_MONITOR, HOST_WORKER_AFTER, false);
  Drive        first  = drive_new(HOST_MONITOR, HOST_WORKER_SHARED, false);
  Drive        second = drive_new(HOST_CV, HOST_WORKER_SHARED, false);
  Drive* const all[]  = {&alone, &first, &second};
  for (unsigned i = 0; i < 3; ++i) {
    host_set(all[i]->host, "hop", 5);
    drive_locate(all[i], 0, 0, 1);
  }
  for (unsigned bar = 0; bar < 4; ++bar) {
    for (unsigned i = 0; i < 3; ++i) {
      drive_bars(all[i], 1);
    }
  }
  assert_true(host_get(first.host, "window") == host_get(alone.host, "window"));
  assert_true(host_get(first.host, "window") > 30);
  for (unsigned i = 0; i < 8; ++i) {
    char symbol[16];
    snprintf(symbol, sizeof(symbol), "neuron_%u", i + 1);
    float const value = host_get(alone.host, symbol);
    assert_true(host_get(first.host, symbol) == value);
    float const* const cv = second.tape.cv[MN_CV_NEURON_1 + i];
    assert_true(cv[second.tape.frames - 1] == 10 * value);
  }
  drive_free(&first); // while the other still has work
  host_set(second.host, "hop", 5);
  drive_bars(&second, 1);
  drive_free(&second);
  drive_free(&alone);
}

static void
a_block_without_frames_only_takes_events(void** const state)
{
  (void)state;
  Drive with    = drive_new(HOST_CV, HOST_WORKER_NONE, true);
  Drive without = drive_new(HOST_CV, HOST_WORKER_NONE, true);
  for (unsigned i = 0; i < 12; ++i) {
    if (i == 0) {
      drive_locate(&with, 0, 0, 1);
      drive_locate(&without, 0, 0, 1);
    }
    host_run(with.host, 0);
    drive_note(&with, 0, true, 0, 60 + i);
    drive_note(&without, 0, true, 0, 60 + i);
    host_run(with.host, 0);
    drive_frames(&with, BEAT_FRAMES);
    drive_frames(&without, BEAT_FRAMES);
  }
  tape_assert_same(&with.tape, &without.tape);
  assert_int_equal(tape_gates(&with.tape, MN_CV_WINDOW, NULL, 0), 2);
  drive_free(&with);
  drive_free(&without);
}

typedef struct {
  Host*       host;
  char const* states[2];
  atomic_bool quit;
  unsigned    restored;
} Restorer;

static void*
restore_on_and_on(void* const data)
{
  Restorer* const r = (Restorer*)data;
  while (!atomic_load(&r->quit)) {
    host_restore(r->host, r->states[r->restored++ % 2]);
    usleep(500);
  }
  return NULL;
}

// A thread of the host restores one preset after the other while it plays.
static void
restore_while_running(char const* const uri, HostWorker const worker)
{
  char      model[] = "/tmp/music-neurons-XXXXXX";
  int const fd      = mkstemp(model);
  assert_true(fd >= 0);
  close(fd);
  char command[256];
  snprintf(
    command, sizeof(command), "cp %s/melody-2bar.safetensors %s", drive_bundle, model);
  assert_int_equal(system(command), 0);

  static char const head[] = "@prefix atom: <http://lv2plug.in/ns/ext/atom#> .\n"
                             "@prefix lv2: <http://lv2plug.in/ns/lv2core#> .\n"
                             "@prefix pset: <http://lv2plug.in/ns/ext/presets#> .\n"
                             "@prefix state: <http://lv2plug.in/ns/ext/state#> .\n";
  char              own[1024];
  char              other[1024];
  snprintf(own,
           sizeof(own),
           "%s<urn:music-neurons:test-state> a pset:Preset ; lv2:appliesTo <%s> ;\n"
           "  state:state [] .\n",
           head,
           uri);
  snprintf(other,
           sizeof(other),
           "%s<urn:music-neurons:test-state> a pset:Preset ; lv2:appliesTo <%s> ;\n"
           "  state:state [ <urn:music-neurons:monitor#model> \"%s\"^^atom:Path ] .\n",
           head,
           uri,
           model);

  Drive    d = drive_new(uri, worker, false);
  Restorer r = {.host = d.host, .states = {other, own}};
  host_set(d.host, "hop", 5);
  host_set(d.host, "hold", 256);
  atomic_init(&r.quit, false);
  pthread_t thread;
  pthread_create(&thread, NULL, restore_on_and_on, &r);
  drive_locate(&d, 0, 0, 1);
  for (unsigned i = 0; i < 3000; ++i) {
    drive_note(&d, 17, i % 6 < 4, 0, 60 + i / 6 % 12);
    drive_frames(&d, BLOCK);
    usleep(100);
  }
  atomic_store(&r.quit, true);
  pthread_join(thread, NULL);
  drive_frames(&d, BAR_FRAMES);
  assert_true(r.restored > 20);
  if (host_is_cv(d.host)) {
    assert_true(tape_gates(&d.tape, MN_CV_WINDOW, NULL, 0) > 50);
    for (uint64_t i = 0; i < d.tape.frames; ++i) {
      assert_true(d.tape.cv[MN_CV_NEURON_1][i] >= 0 && d.tape.cv[MN_CV_NEURON_1][i] <= 10);
    }
  } else {
    assert_int_equal(d.tape.count, 3000); // all of the input, on its frames
    for (unsigned i = 0; i < d.tape.count; ++i) {
      assert_true(d.tape.events[i].frame == i * BLOCK + 17);
    }
    assert_true(host_get(d.host, "window") > 50);
  }
  drive_free(&d);
  unlink(model);
}

static void
state_is_restored_while_the_plugin_runs(void** const state)
{
  (void)state;
  HostWorker const kinds[] = {
    HOST_WORKER_NONE, HOST_WORKER_THREAD, HOST_WORKER_RESPONDS, HOST_WORKER_SHARED};
  for (unsigned i = 0; i < sizeof(kinds) / sizeof(*kinds); ++i) {
    restore_while_running(i % 2 ? HOST_CV : HOST_MONITOR, kinds[i]);
  }
  restore_while_running(HOST_MONITOR, HOST_WORKER_THREAD);
}

static void
both_plugins_keep_the_model_in_their_state(void** const state)
{
  (void)state;
  char const* const uris[] = {HOST_MONITOR, HOST_CV};
  for (unsigned i = 0; i < 2; ++i) {
    Drive d = drive_new(uris[i], HOST_WORKER_THREAD, false);
    host_set_model(d.host, 0, "build/music-neurons.lv2/melody-2bar.safetensors");
    drive_frames(&d, 20 * BLOCK);
    host_set(d.host, "hop", 3);
    if (i == 0) {
      drive_slot(&d, 8, "controller", 77);
    }
    char* const text = host_save(d.host, "/tmp");
    assert_non_null(strstr(text, "melody-2bar.safetensors"));
    drive_free(&d);
    d = drive_new(uris[i], HOST_WORKER_THREAD, false);
    assert_true(host_restore(d.host, text));
    assert_true(host_get(d.host, "hop") == 3);
    assert_true(i == 1 || host_get(d.host, "cc_8_controller") == 77);
    free(text);
    drive_free(&d);
  }
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(positions_in_any_form_with_any_worker_are_the_same),
    cmocka_unit_test(a_host_that_writes_its_tempo_to_the_port_changes_nothing),
    cmocka_unit_test(instances_on_one_thread_keep_to_themselves),
    cmocka_unit_test(a_block_without_frames_only_takes_events),
    cmocka_unit_test(state_is_restored_while_the_plugin_runs),
    cmocka_unit_test(both_plugins_keep_the_model_in_their_state),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
