// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// The file format by itself. Most tests go through the loader of models, whose messages
// name the file.

#include "check.h"
#include "model/model.h"
#include "model/safetensors.h"
#include "model_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static ModelShape const small =
  {.steps = 32, .hidden = 3, .latent = 2, .hidden_frac = 14, .wide = true, .seed = 1};

static void
what_is_no_file_is_refused_without_waiting(void** const state)
{
  (void)state;
  assert_refused("nowhere", "No such file");
  assert_refused("no/where", "No such file");
  assert_refused("", "No such file");
  assert_refused(".", "not a regular file");
  assert_int_equal(mkfifo("pipe", 0600), 0);
  alarm(10); // a reader of a pipe waits for its writer
  assert_refused("pipe", "not a regular file");
  alarm(0);
  assert_refused("/dev/null", "not a regular file");
}

static void
a_file_too_short_for_a_header_is_refused(void** const state)
{
  (void)state;
  write_bytes(model_path, "", 0);
  assert_refused(model_path, "empty");
  for (size_t size = 1; size < 8; ++size) {
    write_bytes(model_path, "\0\0\0\0\0\0\0", size);
    assert_refused(model_path, "too short");
  }
  write_bytes(model_path, "\0\0\0\0\0\0\0\0", 8); // a header of no bytes
  assert_refused(model_path, "JSON");
}

static void
a_header_length_beyond_the_file_is_refused(void** const state)
{
  (void)state;
  ModelFile* const file = model_file_new(&small);
  size_t           size = 0;
  free(model_file_bytes(file, &size));
  uint64_t const lengths[] = {size - 7,
                              size,
                              2 << 20,
                              (2 << 20) + 1,
                              INT64_MAX,
                              (uint64_t)INT64_MAX + 1,
                              UINT64_MAX - 8,
                              UINT64_MAX};
  file->has_length         = true;
  for (unsigned i = 0; i < sizeof(lengths) / sizeof(*lengths); ++i) {
    file->length = lengths[i];
    model_file_write(file, model_path);
    assert_refused(model_path, "header length");
  }
  file->length = 1; // within the file, but wrong
  assert_file_refused(file, "JSON");
}

// A file with this header and `size` bytes of data.
static void
assert_header_refused(char const* const header, size_t const size, char const* const why)
{
  ModelFile* const file = model_file_new(&small);
  file->header_text     = strdup(header);
  assert_true(size <= file->size);
  file->size = size;
  assert_file_refused(file, why);
}

static void
a_header_that_is_no_json_object_is_refused(void** const state)
{
  (void)state;
  static char const* const headers[] = {"{",
                                        "{\"a\": }",
                                        "[]",
                                        "[1, 2]",
                                        "\"text\"",
                                        "1",
                                        "null",
                                        "{}{}",
                                        "{\n\"a\"\n:\n\n}",
                                        "{\"a\": \"\xFF\xFE\"}",
                                        "{\"a\": \"\\u0000\"}",
                                        "\xEF\xBB\xBF{}"};
  for (unsigned i = 0; i < sizeof(headers) / sizeof(*headers); ++i) {
    assert_header_refused(headers[i], 0, "JSON");
  }

  // Too deep for any stack.
  enum { DEPTH = 1 << 20 };
  char* const deep = (char*)malloc(DEPTH + 1);
  memset(deep, '[', DEPTH);
  deep[DEPTH] = '\0';
  assert_header_refused(deep, 0, "JSON");
  free(deep);
}

static void
duplicate_keys_are_refused(void** const state)
{
  (void)state;
  assert_header_refused(
    "{\"a\": {\"dtype\": \"I8\", \"shape\": [1], \"data_offsets\": [0, 1]},"
    " \"a\": {\"dtype\": \"I8\", \"shape\": [1], \"data_offsets\": [0, 1]}}",
    1,
    "duplicate");
  assert_header_refused(
    "{\"__metadata__\": {\"format\": \"a\", \"format\": \"b\"}}", 0, "duplicate");
}

static void
a_tensor_that_is_described_badly_is_refused(void** const state)
{
  (void)state;
  static struct {
    char const* entry;
    char const* why;
  } const cases[] = {
    {"1", "needs dtype"},
    {"null", "needs dtype"},
    {"[]", "needs dtype"},
    {"{}", "needs dtype"},
    {"{\"shape\": [4], \"data_offsets\": [0, 4]}", "needs dtype"},
    {"{\"dtype\": 8, \"shape\": [4], \"data_offsets\": [0, 4]}", "needs dtype"},
    {"{\"dtype\": \"I8\", \"data_offsets\": [0, 4]}", "needs dtype"},
    {"{\"dtype\": \"I8\", \"shape\": 4, \"data_offsets\": [0, 4]}", "needs dtype"},
    {"{\"dtype\": \"I8\", \"shape\": [4]}", "needs dtype"},
    {"{\"dtype\": \"I8\", \"shape\": [4], \"data_offsets\": [4]}", "needs dtype"},
    {"{\"dtype\": \"I8\", \"shape\": [4], \"data_offsets\": [0, 2, 4]}", "needs dtype"},
    {"{\"dtype\": \"I8\", \"shape\": [4], \"data_offsets\": {\"0\": 0}}", "needs dtype"},
    {"{\"dtype\": \"I9\", \"shape\": [4], \"data_offsets\": [0, 4]}", "unknown dtype"},
    {"{\"dtype\": \"i8\", \"shape\": [4], \"data_offsets\": [0, 4]}", "unknown dtype"},
    {"{\"dtype\": \"\", \"shape\": [4], \"data_offsets\": [0, 4]}", "unknown dtype"},
    {"{\"dtype\": \"a\\nb\", \"shape\": [4], \"data_offsets\": [0, 4]}", "unknown dtype"},
    {"{\"dtype\": \"I8\", \"shape\": [1,1,1,1,4], \"data_offsets\": [0, 4]}", "dimensions"},
    {"{\"dtype\": \"I8\", \"shape\": [-4], \"data_offsets\": [0, 4]}", "impossible shape"},
    {"{\"dtype\": \"I8\", \"shape\": [4.0], \"data_offsets\": [0, 4]}", "impossible shape"},
    {"{\"dtype\": \"I8\", \"shape\": [\"4\"], \"data_offsets\": [0, 4]}",
     "impossible shape"},
    {"{\"dtype\": \"I8\", \"shape\": [4294967296, 4294967297], \"data_offsets\": [0, 4]}",
     "impossible shape"},
    {"{\"dtype\": \"I8\", \"shape\": [9223372036854775807, 2, 2], \"data_offsets\": [0, 4]}",
     "impossible shape"},
    // 2^62 + 1 elements of 4 bytes make 4 bytes where the product overflows.
    {"{\"dtype\": \"I32\", \"shape\": [4611686018427387905], \"data_offsets\": [0, 4]}",
     "does not fit its shape"},
    {"{\"dtype\": \"I8\", \"shape\": [4], \"data_offsets\": [0, 5]}", "outside"},
    {"{\"dtype\": \"I8\", \"shape\": [4], \"data_offsets\": [4, 0]}", "outside"},
    {"{\"dtype\": \"I8\", \"shape\": [4], \"data_offsets\": [-4, 0]}", "outside"},
    {"{\"dtype\": \"I8\", \"shape\": [4], \"data_offsets\": [0, 1e3]}", "outside"},
    {"{\"dtype\": \"I8\", \"shape\": [4], \"data_offsets\": [0, 9223372036854775807]}",
     "outside"},
    {"{\"dtype\": \"I8\", \"shape\": [3], \"data_offsets\": [0, 4]}",
     "does not fit its shape"},
    {"{\"dtype\": \"I16\", \"shape\": [4], \"data_offsets\": [0, 4]}",
     "does not fit its shape"},
    {"{\"dtype\": \"I8\", \"shape\": [], \"data_offsets\": [0, 4]}",
     "does not fit its shape"},
    {"{\"dtype\": \"I8\", \"shape\": [0], \"data_offsets\": [0, 4]}",
     "does not fit its shape"},
  };
  for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    char header[512];
    snprintf(header, sizeof(header), "{\"tensor\": %s}", cases[i].entry);
    assert_header_refused(header, 4, cases[i].why);
  }
}

static void
a_name_from_the_file_cannot_break_the_message(void** const state)
{
  (void)state;
  assert_header_refused("{\"two\\nlines\\u001b[31m\": {}}", 0, "needs dtype");
  char long_name[2000];
  snprintf(long_name, sizeof(long_name), "{\"%01500d\": {}}", 0);
  assert_header_refused(long_name, 0, "tensor 000");
}

static void
tensors_that_overlap_or_leave_gaps_are_refused(void** const state)
{
  (void)state;
  // Except for the last layout, the data end with the last tensor.
  static struct {
    char const* offsets;
    size_t      bytes;
  } const layouts[] = {
    {"[0, 4], [2, 6]", 6}, // overlap
    {"[0, 4], [0, 4]", 4}, // the same place
    {"[0, 4], [5, 9]", 9}, // a gap between them
    {"[1, 5], [5, 9]", 9}, // a gap before
    {"[0, 4], [4, 8]", 9}, // a byte after
  };
  for (unsigned i = 0; i < sizeof(layouts) / sizeof(*layouts); ++i) {
    char header[256];
    snprintf(header,
             sizeof(header),
             "{\"a\": {\"dtype\": \"I8\", \"shape\": [4], \"data_offsets\": %.6s},"
             " \"b\": {\"dtype\": \"I8\", \"shape\": [4], \"data_offsets\": %.6s}}",
             layouts[i].offsets,
             layouts[i].offsets + 8);
    assert_header_refused(header, layouts[i].bytes, "overlap or leave gaps");
  }
  assert_header_refused("{}", 1, "overlap or leave gaps");
}

static void
metadata_that_is_no_object_is_refused(void** const state)
{
  (void)state;
  assert_header_refused("{\"__metadata__\": 1}", 0, "__metadata__");
  assert_header_refused("{\"__metadata__\": []}", 0, "__metadata__");
  assert_header_refused("{\"__metadata__\": {}}", 0, "not a Music Neurons model");
  assert_header_refused("{}", 0, "not a Music Neurons model");
}

static ModelShape const smallest =
  {.steps = 1, .hidden = 1, .latent = 1, .hidden_frac = 8, .wide = false, .seed = 2};

static void
a_file_cut_off_anywhere_is_refused(void** const state)
{
  (void)state;
  ModelFile* const file  = model_file_new(&smallest);
  size_t           size  = 0;
  char* const      bytes = model_file_bytes(file, &size);
  write_bytes(model_path, bytes, size);
  for (size_t cut = size; cut-- > 0;) {
    assert_int_equal(truncate(model_path, (off_t)cut), 0);
    assert_refused(model_path, "");
  }
  free(bytes);
  model_file_free(file);
}

static void
a_file_with_a_byte_more_is_refused(void** const state)
{
  (void)state;
  ModelFile* const file    = model_file_new(&smallest);
  file->data               = (char*)realloc(file->data, file->size + 1);
  file->data[file->size++] = 0;
  assert_file_refused(file, "gaps");
}

// The file loads, or the loader refuses it with a reason. It never crashes.
static bool
loads_or_says_why(void)
{
  MnError        error = {0};
  MnModel* const model = mn_model_load(model_path, &error);
  assert_true(model || strlen(error.text) > strlen(model_path));
  mn_model_free(model);
  return model;
}

static void
a_file_with_any_bytes_changed_loads_or_is_refused(void** const state)
{
  (void)state;
  ModelFile* const file   = model_file_new(&smallest);
  Random           random = {7};
  size_t           size   = 0;
  unsigned         loaded = 0;
  char* const      bytes  = model_file_bytes(file, &size);
  size_t const     header = size - file->size;
  for (unsigned i = 0; i < 4000; ++i) {
    char* const    changed = (char*)malloc(size);
    unsigned const changes = 1 + random_below(&random, 3);
    memcpy(changed, bytes, size);
    for (unsigned c = 0; c < changes; ++c) {
      // Mostly in the header, whose digits and brackets matter most.
      size_t const among = random_below(&random, 4) ? header : size;
      size_t const at    = random_below(&random, (uint32_t)among);
      changed[at]        = random_below(&random, 2)
                             ? "0123456789[]{},:\"-.e"[random_below(&random, 20)]
                             : (char)random_below(&random, 256);
    }
    unlink(model_path);
    write_bytes(model_path, changed, size);
    loaded += loads_or_says_why();
    free(changed);
  }
  assert_true(loaded > 0 && loaded < 4000); // texts may change, numbers not
  free(bytes);
  model_file_free(file);
}

static void
tensors_are_found_by_name_and_metadata_is_none(void** const state)
{
  (void)state;
  ModelFile* const file = model_file_new(&small);
  model_file_write(file, model_path);
  MnError              error = {0};
  MnTensor             tensor;
  MnSafetensors* const opened = mn_safetensors_open(model_path, &error);
  assert_non_null(opened);
  assert_true(mn_safetensors_find(opened, "encoder/fw/input", &tensor));
  assert_int_equal(tensor.dtype, MN_DTYPE_I32);
  assert_int_equal(tensor.dimensions, 2);
  assert_int_equal(tensor.shape[0], MN_CLASSES);
  assert_int_equal(tensor.shape[1], 12);
  assert_int_equal(tensor.elements, MN_CLASSES * 12);
  assert_memory_equal(
    tensor.data, model_file_tensor(file, "encoder/fw/input"), 4 * 90 * 12);
  assert_false(mn_safetensors_find(opened, "encoder/fw/inpu", &tensor));
  assert_false(mn_safetensors_find(opened, "__metadata__", &tensor));
  assert_string_equal(mn_safetensors_metadata(opened, "licence"), "ISC");
  assert_null(mn_safetensors_metadata(opened, "encoder/fw/input"));
  mn_safetensors_close(opened);
  model_file_free(file);
}

static void
closing_no_file_is_fine(void** const state)
{
  (void)state;
  mn_safetensors_close(NULL);
}

#define FILE_TEST(name) cmocka_unit_test_setup_teardown(name, enter_scratch, leave_scratch)

int
main(void)
{
  struct CMUnitTest const tests[] = {
    FILE_TEST(what_is_no_file_is_refused_without_waiting),
    FILE_TEST(a_file_too_short_for_a_header_is_refused),
    FILE_TEST(a_header_length_beyond_the_file_is_refused),
    FILE_TEST(a_header_that_is_no_json_object_is_refused),
    FILE_TEST(duplicate_keys_are_refused),
    FILE_TEST(a_tensor_that_is_described_badly_is_refused),
    FILE_TEST(a_name_from_the_file_cannot_break_the_message),
    FILE_TEST(tensors_that_overlap_or_leave_gaps_are_refused),
    FILE_TEST(metadata_that_is_no_object_is_refused),
    FILE_TEST(a_file_cut_off_anywhere_is_refused),
    FILE_TEST(a_file_with_a_byte_more_is_refused),
    FILE_TEST(a_file_with_any_bytes_changed_loads_or_is_refused),
    FILE_TEST(tensors_are_found_by_name_and_metadata_is_none),
    FILE_TEST(closing_no_file_is_fine),
  };
  return cmocka_run_group_tests_name("safetensors", tests, NULL, NULL);
}
