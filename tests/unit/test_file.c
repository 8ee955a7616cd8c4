// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "base/file.h"
#include "check.h"
#include "model_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char const name[] = "some.bin";
static char const text[] = "0123456789";

enum { SIZE = sizeof(text) - 1, MIB = 1 << 20 };

static void
write_text(void)
{
  write_bytes(name, text, SIZE);
}

static void
a_part_of_a_file_is_read_from_its_place(void** const state)
{
  (void)state;
  MnFile     file;
  MnContents part;
  MnError    error = {0};
  write_text();
  assert_true(mn_file_open(&file, name, &error));
  assert_int_equal(file.size, SIZE);
  assert_true(mn_file_load(&file, 3, 4, &part, &error));
  assert_int_equal(part.size, 4);
  assert_memory_equal(part.data, "3456", 4);
  mn_contents_free(&part);
  assert_true(mn_file_load(&file, SIZE, 0, &part, &error));
  assert_null(part.data);
  mn_file_close(&file);
}

static void
a_part_beyond_the_file_is_refused_before_memory_is_taken(void** const state)
{
  (void)state;
  static struct {
    uint64_t at;
    uint64_t size;
  } const parts[] = {{SIZE, 1},
                     {SIZE + 1, 0},
                     {0, SIZE + 1},
                     {3, UINT64_MAX - 2},
                     {UINT64_MAX, 2},
                     {0, UINT64_MAX}};
  MnFile file;
  write_text();
  assert_true(mn_file_open(&file, name, NULL));
  for (unsigned i = 0; i < sizeof(parts) / sizeof(*parts); ++i) {
    MnContents part;
    MnError    error = {0};
    assert_false(mn_file_load(&file, parts[i].at, parts[i].size, &part, &error));
    assert_int_equal(error.status, MN_STATUS_BAD_INPUT);
    assert_null(part.data);
  }
  mn_file_close(&file);
}

static void
a_file_that_changes_while_it_is_read_is_refused(void** const state)
{
  (void)state;
  for (unsigned i = 0; i < 4; ++i) {
    MnFile     file;
    MnContents all;
    MnError    error = {0};
    write_text();
    assert_true(mn_file_open(&file, name, &error));
    if (i == 0) {
      assert_int_equal(truncate(name, 0), 0);
    } else if (i == 1) {
      assert_int_equal(truncate(name, SIZE - 1), 0);
    } else if (i == 2) {
      assert_int_equal(truncate(name, MIB), 0);
    } else { // as long as before
      struct timespec const times[2] = {{1, 0}, {1, 0}};
      assert_int_equal(utimensat(AT_FDCWD, name, times, 0), 0);
    }
    assert_false(mn_file_load(&file, 0, file.size, &all, &error));
    assert_int_equal(error.status, MN_STATUS_IO);
    assert_string_equal(error.text, "changed while it was read");
    assert_null(all.data);
    mn_file_close(&file);
  }
}

static void
a_file_that_is_replaced_while_it_is_read_is_the_old_one(void** const state)
{
  (void)state;
  MnFile     file;
  MnContents all;
  write_text();
  assert_true(mn_file_open(&file, name, NULL));
  write_bytes("other.bin", "abc", 3);
  assert_int_equal(rename("other.bin", name), 0);
  assert_true(mn_file_load(&file, 0, file.size, &all, NULL));
  assert_int_equal(all.size, SIZE);
  assert_memory_equal(all.data, text, SIZE);
  mn_contents_free(&all);
  mn_file_close(&file);
}

static void
a_whole_file_is_read_up_to_a_size(void** const state)
{
  (void)state;
  MnContents all;
  MnError    error = {0};
  write_text();
  assert_true(mn_contents_read(&all, name, SIZE, &error));
  assert_memory_equal(all.data, text, SIZE);
  mn_contents_free(&all);
  mn_contents_free(&all);

  assert_int_equal(truncate(name, 3 * MIB + 1), 0);
  assert_false(mn_contents_read(&all, name, 3 * MIB, &error));
  assert_string_equal(error.text, "larger than 3 MiB");
  assert_false(mn_contents_read(&all, ".", MIB, &error));
  assert_string_equal(error.text, "not a regular file");
  assert_false(mn_contents_read(&all, "nowhere", MIB, &error));
  assert_int_equal(error.status, MN_STATUS_IO);
}

#define FILE_TEST(name) cmocka_unit_test_setup_teardown(name, enter_scratch, leave_scratch)

int
main(void)
{
  struct CMUnitTest const tests[] = {
    FILE_TEST(a_part_of_a_file_is_read_from_its_place),
    FILE_TEST(a_part_beyond_the_file_is_refused_before_memory_is_taken),
    FILE_TEST(a_file_that_changes_while_it_is_read_is_refused),
    FILE_TEST(a_file_that_is_replaced_while_it_is_read_is_the_old_one),
    FILE_TEST(a_whole_file_is_read_up_to_a_size),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
