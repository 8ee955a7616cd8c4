// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// TensorFlow's checkpoints, intact and broken.

#include "check.h"
#include "checkpoint_file.h"
#include "model_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// TensorFlow's type numbers.
enum { FLOAT32 = 1, FLOAT64 = 2, BFLOAT16 = 14, FLOAT16 = 19 };

static float const values[6] = {1, -2.5F, 0x1p-140F, 1e30F, -0.0F, 7};

static char const index_path[] = "some.ckpt.index";
static char const data_path[]  = "some.ckpt.data-00000-of-00001";

// Writes a bundle with one tensor, `x`, which has all of `values`.
static BundleTensor
write_one(void)
{
  BundleTensor x = {.name       = "x",
                    .type       = FLOAT32,
                    .dimensions = 2,
                    .shape      = {2, 3},
                    .size       = sizeof(values),
                    .data       = values};
  write_bundle("some.ckpt", 1, &x, 1);
  return x;
}

static void
tensors_of_several_shards_are_read(void** const state)
{
  (void)state;
  enum { TENSORS = 100, SHARDS = 7 };
  BundleTensor tensors[TENSORS];
  char         names[TENSORS][32];
  for (unsigned i = 0; i < TENSORS; ++i) {
    // Names share long prefixes across restarts and blocks.
    static char const* const slots[] = {"", "/Adam", "/Adam_1"};
    snprintf(names[i], sizeof(names[i]), "encoder/cell_%02u/kernel%s", i / 3, slots[i % 3]);
    tensors[i] = (BundleTensor){.name       = names[i],
                                .type       = FLOAT32,
                                .dimensions = 1,
                                .shape      = {1 + i % 6},
                                .shard      = i * 5 % SHARDS,
                                .size       = sizeof(float) * (1 + i % 6),
                                .data       = values};
  }
  write_bundle("some.ckpt", SHARDS, tensors, TENSORS);
  MnCheckpoint* const checkpoint = open_checkpoint("some.ckpt");
  assert_int_equal(mn_checkpoint_count(checkpoint), TENSORS);
  for (unsigned i = 0; i < TENSORS; ++i) {
    assert_string_equal(mn_checkpoint_tensor(checkpoint, i).name, names[i]);
    assert_values(checkpoint, names[i], values, 1 + i % 6);
  }
  mn_checkpoint_close(checkpoint);
}

static void
a_missing_shard_leaves_the_others(void** const state)
{
  (void)state;
  BundleTensor tensors[2];
  for (unsigned i = 0; i < 2; ++i) {
    tensors[i] = (BundleTensor){.name       = i ? "b" : "a",
                                .type       = FLOAT32,
                                .dimensions = 1,
                                .shape      = {6},
                                .shard      = i,
                                .size       = sizeof(values),
                                .data       = values};
  }
  write_bundle("some.ckpt", 2, tensors, 2);
  unlink("some.ckpt.data-00001-of-00002");
  MnCheckpoint* const checkpoint = open_checkpoint(index_path);
  assert_values(checkpoint, "a", values, 6);
  assert_not_read(checkpoint, "b", "some.ckpt.data-00001-of-00002: No such file");
  mn_checkpoint_close(checkpoint);
}

static void
all_types_are_listed_and_floats_read(void** const state)
{
  (void)state;
  static double const   doubles[] = {1.5, -1e300, 0.1, 0x1.000001p0};
  static float const    rounded[] = {1.5F, -__builtin_inff(), 0.1F, 1.0F};
  static uint16_t const halves[]  = {0x3C00, 0x8001, 0x7BFF, 0xFC00};
  static float const    small[]   = {1, -0x1p-24F, 65504, -__builtin_inff()};
  static uint16_t const brains[]  = {0x3F80, 0x8001, 0x7F80, 0x4049};
  static float const    brain[]   = {1, -0x1p-133F, __builtin_inff(), 3.140625F};
  static struct {
    char const* name;
    unsigned    bytes;
  } const others[] = {
    [3] = {"int32", 4},     [4] = {"uint8", 1},    [5] = {"int16", 2},
    [6] = {"int8", 1},      [7] = {"string", 3},   [8] = {"complex64", 8},
    [9] = {"int64", 8},     [10] = {"bool", 1},    [11] = {"qint8", 1},
    [12] = {"quint8", 1},   [13] = {"qint32", 4},  [15] = {"qint16", 2},
    [16] = {"quint16", 2},  [17] = {"uint16", 2},  [18] = {"complex128", 16},
    [20] = {"resource", 9}, [21] = {"variant", 9}, [22] = {"uint32", 4},
    [23] = {"uint64", 8},   [99] = {"unknown", 5},
  };

  BundleTensor tensors[100];
  size_t       count = 0;
  tensors[count++]   = (BundleTensor){.name       = "bfloat16",
                                      .type       = BFLOAT16,
                                      .dimensions = 2,
                                      .shape      = {2, 2},
                                      .size       = sizeof(brains),
                                      .data       = brains};
  tensors[count++]   = (BundleTensor){.name       = "double",
                                      .type       = FLOAT64,
                                      .dimensions = 1,
                                      .shape      = {4},
                                      .size       = sizeof(doubles),
                                      .data       = doubles};
  tensors[count++]   = (BundleTensor){.name       = "half",
                                      .type       = FLOAT16,
                                      .dimensions = 4,
                                      .shape      = {1, 2, 1, 2},
                                      .size       = sizeof(halves),
                                      .data       = halves};
  tensors[count++]   = (BundleTensor){
      .name = "nothing", .type = FLOAT32, .dimensions = 2, .shape = {3, 0}, .data = ""};
  char names[100][8];
  for (unsigned type = 0; type < sizeof(others) / sizeof(*others); ++type) {
    if (others[type].name) {
      snprintf(names[type], sizeof(names[type]), "other%02u", type);
      tensors[count++] = (BundleTensor){
        .name = names[type], .type = type, .size = others[type].bytes, .data = doubles};
    }
  }
  write_bundle("some.ckpt", 1, tensors, count);

  MnCheckpoint* const checkpoint = open_checkpoint("some.ckpt");
  assert_int_equal(mn_checkpoint_count(checkpoint), count);
  assert_values(checkpoint, "double", rounded, 4);
  assert_values(checkpoint, "half", small, 4);
  assert_values(checkpoint, "bfloat16", brain, 4);
  assert_values(checkpoint, "nothing", NULL, 0);
  for (size_t i = 4; i < count; ++i) {
    MnCheckpointTensor const tensor = mn_checkpoint_tensor(checkpoint, i);
    assert_string_equal(tensor.dtype, others[tensors[i].type].name);
    assert_false(tensor.readable);
    assert_not_read(checkpoint, tensor.name, "values are no weights");
  }
  mn_checkpoint_close(checkpoint);
}

static void
partitioned_tensors_are_listed_and_not_read(void** const state)
{
  (void)state;
  Table  table = {0};
  Buffer value = {0};
  Buffer slice = {0};
  put_bundle_header(&value, (BundleHeader){.shards = 1});
  table_add(&table, "", 0, &value);
  value.size = 0;
  put_field(&value, 1, FLOAT32);
  table_add(&table, "\0encoded name", 13, &value); // the key of a slice
  put_field_bytes(&value, 7, &slice);
  table_add(&table, "x", 1, &value);
  free(value.data);
  Buffer file = table_end(&table);
  write_buffer(&file, index_path);
  write_bytes(data_path, values, sizeof(values));

  MnCheckpoint* const checkpoint = open_checkpoint(index_path);
  assert_int_equal(mn_checkpoint_count(checkpoint), 1);
  assert_false(mn_checkpoint_tensor(checkpoint, 0).readable);
  assert_not_read(checkpoint, "x", "partitioned");
  mn_checkpoint_close(checkpoint);
}

static void
damaged_data_is_not_read(void** const state)
{
  (void)state;
  write_one();
  for (size_t i = 0; i < sizeof(values); ++i) {
    uint8_t bytes[sizeof(values)];
    memcpy(bytes, values, sizeof(values));
    bytes[i] ^= (uint8_t)(1U << i % 8);
    write_bytes(data_path, bytes, sizeof(bytes));
    MnCheckpoint* const checkpoint = open_checkpoint(index_path);
    assert_not_read(checkpoint, "x", "check sum does not match");
    mn_checkpoint_close(checkpoint);
  }
  for (size_t size = 0; size < sizeof(values); ++size) {
    write_bytes(data_path, values, size);
    MnCheckpoint* const checkpoint = open_checkpoint(index_path);
    assert_not_read(checkpoint, "x", "outside its data file");
    mn_checkpoint_close(checkpoint);
  }
}

static void
entries_that_make_no_sense_are_refused(void** const state)
{
  (void)state;
  BundleTensor const good = write_one();
  struct {
    BundleTensor tensor;
    char const*  why;
  } cases[12];
  for (unsigned i = 0; i < 12; ++i) {
    cases[i].tensor = good;
  }
  cases[0].tensor.size        = sizeof(values) - 1;
  cases[0].why                = "tensor x: its size does not fit its shape";
  cases[1].tensor.size        = UINT64_MAX;
  cases[1].why                = "does not fit";
  cases[2].tensor.shape[0]    = 3;
  cases[2].why                = "does not fit";
  cases[3].tensor.shape[0]    = UINT64_MAX; // -1: a size that TensorFlow does not know
  cases[3].why                = "tensor x: impossible shape";
  cases[4].tensor.shape[0]    = (uint64_t)1 << 62;
  cases[4].tensor.shape[1]    = 4;
  cases[4].why                = "impossible shape";
  cases[5].tensor.shape[0]    = (uint64_t)1 << 40;
  cases[5].tensor.shape[1]    = (uint64_t)1 << 40;
  cases[5].why                = "impossible shape";
  cases[6].tensor.dimensions  = 5;
  cases[6].why                = "more than 4 dimensions";
  cases[7].tensor.type        = 0;
  cases[7].why                = "no dtype";
  cases[8].tensor.type        = FLOAT64;
  cases[8].why                = "does not fit";
  cases[9].tensor.shard       = 1;
  cases[9].why                = "beyond the last";
  cases[10].tensor.shard      = UINT64_MAX;
  cases[10].why               = "beyond the last";
  cases[11].tensor.name       = "\x01\x02";
  cases[11].tensor.dimensions = 0;
  cases[11].why               = "tensor ??: its size";
  for (unsigned i = 0; i < 12; ++i) {
    write_index(index_path, (BundleHeader){.shards = 1}, &cases[i].tensor, 1);
    assert_not_opened(index_path, cases[i].why);
  }

  // Offsets outside the data are detected on reading.
  static uint64_t const offsets[] = {
    1, sizeof(values), INT64_MAX, UINT64_MAX, UINT64_MAX - 23};
  for (unsigned i = 0; i < sizeof(offsets) / sizeof(*offsets); ++i) {
    BundleTensor tensor = good;
    tensor.offset       = offsets[i];
    write_index(index_path, (BundleHeader){.shards = 1}, &tensor, 1);
    MnCheckpoint* const checkpoint = open_checkpoint(index_path);
    assert_not_read(checkpoint, "x", "outside its data file");
    mn_checkpoint_close(checkpoint);
  }
}

static void
headers_that_make_no_sense_are_refused(void** const state)
{
  (void)state;
  BundleTensor const good = write_one();
  static struct {
    BundleHeader header;
    char const*  why;
  } const cases[] = {
    {{.shards = 0}, "bad header"},
    {{.shards = 4097}, "bad header"},
    {{.shards = UINT64_MAX}, "bad header"},
    {{.shards = 1, .byte_order = 1}, "big-endian"},
    {{.shards = 1, .least_reader = 2}, "newer version"},
  };
  for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    write_index(index_path, cases[i].header, &good, 1);
    assert_not_opened(index_path, cases[i].why);
  }
  write_index(index_path, (BundleHeader){.shards = 1}, NULL, 0);
  mn_checkpoint_close(open_checkpoint(index_path)); // having no tensors is no error
}

// Writes an index with a header and one other entry, and fails unless it is refused.
static void
assert_entry_refused(char const* const key,
                     size_t const      size,
                     char const* const value,
                     size_t const      length,
                     char const* const why)
{
  Table  table = {0};
  Buffer text  = {0};
  put_bundle_header(&text, (BundleHeader){.shards = 1});
  if (size) {
    table_add(&table, "", 0, &text);
  }
  text.size = 0;
  put_bytes(&text, value, length);
  table_add(&table, key, size, &text);
  free(text.data);
  Buffer file = table_end(&table);
  write_buffer(&file, index_path);
  assert_not_opened(index_path, why);
}

static void
malformed_messages_are_refused(void** const state)
{
  (void)state;
  static struct {
    char const* bytes;
    size_t      size;
  } const messages[] = {
    {"\x08", 1},                                                      // no value
    {"\x08\x80", 2},                                                  // half a varint
    {"\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02", 11},             // more than 64 bits
    {"\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 14}, // too long
    {"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 11},             // a tag too long
    {"\x35\x01\x02\x03", 4},                                          // 3 of 4 bytes
    {"\x31\x01\x02\x03\x04\x05\x06\x07", 8},                          // 7 of 8 bytes
    {"\x12\x02\x08", 3},                                              // 1 of 2 bytes
    {"\x12\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 11},             // 2^64 - 1 bytes
    {"\x13\x14", 2},                                                  // a group
    {"\x0F", 1},                                                      // no such wire type
    {"\x12\x01\x08", 3},                                              // malformed shape
    {"\x12\x03\x12\x01\x08", 5},                                      // malformed dimension
  };
  for (unsigned i = 0; i < sizeof(messages) / sizeof(*messages); ++i) {
    assert_entry_refused(
      "x", 1, messages[i].bytes, messages[i].size, "tensor x: malformed entry");
  }
  assert_entry_refused("x", 1, "\x12\x02\x18\x01", 4, "shape is unknown");
  assert_entry_refused("x", 1, "", 0, "no dtype");
  assert_entry_refused("x\0y", 3, "\x08\x01", 2, "impossible name");
  assert_entry_refused("", 0, "\x08", 1, "bad header");
  assert_entry_refused("", 0, "\x08\x01\x1A\x01\x08", 5, "bad header");

  char name[1025];
  memset(name, 'n', sizeof(name));
  assert_entry_refused(name, sizeof(name), "\x08\x01", 2, "malformed");
}

static void
tables_without_a_header_are_refused(void** const state)
{
  (void)state;
  Table  table = {0};
  Buffer value = {0};
  put_text(&value, "\x08\x01");
  table_add(&table, "x", 1, &value);
  Buffer file = table_end(&table);
  write_buffer(&file, index_path);
  assert_not_opened(index_path, "no header");

  file = table_end(&table); // nothing at all
  write_buffer(&file, index_path);
  assert_not_opened(index_path, "empty");
  free(value.data);
}

static void
compressed_and_disordered_blocks_are_refused(void** const state)
{
  (void)state;
  Buffer value = {0};
  put_bundle_header(&value, (BundleHeader){.shards = 1});
  for (uint8_t type = 1; type < 3; ++type) {
    Table table = {.block_type = type};
    table_add(&table, "", 0, &value);
    Buffer file = table_end(&table);
    write_buffer(&file, index_path);
    assert_not_opened(index_path, type == 1 ? "snappy" : "compressed");
  }

  static char const* const seconds[] = {"a", "b", "ab", ""};
  for (unsigned i = 0; i < 4; ++i) {
    Table table = {0};
    table_add(&table, "", 0, &value);
    value.size = 0;
    put_text(&value, "\x08\x07"); // a text
    table_add(&table, "b", 1, &value);
    table_add(&table, seconds[i], strlen(seconds[i]), &value);
    value.size = 0;
    put_bundle_header(&value, (BundleHeader){.shards = 1});
    Buffer file = table_end(&table);
    write_buffer(&file, index_path);
    assert_not_opened(index_path, "malformed");
  }
  free(value.data);
}

// Replaces the entries of the only data block by bytes with a right check sum.
static void
assert_block_refused(char const* const block, size_t const size)
{
  Table  table = {0};
  Buffer value = {0};
  put_bundle_header(&value, (BundleHeader){.shards = 1});
  table_add(&table, "", 0, &value);
  free(value.data);
  table.block.size = table.restarts.size = 0;
  put_bytes(&table.block, block, size);
  Buffer file = table_end(&table);
  write_buffer(&file, index_path);
  assert_not_opened(index_path, "malformed");
}

static void
entries_beyond_their_block_are_refused(void** const state)
{
  (void)state;
  assert_block_refused("\x00", 1);
  assert_block_refused("\x00\x80", 2);
  assert_block_refused("\x01\x00\x00", 3);   // shares more than the key before has
  assert_block_refused("\x00\x05\x00xy", 5); // key too long
  assert_block_refused("\x00\x00\x09xy", 5); // value too long
  assert_block_refused("\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01\x00", 12);
  assert_block_refused("\x00\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 12);
  assert_block_refused("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01\x00\x00", 12);
}

// Appends a block that is not compressed, with its check sum.
static void
put_block(Buffer* const file, Buffer const* const block)
{
  Buffer sealed = {0};
  put_bytes(&sealed, block->data, block->size);
  put_number(&sealed, 0, 1);
  put_bytes(file, sealed.data, sealed.size);
  put_number(file, masked_crc(sealed.data, sealed.size), 4);
  free(sealed.data);
}

// Blocks without entries have no keys that could be out of order.
static void
blocks_are_not_read_again_and_again(void** const state)
{
  (void)state;
  Buffer file  = {0};
  Buffer empty = {0};
  Buffer index = {0};
  put_number(&empty, 0, 4); // no entries, and no places where keys begin anew
  put_block(&file, &empty);
  for (unsigned i = 0; i < 3; ++i) {
    uint8_t const entry[] = {0, 1, 2, (uint8_t)('a' + i), 0, (uint8_t)empty.size};
    put_bytes(&index, entry, sizeof(entry));
  }
  put_number(&index, 0, 4);
  size_t const at = file.size;
  put_block(&file, &index);
  size_t const footer = file.size;
  put_varint(&file, 0);
  put_varint(&file, empty.size);
  put_varint(&file, at);
  put_varint(&file, index.size);
  while (file.size < footer + 40) {
    put_number(&file, 0, 1);
  }
  put_number(&file, 0xDB4775248B80FB57U, 8);
  write_buffer(&file, index_path);
  assert_not_opened(index_path, "the index of blocks is malformed");
  free(empty.data);
  free(index.data);
}

static Buffer
read_index(void)
{
  Buffer      file = {0};
  FILE* const in   = fopen(index_path, "rb");
  assert_non_null(in);
  for (int c = getc(in); c != EOF; c = getc(in)) {
    put_number(&file, (uint64_t)c, 1);
  }
  fclose(in);
  return file;
}

static void
a_cut_index_is_refused(void** const state)
{
  (void)state;
  write_one();
  Buffer file = read_index();
  for (size_t size = 0; size < file.size; ++size) {
    write_bytes(index_path, file.data, size);
    assert_not_opened(index_path, "no table");
    if (size >= 48) { // with the footer moved to the cut
      Buffer cut = {0};
      put_bytes(&cut, file.data, size - 48);
      put_bytes(&cut, file.data + file.size - 48, 48);
      write_buffer(&cut, index_path);
      assert_not_opened(index_path, "");
    }
  }
  free(file.data);
}

static void
any_wrong_byte_of_an_index_is_found_or_harmless(void** const state)
{
  (void)state;
  write_one();
  Buffer       file   = read_index();
  size_t const footer = file.size - 48;
  for (size_t at = 0; at < file.size; ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      file.data[at] ^= (uint8_t)(1U << bit);
      write_bytes(index_path, file.data, file.size);
      file.data[at] ^= (uint8_t)(1U << bit);
      MnCheckpoint* const checkpoint = mn_checkpoint_open(index_path, NULL);
      if (checkpoint) {
        // Only footer changes may go unnoticed: it has padding, and a number has two
        // encodings.
        assert_true(at >= footer && at < file.size - 8);
        assert_values(checkpoint, "x", values, 6);
        mn_checkpoint_close(checkpoint);
      } else {
        assert_not_opened(index_path, "");
      }
    }
  }
  free(file.data);
}

static void
more_tensors_than_any_model_has_are_refused(void** const state)
{
  (void)state;
  enum { MOST = 1 << 14 };
  BundleTensor* const tensors = (BundleTensor*)calloc(MOST + 1, sizeof(BundleTensor));
  char(*const names)[8]       = (char(*)[8])calloc(MOST + 1, 8);
  for (unsigned i = 0; i < MOST + 1; ++i) {
    snprintf(names[i], sizeof(names[i]), "%05u", i);
    tensors[i] = (BundleTensor){.name = names[i], .type = FLOAT32, .size = sizeof(float)};
  }
  write_index(index_path, (BundleHeader){.shards = 1}, tensors, MOST);
  MnCheckpoint* const checkpoint = open_checkpoint(index_path);
  assert_int_equal(mn_checkpoint_count(checkpoint), MOST);
  mn_checkpoint_close(checkpoint);
  write_index(index_path, (BundleHeader){.shards = 1}, tensors, MOST + 1);
  assert_not_opened(index_path, "more than 16384 tensors");
  free(names);
  free(tensors);

  assert_int_equal(truncate(index_path, (4 << 20) + 1), 0);
  assert_not_opened(index_path, "larger than any that we know");
}

int
main(void)
{
  static struct CMUnitTest const tests[] = {
    cmocka_unit_test_setup_teardown(
      tensors_of_several_shards_are_read, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      a_missing_shard_leaves_the_others, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      all_types_are_listed_and_floats_read, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      partitioned_tensors_are_listed_and_not_read, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(damaged_data_is_not_read, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      entries_that_make_no_sense_are_refused, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      headers_that_make_no_sense_are_refused, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      malformed_messages_are_refused, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      tables_without_a_header_are_refused, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      compressed_and_disordered_blocks_are_refused, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      entries_beyond_their_block_are_refused, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      blocks_are_not_read_again_and_again, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(a_cut_index_is_refused, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      more_tensors_than_any_model_has_are_refused, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      any_wrong_byte_of_an_index_is_found_or_harmless, enter_scratch, leave_scratch),
  };
  return cmocka_run_group_tests_name("checkpoint: bundle", tests, NULL, NULL);
}
