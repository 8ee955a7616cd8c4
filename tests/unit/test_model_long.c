// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Second levels in model files: files without one, and files whose second level has one
/// fault, which a line names.

#include "check.h"
#include "model/model.h"
#include "model_file.h"

#include <stdio.h>
#include <string.h>

static ModelShape const tiny =
  {.steps = 32, .hidden = 3, .latent = 4, .hidden_frac = 14, .wide = true, .seed = 1};

enum { NEURONS = 3, WIDTH = 5, LATENT = 6, MUSIC = 2, STYLES = 2, UNITS = 7, HIDDEN = 9 };

static LongShape const second = {.neurons      = NEURONS,
                                 .width        = WIDTH,
                                 .latent       = LATENT,
                                 .music        = MUSIC,
                                 .styles       = STYLES,
                                 .style_width  = UNITS,
                                 .style_hidden = HIDDEN};

static ModelFile*
tiny_file(void)
{
  ModelFile* const file = model_file_new(&tiny);
  model_file_add_long(file, &tiny, &second);
  return file;
}

static json_t*
long_of(ModelFile const* const file)
{
  return json_object_get(file->readout, "long");
}

#define LAYER(name) name "/weight", name "/bias", name "/multiplier"

static char const* const layers[] = {LAYER("long/encoder/input"),
                                     LAYER("long/encoder/block_0/in"),
                                     LAYER("long/encoder/block_0/out"),
                                     LAYER("long/encoder/block_1/in"),
                                     LAYER("long/encoder/block_1/out"),
                                     LAYER("long/encoder/mu"),
                                     LAYER("long/encoder/sigma"),
                                     LAYER("long/style/window_0"),
                                     LAYER("long/style/window_1"),
                                     LAYER("long/style/phrase"),
                                     LAYER("long/style/output"),
                                     "long/neurons",
                                     "long/quantiles"};

enum { TENSORS = sizeof(layers) / sizeof(*layers), OF_LAYERS = TENSORS - 2 };

static void
a_file_without_a_second_level_has_none(void** const state)
{
  (void)state;
  ModelFile* const file = model_file_new(&tiny);
  model_file_write(file, model_path);
  model_file_free(file);
  MnModel* const model = load_model(model_path);
  assert_int_equal(model->long_table.neurons, 0);
  assert_int_equal(model->long_table.style.count, 0);
  mn_model_free(model);
}

static void
a_second_level_is_as_its_file_says(void** const state)
{
  (void)state;
  ModelFile* const file = tiny_file();
  model_file_write(file, model_path);
  model_file_free(file);
  MnModel* const           model = load_model(model_path);
  MnLongTable const* const t     = &model->long_table;
  assert_int_equal(t->neurons, NEURONS);
  assert_int_equal(t->width, WIDTH);
  assert_int_equal(t->latent, LATENT);
  assert_int_equal(t->music, MUSIC);
  for (unsigned i = 0; i < NEURONS; ++i) {
    assert_int_equal(t->neuron[i], tiny.latent - 1 - i);
  }
  for (unsigned i = 0; i < LATENT; ++i) {
    assert_int_equal(t->order[i], LATENT - 1 - i);
  }
  assert_int_equal(t->input.weight.columns, mn_round_up(8 * (NEURONS + 1), 4));
  assert_int_equal(t->style.count, STYLES);
  assert_string_equal(t->style.name[0], "style 1");
  assert_string_equal(t->style.name[1], "style 2");
  assert_null(t->labels);
  mn_model_free(model);
}

static void
a_second_level_may_have_labels_of_its_first_neurons(void** const state)
{
  (void)state;
  ModelFile* const file   = tiny_file();
  json_t* const    labels = json_pack("[{s:s,s:s,s:f}]",
                                   "label",
                                   "busier middle",
                                   "features",
                                   "middle notes +0.80",
                                   "stability",
                                   0.75);
  json_object_set_new(long_of(file), "labels", labels);
  model_file_write(file, model_path);
  model_file_free(file);
  MnModel* const       model = load_model(model_path);
  MnLabel const* const label = model->long_table.labels;
  assert_non_null(label);
  assert_string_equal(label[0].label, "busier middle");
  assert_string_equal(label[0].opposite, "");
  assert_true(label[0].stability == 0.75);
  assert_string_equal(label[1].label, "");
  assert_null(model->readout.labels);
  mn_model_free(model);
}

static void
a_second_level_may_tell_no_styles(void** const state)
{
  (void)state;
  LongShape without     = second;
  without.styles        = 0;
  ModelFile* const file = model_file_new(&tiny);
  model_file_add_long(file, &tiny, &without);
  model_file_write(file, model_path);
  model_file_free(file);
  MnModel* const model = load_model(model_path);
  assert_int_equal(model->long_table.neurons, NEURONS);
  assert_int_equal(model->long_table.style.count, 0);
  mn_model_free(model);
}

static void
every_tensor_is_needed(void** const state)
{
  (void)state;
  for (unsigned i = 0; i < TENSORS; ++i) {
    ModelFile* const file = tiny_file();
    // So that there is no gap.
    json_object_set(file->header, "elsewhere", model_file_entry(file, layers[i]));
    json_object_del(file->header, layers[i]);
    assert_file_refused(file, layers[i]);
  }
}

static void
every_tensor_needs_its_dtype_and_shape(void** const state)
{
  (void)state;
  for (unsigned i = 0; i < TENSORS; ++i) {
    ModelFile*        file  = tiny_file();
    json_t*           entry = model_file_entry(file, layers[i]);
    char const* const dtype = json_string_value(json_object_get(entry, "dtype"));
    json_object_set_new(entry,
                        "dtype",
                        json_string(!strcmp(dtype, "I16")   ? "F16"
                                    : !strcmp(dtype, "F32") ? "I32"
                                                            : "F32"));
    assert_file_refused(file, layers[i]);

    file                = tiny_file();
    entry               = model_file_entry(file, layers[i]);
    json_t* const shape = json_object_get(entry, "shape");
    json_array_append_new(shape, json_integer(1)); // as many elements
    assert_file_refused(file, layers[i]);
  }
}

static void
what_the_metadata_say_must_be_so(void** const state)
{
  (void)state;
  static struct {
    char const* key;
    char const* value; // JSON; NULL removes it
    char const* why;
  } const bad[] = {
    {"neurons", "0", "long: neurons"},
    {"neurons", "512", "long: neurons"},
    {"neurons", "2", "long/encoder/input"},
    {"neurons", "\"3\"", "long: neurons"},
    {"neurons", NULL, "long: neurons"},
    {"width", "0", "long: width"},
    {"width", "1025", "long: width"},
    {"width", "6", "long/encoder/input"},
    {"latent", "5", "long: order"},
    {"latent", "0", "long: latent"},
    {"latent", "2049", "long: latent"},
    {"music", "0", "long: music"},
    {"music", "7", "long: music"},
    {"music", "3", "long/quantiles"},
    {"order", "[0,1,2,3,4,4]", "long: order"},
    {"order", "[0,1,2,3,4,6]", "long: order"},
    {"order", "[0,1,2,3,4]", "long: order"},
    {"order", NULL, "long: order"},
    {"styles", "[]", "long: styles"},
    {"styles", "{}", "long: styles"},
    {"styles", "[{},{},{},{},{},{},{},{},{}]", "long: styles"},
    {"styles", "[1,2]", "one of the styles"},
    {"styles", "[{\"name\":\"a\"},{\"name\":2}]", "styles: name"},
    {"styles", "[{\"name\":\"a\\u0007\"},{}]", "styles: name"},
    {"styles", "[{\"name\":\"12345678901234567890123456789012\"},{}]", "styles: name"},
    {"styles", "[{},{},{}]", "long/style/output"},
    {"labels", "{}", "readout: long: labels is not an array"},
    {"labels", "[{},{},{}]", "readout: long: labels: more labels than music neurons"},
    {"labels", "[1]", "readout: long: labels: one of them is not an object"},
    {"labels", "[{\"label\":2}]", "long: labels: label"},
    {"style_width", "0", "style_width"},
    {"style_width", "513", "style_width"},
    {"style_width", "8", "long/style/window_0"},
    {"style_hidden", NULL, "style_hidden"},
    {"style_hidden", "8", "long/style/phrase"},
  };
  for (unsigned i = 0; i < sizeof(bad) / sizeof(*bad); ++i) {
    ModelFile* const file = tiny_file();
    if (bad[i].value) {
      json_object_set_new(
        long_of(file), bad[i].key, json_loads(bad[i].value, JSON_DECODE_ANY, NULL));
    } else {
      json_object_del(long_of(file), bad[i].key);
    }
    assert_file_refused(file, bad[i].why);
  }
}

static void
tensors_and_metadata_need_each_other(void** const state)
{
  (void)state;
  ModelFile* file = tiny_file();
  json_object_del(file->readout, "long");
  assert_file_refused(file, "long is not an object");
  file                  = tiny_file();
  json_t* const without = json_incref(long_of(file));
  model_file_free(file);
  file = model_file_new(&tiny);
  json_object_set_new(file->readout, "long", without);
  assert_file_refused(file, "tensor long/encoder/input/weight is missing");
}

static void
windows_must_be_of_two_bars(void** const state)
{
  (void)state;
  ModelShape other = tiny;
  other.steps      = 256;
  ModelFile* file  = model_file_new(&other);
  model_file_add_long(file, &other, &second);
  assert_file_refused(file, "windows of 32 steps");
}

static void
neurons_must_be_those_of_level_one(void** const state)
{
  (void)state;
  int32_t const bad[] = {-1, 4, INT32_MAX, INT32_MIN};
  for (unsigned i = 0; i < sizeof(bad) / sizeof(*bad); ++i) {
    ModelFile* const file = tiny_file();
    memcpy((char*)model_file_tensor(file, "long/neurons") + 4, &bad[i], sizeof(bad[i]));
    assert_file_refused(file, "long/neurons");
  }
}

static void
multipliers_must_be_positive(void** const state)
{
  (void)state;
  for (unsigned i = 2; i < OF_LAYERS; i += 3) {
    int32_t const bad[] = {0, -1, INT32_MIN};
    for (unsigned b = 0; b < 3; ++b) {
      ModelFile* const file = tiny_file();
      memcpy(model_file_tensor(file, layers[i]), &bad[b], sizeof(bad[b]));
      assert_file_refused(file, "multiplier");
    }
  }
}

// At the bound: the sum of abs(weight) times the largest state, 2^13, plus the bias.
static void
weights_that_could_overflow_a_sum_are_refused(void** const state)
{
  (void)state;
  static unsigned const columns[] = {8 * (NEURONS + 1),
                                     WIDTH,
                                     WIDTH,
                                     WIDTH,
                                     WIDTH,
                                     WIDTH,
                                     WIDTH,
                                     NEURONS,
                                     UNITS,
                                     2 * UNITS,
                                     HIDDEN};
  int64_t const         norm      = 32767 + 32768;
  int64_t const         rest      = INT32_MAX - (norm << 13);
  for (unsigned i = 0; i < OF_LAYERS; i += 3) {
    for (int extra = 0; extra <= 1; ++extra) {
      ModelFile* const file   = tiny_file();
      void* const      weight = model_file_tensor(file, layers[i]);
      void* const      bias   = model_file_tensor(file, layers[i + 1]);
      int16_t const    two[]  = {INT16_MIN, INT16_MAX};
      int32_t const    first  = (int32_t) - (rest + extra);
      // Tensors lie where they come, not where numbers of their type should.
      memset(weight, 0, columns[i / 3] * sizeof(*two));
      memcpy(weight, two, sizeof(two));
      memcpy(bias, &first, sizeof(first));
      if (extra) {
        assert_file_refused(file, "overflow");
      } else {
        model_file_write(file, model_path);
        mn_model_free(load_model(model_path));
        model_file_free(file);
      }
    }
  }
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(a_file_without_a_second_level_has_none),
    cmocka_unit_test(a_second_level_is_as_its_file_says),
    cmocka_unit_test(a_second_level_may_tell_no_styles),
    cmocka_unit_test(a_second_level_may_have_labels_of_its_first_neurons),
    cmocka_unit_test(every_tensor_is_needed),
    cmocka_unit_test(every_tensor_needs_its_dtype_and_shape),
    cmocka_unit_test(what_the_metadata_say_must_be_so),
    cmocka_unit_test(tensors_and_metadata_need_each_other),
    cmocka_unit_test(windows_must_be_of_two_bars),
    cmocka_unit_test(neurons_must_be_those_of_level_one),
    cmocka_unit_test(multipliers_must_be_positive),
    cmocka_unit_test(weights_that_could_overflow_a_sum_are_refused),
  };
  return cmocka_run_group_tests_name(
    "model's second level", tests, enter_scratch, leave_scratch);
}
