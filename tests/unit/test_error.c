// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// A failure has a kind beside its text, and callers pass the kind on.

#include "check.h"
#include "checkpoint/checkpoint.h"
#include "model/model.h"
#include "model_file.h"

#include <errno.h>
#include <string.h>

static void
an_error_has_a_kind_and_a_line(void** const state)
{
  (void)state;
  MnError error = {0};
  assert_int_equal(error.status, MN_SUCCESS);
  mn_error_set(&error, MN_STATUS_UNSUPPORTED, "tensor %s: %d", "a\nb\x7F", 7);
  assert_int_equal(error.status, MN_STATUS_UNSUPPORTED);
  assert_string_equal(error.text, "tensor a?b?: 7");

  char name[2 * sizeof(error.text)];
  memset(name, 'x', sizeof(name));
  name[sizeof(name) - 1] = '\0';
  mn_error_set(&error, MN_STATUS_IO, "%s", name);
  assert_int_equal(error.status, MN_STATUS_IO);
  assert_int_equal(strlen(error.text), sizeof(error.text) - 1);

  mn_error_set(NULL, MN_STATUS_IO, "nobody asks");
}

static void
errno_tells_memory_from_files(void** const state)
{
  (void)state;
  assert_int_equal(mn_status_of_errno(ENOMEM), MN_STATUS_NO_MEMORY);
  assert_int_equal(mn_status_of_errno(ENOENT), MN_STATUS_IO);
  assert_int_equal(mn_status_of_errno(EACCES), MN_STATUS_IO);
  assert_int_equal(mn_status_of_errno(ENOSPC), MN_STATUS_IO);
}

static MnStatus
load(char const* const path)
{
  MnError error = {0};
  assert_null(mn_model_load(path, &error));
  return error.status;
}

static void
models_that_do_not_load_say_what_kind_of_failure(void** const state)
{
  (void)state;
  assert_int_equal(load("nowhere"), MN_STATUS_IO);
  assert_int_equal(load("."), MN_STATUS_BAD_INPUT);
  write_bytes(model_path, "1234", 4);
  assert_int_equal(load(model_path), MN_STATUS_BAD_INPUT);

  static ModelShape const shape = {
    .steps = 32, .hidden = 3, .latent = 2, .hidden_frac = 14, .wide = true, .seed = 1};
  ModelFile* const file = model_file_new(&shape);
  model_file_set(file, "format", "another");
  model_file_write(file, model_path);
  model_file_free(file);
  assert_int_equal(load(model_path), MN_STATUS_BAD_INPUT);
}

static MnStatus
open_bytes(char const* const bytes)
{
  MnError error = {0};
  write_bytes("some", bytes, strlen(bytes));
  assert_null(mn_checkpoint_open("some", &error));
  return error.status;
}

static void
checkpoints_that_do_not_open_say_what_kind_of_failure(void** const state)
{
  (void)state;
  MnError error = {0};
  assert_null(mn_checkpoint_open("nowhere", &error));
  assert_int_equal(error.status, MN_STATUS_IO);
  assert_null(mn_checkpoint_open(".", &error)); // a folder without a manifest
  assert_int_equal(error.status, MN_STATUS_IO);
  assert_int_equal(open_bytes("MThd"), MN_STATUS_BAD_INPUT);
  assert_int_equal(open_bytes("BZh9"), MN_STATUS_UNSUPPORTED);
  assert_int_equal(open_bytes("PK\x03\x04"), MN_STATUS_UNSUPPORTED);
}

int
main(void)
{
  static struct CMUnitTest const tests[] = {
    cmocka_unit_test(an_error_has_a_kind_and_a_line),
    cmocka_unit_test(errno_tells_memory_from_files),
    cmocka_unit_test_setup_teardown(
      models_that_do_not_load_say_what_kind_of_failure, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      checkpoints_that_do_not_open_say_what_kind_of_failure, enter_scratch, leave_scratch),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
