// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// What a model file says of its axes, which are optional.

#include "check.h"
#include "model/model.h"
#include "model_file.h"
#include "readout/bend_values.h"
#include "readout/readout.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BENDS = 3, LATENT = 2 };

static ModelShape const tiny =
  {.steps = 32, .hidden = 3, .latent = LATENT, .hidden_frac = 14, .wide = true, .seed = 1};

static ModelFile*
file_with_axes(unsigned const bends)
{
  ModelFile* const file = model_file_new(&tiny);
  model_file_add_axes(file, &tiny, bends);
  return file;
}

static MnModel*
load(ModelFile* const file)
{
  model_file_write(file, model_path);
  return load_model(model_path);
}

static void
a_file_without_axes_loads_and_its_axes_stay_in_the_middle(void** const state)
{
  (void)state;
  ModelFile* const file                 = model_file_new(&tiny);
  MnModel* const   m                    = load(file);
  int32_t const    mu[]                 = {1 << 16, -(1 << 16)};
  uint8_t const    tokens[MN_MAX_STEPS] = {0};
  MnReadout        r;
  assert_null(m->readout.axes);
  mn_readout_compute(m, tokens, mu, mu, &r);
  for (unsigned a = 0; a < MN_AXES; ++a) {
    assert_close(r.axes[a], 0.5, 0);
  }
  mn_model_free(m);
  model_file_free(file);
}

// From the tensors of the file, row by row.
static double
axis_of(ModelFile const* const file,
        unsigned const         bends,
        unsigned const         a,
        double const*          mu)
{
  float const* const input  = (float const*)model_file_tensor(file, "readout/axes");
  float const* const offset = (float const*)model_file_tensor(file, "readout/axes_offset");
  double             value  = (double)offset[a];
  for (unsigned n = 0; n < LATENT; ++n) {
    value += (double)input[a * LATENT + n] * mu[n];
  }
  for (unsigned b = 0; b < bends; ++b) {
    float const* const bend = (float const*)model_file_tensor(file, "readout/axes_bend");
    double             h    = (double)offset[MN_AXES + b];
    for (unsigned n = 0; n < LATENT; ++n) {
      h += (double)input[(MN_AXES + b) * LATENT + n] * mu[n];
    }
    value += (double)bend[a * bends + b] * h * h / (1 + fabs(h));
  }
  return value;
}

static void
axes_are_those_of_the_tensors(void** const state)
{
  (void)state;
  for (unsigned bends = 0; bends <= BENDS; bends += BENDS) {
    ModelFile* const file     = file_with_axes(bends);
    MnModel* const   m        = load(file);
    int32_t const    mu[]     = {5 << 15, -(3 << 16)};
    double const     number[] = {2.5, -3};
    double           values[MN_AXES];
    assert_int_equal(m->readout.axis_table.bends, bends);
    mn_bend_values(&m->readout.axis_table, mu, values);
    for (unsigned a = 0; a < MN_AXES; ++a) {
      assert_close(values[a], axis_of(file, bends, a, number), 1e-12);
    }
    assert_string_equal(m->readout.axes[7].name, "axis 8");
    assert_string_equal(m->readout.axes[7].low, "less");
    assert_string_equal(m->readout.axes[7].high, "more");
    assert_string_equal(m->readout.axes[7].feature, "notes");
    mn_model_free(m);
    model_file_free(file);
  }
}

static void
words_that_make_no_sense_are_refused(void** const state)
{
  (void)state;
  static struct {
    char const* json;
    char const* why;
  } const cases[] = {
    {"{}", "axes is not an array of 8"},
    {"null", "axes is not an array of 8"},
    {"[]", "axes is not an array of 8"},
    {"[{}, {}, {}, {}, {}, {}, {}]", "axes is not an array of 8"},
    {"[{}, {}, {}, {}, {}, {}, {}, {}, {}]", "axes is not an array of 8"},
    {"[{}, {}, {}, {}, {}, {}, {}, 1]", "axes: one of them is not an object"},
    {"[{\"name\": 1}, {}, {}, {}, {}, {}, {}, {}]", "axes: name is not a text of up to 15"},
    {"[{\"name\": \"0123456789abcdef\"}, {}, {}, {}, {}, {}, {}, {}]", "up to 15 bytes"},
    {"[{\"low\": \"a\\nb\"}, {}, {}, {}, {}, {}, {}, {}]", "axes: low is not a text"},
    {"[{\"high\": []}, {}, {}, {}, {}, {}, {}, {}]", "axes: high is not a text"},
    {"[{\"feature\": {}}, {}, {}, {}, {}, {}, {}, {}]", "axes: feature is not a text"},
  };
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    ModelFile* const file = file_with_axes(BENDS);
    json_object_set_new(
      file->readout, "axes", json_loads(cases[i].json, JSON_DECODE_ANY, NULL));
    assert_file_refused(file, cases[i].why);
  }
}

static char const* const tensors[] = {"readout/axes",
                                      "readout/axes_offset",
                                      "readout/axes_bend",
                                      "readout/axes_quantiles"};

static void
a_tensor_that_is_missing_is_named(void** const state)
{
  (void)state;
  for (size_t i = 0; i < sizeof(tensors) / sizeof(*tensors); ++i) {
    ModelFile* const file = file_with_axes(BENDS);
    json_object_set(file->header, "other", model_file_entry(file, tensors[i]));
    json_object_del(file->header, tensors[i]);
    assert_file_refused(file, tensors[i]);
  }
}

static void
a_tensor_of_another_shape_or_type_is_named(void** const state)
{
  (void)state;
  static char const* const shapes[] = {"[1]", "[2, 2]", "[7, 2]", "[0, 2]", "[265, 2]"};
  for (size_t i = 0; i < sizeof(tensors) / sizeof(*tensors); ++i) {
    for (size_t k = 0; k < sizeof(shapes) / sizeof(*shapes); ++k) {
      ModelFile* const file = file_with_axes(BENDS);
      json_object_set_new(
        model_file_entry(file, tensors[i]), "shape", json_loads(shapes[k], 0, NULL));
      assert_file_refused(file, tensors[i]);
    }
    ModelFile* const file = file_with_axes(BENDS);
    json_object_set_new(model_file_entry(file, tensors[i]), "dtype", json_string("I32"));
    assert_file_refused(file, tensors[i]);
  }
}

static void
numbers_must_be_finite_and_quantiles_ascend(void** const state)
{
  (void)state;
  static float const bad[] = {INFINITY, -INFINITY, NAN};
  for (size_t i = 0; i < sizeof(tensors) / sizeof(*tensors); ++i) {
    for (size_t k = 0; k < sizeof(bad) / sizeof(*bad); ++k) {
      ModelFile* const file = file_with_axes(BENDS);
      memcpy(model_file_tensor(file, tensors[i]), &bad[k], sizeof(float));
      assert_file_refused(file, tensors[i]);
    }
  }
  ModelFile* const file = file_with_axes(BENDS);
  float const      high = 1e6F;
  memcpy(model_file_tensor(file, "readout/axes_quantiles"), &high, sizeof(high));
  assert_file_refused(file, "readout/axes_quantiles: not ascending");
}

#define FILE_TEST(f) cmocka_unit_test_setup_teardown(f, enter_scratch, leave_scratch)

static json_t*
place_of(unsigned const count, double const first)
{
  json_t* const array = json_array();
  for (unsigned i = 0; i < count; ++i) {
    json_array_append_new(array, json_real(i ? 0.125 * i : first));
  }
  return array;
}

static json_t*
landmarks_of(unsigned const count, unsigned const axes, double const first)
{
  json_t* const array = json_array();
  for (unsigned i = 0; i < count; ++i) {
    json_array_append_new(
      array, json_pack("{s:s,s:o}", "name", "march", "axes", place_of(axes, first)));
  }
  return array;
}

static void
landmarks_are_those_of_the_file_or_it_is_refused(void** const state)
{
  (void)state;
  ModelFile* file = file_with_axes(BENDS);
  MnModel*   m    = load(file);
  assert_int_equal(m->readout.landmark_count, 0); // as older files
  mn_model_free(m);
  json_object_set_new(file->readout, "landmarks", landmarks_of(2, MN_AXES, 0.75));
  m = load(file);
  assert_int_equal(m->readout.landmark_count, 2);
  assert_string_equal(m->readout.landmarks[1].name, "march");
  assert_close((double)m->readout.landmarks[1].axes[0], 0.75, 0);
  assert_close((double)m->readout.landmarks[1].axes[7], 0.875, 0);
  mn_model_free(m);

  json_t* const bad[] = {landmarks_of(MN_MAX_LANDMARKS + 1, MN_AXES, 0),
                         landmarks_of(1, MN_AXES - 1, 0),
                         landmarks_of(1, MN_AXES, 1.01),
                         landmarks_of(1, MN_AXES, -0.01),
                         json_pack("[i]", 3),
                         json_string("march")};
  for (unsigned i = 0; i < sizeof(bad) / sizeof(*bad); ++i) {
    MnError error;
    json_object_set_new(file->readout, "landmarks", bad[i]);
    model_file_write(file, model_path);
    assert_null(mn_model_load(model_path, &error));
    assert_non_null(strstr(error.text, "readout: landmarks"));
  }
  model_file_free(file);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    FILE_TEST(a_file_without_axes_loads_and_its_axes_stay_in_the_middle),
    FILE_TEST(axes_are_those_of_the_tensors),
    FILE_TEST(words_that_make_no_sense_are_refused),
    FILE_TEST(a_tensor_that_is_missing_is_named),
    FILE_TEST(a_tensor_of_another_shape_or_type_is_named),
    FILE_TEST(numbers_must_be_finite_and_quantiles_ascend),
    FILE_TEST(landmarks_are_those_of_the_file_or_it_is_refused),
  };
  return cmocka_run_group_tests_name("model_axes", tests, NULL, NULL);
}
