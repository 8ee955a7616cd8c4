// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// TensorFlow's checkpoints in tar archives of every kind, read in place.

#include "check.h"
#include "checkpoint_file.h"
#include "model_file.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 512, FLOAT32 = 1 };

static char const tar_path[] = "some.tar";

static char const ustar[9] = "ustar\0"
                             "00";
static char const gnu[9]   = "ustar  ";

static float const values[300] = {1, 2, 3, [299] = 4};

// A header's fields as they stand in the file.
typedef struct {
  char const* name;
  char const* prefix;
  char const* magic; // NULL in the oldest archives
  char        type;
  char const* size; // NULL: the real size
} Header;

static void
put_field_at(uint8_t* const    block,
             size_t const      at,
             char const* const text,
             size_t const      most)
{
  size_t const length = strlen(text);
  memcpy(block + at, text, length < most ? length : most);
}

static void
put_sum(uint8_t* const block)
{
  unsigned sum = 0;
  char     text[16];
  memset(block + 148, ' ', 8);
  for (unsigned i = 0; i < BLOCK; ++i) {
    sum += block[i];
  }
  snprintf(text, sizeof(text), "%06o", sum);
  memcpy(block + 148, text, 7);
}

static void
put_member(Buffer* const     file,
           Header const      header,
           void const* const data,
           size_t const      size)
{
  static char const zeros[BLOCK];
  uint8_t           block[BLOCK] = {0};
  char              text[32];
  snprintf(text, sizeof(text), "%011zo", size);
  put_field_at(block, 0, header.name, 100);
  put_field_at(block, 100, "0000644", 8);
  put_field_at(block, 124, header.size ? header.size : text, 12);
  block[156] = (uint8_t)header.type;
  if (header.magic) {
    memcpy(block + 257, header.magic, 8);
  }
  if (header.prefix) {
    put_field_at(block, 345, header.prefix, 155);
  }
  put_sum(block);
  put_bytes(file, block, BLOCK);
  put_bytes(file, data, size);
  put_bytes(file, zeros, (BLOCK - size % BLOCK) % BLOCK);
}

static void
put_file(Buffer* const file, char const* const name, Buffer const* const data)
{
  put_member(file, (Header){name, NULL, ustar, '0', NULL}, data->data, data->size);
}

static void
put_end(Buffer* const file)
{
  static char const zeros[2 * BLOCK];
  put_bytes(file, zeros, sizeof(zeros));
}

static Buffer
read_file(char const* const path)
{
  Buffer      file = {0};
  FILE* const in   = fopen(path, "rb");
  assert_non_null(in);
  for (int c = getc(in); c != EOF; c = getc(in)) {
    put_number(&file, (uint64_t)c, 1);
  }
  fclose(in);
  return file;
}

// The two files of a checkpoint: index and data.
typedef struct {
  Buffer index;
  Buffer data;
} Files;

static Files
make_files(void)
{
  BundleTensor x = {.name       = "x",
                    .type       = FLOAT32,
                    .dimensions = 1,
                    .shape      = {300},
                    .size       = sizeof(values),
                    .data       = values};
  write_bundle("some.ckpt", 1, &x, 1);
  return (Files){read_file("some.ckpt.index"), read_file("some.ckpt.data-00000-of-00001")};
}

static void
free_files(Files* const files)
{
  free(files->index.data);
  free(files->data.data);
}

// Writes the archive and reads it, which must succeed.
static void
assert_archive_read(Buffer* const file)
{
  write_buffer(file, tar_path);
  MnCheckpoint* const checkpoint = open_checkpoint(tar_path);
  assert_string_equal(mn_checkpoint_kind(checkpoint), "TensorFlow checkpoint");
  assert_int_equal(mn_checkpoint_count(checkpoint), 1);
  assert_values(checkpoint, "x", values, 300);
  mn_checkpoint_close(checkpoint);
}

static void
old_and_ustar_archives_are_read(void** const state)
{
  (void)state;
  char const* const magics[] = {NULL, ustar, gnu};
  Files             files    = make_files();
  for (unsigned i = 0; i < 3; ++i) {
    Buffer            file  = {0};
    char const* const magic = magics[i];
    char const        type  = magic ? '0' : '\0';
    put_member(&file, (Header){"./", NULL, magic, '5', NULL}, "", 0);
    put_member(&file, (Header){"./notes", NULL, magic, type, NULL}, "some text", 9);
    put_member(&file, (Header){"./link.index", NULL, magic, '2', "00000001000"}, "", 0);
    put_member(&file,
               (Header){"./a.ckpt.data-00000-of-00001", NULL, magic, type, NULL},
               files.data.data,
               files.data.size);
    put_member(&file,
               (Header){"./a.ckpt.index", NULL, magic, type, NULL},
               files.index.data,
               files.index.size);
    put_end(&file);
    assert_archive_read(&file);
  }
  free_files(&files);
}

static void
names_in_two_parts_are_read(void** const state)
{
  (void)state;
  Files  files = make_files();
  Buffer file  = {0};
  char   folder[156]; // fills its field, so that no zero ends it
  memset(folder, 'f', sizeof(folder));
  folder[sizeof(folder) - 1] = '\0';
  put_member(&file,
             (Header){"n.ckpt.index", folder, ustar, '0', NULL},
             files.index.data,
             files.index.size);
  put_member(&file,
             (Header){"n.ckpt.data-00000-of-00001", folder, ustar, '0', NULL},
             files.data.data,
             files.data.size);
  put_end(&file);
  assert_archive_read(&file);
  free_files(&files);
}

// A name for the index or the data that is too long for its field.
static char const*
long_name(bool const index)
{
  static char       name[200];
  char const* const end = index ? "index" : "data-00000-of-00001";
  snprintf(name, sizeof(name), "some/folder/%0120d.ckpt.%s", 1, end);
  return name;
}

static void
long_names_of_gnu_are_read(void** const state)
{
  (void)state;
  Files  files = make_files();
  Buffer file  = {0};
  for (unsigned i = 0; i < 2; ++i) {
    char const* const   name = long_name(!i);
    Buffer const* const data = i ? &files.data : &files.index;
    put_member(&file, (Header){"././@LongLink", NULL, gnu, 'K', NULL}, "of a link", 10);
    put_member(
      &file, (Header){"././@LongLink", NULL, gnu, 'L', NULL}, name, strlen(name) + 1);
    put_member(&file, (Header){name, NULL, gnu, '0', NULL}, data->data, data->size);
  }
  put_end(&file);
  assert_archive_read(&file);
  free_files(&files);
}

// Writes a pax header with a line for `key` and one that no reader needs.
static void
put_pax(Buffer* const file, char const* const key, char const* const value)
{
  char   line[600];
  size_t length = strlen(key) + strlen(value) + 5; // the length has two digits
  length += length > 99;
  snprintf(line, sizeof(line), "%zu %s=%s\n9 mtime=\n", length, key, value);
  put_member(file, (Header){"PaxHeader", NULL, ustar, 'x', NULL}, line, strlen(line));
}

static void
pax_headers_are_read(void** const state)
{
  (void)state;
  Files  files = make_files();
  Buffer file  = {0};
  put_member(&file, (Header){"g", NULL, ustar, 'g', NULL}, "9 mtime=\n", 9);
  for (unsigned i = 0; i < 2; ++i) {
    put_pax(&file, "path", long_name(!i));
    put_file(&file, "short", i ? &files.data : &files.index);
    // A pax header applies to the next member only.
    put_member(&file, (Header){i ? "c" : "b", NULL, ustar, '0', NULL}, "", 0);
    // A size too large for its field is in the pax header only.
    put_pax(&file, "size", "000000000000000000000000003");
    put_member(&file, (Header){"d", NULL, ustar, '0', "00000000000"}, "abc", 3);
  }
  put_end(&file);
  assert_archive_read(&file);
  free_files(&files);
}

static void
a_binary_size_is_read(void** const state)
{
  (void)state;
  Files  files = make_files();
  Buffer file  = {0};
  put_file(&file, "a.index", &files.index);
  size_t const at = file.size;
  put_file(&file, "a.data-00000-of-00001", &files.data);
  uint8_t* const size = file.data + at + 124;
  memset(size, 0, 12);
  size[0]  = 0x80;
  size[10] = (uint8_t)(files.data.size >> 8);
  size[11] = (uint8_t)files.data.size;
  put_sum(file.data + at);
  assert_archive_read(&file); // without end blocks, as some tools write it
  free_files(&files);
}

static void
a_binary_size_does_not_wrap(void** const state)
{
  (void)state;
  static uint8_t const size[12] = {[0] = 0x80, [3] = 1, [11] = 4}; // 2^64 + 4
  Buffer               file     = {0};
  put_member(&file, (Header){"a", NULL, ustar, '0', NULL}, "text", 4);
  memcpy(file.data + 124, size, sizeof(size));
  put_sum(file.data);
  put_end(&file);
  write_buffer(&file, tar_path);
  assert_not_opened(tar_path, "malformed");
}

static void
archives_without_a_checkpoint_are_refused(void** const state)
{
  (void)state;
  Files  files = make_files();
  Buffer text  = {0};
  Buffer file  = {0};
  put_text(&text, "text");
  put_file(&file, "notes", &text);
  put_end(&file);
  write_buffer(&file, tar_path);
  assert_not_opened(tar_path, "no .index file");

  put_file(&file, "b.index", &files.index);
  put_file(&file, "a.index", &files.index);
  write_buffer(&file, tar_path);
  assert_not_opened(tar_path, "two checkpoints: b.index and a.index");

  put_member(&file, (Header){"a.index", NULL, gnu, 'S', NULL}, "text", 4);
  write_buffer(&file, tar_path);
  assert_not_opened(tar_path, "sparse");

  put_file(&file, "a.index", &text);
  write_buffer(&file, tar_path);
  assert_not_opened(tar_path, "no table");

  // The index is there, but the data is not.
  put_file(&file, "a.index", &files.index);
  write_buffer(&file, tar_path);
  MnCheckpoint* const checkpoint = open_checkpoint(tar_path);
  assert_not_read(checkpoint, "x", "a.data-00000-of-00001 is not in the archive");
  mn_checkpoint_close(checkpoint);
  free(text.data);
  free_files(&files);
}

static void
malformed_headers_are_refused(void** const state)
{
  (void)state;
  static char const* const sizes[] = {"00000001001",
                                      "77777777777",
                                      "0000000001x",
                                      "xxxxxxxxxxx",
                                      "\x80\377\377\377\377\377\377\377\377\377\377\377",
                                      "\x80\001\001\001\377\377\377\377\377\377\377\377",
                                      "\377\377\377\377\377\377\377\377\377\377\377\377"};
  for (unsigned i = 0; i < sizeof(sizes) / sizeof(*sizes); ++i) {
    Buffer file = {0};
    put_member(&file, (Header){"a", NULL, ustar, '0', sizes[i]}, "text", 4);
    write_buffer(&file, tar_path);
    assert_not_opened(tar_path, "malformed");
  }

  static char const* const lines[] = {"x",
                                      "9",
                                      "9 ",
                                      "2 \n",
                                      "0 \n",
                                      "99 path=a\n",
                                      "11 path=a\n",
                                      "10 path=a\n9",
                                      "8 path=a\n",
                                      "18446744073709551626 path=a\n",
                                      "11 size=-1\n",
                                      "11 size=1x\n",
                                      "8 size=\n",
                                      "32 size=18446744073709551616000\n"};
  for (unsigned i = 0; i < sizeof(lines) / sizeof(*lines); ++i) {
    Buffer file = {0};
    put_member(&file, (Header){"p", NULL, ustar, 'x', NULL}, lines[i], strlen(lines[i]));
    put_end(&file);
    write_buffer(&file, tar_path);
    assert_not_opened(tar_path, "malformed pax header");
  }

  Buffer file = {0};
  put_member(&file, (Header){"a", NULL, ustar, '0', NULL}, "text", 4);
  put_member(&file, (Header){"b", NULL, ustar, '0', NULL}, "text", 4);
  file.data[2 * BLOCK] ^= 1; // the second header
  write_buffer(&file, tar_path);
  assert_not_opened(tar_path, "malformed");
}

static void
a_cut_archive_ends_with_a_reason(void** const state)
{
  (void)state;
  Files  files = make_files();
  Buffer file  = {0};
  put_file(&file, "a.index", &files.index);
  put_file(&file, "a.data-00000-of-00001", &files.data);
  size_t const padding = (BLOCK - files.data.size % BLOCK) % BLOCK;
  for (size_t size = 0; size < file.size; ++size) {
    write_bytes(tar_path, file.data, size);
    assert_int_equal(try_checkpoint(tar_path), size >= file.size - padding);
  }
  free(file.data);
  free_files(&files);
}

int
main(void)
{
  static struct CMUnitTest const tests[] = {
    cmocka_unit_test_setup_teardown(
      old_and_ustar_archives_are_read, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      names_in_two_parts_are_read, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      long_names_of_gnu_are_read, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(pax_headers_are_read, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(a_binary_size_is_read, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      a_binary_size_does_not_wrap, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      archives_without_a_checkpoint_are_refused, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      malformed_headers_are_refused, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      a_cut_archive_ends_with_a_reason, enter_scratch, leave_scratch),
  };
  return cmocka_run_group_tests_name("checkpoint: tar", tests, NULL, NULL);
}
