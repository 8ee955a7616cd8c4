// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// A state is restored in every phase of a window's way: each window is told by the model that
/// was in force when it closed, of its own notes.

#include "drive.h"
#include "record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum {
  FRAMES  = 2000, ///< of a block
  BEAT    = BEAT_FRAMES / FRAMES,
  BLOCKS  = 11 * BEAT + 9,
  WINDOWS = 4,                     ///< one a beat, from the end of two bars on
  CLOSE   = CLOSE_FRAMES / FRAMES, ///< the block in which the first one closes
  NEVER   = BLOCKS,
};

static char const other[] = "build/music-neurons.lv2/melody-2bar.safetensors";

/// How a host plays, and what it does meanwhile.
typedef struct {
  HostWorker worker;
  bool       freewheel;
  unsigned   restore; ///< before this block; NEVER
  unsigned   stall;   ///< the worker stands still from this block on,
  unsigned   blocks;  ///< for so many
} Course;

static Host*
new_host(Course const* const c)
{
  Host* const host = host_new(drive_bundle, DRIVE_RATE, c->worker);
  host_set(host, "glide", 0);
  host_set(host, "hold", 256);
  host_set(host, "hop", 3);
  host_set(host, "freewheel", c->freewheel);
  return host;
}

static char*
state_of(char const* const model)
{
  Course const c    = {.worker = HOST_WORKER_AFTER};
  Host* const  host = new_host(&c);
  host_set_model(host, 0, model);
  for (unsigned i = 0; i < 10; ++i) {
    host_run(host, FRAMES);
  }
  char* const state = host_save(host, "/tmp");
  assert_non_null(strstr(state, model + strlen("build/")));
  host_free(host);
  return state;
}

static void
play_notes(Host* const host, unsigned const block)
{
  static uint8_t const scale[] = {60, 67, 62, 71, 64, 65, 72, 60, 55, 59};
  unsigned const       beat    = block / BEAT;
  uint8_t const        pitch   = scale[beat % sizeof(scale)];
  if (block == 0) {
    HostPosition const start = {.speed = 1, .beats_per_bar = 4, .beat_unit = 4, .bpm = 120};
    host_position(host, 0, &start);
  }
  if (block % BEAT == 0 || block % BEAT == BEAT / 2) {
    bool const    on        = block % BEAT == 0;
    uint8_t const message[] = {on ? 0x90 : 0x80, pitch, 80};
    host_midi(host, 0, message, 3);
  }
}

// Plays the music. A state is restored as the course says.
static Recording
play(Course const* const c, char const* const state)
{
  Recording   recording = {NULL, 0, 0};
  Host* const host      = new_host(c);
  for (unsigned block = 0; block < BLOCKS; ++block) {
    if (block == c->restore) {
      assert_true(host_restore(host, state));
    }
    if (c->worker == HOST_WORKER_AFTER) {
      bool const stalls = block >= c->stall && block < c->stall + c->blocks;
      host_limit_work(host, stalls ? 0 : 1000);
    }
    play_notes(host, block);
    host_run(host, FRAMES);
    record_block(host, &recording);
  }
  assert_true(host_get(host, "late") == 0);
  assert_string_equal(host_log(host), "");
  host_free(host);
  assert_int_equal(recording.count, WINDOWS);
  return recording;
}

// Whether two records tell the same, but for what depends on the windows before.
static bool
is_same(MnRecord const* const a, MnRecord const* const b)
{
  for (unsigned i = 1; i < RECORD_VALUES; ++i) {
    if (i != RECORD_FORM && a->values[i] != b->values[i]) {
      return false;
    }
  }
  return true;
}

typedef struct {
  Recording own;
  Recording other;
  char*     state; ///< of the other model
} Expected;

static void
check(Expected const* const e, Course const* const c)
{
  Recording r     = play(c, e->state);
  unsigned  first = WINDOWS;
  for (unsigned w = 0; w < WINDOWS; ++w) {
    bool const      after  = CLOSE + w * BEAT >= c->restore;
    MnRecord const* wanted = after ? &e->other.records[w] : &e->own.records[w];
    if (!is_same(&r.records[w], wanted)) {
      fail_msg(
        "worker %d, freewheel %d, restored before block %u, stalled %u from %u: window %u",
        c->worker,
        c->freewheel,
        c->restore,
        c->blocks,
        c->stall,
        w + 1);
    }
    first = after && first == WINDOWS ? w : first;
  }
  // What the one model said before means nothing to the other.
  assert_true(first == WINDOWS || r.records[first].values[RECORD_FORM] == 0.5F);
  record_free(&r);
}

static void
each_window_is_told_by_the_model_of_its_time(void** const state)
{
  (void)state;
  static HostWorker const workers[] = {
    HOST_WORKER_AFTER, HOST_WORKER_INLINE, HOST_WORKER_NONE, HOST_WORKER_THREAD};
  static unsigned const stalls[] = {1, 4, 9};
  Course const          whole    = {.worker = HOST_WORKER_AFTER, .restore = NEVER};
  Course const          at_start = {.worker = HOST_WORKER_AFTER, .restore = 0};
  Expected              e        = {.state = state_of(other)};
  e.own                          = play(&whole, NULL);
  e.other                        = play(&at_start, e.state);
  for (unsigned w = 0; w < WINDOWS; ++w) {
    assert_false(is_same(&e.own.records[w], &e.other.records[w]));
    assert_true(w == 0 || !is_same(&e.own.records[w], &e.own.records[w - 1]));
  }
  for (unsigned phase = 0; phase < BEAT + 2; phase += 2) {
    unsigned const restore = CLOSE + 2 * BEAT - 2 + phase;
    for (unsigned i = 0; i < sizeof(workers) / sizeof(*workers); ++i) {
      check(&e, &(Course){workers[i], false, restore, 0, 0});
    }
    check(&e, &(Course){HOST_WORKER_AFTER, true, restore, 0, 0});
    for (unsigned i = 0; i < sizeof(stalls) / sizeof(*stalls); ++i) {
      check(&e, &(Course){HOST_WORKER_AFTER, false, restore, CLOSE + 2 * BEAT, stalls[i]});
      check(&e, &(Course){HOST_WORKER_AFTER, false, restore, restore, stalls[i]});
    }
  }
  record_free(&e.other);
  record_free(&e.own);
  free(e.state);
}

// As a host opens a session: the state comes before the first block, and the worker has yet to
// wake up.
static void
a_session_that_opens_is_told_by_its_model_from_the_first_window_on(void** const state)
{
  (void)state;
  Course const whole    = {.worker = HOST_WORKER_AFTER, .restore = NEVER};
  Course const at_start = {.worker = HOST_WORKER_AFTER, .restore = 0};
  Expected     e        = {.state = state_of(other)};
  e.own                 = play(&whole, NULL);
  e.other               = play(&at_start, e.state);
  for (unsigned blocks = 0; blocks < CLOSE + BEAT; blocks += 13) {
    check(&e, &(Course){HOST_WORKER_AFTER, false, 0, 0, blocks});
    check(&e, &(Course){HOST_WORKER_AFTER, true, 0, 0, blocks});
  }
  record_free(&e.other);
  record_free(&e.own);
  free(e.state);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(each_window_is_told_by_the_model_of_its_time),
    cmocka_unit_test(a_session_that_opens_is_told_by_its_model_from_the_first_window_on),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
