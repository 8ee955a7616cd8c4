// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// How the kind of a checkpoint is told, real checkpoints, and safetensors. Each other
// format has its own test program.

#include "check.h"
#include "checkpoint/crc32c.h"
#include "checkpoint/weights.h"
#include "checkpoint_file.h"
#include "model_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
crc32c_is_that_of_rfc_3720(void** const state)
{
  (void)state;
  static struct {
    uint8_t  start;
    uint8_t  step;
    uint32_t crc;
  } const vectors[] = {{0, 0, 0x8A9136AAU},
                       {0xFF, 0, 0x62A8AB43U},
                       {0, 1, 0x46DD794EU},
                       {31, 0xFF, 0x113FDB5CU}};

  MnCrc32c crc;
  mn_crc32c_init(&crc);
  for (unsigned v = 0; v < sizeof(vectors) / sizeof(*vectors); ++v) {
    uint8_t bytes[32];
    for (unsigned i = 0; i < sizeof(bytes); ++i) {
      bytes[i] = (uint8_t)(vectors[v].start + vectors[v].step * i);
    }
    assert_int_equal(mn_crc32c_of(&crc, (MnBytes){bytes, sizeof(bytes)}), vectors[v].crc);
  }
  assert_int_equal(mn_crc32c_of(&crc, (MnBytes){(uint8_t const*)"123456789", 9}),
                   0xE3069283U);
  assert_int_equal(mn_crc32c_of(&crc, (MnBytes){NULL, 0}), 0);

  // Any length and alignment.
  Random  random = {7};
  uint8_t noise[64];
  for (unsigned i = 0; i < sizeof(noise); ++i) {
    noise[i] = (uint8_t)random_next(&random);
  }
  for (size_t from = 0; from < 9; ++from) {
    for (size_t size = 0; from + size <= sizeof(noise); ++size) {
      assert_int_equal(mn_crc32c_masked(&crc, (MnBytes){noise + from, size}),
                       masked_crc(noise + from, size));
    }
  }
}

static void
varints_end_within_their_bytes(void** const state)
{
  (void)state;
  static struct {
    char const* bytes;
    size_t      size;
    bool        good;
    uint64_t    number;
  } const cases[] = {
    {"", 0, false, 0},
    {"\x00", 1, true, 0},
    {"\x7F", 1, true, 127},
    {"\x80", 1, false, 0},
    {"\x80\x01", 2, true, 128},
    {"\x80\x00", 2, true, 0},
    {"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 10, true, UINT64_MAX},
    {"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02", 10, false, 0},
    {"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x81\x00", 11, false, 0},
    {"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 9, false, 0},
  };
  for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    MnBytes  bytes  = {(uint8_t const*)cases[i].bytes, cases[i].size};
    uint64_t number = 0;
    assert_int_equal(mn_bytes_take_varint(&bytes, &number), cases[i].good);
    if (cases[i].good) {
      assert_true(number == cases[i].number);
      assert_int_equal(bytes.size, 0);
    }
  }
}

static void
what_is_no_checkpoint_is_refused(void** const state)
{
  (void)state;
  static struct {
    char const* bytes;
    char const* why;
  } const strangers[] = {
    {"\x1F\x8B\x08", "gzip"},
    {"\xFD"
     "7zXZ",
     "xz"},
    {"BZh9", "bzip2"},
    {"\x28\xB5\x2F\xFD", "zstd"},
    {"PK\x03\x04", "zip archive"},
    {"\x89HDF\r\n", "HDF5"},
    {"MThd", "not a checkpoint"},
    {"", "not a checkpoint"},
    {"{}", "not a checkpoint"},
  };
  for (unsigned i = 0; i < sizeof(strangers) / sizeof(*strangers); ++i) {
    write_bytes("some", strangers[i].bytes, strlen(strangers[i].bytes));
    assert_not_opened("some", strangers[i].why);
  }
  write_bytes("some.ckpt.data-00000-of-00001", "1234", 4);
  assert_not_opened("some.ckpt.data-00000-of-00001", ".index");
  write_bytes("some.safetensors", "1234", 4);
  assert_not_opened("some.safetensors", "too short");
  write_bytes("some.index", "1234", 4);
  assert_not_opened("some.index", "no table");
  assert_not_opened("nowhere", "No such file");
  assert_not_opened("no/where", "No such file");
  assert_not_opened("", "No such file");
  assert_not_opened(".", "weights_manifest.json: No such file");
  assert_not_opened("/dev/null", "not a regular file");
  assert_int_equal(mkfifo("pipe", 0600), 0);
  alarm(10); // a reader of a pipe would wait for its writer
  assert_not_opened("pipe", "not a regular file");
  alarm(0);
  mn_checkpoint_close(NULL);
  mn_weights_free(NULL);
}

// Writes a safetensors file of a header and data.
static void
write_safetensors(char const* const path, char const* const header, Buffer* const data)
{
  Buffer file = {0};
  put_number(&file, strlen(header), 8);
  put_text(&file, header);
  put_bytes(&file, data->data, data->size);
  free(data->data);
  *data = (Buffer){0};
  write_buffer(&file, path);
}

static void
safetensors_of_all_types_are_listed_and_floats_read(void** const state)
{
  (void)state;
  static float const values[] = {1, -2.5F, 0.125F};

  Buffer data = {0};
  for (unsigned i = 0; i < 3; ++i) {
    double const wide = (double)values[i];
    uint64_t     bits = 0;
    memcpy(&bits, &wide, sizeof(bits));
    put_number(&data, bits, 8);
  }
  put_bytes(&data, values, sizeof(values));
  put_number(&data, 0x3F80, 2); // bfloat16: the upper half of a float
  put_number(&data, 0xC020, 2);
  put_number(&data, 0x3E00, 2);
  put_number(&data, 0x3C00, 2); // float16
  put_number(&data, 0xC100, 2);
  put_number(&data, 0x3000, 2);
  put_number(&data, 5, 8);
  write_safetensors(
    "all.safetensors",
    "{\"__metadata__\": {\"a\": \"b\"},"
    "\"d\": {\"dtype\": \"F64\", \"shape\": [3], \"data_offsets\": [0, 24]},"
    "\"c\": {\"dtype\": \"F32\", \"shape\": [1, 3], \"data_offsets\": [24, 36]},"
    "\"b\": {\"dtype\": \"BF16\", \"shape\": [3, 1], \"data_offsets\": [36, 42]},"
    "\"a\": {\"dtype\": \"F16\", \"shape\": [3], \"data_offsets\": [42, 48]},"
    "\"e\": {\"dtype\": \"I64\", \"shape\": [], \"data_offsets\": [48, 56]},"
    "\"f\": {\"dtype\": \"F32\", \"shape\": [2, 0], \"data_offsets\": [56, 56]}}",
    &data);

  static char const* const dtypes[] = {
    "float16", "bfloat16", "float32", "float64", "int64", "float32"};
  MnCheckpoint* const checkpoint = open_checkpoint("all.safetensors");
  assert_string_equal(mn_checkpoint_kind(checkpoint), "safetensors file");
  assert_int_equal(mn_checkpoint_count(checkpoint), 6);
  for (unsigned i = 0; i < 6; ++i) {
    MnCheckpointTensor const tensor = mn_checkpoint_tensor(checkpoint, i);
    char const               name[] = {(char)('a' + i), '\0'};
    assert_string_equal(tensor.name, name);
    assert_string_equal(tensor.dtype, dtypes[i]);
    assert_int_equal(tensor.readable, i != 4);
    if (i < 4) {
      assert_values(checkpoint, name, values, 3);
    }
  }
  assert_values(checkpoint, "f", NULL, 0);
  assert_not_read(checkpoint, "e", "int64 values are no weights");
  MnCheckpointTensor tensor = {.name = "g"};
  assert_false(mn_checkpoint_find(checkpoint, "g", &tensor));
  assert_false(mn_checkpoint_find(checkpoint, "__metadata__", &tensor));
  assert_false(mn_checkpoint_find(checkpoint, "", &tensor));
  assert_false(mn_checkpoint_read(checkpoint, &tensor, NULL, NULL));
  mn_checkpoint_close(checkpoint);
}

// Checks all float16 numbers against the definition of the type.
static void
every_float16_is_exact(void** const state)
{
  (void)state;
  Buffer       data   = {0};
  float* const values = (float*)malloc(65536 * sizeof(float));
  assert_non_null(values);
  for (uint32_t half = 0; half < 65536; ++half) {
    int const    exponent = (int)(half >> 10 & 0x1F);
    int const    fraction = (int)(half & 0x3FF);
    double const size =
      exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24);
    values[half] = (float)(half & 0x8000 ? -size : size);
    if (exponent == 31) { // infinity or NaN: the same bits, shifted
      uint32_t const bits = (half & 0x8000) << 16 | 0x7F800000 | (uint32_t)fraction << 13;
      memcpy(&values[half], &bits, sizeof(bits));
    }
    put_number(&data, half, 2);
  }
  write_safetensors(
    "half.safetensors",
    "{\"a\": {\"dtype\": \"F16\", \"shape\": [256, 256], \"data_offsets\": [0, 131072]}}",
    &data);
  MnCheckpoint* const checkpoint = open_checkpoint("half.safetensors");
  assert_values(checkpoint, "a", values, 65536);
  mn_checkpoint_close(checkpoint);
  free(values);
}

// Real checkpoints outside the repository. Tests run from its root.
#define SHARED "../shared/checkpoints/"

static void
need(char const* const path)
{
  if (access(path, R_OK)) {
    print_message("skipped: no %s\n", path);
    skip();
  }
}

static void
a_checkpoint_of_tensorflow_is_read_to_the_bit(void** const state)
{
  (void)state;
  // TensorFlow writes tensors back to back, in the order of their names.
  static char const* const names[] = {"Variable",
                                      "Variable_1",
                                      "Variable_2",
                                      "Variable_3",
                                      "Variable_4",
                                      "Variable_5",
                                      "v1",
                                      "v1_1",
                                      "v1_2",
                                      "v1_3",
                                      "v1_4",
                                      "v1_5",
                                      "v2",
                                      "v2_1",
                                      "v2_2",
                                      "v2_3",
                                      "v2_4",
                                      "v2_5"};

  static char const* const paths[] = {SHARED "small.ckpt", SHARED "small.ckpt.index"};

  need(SHARED "small.ckpt.data-00000-of-00001");
  float       values[36];
  FILE* const raw = fopen(SHARED "small.ckpt.data-00000-of-00001", "rb");
  assert_non_null(raw);
  assert_int_equal(fread(values, sizeof(float), 36, raw), 36);
  fclose(raw);

  for (unsigned p = 0; p < 2; ++p) {
    MnCheckpoint* const checkpoint = open_checkpoint(paths[p]);
    float const*        at         = values;
    assert_string_equal(mn_checkpoint_kind(checkpoint), "TensorFlow checkpoint");
    assert_int_equal(mn_checkpoint_count(checkpoint), 18);
    for (unsigned i = 0; i < 18; ++i) {
      size_t const             count  = i < 6 ? 1 : i < 12 ? 3 : 2;
      MnCheckpointTensor const tensor = mn_checkpoint_tensor(checkpoint, i);
      assert_string_equal(tensor.name, names[i]);
      assert_string_equal(tensor.dtype, "float32");
      assert_int_equal(tensor.dimensions, i < 6 ? 0 : 1);
      assert_values(checkpoint, names[i], at, count);
      at += count;
    }
    mn_checkpoint_close(checkpoint);
  }
}

static void
a_hierarchical_musicvae_is_listed_without_its_data(void** const state)
{
  (void)state;
#define ENCODER "/multi_rnn_cell/cell_0/lstm_cell/"
  static struct {
    char const* name;
    size_t      shape[2];
  } const tensors[] = {
    {"core_decoder/core_decoder_0/decoder/multi_rnn_cell/cell_0/lstm_cell/bias", {256}},
    {"core_decoder/core_decoder_0/decoder/multi_rnn_cell/cell_0/lstm_cell/kernel",
     {218, 256}},
    {"core_decoder/core_decoder_0/decoder/multi_rnn_cell/cell_1/lstm_cell/bias", {256}},
    {"core_decoder/core_decoder_0/decoder/multi_rnn_cell/cell_1/lstm_cell/kernel",
     {128, 256}},
    {"core_decoder/core_decoder_0/decoder/output_projection/bias", {90}},
    {"core_decoder/core_decoder_0/decoder/output_projection/kernel", {64, 90}},
    {"core_decoder/core_decoder_0/decoder/z_to_initial_state/bias", {256}},
    {"core_decoder/core_decoder_0/decoder/z_to_initial_state/kernel", {64, 256}},
    {"core_decoder/core_decoder_1/decoder/multi_rnn_cell/cell_0/lstm_cell/bias", {256}},
    {"core_decoder/core_decoder_1/decoder/multi_rnn_cell/cell_0/lstm_cell/kernel",
     {218, 256}},
    {"core_decoder/core_decoder_1/decoder/multi_rnn_cell/cell_1/lstm_cell/bias", {256}},
    {"core_decoder/core_decoder_1/decoder/multi_rnn_cell/cell_1/lstm_cell/kernel",
     {128, 256}},
    {"core_decoder/core_decoder_1/decoder/output_projection/bias", {90}},
    {"core_decoder/core_decoder_1/decoder/output_projection/kernel", {64, 90}},
    {"core_decoder/core_decoder_1/decoder/z_to_initial_state/bias", {256}},
    {"core_decoder/core_decoder_1/decoder/z_to_initial_state/kernel", {64, 256}},
    {"core_decoder/core_decoder_2/decoder/multi_rnn_cell/cell_0/lstm_cell/bias", {256}},
    {"core_decoder/core_decoder_2/decoder/multi_rnn_cell/cell_0/lstm_cell/kernel",
     {640, 256}},
    {"core_decoder/core_decoder_2/decoder/multi_rnn_cell/cell_1/lstm_cell/bias", {256}},
    {"core_decoder/core_decoder_2/decoder/multi_rnn_cell/cell_1/lstm_cell/kernel",
     {128, 256}},
    {"core_decoder/core_decoder_2/decoder/output_projection/bias", {512}},
    {"core_decoder/core_decoder_2/decoder/output_projection/kernel", {64, 512}},
    {"core_decoder/core_decoder_2/decoder/z_to_initial_state/bias", {256}},
    {"core_decoder/core_decoder_2/decoder/z_to_initial_state/kernel", {64, 256}},
    {"decoder/hierarchical_level_0/cell_0/lstm_cell/bias", {256}},
    {"decoder/hierarchical_level_0/cell_0/lstm_cell/kernel", {65, 256}},
    {"decoder/hierarchical_level_0/cell_1/lstm_cell/bias", {256}},
    {"decoder/hierarchical_level_0/cell_1/lstm_cell/kernel", {128, 256}},
    {"decoder/hierarchical_level_0/initial_state/bias", {256}},
    {"decoder/hierarchical_level_0/initial_state/kernel", {16, 256}},
    {"encoder/cell_0/bidirectional_rnn/bw" ENCODER "bias", {512}},
    {"encoder/cell_0/bidirectional_rnn/bw" ENCODER "kernel", {820, 512}},
    {"encoder/cell_0/bidirectional_rnn/fw" ENCODER "bias", {512}},
    {"encoder/cell_0/bidirectional_rnn/fw" ENCODER "kernel", {820, 512}},
    {"encoder/cell_1/bidirectional_rnn/bw" ENCODER "bias", {512}},
    {"encoder/cell_1/bidirectional_rnn/bw" ENCODER "kernel", {384, 512}},
    {"encoder/cell_1/bidirectional_rnn/fw" ENCODER "bias", {512}},
    {"encoder/cell_1/bidirectional_rnn/fw" ENCODER "kernel", {384, 512}},
    {"encoder/mu/bias", {16}},
    {"encoder/mu/kernel", {256, 16}},
    {"encoder/sigma/bias", {16}},
    {"encoder/sigma/kernel", {256, 16}},
  };
  enum { TENSORS = sizeof(tensors) / sizeof(*tensors) };
  static char const* const slots[] = {"", "/Adam", "/Adam_1"};

  need(SHARED "musicvae-hier.ckpt.index");
  MnCheckpoint* const checkpoint = open_checkpoint(SHARED "musicvae-hier.ckpt.index");
  MnCheckpointTensor  tensor     = {0};
  assert_int_equal(mn_checkpoint_count(checkpoint), 3 * TENSORS + 3);
  for (unsigned i = 0; i < TENSORS; ++i) {
    for (unsigned slot = 0; slot < 3; ++slot) {
      char name[128];
      snprintf(name, sizeof(name), "%s%s", tensors[i].name, slots[slot]);
      assert_true(mn_checkpoint_find(checkpoint, name, &tensor));
      assert_int_equal(tensor.dimensions, tensors[i].shape[1] ? 2 : 1);
      assert_int_equal(tensor.shape[0], tensors[i].shape[0]);
      assert_int_equal(tensor.shape[1], tensors[i].shape[1]);
      assert_string_equal(tensor.dtype, "float32");
    }
  }
  assert_true(mn_checkpoint_find(checkpoint, "global_step", &tensor));
  assert_string_equal(tensor.dtype, "int64");
  assert_false(tensor.readable);
  assert_not_read(checkpoint,
                  "encoder/mu/bias",
                  "data file musicvae-hier.ckpt.data-00000-of-00001: No such file");

  // A trio's encoder reads three voices.
  MnError error = {0};
  assert_null(mn_weights_read(checkpoint, &error));
  assert_non_null(strstr(error.text, "[820, 512], not [218, 512]"));
  mn_checkpoint_close(checkpoint);
}

int
main(void)
{
  static struct CMUnitTest const tests[] = {
    cmocka_unit_test(crc32c_is_that_of_rfc_3720),
    cmocka_unit_test(varints_end_within_their_bytes),
    cmocka_unit_test_setup_teardown(
      what_is_no_checkpoint_is_refused, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      safetensors_of_all_types_are_listed_and_floats_read, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(every_float16_is_exact, enter_scratch, leave_scratch),
    cmocka_unit_test(a_checkpoint_of_tensorflow_is_read_to_the_bit),
    cmocka_unit_test(a_hierarchical_musicvae_is_listed_without_its_data),
  };
  return cmocka_run_group_tests_name("checkpoint", tests, NULL, NULL);
}
