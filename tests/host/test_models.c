// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Models in the built plugin: missing, bad, swapped while it plays, and saved in the
/// host's state.

#include "host.h"
#include "project.h"
#include "protocol/protocol.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char const bundle[]        = "build/music-neurons.lv2";
static char const model[]         = "build/music-neurons.lv2/melody-2bar-open.safetensors";
static char const magenta_model[] = "build/music-neurons.lv2/melody-2bar.safetensors";

enum { BEAT_FRAMES = 24000 };

// A scratch folder. bundle.lv2 is a copy of the bundle; other.safetensors is a copy of
// the model that is not its default, which has other sizes.
typedef struct {
  char folder[64];
  char copy[128];
  char other[128];
} Scratch;

static void
shell(char const* const format, char const* const a, char const* const b)
{
  char command[512];
  snprintf(command, sizeof(command), format, a, b); // NOLINT: tests' own formats
  assert_int_equal(system(command), 0);
}

static int
set_up(void** const state)
{
  Scratch* const s = (Scratch*)calloc(1, sizeof(Scratch));
  strcpy(s->folder, "/tmp/music-neurons-XXXXXX");
  assert_non_null(mkdtemp(s->folder));
  snprintf(s->copy, sizeof(s->copy), "%s/bundle.lv2", s->folder);
  snprintf(s->other, sizeof(s->other), "%s/other.safetensors", s->folder);
  shell("cp -r %s %s", bundle, s->copy);
  shell("cp %s %s", magenta_model, s->other);
  *state = s;
  return 0;
}

static int
tear_down(void** const state)
{
  Scratch* const s = (Scratch*)*state;
  shell("rm -rf %s%s", s->folder, "");
  free(s);
  return 0;
}

static void
play_bars(Host* const host, unsigned const bars)
{
  HostPosition const start = {.speed = 1, .beats_per_bar = 4, .beat_unit = 4, .bpm = 120};
  host_position(host, 0, &start);
  for (unsigned beat = 0; beat < 4 * bars; ++beat) {
    uint8_t const pitch = (uint8_t)(60 + beat % 8);
    uint8_t const on[]  = {0x90, pitch, 80};
    uint8_t const off[] = {0x80, pitch, 64};
    host_midi(host, 0, on, 3);
    for (unsigned i = 0; i < BEAT_FRAMES / 1000; ++i) {
      if (i == BEAT_FRAMES / 2000) {
        host_midi(host, 0, off, 3);
      }
      host_run(host, 1000);
      host_settle(host);
    }
  }
}

static bool
is_one_line(char const* const text)
{
  char const* const end = strchr(text, '\n');
  return end && !end[1];
}

static void
without_a_model_midi_passes_and_the_ports_say_so(void** const state)
{
  Scratch* const s = (Scratch*)*state;
  shell("rm %s/%s", s->copy, "melody-2bar-open.safetensors");
  Host* const host = host_new(s->copy, 48000, HOST_WORKER_THREAD);
  assert_true(is_one_line(host_log(host)));
  assert_non_null(strstr(host_log(host), "melody-2bar-open.safetensors"));
  play_bars(host, 3);
  assert_true(host_get(host, "encode_ms") == -1);
  assert_true(host_get(host, "window") == 2);
  assert_true(host_get(host, "musicality") == 0.5F);
  assert_true(host_get(host, "top_1_neuron") == -1);
  uint8_t const on[] = {0x90, 60, 80};
  host_midi(host, 7, on, 3);
  host_run(host, 64);
  assert_int_equal(host_out_count(host), 1);

  // A model chosen later puts it right.
  host_set_model(host, 0, s->other);
  play_bars(host, 3);
  assert_true(host_get(host, "encode_ms") > 0);
  assert_true(host_get(host, "musicality") != 0.5F);
  host_free(host);
}

static void
a_model_is_swapped_while_playing(void** const state)
{
  Scratch* const   s       = (Scratch*)*state;
  HostWorker const kinds[] = {HOST_WORKER_AFTER, HOST_WORKER_INLINE, HOST_WORKER_THREAD};
  for (unsigned k = 0; k < 3; ++k) {
    Host* const host = host_new(bundle, 48000, kinds[k]);
    host_set(host, "hop", 5);
    play_bars(host, 3);
    for (unsigned i = 0; i < 20; ++i) {
      host_set_model(host, 0, i % 2 ? model : s->other);
      play_bars(host, 1);
      assert_string_equal(host_told_model(host), i % 2 ? model : s->other);
    }
    assert_string_equal(host_log(host), "");
    assert_true(host_get(host, "late") == 0);
    host_free(host);
  }
}

static void
a_bad_model_is_refused_and_the_old_one_plays_on(void** const state)
{
  Scratch* const s = (Scratch*)*state;
  shell("head -c 100000 %s >%s/short", s->other, s->folder);
  char path[128];
  snprintf(path, sizeof(path), "%s/short", s->folder);

  Host* const host = host_new(bundle, 48000, HOST_WORKER_THREAD);
  play_bars(host, 3);
  host_get_model(host, 0);
  play_bars(host, 1);
  char* const before = strdup(host_told_model(host));
  host_set_model(host, 0, path);
  play_bars(host, 3);
  assert_true(is_one_line(host_log(host)));
  assert_non_null(strstr(host_log(host), path));
  assert_string_equal(host_told_model(host), before); // so that a UI shows the model in use
  assert_true(host_get(host, "encode_ms") > 0);

  char* const text = host_save(host, s->folder);
  assert_null(strstr(text, "short")); // and a session does not save it
  free(text);
  free(before);
  host_free(host);
}

// Overwrites bytes of a file; a negative `at` counts from the end.
static void
overwrite(char const* const path, long const at, uint8_t const byte, size_t const count)
{
  FILE* const file = fopen(path, "r+b");
  assert_non_null(file);
  assert_int_equal(fseek(file, at, at < 0 ? SEEK_END : SEEK_SET), 0);
  for (size_t i = 0; i < count; ++i) {
    assert_int_equal(fputc(byte, file), byte);
  }
  assert_int_equal(fclose(file), 0);
}

// Damages the file "bad" in the scratch folder, which was a good model.
static void
make_bad(Scratch const* const s, unsigned const way)
{
  char path[128];
  snprintf(path, sizeof(path), "%s/bad", s->folder);
  shell("rm -rf %s/bad%s", s->folder, "");
  shell("cp %s %s/bad", model, s->folder);
  switch (way) {
  case 0: // empty
    shell("truncate -s 0 %s%s", path, "");
    break;
  case 1: // cut off by a byte
    shell("truncate -s -1 %s%s", path, "");
    break;
  case 2: // a byte more
    shell("truncate -s +1 %s%s", path, "");
    break;
  case 3: // claims 4 GB more than there are
    shell("truncate -s +4G %s%s", path, "");
    break;
  case 4: // a header of 2^63 bytes
    overwrite(path, 7, 0x80, 1);
    break;
  case 5: // not a header
    overwrite(path, 8, '[', 1);
    break;
  case 6: // NaN, and negative multipliers
    overwrite(path, 100000, 0xFF, 4000000);
    break;
  case 7: // only the last tensor
    overwrite(path, -64, 0xFF, 64);
    break;
  case 8: // a folder
    shell("rm %s && mkdir %s", path, path);
    break;
  case 9: // a pipe: reading it would block
    shell("rm %s && mkfifo %s", path, path);
    break;
  default: // nothing
    shell("rm %s%s", path, "");
  }
}

static void
every_bad_model_is_refused_while_the_old_one_plays_on(void** const state)
{
  enum { WAYS = 11 };
  Scratch* const s    = (Scratch*)*state;
  Host* const    host = host_new(bundle, 48000, HOST_WORKER_AFTER);
  char           path[128];
  snprintf(path, sizeof(path), "%s/bad", s->folder);
  play_bars(host, 3);
  host_get_model(host, 0);
  play_bars(host, 1);
  char* const before = strdup(host_told_model(host));
  for (unsigned way = 0; way < WAYS; ++way) {
    size_t const logged  = strlen(host_log(host));
    float const  windows = host_get(host, "window");
    make_bad(s, way);
    host_set_model(host, 0, path);
    play_bars(host, 1);
    assert_true(is_one_line(host_log(host) + logged));
    assert_non_null(strstr(host_log(host) + logged, path));
    assert_string_equal(host_told_model(host), before);
    assert_true(host_get(host, "window") > windows);
    assert_true(host_get(host, "encode_ms") > 0);
    float const musicality = host_get(host, "musicality");
    assert_true(musicality >= 0 && musicality <= 1);
  }
  free(before);
  host_free(host);
}

static void
state_keeps_the_model_and_the_controls(void** const state)
{
  Scratch* const s    = (Scratch*)*state;
  Host*          host = host_new(bundle, 48000, HOST_WORKER_THREAD);
  host_set_model(host, 0, s->other);
  play_bars(host, 1);
  host_set(host, "hop", 3);
  host_set(host, "hold", 7.5F);
  char* const text = host_save(host, s->folder);
  assert_non_null(strstr(text, "other.safetensors"));
  host_free(host);

  host = host_new(bundle, 48000, HOST_WORKER_THREAD);
  assert_true(host_restore(host, text));
  assert_true(host_get(host, "hop") == 3);
  assert_true(host_get(host, "hold") == 7.5F);
  play_bars(host, 1);
  assert_non_null(strstr(host_told_model(host), "other.safetensors"));
  host_free(host);
  free(text);
}

static void
the_bundles_own_model_is_not_kept_by_path(void** const state)
{
  Scratch* const s    = (Scratch*)*state;
  Host* const    host = host_new(s->copy, 48000, HOST_WORKER_THREAD);
  play_bars(host, 1);
  char* const text = host_save(host, s->folder);
  assert_null(strstr(text, "safetensors"));
  assert_true(host_restore(host, text));
  play_bars(host, 3);
  assert_true(host_get(host, "encode_ms") > 0);
  free(text);
  host_free(host);
}

static void
a_state_brings_the_bundles_own_model_back_and_a_preset_leaves_any(void** const state)
{
  Scratch* const s    = (Scratch*)*state;
  Host* const    host = host_new(bundle, 48000, HOST_WORKER_THREAD);
  char* const    own  = host_save(host, s->folder);
  host_set_model(host, 0, s->other);
  play_bars(host, 1);
  assert_non_null(strstr(host_told_model(host), "other.safetensors"));

  assert_true(host_restore(
    host,
    "@prefix lv2: <http://lv2plug.in/ns/lv2core#> .\n"
    "@prefix pset: <http://lv2plug.in/ns/ext/presets#> .\n"
    "<urn:preset> a pset:Preset ; lv2:appliesTo <urn:music-neurons:monitor> ;\n"
    "lv2:port [ lv2:symbol \"hop\" ; pset:value 3.0 ] .\n"));
  play_bars(host, 1);
  assert_true(host_get(host, "hop") == 3);
  host_get_model(host, 0);
  play_bars(host, 1);
  assert_non_null(strstr(host_told_model(host), "other.safetensors"));

  assert_true(host_restore(host, own));
  play_bars(host, 1);
  assert_non_null(strstr(host_told_model(host), "melody-2bar-open.safetensors"));
  free(own);
  host_free(host);
}

static void
a_session_whose_model_is_gone_keeps_its_path(void** const state)
{
  Scratch* const s    = (Scratch*)*state;
  Host*          host = host_new(bundle, 48000, HOST_WORKER_THREAD);
  host_set_model(host, 0, s->other);
  play_bars(host, 1);
  char* const text = host_save(host, s->folder);
  host_free(host);

  shell("find %s -name 'other.safetensors' -delete%s", s->folder, "");
  host = host_new(bundle, 48000, HOST_WORKER_THREAD);
  host_restore(host, text);
  assert_non_null(strstr(host_log(host), "other.safetensors"));
  play_bars(host, 3);
  assert_true(host_get(host, "encode_ms") > 0); // with the bundle's model
  char* const again = host_save(host, s->folder);
  assert_non_null(strstr(again, "other.safetensors"));
  free(again);
  free(text);
  host_free(host);
}

static void
run_blocks(Host* const host, unsigned const blocks)
{
  for (unsigned i = 0; i < blocks; ++i) {
    host_run(host, 64);
    host_settle(host);
  }
}

static void
assert_told(Host* const host, char const* const file)
{
  host_get_model(host, 0);
  run_blocks(host, 8);
  assert_non_null(strstr(host_told_model(host), file));
}

// Opens a project with a new instance.
static Host*
open_project(Project* const project)
{
  Host* const host = host_new(bundle, 48000, HOST_WORKER_AFTER);
  project_restore(project, host);
  assert_string_equal(host_log(host), "");
  return host;
}

static void
a_path_without_the_0_at_its_end_is_a_path(void** const state)
{
  Scratch* const s       = (Scratch*)*state;
  Project* const project = project_new(s->folder);
  Host*          host    = host_new(bundle, 48000, HOST_WORKER_AFTER);
  host_set_model(host, 0, s->other);
  assert_told(host, "/other.safetensors");
  project_save(project, host);
  host_free(host);
  host = open_project(project);
  assert_told(host, "/other.safetensors");

  host_set_model_by(host, 0, model, (uint32_t)strlen(model)); // a message likewise
  assert_told(host, "/melody-2bar-open.safetensors");
  host_free(host);
  project_free(project);
}

static void
the_bundles_own_model_comes_back_though_a_host_never_deletes_keys(void** const state)
{
  Scratch* const s       = (Scratch*)*state;
  Project* const project = project_new(s->folder);
  Host*          host    = host_new(bundle, 48000, HOST_WORKER_AFTER);
  char* const    own     = host_save(host, s->folder);
  host_set_model(host, 0, s->other);
  run_blocks(host, 8);
  project_save(project, host);
  assert_true(host_restore(host, own));
  run_blocks(host, 8);
  project_save(project, host);
  assert_non_null(project_text(project, MN_MODEL_URI)); // it is stale
  host_free(host);
  host = open_project(project);
  assert_told(host, "/melody-2bar-open.safetensors");

  host_set_model(host, 0, s->other); // and the other way round
  run_blocks(host, 8);
  project_save(project, host);
  host_free(host);
  host = open_project(project);
  assert_told(host, "/other.safetensors");
  host_free(host);
  project_free(project);
  free(own);
}

static void
the_path_of_a_preset_does_not_lead_through_the_hosts_temporary_folder(void** const state)
{
  Scratch* const s       = (Scratch*)*state;
  Project* const project = project_new(s->folder);
  Host*          host    = host_new(bundle, 48000, HOST_WORKER_AFTER);
  project_set(project, MN_MODEL_URI, LV2_ATOM__Path, s->other, strlen(s->other));
  project_restore(project, host);
  assert_told(host, s->other);
  project_save(project, host);
  assert_string_equal(project_text(project, MN_MODEL_URI), s->other);
  host_free(host);
  host = open_project(project);
  assert_told(host, s->other);
  host_free(host);
  project_free(project);
}

static void
hostile_state_changes_nothing(void** const state)
{
  Scratch* const           s        = (Scratch*)*state;
  Host* const              host     = host_new(bundle, 48000, HOST_WORKER_THREAD);
  static char const* const values[] = {
    "42",
    "\"a string\"",
    "<http://example.org/x>",
    "\"/etc/passwd\"^^<http://lv2plug.in/ns/ext/atom#Path>",
    "\"\"^^<http://lv2plug.in/ns/ext/atom#Path>"};
  for (unsigned i = 0; i < sizeof(values) / sizeof(*values); ++i) {
    char text[1024];
    snprintf(text,
             sizeof(text),
             "@prefix lv2: <http://lv2plug.in/ns/lv2core#> .\n"
             "@prefix pset: <http://lv2plug.in/ns/ext/presets#> .\n"
             "@prefix state: <http://lv2plug.in/ns/ext/state#> .\n"
             "<urn:music-neurons:test-state> a pset:Preset ;\n"
             "  lv2:appliesTo <urn:music-neurons:monitor> ;\n"
             "  state:state [ <urn:music-neurons:monitor#model> %s ] .\n",
             values[i]);
    assert_true(host_restore(host, text));
    play_bars(host, 3);
    assert_true(host_get(host, "encode_ms") > 0);
  }
  assert_true(strlen(host_log(host)) > 0);
  (void)s;
  host_free(host);
}

// The second request comes when the model before the first has just been freed, and
// run() does not know that yet.
static void
two_states_one_after_the_other_do_not_block_a_third_model(void** const state)
{
  Scratch* const s     = (Scratch*)*state;
  Host* const    host  = host_new(bundle, 48000, HOST_WORKER_AFTER);
  char* const    first = host_save(host, s->folder);
  host_set_model(host, 0, s->other);
  run_blocks(host, 10);
  assert_string_equal(host_told_model(host), s->other);
  char* const second = host_save(host, s->folder);

  assert_true(host_restore(host, first));
  run_blocks(host, 1);
  assert_true(host_restore(host, second));
  run_blocks(host, 10);
  assert_string_equal(host_told_model(host), s->other);
  host_set_model(host, 0, model);
  run_blocks(host, 10);
  assert_string_equal(host_told_model(host), model);
  free(first);
  free(second);
  host_free(host);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
  struct CMUnitTest const tests[] = {
    TEST(without_a_model_midi_passes_and_the_ports_say_so),
    TEST(a_model_is_swapped_while_playing),
    TEST(a_bad_model_is_refused_and_the_old_one_plays_on),
    TEST(every_bad_model_is_refused_while_the_old_one_plays_on),
    TEST(state_keeps_the_model_and_the_controls),
    TEST(the_bundles_own_model_is_not_kept_by_path),
    TEST(a_state_brings_the_bundles_own_model_back_and_a_preset_leaves_any),
    TEST(a_session_whose_model_is_gone_keeps_its_path),
    TEST(a_path_without_the_0_at_its_end_is_a_path),
    TEST(the_bundles_own_model_comes_back_though_a_host_never_deletes_keys),
    TEST(the_path_of_a_preset_does_not_lead_through_the_hosts_temporary_folder),
    TEST(hostile_state_changes_nothing),
    TEST(two_states_one_after_the_other_do_not_block_a_third_model),
  };
#undef TEST
  return cmocka_run_group_tests(tests, NULL, NULL);
}
