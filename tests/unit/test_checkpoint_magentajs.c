// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// Folders of magenta.js. The test's scratch directory is one.

#include "check.h"
#include "checkpoint_file.h"
#include "model_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char const folder[]   = ".";
static char const manifest[] = "weights_manifest.json";

static void
write_text(char const* const path, char const* const text)
{
  unlink(path);
  write_bytes(path, text, strlen(text));
}

static float const floats[5] = {1, -2.5F, 0x1p-140F, 1e30F, -0.0F};

// Tensors of all types in two groups. The first has floats, integers, bytes and shorts
// that encode floats, and floats again.
static char const whole[] =
  "[{\"paths\": [\"group1-shard1of3\", \"group1-shard2of3\", \"group1-shard3of3\"],"
  "  \"weights\": ["
  "   {\"name\": \"z\", \"shape\": [5], \"dtype\": \"float32\"},"
  "   {\"name\": \"i\", \"shape\": [], \"dtype\": \"int32\"},"
  "   {\"name\": \"b\", \"shape\": [2, 128], \"dtype\": \"float32\","
  "    \"quantization\": {\"scale\": 0.0123456789012345, \"min\": -1.6, \"dtype\": \"uint8\"}},"
  "   {\"name\": \"s\", \"shape\": [1, 4, 1], \"dtype\": \"float32\","
  "    \"quantization\": {\"min\": -3, \"scale\": 1e-4, \"dtype\": \"uint16\"}},"
  "   {\"name\": \"nothing\", \"shape\": [0, 3], \"dtype\": \"float32\"},"
  "   {\"name\": \"y\", \"shape\": [5, 1], \"dtype\": \"float32\"}]},"
  " {\"paths\": [\"group2-shard1of1\"],"
  "  \"weights\": ["
  "   {\"name\": \"h\", \"shape\": [3], \"dtype\": \"float32\","
  "    \"quantization\": {\"dtype\": \"float16\"}},"
  "   {\"name\": \"q\", \"shape\": [2], \"dtype\": \"int32\","
  "    \"quantization\": {\"scale\": 1, \"min\": 0, \"dtype\": \"uint8\"}}]}]";

static uint16_t const shorts[4] = {0, 1, 65535, 32769};

// Splits a group's bytes into three files.
static void
write_shards(size_t const first, size_t const second)
{
  Buffer all = {0};
  put_bytes(&all, floats, sizeof(floats));
  put_number(&all, 77, 4);
  for (unsigned q = 0; q < 256; ++q) {
    put_number(&all, q, 1);
  }
  for (unsigned i = 0; i < 4; ++i) {
    put_number(&all, shorts[i], 2);
  }
  put_bytes(&all, floats, sizeof(floats));

  size_t const cuts[] = {0, first, second, all.size};
  for (unsigned i = 0; i < 3; ++i) {
    char path[32];
    snprintf(path, sizeof(path), "group1-shard%uof3", i + 1);
    unlink(path);
    write_bytes(path, all.data + cuts[i], cuts[i + 1] - cuts[i]);
  }
  free(all.data);

  static uint8_t const halves[] = {0x00, 0x3C, 0x00, 0xC1, 0x01, 0x00, 9, 9};
  unlink("group2-shard1of1");
  write_bytes("group2-shard1of1", halves, sizeof(halves));
}

static void
assert_whole(void)
{
  static float const halves[] = {1, -2.5F, 0x1p-24F};
  float              bytes[256];
  float              words[4];
  for (unsigned q = 0; q < 256; ++q) {
    double const product = q * 0.0123456789012345;
    bytes[q]             = (float)(product + -1.6);
  }
  for (unsigned i = 0; i < 4; ++i) {
    double const product = shorts[i] * 1e-4;
    words[i]             = (float)(product + -3);
  }

  MnCheckpoint* const checkpoint = open_checkpoint(folder);
  assert_values(checkpoint, "z", floats, 5);
  assert_values(checkpoint, "b", bytes, 256);
  assert_values(checkpoint, "s", words, 4);
  assert_values(checkpoint, "y", floats, 5);
  assert_values(checkpoint, "nothing", NULL, 0);
  assert_values(checkpoint, "h", halves, 3);
  assert_not_read(checkpoint, "i", "int32 values are no weights");
  assert_not_read(checkpoint, "q", "no weights");
  mn_checkpoint_close(checkpoint);
}

static void
tensors_of_all_kinds_are_read(void** const state)
{
  (void)state;
  static struct {
    char const* name;
    char const* dtype;
    unsigned    dimensions;
  } const tensors[] = {
    {"b", "uint8 (quantised)", 2},
    {"h", "float16", 1},
    {"i", "int32", 0},
    {"nothing", "float32", 2},
    {"q", "quantised integers", 1},
    {"s", "uint16 (quantised)", 3},
    {"y", "float32", 2},
    {"z", "float32", 1},
  };
  write_text(manifest, whole);
  write_shards(20, 300);
  MnCheckpoint* const checkpoint = open_checkpoint(folder);
  assert_string_equal(mn_checkpoint_kind(checkpoint), "magenta.js folder");
  assert_int_equal(mn_checkpoint_count(checkpoint), 8);
  for (unsigned i = 0; i < 8; ++i) {
    MnCheckpointTensor const tensor = mn_checkpoint_tensor(checkpoint, i);
    assert_string_equal(tensor.name, tensors[i].name);
    assert_string_equal(tensor.dtype, tensors[i].dtype);
    assert_int_equal(tensor.dimensions, tensors[i].dimensions);
  }
  mn_checkpoint_close(checkpoint);
  assert_whole();
}

static void
tensors_cross_shards_anywhere(void** const state)
{
  (void)state;
  enum { SIZE = 20 + 4 + 256 + 8 + 20 };
  write_text(manifest, whole);
  for (size_t first = 0; first <= SIZE; first += first < 30 || first > 275 ? 1 : 61) {
    // The second file is empty, one byte, part of a value, or all the rest.
    size_t const seconds[] = {first, first + 1, first + 2, first + 7, SIZE};
    for (unsigned i = 0; i < 5; ++i) {
      write_shards(first, seconds[i] < SIZE ? seconds[i] : SIZE);
      assert_whole();
    }
  }
}

static void
a_configuration_must_be_of_a_musicvae(void** const state)
{
  (void)state;
  write_text(manifest, whole);
  write_shards(20, 300);
  write_text(
    "config.json",
    "{\"type\": \"MusicVAE\", \"dataConverter\": {\"type\": \"MelodyConverter\"}}");
  assert_whole();
  write_text("config.json", "{}");
  assert_whole();
  write_text("config.json", "{\"type\": \"MusicRNN\"}");
  assert_not_opened(folder, "config.json: the model is not a MusicVAE: MusicRNN");
  write_text("config.json", "[]");
  assert_not_opened(folder, "config.json: the model is not a MusicVAE");
  write_text("config.json", "{\"type\": \"Music");
  assert_not_opened(folder, "config.json: bad JSON");
  write_text("config.json", "");
  assert_not_opened(folder, "config.json: bad JSON");
}

static void
shards_that_do_not_fit_are_named(void** const state)
{
  (void)state;
  static char const text[] = "12345678901234567890";
  write_text(manifest, whole);
  write_shards(20, 300);
  unlink("group1-shard2of3");
  MnCheckpoint* checkpoint = open_checkpoint(folder);
  assert_not_read(checkpoint, "z", "group1-shard2of3: No such file");
  assert_not_read(
    checkpoint, "z", "group1-shard2of3: No such file"); // a second read fails too
  mn_checkpoint_close(checkpoint);

  for (size_t size = 0; size < sizeof(text); ++size) {
    write_shards(20, 300);
    write_bytes("group1-shard1of3", text, size);
    checkpoint = open_checkpoint(folder);
    if (size != 20) {
      assert_not_read(checkpoint, "y", "tensors have 308 bytes, its files");
    }
    mn_checkpoint_close(checkpoint);
  }
}

static void
manifests_that_make_no_sense_are_refused(void** const state)
{
  (void)state;
  static struct {
    char const* text;
    char const* why;
  } const cases[] = {
    {"", "bad JSON"},
    {"[", "bad JSON"},
    {"[{\"paths\": [], \"paths\": []}]", "bad JSON"},
    {"{}", "no list of groups"},
    {"[]", "no list of groups"},
    {"1", "bad JSON"},
    {"null", "bad JSON"},
    {"[1]", "without paths or weights"},
    {"[[]]", "without paths or weights"},
    {"[{\"paths\": []}]", "without paths or weights"},
    {"[{\"weights\": []}]", "without paths or weights"},
    {"[{\"paths\": {}, \"weights\": []}]", "without paths or weights"},
    {"[{\"paths\": [1], \"weights\": []}]", "none in the folder: ?"},
    {"[{\"paths\": [], \"weights\": [1]}]", "without a name or shape"},
    {"[{\"paths\": [], \"weights\": [{\"name\": 1, \"shape\": []}]}]",
     "without a name or shape"},
    {"[{\"paths\": [], \"weights\": [{\"name\": \"a\", \"shape\": 1}]}]",
     "without a name or shape"},
  };
  for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    write_text(manifest, cases[i].text);
    assert_not_opened(folder, cases[i].why);
  }
}

static void
paths_out_of_the_folder_are_refused(void** const state)
{
  (void)state;
  static char const* const bad[] = {"",
                                    "/",
                                    "/etc/passwd",
                                    "..",
                                    "../x",
                                    "a/../x",
                                    "a/..",
                                    ".",
                                    "./x",
                                    "a//x",
                                    "a/",
                                    "http://x/y"};
  char                     text[256];
  for (unsigned i = 0; i < sizeof(bad) / sizeof(*bad); ++i) {
    snprintf(text, sizeof(text), "[{\"paths\": [\"%s\"], \"weights\": []}]", bad[i]);
    write_text(manifest, text);
    assert_not_opened(folder, "a path that is none in the folder");
  }
  static char const* const good[] = {
    "a", "..a", "a..", "...", ".a", "a/b", "group1-shard1of1.bin"};
  for (unsigned i = 0; i < sizeof(good) / sizeof(*good); ++i) {
    snprintf(text, sizeof(text), "[{\"paths\": [\"%s\"], \"weights\": []}]", good[i]);
    write_text(manifest, text);
    mn_checkpoint_close(open_checkpoint(folder));
  }
}

// Writes a manifest with one tensor, whose last members are these.
static void
write_tensor(char const* const members)
{
  char text[512];
  snprintf(text,
           sizeof(text),
           "[{\"paths\": [\"x\"], \"weights\": [{\"name\": \"a\", %s}]}]",
           members);
  write_text(manifest, text);
}

static void
tensors_that_make_no_sense_are_refused(void** const state)
{
  (void)state;
  static struct {
    char const* members;
    char const* why;
  } const cases[] = {
    {"\"shape\": []", "tensor a: dtype ? is not supported"},
    {"\"shape\": [], \"dtype\": 1", "dtype ? is not supported"},
    {"\"shape\": [1], \"dtype\": \"string\"", "dtype string is not supported"},
    {"\"shape\": [-1], \"dtype\": \"float32\"", "impossible shape"},
    {"\"shape\": [1.5], \"dtype\": \"float32\"", "impossible shape"},
    {"\"shape\": [null], \"dtype\": \"float32\"", "impossible shape"},
    {"\"shape\": [9223372036854775807], \"dtype\": \"float32\"", "impossible shape"},
    {"\"shape\": [4294967296, 4294967296], \"dtype\": \"float32\"", "impossible shape"},
    {"\"shape\": [1, 1, 1, 1, 1], \"dtype\": \"float32\"", "more than 4 dimensions"},
    {"\"shape\": [1], \"dtype\": \"float32\", \"quantization\": 1", "bad quantization"},
    {"\"shape\": [1], \"dtype\": \"float32\", \"quantization\": {}", "bad quantization"},
    {"\"shape\": [1], \"dtype\": \"float32\", \"quantization\": {\"dtype\": \"int8\","
     " \"scale\": 1, \"min\": 1}",
     "bad quantization"},
    {"\"shape\": [1], \"dtype\": \"float32\", \"quantization\": {\"dtype\": \"uint8\","
     " \"scale\": 1}",
     "bad quantization"},
    {"\"shape\": [1], \"dtype\": \"float32\", \"quantization\": {\"dtype\": \"uint8\","
     " \"scale\": \"1\", \"min\": 1}",
     "bad quantization"},
    {"\"shape\": [1], \"dtype\": \"float32\"}, {\"name\": \"a\", \"shape\": [1],"
     " \"dtype\": \"float32\"",
     "tensor a: listed twice"},
    {"\"shape\": [1], \"dtype\": \"float32\"}, {\"name\": \"\", \"shape\": [1],"
     " \"dtype\": \"float32\"",
     "impossible name"},
  };
  for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    write_tensor(cases[i].members);
    assert_not_opened(folder, cases[i].why);
  }

  // Sizes beyond any memory are detected on reading.
  write_tensor("\"shape\": [1099511627776], \"dtype\": \"float32\"");
  write_text("x", "1234");
  MnCheckpoint* const checkpoint = open_checkpoint(folder);
  MnCheckpointTensor  tensor     = mn_checkpoint_tensor(checkpoint, 0);
  float               value      = 0;
  MnError             error      = {0};
  assert_false(mn_checkpoint_read(checkpoint, &tensor, &value, &error));
  assert_non_null(strstr(error.text, "have 4398046511104 bytes, its files 4"));
  mn_checkpoint_close(checkpoint);
}

static void
shards_that_are_no_files_are_not_waited_for(void** const state)
{
  (void)state;
  write_tensor("\"shape\": [1], \"dtype\": \"float32\"");
  assert_int_equal(mkfifo("x", 0600), 0);
  MnCheckpoint* const checkpoint = open_checkpoint(folder);
  alarm(10);
  assert_not_read(checkpoint, "a", "x: not a regular file");
  alarm(0);
  mn_checkpoint_close(checkpoint);
}

int
main(void)
{
  static struct CMUnitTest const tests[] = {
    cmocka_unit_test_setup_teardown(
      tensors_of_all_kinds_are_read, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      tensors_cross_shards_anywhere, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      a_configuration_must_be_of_a_musicvae, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      shards_that_do_not_fit_are_named, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      manifests_that_make_no_sense_are_refused, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      paths_out_of_the_folder_are_refused, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      tensors_that_make_no_sense_are_refused, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      shards_that_are_no_files_are_not_waited_for, enter_scratch, leave_scratch),
  };
  return cmocka_run_group_tests_name("checkpoint: magenta.js", tests, NULL, NULL);
}
