// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// Random changes to files of every kind: no reader may crash, hang or read out of
// bounds. The numbers are the same each time; tests/fuzz goes further.

#include "check.h"
#include "checkpoint/bytes.h"
#include "checkpoint_file.h"
#include "model_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 3000, FLOAT32 = 1 };

// Changes a few bytes to random values, limits or copies, and sometimes truncates.
static void
mutate(Buffer* const buffer, Random* const random)
{
  static uint8_t const limits[] = {
    0, 1, 0x7F, 0x80, 0xFF, '0', '7', '"', '[', '-', '.', '/'};
  unsigned const changes = 1 + random_below(random, 4);
  for (unsigned i = 0; i < changes && buffer->size; ++i) {
    uint32_t const size = (uint32_t)buffer->size;
    uint32_t const at   = random_below(random, size);
    uint32_t const from = random_below(random, size);
    uint32_t const most = size - (at > from ? at : from);
    switch (random_below(random, 8)) {
    case 0:
      buffer->data[at] = (uint8_t)random_next(random);
      break;
    case 1:
      buffer->data[at] ^= (uint8_t)(1U << random_below(random, 8));
      break;
    case 2:
      memmove(buffer->data + at, buffer->data + from, random_below(random, most) + 1);
      break;
    case 3:
      buffer->size = random_below(random, 4) ? buffer->size : at;
      break;
    case 4:
      ++buffer->data[at];
      break;
    case 5:
      --buffer->data[at];
      break;
    default:
      buffer->data[at] = limits[random_below(random, sizeof(limits))];
    }
  }
}

// Tries many changes of a good file. `path` is what is opened.
static void
try_changes(Buffer const* const good, char const* const file, char const* const path)
{
  Random random = {1};
  size_t read   = 0;
  for (unsigned i = 0; i < ROUNDS; ++i) {
    Buffer changed = {0};
    put_bytes(&changed, good->data, good->size);
    mutate(&changed, &random);
    write_buffer(&changed, file);
    read += try_checkpoint(path);
  }
  print_message("%zu tensors read after all\n", read);
}

static float const values[64] = {1, 2, 3};

static void
tables(void** const state)
{
  (void)state;
  Random random = {2};
  write_bytes("a.data-00000-of-00001", values, sizeof(values));
  for (unsigned i = 0; i < ROUNDS; ++i) {
    BundleTensor tensor = {.name       = "some/kernel",
                           .type       = FLOAT32,
                           .dimensions = 2,
                           .shape      = {8, 8},
                           .size       = sizeof(values),
                           .crc        = masked_crc(values, sizeof(values))};
    Table        table  = {.restart_interval = 2};
    Buffer       value  = {0};
    put_bundle_header(&value, (BundleHeader){.shards = 1});
    table_add(&table, "", 0, &value);
    for (unsigned t = 0; t < 3; ++t) {
      static char const* const names[] = {"some/bias", "some/kernel", "some/kernel/Adam"};
      value.size                       = 0;
      put_bundle_entry(&value, &tensor);
      table_add(&table, names[t], strlen(names[t]), &value);
    }
    // The checksums match the changed bytes, so that the code behind them is tested too.
    mutate(random_below(&random, 3) ? &table.block : &table.index, &random);
    if (!random_below(&random, 8)) {
      put_number(&table.restarts, random_next(&random), 4);
    }
    Buffer file = table_end(&table);
    if (!random_below(&random, 16)) {
      mutate(&file, &random);
    }
    write_buffer(&file, "a.index");
    try_checkpoint("a.index");
    free(value.data);
  }
}

static void
archives(void** const state)
{
  (void)state;
  // Any byte of one header may change, except for its checksum. That is then corrected,
  // so that the reader gets to see the changed field.
  Random random = {3};
  for (unsigned i = 0; i < ROUNDS; ++i) {
    Buffer file = {0};
    for (unsigned member = 0; member < 3; ++member) {
      static char const* const names[]    = {"PaxHeader", "././@LongLink", "some.index"};
      uint8_t                  block[512] = {0};
      Buffer                   header     = {0};
      unsigned                 sum        = 0;
      strcpy((char*)block, names[member]);
      strcpy((char*)block + 124, "00000000023");
      memcpy(block + 257,
             "ustar\0"
             "00",
             8);
      block[156] = (uint8_t)("xL0"[member]);
      put_bytes(&header, block, sizeof(block));
      mutate(&header, &random);
      memcpy(block, header.data, header.size);
      free(header.data);
      memset(block + 148, ' ', 8);
      for (unsigned b = 0; b < sizeof(block); ++b) {
        sum += block[b];
      }
      snprintf((char*)block + 148, 8, "%06o", sum);
      put_bytes(&file, block, sizeof(block));
      Buffer data = {0};
      put_text(&data, "19 path=some.index\n");
      mutate(&data, &random);
      data.size = data.size > 19 ? 19 : data.size;
      memset(block, 0, sizeof(block));
      memcpy(block, data.data, data.size);
      put_bytes(&file, block, sizeof(block));
      free(data.data);
    }
    write_buffer(&file, "a.tar");
    try_checkpoint("a.tar");
  }
}

static void
manifests(void** const state)
{
  (void)state;
  Buffer good = {0};
  put_text(&good,
           "[{\"paths\":[\"x\",\"y\"],\"weights\":["
           "{\"name\":\"a\",\"shape\":[3,4],\"dtype\":\"float32\"},"
           "{\"name\":\"b\",\"shape\":[40],\"dtype\":\"float32\","
           "\"quantization\":{\"scale\":0.5,\"min\":-1,\"dtype\":\"uint8\"}},"
           "{\"name\":\"c\",\"shape\":[12],\"dtype\":\"float32\","
           "\"quantization\":{\"scale\":2e-3,\"min\":0,\"dtype\":\"uint16\"}}]}]");
  write_bytes("x", values, 63);
  write_bytes("y", values, 49);
  try_changes(&good, "weights_manifest.json", ".");
  free(good.data);
}

static void
raw_manifests(void** const state)
{
  (void)state;
  Buffer good = {0};
  put_text(&good,
           "{\"a\":{\"filename\":\"x\",\"shape\":[3,4]},"
           "\"b\":{\"filename\":\"x\",\"shape\":[12]},"
           "\"c\":{\"filename\":\"y\",\"shape\":[5]}}");
  write_bytes("x", values, 48);
  write_bytes("y", values, 20);
  try_changes(&good, "manifest.json", ".");
  free(good.data);
}

static void
safetensors(void** const state)
{
  (void)state;
  static char const header[] =
    "{\"a\":{\"dtype\":\"F32\",\"shape\":[2,4],\"data_offsets\":[0,32]},"
    "\"b\":{\"dtype\":\"BF16\",\"shape\":[4],\"data_offsets\":[32,40]}}";
  Buffer good = {0};
  put_number(&good, sizeof(header) - 1, 8);
  put_text(&good, header);
  put_bytes(&good, values, 40);
  try_changes(&good, "a.safetensors", "a.safetensors");
  free(good.data);
}

// All readers of files rely on this.
static void
nothing_is_cut_from_beyond_the_end(void** const state)
{
  (void)state;
  static uint8_t const  data[]    = {1, 2, 3};
  static uint64_t const numbers[] = {
    0, 1, 2, 3, 4, 5, UINT32_MAX, UINT64_MAX - 1, UINT64_MAX};
  enum { COUNT = sizeof(numbers) / sizeof(*numbers), WITHIN = 4 };
  for (unsigned i = 0; i < COUNT; ++i) {
    for (unsigned k = 0; k < COUNT; ++k) {
      bool const good = i < WITHIN && k < WITHIN && i + k < WITHIN; // both are small enough
      MnBytes    cut  = {0};
      assert_int_equal(
        mn_bytes_cut((MnBytes){data, sizeof(data)}, numbers[i], numbers[k], &cut), good);
      assert_true(!good || (cut.data == data + i && cut.size == k));
    }
  }
}

int
main(void)
{
  static struct CMUnitTest const tests[] = {
    cmocka_unit_test(nothing_is_cut_from_beyond_the_end),
    cmocka_unit_test_setup_teardown(tables, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(archives, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(manifests, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(raw_manifests, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(safetensors, enter_scratch, leave_scratch),
  };
  return cmocka_run_group_tests_name("checkpoint: mutations", tests, NULL, NULL);
}
