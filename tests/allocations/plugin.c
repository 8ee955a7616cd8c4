// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Each allocation of monitor and player fails in turn, in a host: what plays plays on, MIDI
/// passes, and one line says what is missing. Valgrind and the sanitizer say that nothing leaks.

#include "check.h"
#include "failing.h"
#include "host_private.h"
#include "model_file.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RATE = 48000, BLOCK = 1000, BAR = 2 * RATE, BLOCKS = 6 };

static char const bundle[] = "build/failing/music-neurons.lv2";

// A copy of the bundle, whose own model is small; and another model. Both have decoders.
typedef struct {
  char  folder[64];
  char  copy[128];
  char  own[192];
  char  other[192];
  void* library;
  unsigned long (*failing_at)(unsigned long n);
  Host* host;
  char* other_state; ///< in which the other model is chosen
  char* own_state;
} Test;

static Test test;

static void
write_model(char const* const path, unsigned const latent)
{
  ModelShape const shape = {
    .steps = 32, .hidden = 16, .latent = latent, .hidden_frac = 14, .seed = latent};
  ModelFile* const file = model_file_new(&shape);
  model_file_add_surprise(file, 3);
  model_file_add_decoder(file, &shape, 1, 8);
  model_file_write(file, path);
  model_file_free(file);
}

static void
shell(char const* const command, char const* const what)
{
  char text[512];
  snprintf(text, sizeof(text), "%s %s", command, what);
  assert_int_equal(system(text), 0);
}

// The plugin's library stays: it is what jansson allocates by.
static void
find_library(void)
{
  char path[192];
  snprintf(path, sizeof(path), "%s/music-neurons.so", test.copy);
  test.library = dlopen(path, RTLD_NOW | RTLD_NODELETE);
  assert_non_null(test.library);
  *(void**)&test.failing_at = dlsym(test.library, "mn_failing_at");
  assert_non_null(test.failing_at);
}

// The instance of the player; NULL: it is the monitor.
static MnPlayer const*
player(void)
{
  return test.host->monitor
           ? NULL
           : (MnPlayer const*)lilv_instance_get_handle(test.host->instance);
}

static bool
plays(char const* const path)
{
  MnModel const* const model =
    player() ? player()->swap.model : test.host->monitor->swap.model;
  return model && !strcmp(model->path, path);
}

// Whether a message is among what the plugin sends. The monitor sends nothing else.
static bool
is_passed(uint8_t const message[3])
{
  unsigned const count = host_out_count(test.host);
  unsigned       i     = 0;
  while (i < count && memcmp(host_out(test.host, i) + 1, message, 3) != 0) {
    ++i;
  }
  return i < count && (player() || count == 1);
}

// Runs blocks with a note in each, which must pass.
static void
play(unsigned const blocks)
{
  static uint8_t pitch;
  for (unsigned i = 0; i < blocks; ++i) {
    pitch                   = (uint8_t)(48 + (pitch + 7) % 24);
    uint8_t const message[] = {0x90, pitch, 80};
    host_midi(test.host, 3, message, 3);
    host_run(test.host, BLOCK);
    assert_true(is_passed(message));
  }
}

static void
choose(char const* const path)
{
  for (unsigned i = 0; i < 3 && !plays(path); ++i) {
    host_set_model(test.host, 0, path);
    play(BLOCKS);
  }
  assert_true(plays(path));
}

// How many lines the plugin has logged since `mark`.
static unsigned
lines_since(size_t const mark)
{
  unsigned count = 0;
  for (char const* c = host_log(test.host) + mark; *c; ++c) {
    count += *c == '\n';
  }
  return count;
}

// Does a deed again and again, so that each of its allocations fails once. `settle` makes all
// as it was before. `check` is told what the deed has logged.
static void
let_each_fail(char const* const name,
              void (*const deed)(void),
              void (*const check)(char const* log),
              void (*const settle)(void),
              unsigned const least)
{
  unsigned long n    = 0;
  unsigned long used = 0;
  do {
    settle();
    test.host->log_text[0] = '\0';
    test.failing_at(++n);
    deed();
    used = test.failing_at(0);
    if (lines_since(0) > 1) {
      fail_msg("%s: allocation %lu: more than a line: %s", name, n, host_log(test.host));
    }
    check(host_log(test.host));
  } while (n <= used);
  assert_string_equal(host_log(test.host), ""); // without a failure
  print_message("measured: %s: %s: each of %lu allocations failed\n",
                test.host->monitor ? "monitor" : "player",
                name,
                used);
  assert_true(used >= least);
}

static void
instantiate(void)
{
  if (host_renew(test.host)) {
    play(BLOCKS);
  } else {
    assert_non_null(strstr(host_log(test.host), "out of memory"));
  }
}

static void
check_instance(char const* const log)
{
  if (test.host->instance) {
    assert_int_equal(plays(test.own), !*log);
  }
}

static void
renew(void)
{
  assert_true(host_renew(test.host));
  play(BLOCKS);
}

static void
load(void)
{
  host_set_model(test.host, 0, test.other);
  play(BLOCKS);
}

static void
check_model(char const* const log)
{
  assert_true(*log ? plays(test.own) : plays(test.other));
}

static void
choose_own(void)
{
  choose(test.own);
}

static void
play_at(double const speed, unsigned const blocks)
{
  HostPosition const at = {.speed = speed, .beats_per_bar = 4, .beat_unit = 4, .bpm = 120};
  host_position(test.host, 0, &at);
  play(blocks);
}

static void
encode(void)
{
  play_at(1, 5 * BAR / BLOCK);
}

// What finds no memory is late, and that is one at most.
static void
check_late(char const* const log, char const* const port, float const all)
{
  assert_string_equal(log, "");
  float const late = host_get(test.host, "late");
  assert_true(late <= 1 && host_get(test.host, port) + late == all);
}

static void
check_windows(char const* const log)
{
  check_late(log, "window", 4);
}

static void
reset(void)
{
  host_set(test.host, "reset", 1);
  play(1);
  host_set(test.host, "reset", 0);
  play_at(0, 1);
}

static void
take_turns(void)
{
  host_set(test.host, "mode", 1); // it varies what it heard
  play_at(1, 5 * BAR / BLOCK);
}

static void
check_turns(char const* const log)
{
  check_late(log, "turns", 2);
}

static void
reactivate(void)
{
  host_reactivate(test.host);
  play(1);
}

static char* saved;

static void
save(void)
{
  saved = host_save(test.host, test.folder);
  play(1);
}

// A state must not say that the model is the bundle's, for want of memory.
static void
check_saved(char const* const log)
{
  bool const whole = strstr(saved, "other.safetensors");
  assert_int_equal(whole, !*log);
  assert_true(whole || !strstr(saved, "ownModel"));
  free(saved);
}

static void
choose_other(void)
{
  choose(test.other);
}

static void
restore_other(void)
{
  host_restore(test.host, test.other_state);
  play(BLOCKS);
}

static void
restore_own(void)
{
  host_restore(test.host, test.own_state);
  play(BLOCKS);
}

static void
check_own(char const* const log)
{
  assert_true(*log ? plays(test.other) : plays(test.own));
}

// A slot needs no memory: it is restored whatever becomes of the model.
static void
check_full(char const* const log)
{
  check_model(log);
  assert_true(host_get(test.host, "slot_a") == 1);
}

static void
check_empty(char const* const log)
{
  check_own(log);
  assert_true(host_get(test.host, "slot_a") == 0);
}

static void
press(char const* const symbol)
{
  host_set(test.host, symbol, 1);
  play(1);
  host_set(test.host, symbol, 0);
  play(1);
}

static void
choose_own_state(void)
{
  restore_own();
  choose_own();
}

static void
choose_other_state(void)
{
  restore_other();
  choose_other();
}

static void
begin(char const* const uri)
{
  test.host = host_new_plugin(test.copy, uri, RATE, HOST_WORKER_AFTER);
  let_each_fail("instantiate", instantiate, check_instance, renew, 20);
  renew();
  let_each_fail("load a model", load, check_model, choose_own, 20);
}

static void
finish(void)
{
  free(test.own_state);
  free(test.other_state);
  host_free(test.host);
}

static void
each_allocation_of_the_monitor_fails_in_turn(void** const state)
{
  (void)state;
  begin(HOST_MONITOR);
  let_each_fail("encode", encode, check_windows, reset, 4);
  choose_other();
  test.other_state = host_save(test.host, test.folder);
  let_each_fail("save", save, check_saved, choose_other, 1);
  choose_own();
  test.own_state = host_save(test.host, test.folder);
  let_each_fail("restore a model", restore_other, check_model, choose_own, 20);
  let_each_fail("restore the bundle's", restore_own, check_own, choose_other, 20);
  finish();
}

static void
each_allocation_of_the_player_fails_in_turn(void** const state)
{
  (void)state;
  begin(HOST_PLAYER);
  let_each_fail("take turns", take_turns, check_turns, reactivate, 2);
  choose_own();
  test.own_state = host_save(test.host, test.folder);
  choose_other();
  press("capture_a");
  assert_true(host_get(test.host, "slot_a") == 1);
  test.other_state = host_save(test.host, test.folder);
  let_each_fail("save", save, check_saved, choose_other, 1);
  let_each_fail("restore a model", restore_other, check_full, choose_own_state, 20);
  let_each_fail("restore the bundle's", restore_own, check_empty, choose_other_state, 20);
  finish();
}

static int
set_up(void** const state)
{
  (void)state;
  strcpy(test.folder, "/tmp/music-neurons-XXXXXX");
  assert_non_null(mkdtemp(test.folder));
  snprintf(test.copy, sizeof(test.copy), "%s/bundle.lv2", test.folder);
  snprintf(test.own, sizeof(test.own), "%s/melody-2bar-open.safetensors", test.copy);
  snprintf(test.other, sizeof(test.other), "%s/other.safetensors", test.folder);
  char both[256];
  snprintf(both, sizeof(both), "%s %s", bundle, test.copy);
  shell("cp -r", both);
  write_model(test.own, 4);
  write_model(test.other, 5);
  find_library();
  return 0;
}

static int
tear_down(void** const state)
{
  (void)state;
  dlclose(test.library);
  shell("rm -rf", test.folder);
  return 0;
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(each_allocation_of_the_monitor_fails_in_turn),
    cmocka_unit_test(each_allocation_of_the_player_fails_in_turn)};
  return cmocka_run_group_tests_name("allocations", tests, set_up, tear_down);
}
