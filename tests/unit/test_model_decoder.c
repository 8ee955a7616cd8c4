// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Decoders in model files: files without one, and files whose decoder has one fault, which a
/// line names.

#include "check.h"
#include "model/model.h"
#include "model_file.h"

#include <stdio.h>
#include <string.h>

static ModelShape const tiny =
  {.steps = 32, .hidden = 3, .latent = 2, .hidden_frac = 14, .wide = true, .seed = 1};

enum { LAYERS = 2, HIDDEN = 5 };

static ModelFile*
tiny_file(void)
{
  ModelFile* const file = model_file_new(&tiny);
  model_file_add_decoder(file, &tiny, LAYERS, HIDDEN);
  return file;
}

static char const* const tensors[] = {"decoder/start/weight",
                                      "decoder/start/bias",
                                      "decoder/start/multiplier",
                                      "decoder/given/weight",
                                      "decoder/given/bias",
                                      "decoder/given/multiplier",
                                      "decoder/layer_0/recurrent",
                                      "decoder/layer_0/input",
                                      "decoder/layer_0/multiplier",
                                      "decoder/layer_1/weight",
                                      "decoder/layer_1/bias",
                                      "decoder/layer_1/multiplier",
                                      "decoder/output/weight",
                                      "decoder/output/bias",
                                      "decoder/output/multiplier"};

enum { TENSORS = sizeof(tensors) / sizeof(*tensors) };

static void
a_file_without_a_decoder_has_none(void** const state)
{
  (void)state;
  ModelFile* const file = model_file_new(&tiny);
  model_file_write(file, model_path);
  model_file_free(file);
  MnModel* const model = load_model(model_path);
  assert_int_equal(model->decoder.layers, 0);
  mn_model_free(model);
}

static void
a_decoder_has_the_sizes_of_its_file(void** const state)
{
  (void)state;
  for (unsigned layers = 1; layers <= MN_MAX_DECODER_LAYERS; ++layers) {
    ModelFile* const file = model_file_new(&tiny);
    model_file_add_decoder(file, &tiny, layers, HIDDEN);
    model_file_write(file, model_path);
    model_file_free(file);
    MnModel* const model = load_model(model_path);
    assert_int_equal(model->decoder.layers, layers);
    assert_int_equal(model->decoder.hidden, HIDDEN);
    assert_int_equal(model->decoder.start.weight.rows,
                     mn_round_up(2 * (size_t)layers * HIDDEN, MN_ROWS_PACKED));
    mn_model_free(model);
  }
}

static void
every_tensor_is_needed(void** const state)
{
  (void)state;
  for (unsigned i = 0; i < TENSORS; ++i) {
    ModelFile* const file = tiny_file();
    // So that there is no gap.
    json_object_set(file->header, "elsewhere", model_file_entry(file, tensors[i]));
    json_object_del(file->header, tensors[i]);
    assert_file_refused(file, tensors[i]);
  }
}

static void
every_tensor_needs_its_dtype_and_shape(void** const state)
{
  (void)state;
  for (unsigned i = 0; i < TENSORS; ++i) {
    ModelFile*        file  = tiny_file();
    json_t*           entry = model_file_entry(file, tensors[i]);
    char const* const dtype = json_string_value(json_object_get(entry, "dtype"));
    json_object_set_new(
      entry, "dtype", json_string(*dtype == 'I' && dtype[1] == '1' ? "F16" : "F32"));
    assert_file_refused(file, tensors[i]);

    file                = tiny_file();
    entry               = model_file_entry(file, tensors[i]);
    json_t* const shape = json_object_get(entry, "shape");
    json_array_append_new(shape, json_integer(1)); // as many elements
    assert_file_refused(file, tensors[i]);
  }
}

static void
sizes_in_the_metadata_must_be_those_of_the_tensors(void** const state)
{
  (void)state;
  static struct {
    char const* key;
    char const* value;
    char const* why;
  } const bad[] = {{"decoder_layers", "1", "decoder/start/weight"},
                   {"decoder_layers", "3", "decoder/start/weight"},
                   {"decoder_layers", "0", "decoder_layers"},
                   {"decoder_layers", "9", "decoder_layers"},
                   {"decoder_layers", "2 ", "decoder_layers"},
                   {"decoder_layers", NULL, "decoder_layers"},
                   {"decoder_hidden", "4", "decoder/start/weight"},
                   {"decoder_hidden", "0", "decoder_hidden"},
                   {"decoder_hidden", "4097", "decoder_hidden"},
                   {"decoder_hidden", "-5", "decoder_hidden"},
                   {"decoder_hidden", NULL, "decoder_hidden"}};
  for (unsigned i = 0; i < sizeof(bad) / sizeof(*bad); ++i) {
    ModelFile* const file = tiny_file();
    model_file_set(file, bad[i].key, bad[i].value);
    assert_file_refused(file, bad[i].why);
  }
  // Tensors of which the metadata say nothing, and metadata without tensors.
  ModelFile* file = tiny_file();
  model_file_set(file, "decoder_layers", NULL);
  model_file_set(file, "decoder_hidden", NULL);
  assert_file_refused(file, "decoder_layers");
  file = model_file_new(&tiny);
  model_file_set(file, "decoder_layers", "1");
  model_file_set(file, "decoder_hidden", "1");
  assert_file_refused(file, "tensor decoder/start/weight is missing");
}

static void
multipliers_must_be_positive(void** const state)
{
  (void)state;
  for (unsigned i = 2; i < TENSORS; i += 3) {
    int32_t const bad[] = {0, -1, INT32_MIN};
    for (unsigned b = 0; b < 3; ++b) {
      ModelFile* const file = tiny_file();
      memcpy(model_file_tensor(file, tensors[i]), &bad[b], sizeof(bad[b]));
      assert_file_refused(file, "multiplier");
    }
  }
}

// At the bound: the sum of abs(weight) times the largest input, plus the start.
static void
weights_that_could_overflow_a_sum_are_refused(void** const state)
{
  (void)state;
  static struct {
    char const* name;
    unsigned    bits; // of the largest input
    unsigned    columns;
    unsigned    starts;
    unsigned    stride;
  } const all[] = {{"decoder/start", 10, 2, 1, 0},
                   {"decoder/given", 10, 2, 1, 0},
                   {"decoder/layer_0", 14, HIDDEN, MN_CLASSES, 4 * HIDDEN},
                   {"decoder/layer_1", 14, 2 * HIDDEN, 1, 0},
                   {"decoder/output", 14, HIDDEN, 1, 0}};
  for (unsigned i = 0; i < sizeof(all) / sizeof(*all); ++i) {
    bool const first = !strcmp(all[i].name, "decoder/layer_0");
    char       weights[48];
    char       starts[48];
    snprintf(
      weights, sizeof(weights), "%s/%s", all[i].name, first ? "recurrent" : "weight");
    snprintf(starts, sizeof(starts), "%s/%s", all[i].name, first ? "input" : "bias");
    int64_t const norm = 32767 + 32768;
    int64_t const rest = INT32_MAX - (norm << all[i].bits);
    for (int extra = 0; extra <= 1; ++extra) {
      ModelFile* const file   = tiny_file();
      int16_t* const   weight = (int16_t*)model_file_tensor(file, weights);
      int32_t* const   start  = (int32_t*)model_file_tensor(file, starts);
      memset(weight, 0, all[i].columns * sizeof(*weight));
      weight[0] = INT16_MIN;
      weight[1] = INT16_MAX;
      for (unsigned s = 0; s < all[i].starts; ++s) {
        start[s * all[i].stride] = 0;
      }
      start[(all[i].starts - 1) * all[i].stride] = (int32_t) - (rest + extra);
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
    cmocka_unit_test(a_file_without_a_decoder_has_none),
    cmocka_unit_test(a_decoder_has_the_sizes_of_its_file),
    cmocka_unit_test(every_tensor_is_needed),
    cmocka_unit_test(every_tensor_needs_its_dtype_and_shape),
    cmocka_unit_test(sizes_in_the_metadata_must_be_those_of_the_tensors),
    cmocka_unit_test(multipliers_must_be_positive),
    cmocka_unit_test(weights_that_could_overflow_a_sum_are_refused),
  };
  return cmocka_run_group_tests_name("model decoder", tests, enter_scratch, leave_scratch);
}
