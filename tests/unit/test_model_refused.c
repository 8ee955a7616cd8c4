// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Model files with one fault each, which a line names.

#include "check.h"
#include "model/model.h"
#include "model_file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static ModelShape const tiny =
  {.steps = 32, .hidden = 3, .latent = 2, .hidden_frac = 14, .wide = true, .seed = 1};

static ModelFile*
tiny_file(void)
{
  return model_file_new(&tiny);
}

static void
numbers_in_the_metadata_must_be_numbers_in_range(void** const state)
{
  (void)state;
  static char const* const keys[] = {
    "version", "classes", "steps", "hidden", "latent", "hidden_frac"};
  static char const* const garbled[] = {NULL,
                                        "",
                                        "x",
                                        "-3",
                                        "+3",
                                        " 3",
                                        "3 ",
                                        "3.0",
                                        "3e0",
                                        "0x3",
                                        "0",
                                        "100000",
                                        "4294967299",
                                        "18446744073709551619",
                                        "99999999999999999999999999"};
  for (unsigned k = 0; k < sizeof(keys) / sizeof(*keys); ++k) {
    for (unsigned i = 0; i < sizeof(garbled) / sizeof(*garbled); ++i) {
      ModelFile* const file = tiny_file();
      model_file_set(file, keys[k], garbled[i]);
      assert_file_refused(file, keys[k]);
    }
    ModelFile* const file = tiny_file();
    json_object_set_new(file->metadata, keys[k], json_integer(3)); // not a text
    assert_file_refused(file, keys[k]);
  }

  static struct {
    char const* key;
    char const* value;
  } const beyond[] = {{"version", "2"},
                      {"classes", "89"},
                      {"classes", "91"},
                      {"steps", "257"},
                      {"hidden", "4097"},
                      {"latent", "2049"},
                      {"hidden_frac", "7"},
                      {"hidden_frac", "15"}};
  for (unsigned i = 0; i < sizeof(beyond) / sizeof(*beyond); ++i) {
    ModelFile* const file = tiny_file();
    model_file_set(file, beyond[i].key, beyond[i].value);
    assert_file_refused(file, beyond[i].key);
  }
}

static void
a_model_of_another_format_is_refused(void** const state)
{
  (void)state;
  ModelFile* file = tiny_file();
  model_file_set(file, "format", NULL);
  assert_file_refused(file, "not a Music Neurons model");
  file = tiny_file();
  model_file_set(file, "format", "pt");
  assert_file_refused(file, "not a Music Neurons model");
}

static char const* const tensors[] = {"encoder/fw/recurrent",
                                      "encoder/fw/input",
                                      "encoder/fw/multiplier",
                                      "encoder/bw/recurrent",
                                      "encoder/bw/input",
                                      "encoder/bw/multiplier",
                                      "encoder/mu/weight",
                                      "encoder/mu/bias",
                                      "encoder/mu/multiplier",
                                      "encoder/sigma/weight",
                                      "encoder/sigma/bias",
                                      "encoder/sigma/multiplier",
                                      "readout/quantiles",
                                      "readout/projection",
                                      "readout/center"};

enum { TENSORS = sizeof(tensors) / sizeof(*tensors) };

static void
every_tensor_is_needed(void** const state)
{
  (void)state;
  for (unsigned i = 0; i < TENSORS; ++i) {
    ModelFile* const file  = tiny_file();
    json_t* const    entry = model_file_entry(file, tensors[i]);
    json_object_set(file->header, "elsewhere", entry); // so that there is no gap
    json_object_del(file->header, tensors[i]);
    assert_file_refused(file, tensors[i]);
  }
}

static void
every_tensor_needs_its_dtype(void** const state)
{
  (void)state;
  for (unsigned i = 0; i < TENSORS; ++i) {
    // Another type of the same size, so that nothing else is wrong.
    ModelFile* const  file  = tiny_file();
    json_t* const     entry = model_file_entry(file, tensors[i]);
    char const* const dtype = json_string_value(json_object_get(entry, "dtype"));
    char const* const other = !strcmp(dtype, "I16")   ? "F16"
                              : !strcmp(dtype, "I32") ? "F32"
                                                      : "I32";
    json_object_set_new(entry, "dtype", json_string(other));
    assert_file_refused(file, tensors[i]);
  }
}

static void
every_tensor_needs_its_shape(void** const state)
{
  (void)state;
  for (unsigned i = 0; i < TENSORS; ++i) {
    for (unsigned way = 0; way < 4; ++way) {
      ModelFile* const file  = tiny_file();
      json_t* const    entry = model_file_entry(file, tensors[i]);
      json_t* const    shape = json_deep_copy(json_object_get(entry, "shape"));
      json_int_t const first = json_integer_value(json_array_get(shape, 0));
      bool const       flat  = json_array_size(shape) == 1;
      if (way == 0) { // one dimension more
        json_array_insert_new(shape, 0, json_integer(1));
      } else if (way == 1) {
        json_array_append_new(shape, json_integer(1));
      } else if (way == 2 && flat) { // rows and columns
        json_array_append_new(shape, json_integer(first / 2));
        json_array_set_new(shape, 0, json_integer(2));
      } else if (way == 2) { // the other way round
        json_array_append(shape, json_array_get(shape, 0));
        json_array_remove(shape, 0);
      } else if (!flat) { // no dimension
        json_array_set_new(
          shape, 0, json_integer(first * json_integer_value(json_array_get(shape, 1))));
        json_array_remove(shape, 1);
      } else {
        json_decref(shape);
        model_file_free(file);
        continue;
      }
      json_object_set_new(entry, "shape", shape);
      assert_file_refused(file, tensors[i]);
    }
  }
}

static void
sizes_in_the_metadata_must_be_those_of_the_tensors(void** const state)
{
  (void)state;
  static char const* const keys[] = {"hidden", "latent"};
  for (unsigned k = 0; k < 2; ++k) {
    for (unsigned value = 1; value <= 4; ++value) {
      char text[8];
      snprintf(text, sizeof(text), "%u", value);
      if (value != (k ? tiny.latent : tiny.hidden)) {
        ModelFile* const file = tiny_file();
        model_file_set(file, keys[k], text);
        assert_file_refused(file, "tensor");
      }
    }
  }
  // The largest numbers that are allowed, but no tensor has these sizes.
  ModelFile* const file = tiny_file();
  model_file_set(file, "hidden", "4096");
  model_file_set(file, "latent", "2048");
  assert_file_refused(file, "tensor");
}

static void
put_word(ModelFile* const  file,
         char const* const tensor,
         size_t const      index,
         int32_t const     value)
{
  memcpy((char*)model_file_tensor(file, tensor) + 4 * index, &value, sizeof(value));
}

static void
put_float(ModelFile* const  file,
          char const* const tensor,
          size_t const      index,
          double const      number)
{
  float const value = (float)number;
  memcpy((char*)model_file_tensor(file, tensor) + 4 * index, &value, sizeof(value));
}

static void
put_weight(ModelFile* const  file,
           char const* const tensor,
           size_t const      index,
           int16_t const     value)
{
  memcpy((char*)model_file_tensor(file, tensor) + 2 * index, &value, sizeof(value));
}

static void
multipliers_must_be_positive(void** const state)
{
  (void)state;
  static struct {
    char const* tensor;
    unsigned    last;
  } const all[] = {{"encoder/fw/multiplier", 11},
                   {"encoder/bw/multiplier", 11},
                   {"encoder/mu/multiplier", 1},
                   {"encoder/sigma/multiplier", 1}};
  for (unsigned i = 0; i < sizeof(all) / sizeof(*all); ++i) {
    int32_t const bad[] = {0, -1, INT32_MIN};
    for (unsigned b = 0; b < 3; ++b) {
      ModelFile* file = tiny_file();
      put_word(file, all[i].tensor, b ? all[i].last : 0, bad[b]);
      assert_file_refused(file, "multiplier");
    }
    ModelFile* const file = tiny_file();
    put_word(file, all[i].tensor, 0, INT32_MAX);
    model_file_write(file, model_path);
    mn_model_free(load_model(model_path));
    model_file_free(file);
  }
}

static void
weights_that_could_overflow_a_sum_are_refused(void** const state)
{
  (void)state;
  // At the bound: the sum of weights << hidden_frac, plus the largest start.
  static struct {
    char const* weights;
    char const* starts;
    unsigned    columns;
    unsigned    row;    // in both
    unsigned    stride; // of the starts
    unsigned    starts_in_all;
  } const all[] = {{"encoder/fw/recurrent", "encoder/fw/input", 3, 11, 12, MN_CLASSES},
                   {"encoder/bw/recurrent", "encoder/bw/input", 3, 0, 12, MN_CLASSES},
                   {"encoder/mu/weight", "encoder/mu/bias", 6, 1, 2, 1},
                   {"encoder/sigma/weight", "encoder/sigma/bias", 6, 0, 2, 1}};
  for (unsigned i = 0; i < sizeof(all) / sizeof(*all); ++i) {
    // The most that a sum can hold: 2^31 - 1.
    int64_t const norm = 32767 + 32768 + 1000 + (all[i].columns - 3);
    int32_t const rest = (int32_t)(INT32_MAX - (norm << tiny.hidden_frac));
    for (int extra = -1; extra <= 1; ++extra) {
      for (int sign = -1; sign <= 1; sign += 2) {
        ModelFile* const file  = tiny_file();
        size_t const     first = (size_t)all[i].row * all[i].columns;
        put_weight(file, all[i].weights, first, INT16_MAX);
        put_weight(file, all[i].weights, first + 1, INT16_MIN);
        put_weight(file, all[i].weights, first + 2, (int16_t)(sign * 1000));
        for (unsigned c = 3; c < all[i].columns; ++c) {
          put_weight(file, all[i].weights, first + c, (int16_t)-sign);
        }
        for (unsigned s = 0; s < all[i].starts_in_all; ++s) {
          put_word(file, all[i].starts, s * all[i].stride + all[i].row, 0);
        }
        // In the last of the starts.
        size_t const at = (all[i].starts_in_all - 1) * (size_t)all[i].stride + all[i].row;
        put_word(file, all[i].starts, at, sign * (rest + extra));
        if (extra > 0) {
          assert_file_refused(file, "overflow");
        } else {
          model_file_write(file, model_path);
          mn_model_free(load_model(model_path));
          model_file_free(file);
        }
      }
    }
    ModelFile* const file = tiny_file();
    put_word(file, all[i].starts, all[i].row, INT32_MIN);
    assert_file_refused(file, "overflow");
  }
}

static void
numbers_for_the_readout_must_be_finite(void** const state)
{
  (void)state;
  double const bad[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
  for (unsigned b = 0; b < 3; ++b) {
    for (unsigned last = 0; last < 2; ++last) {
      ModelFile* file = tiny_file();
      put_float(file, "readout/quantiles", last ? 2 * MN_QUANTILES - 1 : 0, bad[b]);
      assert_file_refused(file, "quantiles: not finite");
      file = tiny_file();
      put_float(file, "readout/projection", last ? 5 : 0, bad[b]);
      assert_file_refused(file, "not finite");
      file = tiny_file();
      put_float(file, "readout/center", last, bad[b]);
      assert_file_refused(file, "not finite");
    }
  }
}

static void
quantiles_must_ascend(void** const state)
{
  (void)state;
  for (size_t i = 1; i < MN_QUANTILES; ++i) {
    ModelFile* const file = tiny_file();
    put_float(file, "readout/quantiles", MN_QUANTILES + i, -31); // the lowest is -30
    assert_file_refused(file, "not ascending");
  }
  ModelFile* const late = tiny_file();
  put_float(late, "readout/quantiles", MN_QUANTILES - 2, 100); // above the last one only
  assert_file_refused(late, "not ascending");
  ModelFile* const file = tiny_file();
  for (size_t i = 0; i < MN_QUANTILES; ++i) {
    put_float(file, "readout/quantiles", i, 0.5); // equal values are fine
  }
  model_file_write(file, model_path);
  mn_model_free(load_model(model_path));
  model_file_free(file);
}

static void
the_score_has_a_center_for_each_input(void** const state)
{
  (void)state;
  static char const* const names[] = {"readout/projection", "readout/center"};
  for (unsigned i = 0; i < 2; ++i) {
    ModelFile* const file = tiny_file();
    json_t* const    old  = json_incref(model_file_entry(file, names[i]));
    model_file_widen_score(file, &tiny);
    json_object_set(file->header, "elsewhere", model_file_entry(file, names[i]));
    json_object_del(file->header, i ? "former center" : "former projection");
    json_object_set_new(file->header, names[i], old);
    assert_file_refused(file, "readout/center: not the shape");
  }
}

static void
inputs_of_the_score_must_be_finite(void** const state)
{
  (void)state;
  for (unsigned last = 0; last < 2; ++last) {
    unsigned const inputs = mn_score_inputs(tiny.latent);
    ModelFile*     file   = tiny_file();
    model_file_widen_score(file, &tiny);
    put_float(file, "readout/projection", last ? 3 * inputs - 1 : 0, (double)NAN);
    assert_file_refused(file, "readout/projection: not finite");
    file = tiny_file();
    model_file_widen_score(file, &tiny);
    put_float(file, "readout/center", last ? inputs - 1 : 0, (double)INFINITY);
    assert_file_refused(file, "readout/center: not finite");
  }
}

static void
a_projection_has_a_sane_number_of_rows(void** const state)
{
  (void)state;
  // 0 and 257 rows, with the tensor at the end so that it can have any size.
  static unsigned const rows[] = {0, MN_MAX_PROJECTIONS + 1};
  for (unsigned i = 0; i < 2; ++i) {
    ModelFile* const file  = tiny_file();
    json_t* const    entry = json_deep_copy(model_file_entry(file, "readout/projection"));
    size_t const     size  = 4 * rows[i] * (size_t)tiny.latent;
    json_object_set(
      file->header, "elsewhere", model_file_entry(file, "readout/projection"));
    json_object_set_new(file->header, "readout/projection", entry);
    json_object_set_new(
      entry, "shape", json_pack("[i, i]", (int)rows[i], (int)tiny.latent));
    json_object_set_new(
      entry,
      "data_offsets",
      json_pack("[I, I]", (json_int_t)file->size, (json_int_t)(file->size + size)));
    file->data = (char*)realloc(file->data, file->size + size);
    memset(file->data + file->size, 0, size);
    file->size += size;
    assert_file_refused(file, "readout/projection");
  }
}

#define FILE_TEST(name) cmocka_unit_test_setup_teardown(name, enter_scratch, leave_scratch)

int
main(void)
{
  struct CMUnitTest const tests[] = {
    FILE_TEST(numbers_in_the_metadata_must_be_numbers_in_range),
    FILE_TEST(a_model_of_another_format_is_refused),
    FILE_TEST(every_tensor_is_needed),
    FILE_TEST(every_tensor_needs_its_dtype),
    FILE_TEST(every_tensor_needs_its_shape),
    FILE_TEST(sizes_in_the_metadata_must_be_those_of_the_tensors),
    FILE_TEST(multipliers_must_be_positive),
    FILE_TEST(weights_that_could_overflow_a_sum_are_refused),
    FILE_TEST(numbers_for_the_readout_must_be_finite),
    FILE_TEST(quantiles_must_ascend),
    FILE_TEST(the_score_has_a_center_for_each_input),
    FILE_TEST(inputs_of_the_score_must_be_finite),
    FILE_TEST(a_projection_has_a_sane_number_of_rows),
  };
  return cmocka_run_group_tests_name("models refused", tests, NULL, NULL);
}
