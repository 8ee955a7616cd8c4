// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What a change of the model must not carry over: the old contents of a file, the path of a
/// model that failed, a window of the old model's length.

#include "drive.h"
#include "listener.h"
#include "project.h"
#include "protocol/protocol.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char const open_model[] = "build/music-neurons.lv2/melody-2bar-open.safetensors";

typedef struct {
  char folder[64];
  char model[128]; ///< a copy of open_model
} Scratch;

// Runs a command with the path of the model behind it.
static void
shell(Scratch const* const s, char const* const command)
{
  char text[1024];
  snprintf(text, sizeof(text), "LC_ALL=C %s '%s'", command, s->model);
  assert_int_equal(system(text), 0);
}

static int
set_up(void** const state)
{
  Scratch* const s = (Scratch*)calloc(1, sizeof(Scratch));
  char           copy[256];
  strcpy(s->folder, "/tmp/music-neurons-XXXXXX");
  assert_non_null(mkdtemp(s->folder));
  snprintf(s->model, sizeof(s->model), "%s/some.safetensors", s->folder);
  snprintf(copy, sizeof(copy), "cp %s", open_model);
  shell(s, copy);
  *state = s;
  return 0;
}

static int
tear_down(void** const state)
{
  Scratch* const s = (Scratch*)*state;
  char           command[128];
  snprintf(command, sizeof(command), "rm -r %s", s->folder);
  assert_int_equal(system(command), 0);
  free(s);
  return 0;
}

static void
choose(Drive* const d, Listener* const listener, char const* const path)
{
  host_set_model(d->host, 0, path);
  for (unsigned i = 0; i < 8; ++i) {
    drive_frames(d, BLOCK);
    listener_take(listener, d->host);
  }
}

// An instance still plays the old contents when they are replaced in the same file.
static void
a_model_that_was_trained_again_is_loaded_again(void** const state)
{
  Scratch* const  s        = (Scratch*)*state;
  Drive           d        = drive_new(HOST_MONITOR, HOST_WORKER_AFTER, false);
  Listener* const listener = listener_new(d.host);
  choose(&d, listener, s->model);
  assert_string_equal(listener->view.model.name, "open");
  char command[512];
  snprintf(command,
           sizeof(command),
           "sed 's/\"name\":\"open\"/\"name\":\"anew\"/' %s >",
           open_model);
  shell(s, command);
  choose(&d, listener, s->model);
  assert_string_equal(listener->view.model.name, "anew");
  listener_free(listener);
  drive_free(&d);
}

static void
the_path_of_a_model_that_failed_goes_when_the_default_is_restored(void** const state)
{
  Scratch* const s         = (Scratch*)*state;
  static char    nowhere[] = "/nowhere/none.safetensors";
  static int32_t yes       = 1;
  Host* const    host      = host_new(drive_bundle, DRIVE_RATE, HOST_WORKER_AFTER);
  Project* const failed    = project_new(s->folder);
  Project* const saved     = project_new(s->folder);
  project_set(failed, MN_MODEL_URI, LV2_ATOM__Path, nowhere, strlen(nowhere));
  project_restore(failed, host);
  assert_non_null(strstr(host_log(host), "/none.safetensors"));
  project_set(failed, MN_OWN_MODEL_URI, LV2_ATOM__Bool, &yes, sizeof(yes));
  project_restore(failed, host);
  project_save(saved, host);
  assert_null(project_text(saved, MN_MODEL_URI));
  assert_non_null(project_text(saved, MN_OWN_MODEL_URI));
  project_free(saved);
  project_free(failed);
  host_free(host);
}

// A window that waited while the old model was at work is of no use to one that hears fewer
// steps.
static void
a_window_that_waits_does_not_go_to_a_model_of_another_length(void** const state)
{
  Scratch* const s = (Scratch*)*state;
  // A second level reads windows of 32 steps, so this model loses its own.
  shell(s,
        "sed -i 's/\"steps\":\"32\"/\"steps\":\"16\"/; s/\"long\\//\"none\\//g;"
        "s/\\\\\"long\\\\\"/\\\\\"none\\\\\"/'");
  Drive          d       = drive_new(HOST_MONITOR, HOST_WORKER_AFTER, false);
  Project* const project = project_new(s->folder);
  project_set(project, MN_MODEL_URI, LV2_ATOM__Path, s->model, strlen(s->model));
  drive_locate(&d, 0, 0, 1);
  host_limit_work(d.host, 0);
  drive_bars(&d, 3); // a window is at work, and one waits
  assert_true(host_get(d.host, "window") == 0 && host_get(d.host, "late") == 0);
  project_restore(project, d.host); // loads in this thread
  host_limit_work(d.host, UINT_MAX);
  drive_frames(&d, 3 * BLOCK);
  assert_string_equal(host_told_model(d.host), s->model);
  assert_true(host_get(d.host, "window") == 1);
  assert_true(host_get(d.host, "late") == 1);
  project_free(project);
  drive_free(&d);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
  struct CMUnitTest const tests[] = {
    TEST(a_model_that_was_trained_again_is_loaded_again),
    TEST(the_path_of_a_model_that_failed_goes_when_the_default_is_restored),
    TEST(a_window_that_waits_does_not_go_to_a_model_of_another_length),
  };
#undef TEST
  return cmocka_run_group_tests(tests, NULL, NULL);
}
