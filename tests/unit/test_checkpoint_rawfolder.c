// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// Folders of deeplearn.js, as Magenta's first demos have them. The test's scratch
// directory is one; a real one lies beside the repository.

#include "check.h"
#include "checkpoint_file.h"
#include "model_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char const folder[]   = ".";
static char const manifest[] = "manifest.json";

static float const floats[6] = {1, -2.5F, 0x1p-140F, 1e30F, -0.0F, 3};

static void
write_text(char const* const path, char const* const text)
{
  unlink(path);
  write_bytes(path, text, strlen(text));
}

static void
write_whole(void)
{
  write_text(manifest,
             "{\"b/kernel\": {\"filename\": \"b_kernel\", \"shape\": [2, 3]},\n"
             " \"a\": {\"shape\": [1], \"filename\": \"deep/a\", \"more\": null},\n"
             " \"scalar\": {\"filename\": \"scalar\", \"shape\": []},\n"
             " \"nothing\": {\"filename\": \"nothing\", \"shape\": [0, 3]}}");
  mkdir("deep", 0700);
  write_bytes("b_kernel", floats, sizeof(floats));
  write_bytes("deep/a", floats + 5, sizeof(float));
  write_bytes("scalar", floats + 1, sizeof(float));
  write_bytes("nothing", "", 0);
}

// Removes the subfolder first: the common teardown does not look inside folders.
static int
leave(void** const state)
{
  unlink("deep/a");
  rmdir("deep");
  return leave_scratch(state);
}

static void
tensors_are_listed_and_read(void** const state)
{
  (void)state;
  static struct {
    char const* name;
    unsigned    dimensions;
    size_t      elements;
  } const tensors[] = {
    {"a", 1, 1}, {"b/kernel", 2, 6}, {"nothing", 2, 0}, {"scalar", 0, 1}};
  write_whole();
  MnCheckpoint* const checkpoint = open_checkpoint(folder);
  assert_string_equal(mn_checkpoint_kind(checkpoint), "deeplearn.js folder");
  assert_int_equal(mn_checkpoint_count(checkpoint), 4);
  for (unsigned i = 0; i < 4; ++i) {
    MnCheckpointTensor const tensor = mn_checkpoint_tensor(checkpoint, i);
    assert_string_equal(tensor.name, tensors[i].name);
    assert_string_equal(tensor.dtype, "float32");
    assert_int_equal(tensor.dimensions, tensors[i].dimensions);
    assert_int_equal(tensor.elements, tensors[i].elements);
    assert_true(tensor.readable);
  }
  assert_values(checkpoint, "b/kernel", floats, 6);
  assert_values(checkpoint, "a", floats + 5, 1);
  assert_values(checkpoint, "scalar", floats + 1, 1);
  assert_values(checkpoint, "nothing", NULL, 0);
  assert_values(checkpoint, "b/kernel", floats, 6); // a second read works too
  mn_checkpoint_close(checkpoint);
}

static void
the_manifest_of_magenta_js_comes_first(void** const state)
{
  (void)state;
  write_whole();
  write_text("weights_manifest.json", "[{\"paths\": [], \"weights\": []}]");
  MnCheckpoint* const checkpoint = open_checkpoint(folder);
  assert_string_equal(mn_checkpoint_kind(checkpoint), "magenta.js folder");
  mn_checkpoint_close(checkpoint);
}

static void
files_that_do_not_fit_are_named(void** const state)
{
  (void)state;
  write_whole();
  MnCheckpoint* const checkpoint = open_checkpoint(folder);
  for (size_t size = 0; size < sizeof(floats); ++size) {
    write_bytes("b_kernel", floats, size);
    char why[64];
    snprintf(why, sizeof(why), "b_kernel has %zu bytes, not the 24 of its shape", size);
    assert_not_read(checkpoint, "b/kernel", why);
  }
  uint8_t longer[sizeof(floats) + 1] = {0};
  write_bytes("b_kernel", longer, sizeof(longer));
  assert_not_read(checkpoint, "b/kernel", "b_kernel has 25 bytes");
  unlink("b_kernel");
  assert_not_read(checkpoint, "b/kernel", "b_kernel: No such file");
  assert_int_equal(mkfifo("b_kernel", 0600), 0);
  alarm(10); // a reader would wait for a writer
  assert_not_read(checkpoint, "b/kernel", "b_kernel: not a regular file");
  alarm(0);
  assert_values(checkpoint, "a", floats + 5, 1); // the other tensors still work
  mn_checkpoint_close(checkpoint);
}

static void
manifests_that_make_no_sense_are_refused(void** const state)
{
  (void)state;
  static struct {
    char const* text;
    char const* why;
  } const cases[] = {
    {"", "manifest.json: bad JSON"},
    {"{", "manifest.json: bad JSON"},
    {"{\"a\": {\"filename\": \"a\", \"shape\": []}, \"a\": {}}", "manifest.json: bad JSON"},
    {"[]", "no list of tensors"},
    {"{}", "no list of tensors"},
    {"[1]", "no list of tensors"},
    {"{\"a\": 1}", "tensor a without a filename or shape"},
    {"{\"a\": {\"shape\": []}}", "tensor a without a filename or shape"},
    {"{\"a\": {\"filename\": 1, \"shape\": []}}", "tensor a without a filename or shape"},
    {"{\"a\": {\"filename\": \"a\"}}", "tensor a without a filename or shape"},
    {"{\"a\": {\"filename\": \"a\", \"shape\": 4}}",
     "tensor a without a filename or shape"},
    {"{\"\": {\"filename\": \"a\", \"shape\": []}}", "impossible name"},
    {"{\"a\": {\"filename\": \"a\", \"shape\": [-1]}}", "tensor a: impossible shape"},
    {"{\"a\": {\"filename\": \"a\", \"shape\": [1.5]}}", "tensor a: impossible shape"},
    {"{\"a\": {\"filename\": \"a\", \"shape\": [\"1\"]}}", "tensor a: impossible shape"},
    {"{\"a\": {\"filename\": \"a\", \"shape\": [4294967296, 4294967296]}}",
     "tensor a: impossible shape"},
    {"{\"a\": {\"filename\": \"a\", \"shape\": [1, 1, 1, 1, 1]}}",
     "more than 4 dimensions"},
  };
  for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    write_text(manifest, cases[i].text);
    assert_not_opened(folder, cases[i].why);
  }
}

static void
filenames_out_of_the_folder_are_refused(void** const state)
{
  (void)state;
  static char const* const bad[] = {
    "", "/", "/etc/passwd", "..", "../x", "a/../x", "a/..", ".", "./x", "a//x", "a/"};
  char text[256];
  for (unsigned i = 0; i < sizeof(bad) / sizeof(*bad); ++i) {
    snprintf(text, sizeof(text), "{\"a\": {\"filename\": \"%s\", \"shape\": [1]}}", bad[i]);
    write_text(manifest, text);
    assert_not_opened(folder, "a filename that is none in the folder");
  }
}

static void
sizes_that_no_memory_holds_are_found_when_they_are_read(void** const state)
{
  (void)state;
  write_text(manifest, "{\"a\": {\"filename\": \"a\", \"shape\": [1099511627776]}}");
  write_text("a", "1234");
  MnCheckpoint* const checkpoint = open_checkpoint(folder);
  MnCheckpointTensor  tensor     = mn_checkpoint_tensor(checkpoint, 0);
  float               value      = 0;
  MnError             error      = {0};
  assert_false(mn_checkpoint_read(checkpoint, &tensor, &value, &error));
  assert_non_null(strstr(error.text, "a has 4 bytes, not the 4398046511104"));
  mn_checkpoint_close(checkpoint);
}

// Google's folder has the whole decoder but only parts of the encoder.
static void
a_real_folder_is_read(void** const state)
{
  (void)state;
  static char const path[] = "../shared/checkpoints/mel_small";
  if (access(path, F_OK)) {
    print_message("skipped: %s is not there\n", path);
    skip();
  }
  MnCheckpoint* const checkpoint = open_checkpoint(path);
  MnCheckpointTensor  kernel;
  assert_true(mn_checkpoint_find(
    checkpoint, "decoder/multi_rnn_cell/cell_0/lstm_cell/kernel", &kernel));
  assert_int_equal(kernel.shape[0], 90 + 256 + 256);
  assert_int_equal(kernel.shape[1], 4 * 256);
  size_t readable = 0;
  for (size_t i = 0; i < mn_checkpoint_count(checkpoint); ++i) {
    MnCheckpointTensor const tensor = mn_checkpoint_tensor(checkpoint, i);
    float* const             values = (float*)malloc((tensor.elements + 1) * sizeof(float));
    assert_non_null(values);
    readable += mn_checkpoint_read(checkpoint, &tensor, values, NULL);
    free(values);
  }
  assert_true(readable >= 8); // the decoder is complete
  mn_checkpoint_close(checkpoint);
}

int
main(void)
{
  static struct CMUnitTest const tests[] = {
    cmocka_unit_test_setup_teardown(tensors_are_listed_and_read, enter_scratch, leave),
    cmocka_unit_test_setup_teardown(
      the_manifest_of_magenta_js_comes_first, enter_scratch, leave),
    cmocka_unit_test_setup_teardown(files_that_do_not_fit_are_named, enter_scratch, leave),
    cmocka_unit_test_setup_teardown(
      manifests_that_make_no_sense_are_refused, enter_scratch, leave),
    cmocka_unit_test_setup_teardown(
      filenames_out_of_the_folder_are_refused, enter_scratch, leave),
    cmocka_unit_test_setup_teardown(
      sizes_that_no_memory_holds_are_found_when_they_are_read, enter_scratch, leave),
    cmocka_unit_test(a_real_folder_is_read),
  };
  return cmocka_run_group_tests_name("checkpoint: deeplearn.js", tests, NULL, NULL);
}
