// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Damaged models, and well-formed ones with the worst possible numbers: the loader refuses
/// them with a reason, or all their results are in range.

#include "check.h"
#include "encoder/encoder.h"
#include "extreme_model.h"
#include "model_flaw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DATA_STRIDE = 5 }; // odd, so that each bit of a byte has its turn

static ModelShape const smallest =
  {.steps = 2, .hidden = 1, .latent = 2, .hidden_frac = 8, .wide = true, .seed = 4};

// @param decoder Layers of its decoder; 0: none. A model of 2 bars has a second level.
static MnModel*
load_extreme(ModelShape const* const shape, unsigned const low, unsigned const decoder)
{
  ModelFile* const file = model_file_new(shape);
  if (decoder) {
    model_file_add_decoder(file, shape, decoder, shape->hidden);
  }
  if (shape->steps == MN_STEPS_2BAR) {
    static LongShape const second = {.neurons      = 3,
                                     .width        = 20,
                                     .latent       = 5,
                                     .music        = 2,
                                     .styles       = 3,
                                     .style_width  = 18,
                                     .style_hidden = 4};
    model_file_add_long(file, shape, &second);
  }
  model_file_make_extreme(file, shape, low);
  model_file_write(file, model_path);
  model_file_free(file);
  return load_model(model_path);
}

static void
assert_no_flaw(MnModel const* const model, char const* const what, size_t const which)
{
  char const* const flaw = model_flaw(model);
  if (flaw) {
    fail_msg("%s %zu: not so: %s", what, which, flaw);
  }
}

static void
the_largest_numbers_of_all_signs_stay_in_range(void** const state)
{
  (void)state;
  static ModelShape const shapes[] = {
    {.layers = 1, .steps = 1, .hidden = 1, .latent = 1, .hidden_frac = 14, .wide = true},
    {.layers = 1, .steps = MN_MAX_STEPS, .hidden = 3, .latent = 3, .hidden_frac = 14},
    {.layers      = 2,
     .steps       = MN_MAX_STEPS,
     .hidden      = 17,
     .latent      = 2,
     .hidden_frac = 14,
     .wide        = true},
    {.layers      = 2,
     .steps       = MN_MAX_STEPS,
     .hidden      = 2,
     .latent      = 20,
     .hidden_frac = 8,
     .wide        = true},
    {.layers      = 1,
     .steps       = MN_STEPS_2BAR,
     .hidden      = 2,
     .latent      = 4,
     .hidden_frac = 14,
     .wide        = true},
  };
  for (unsigned s = 0; s < sizeof(shapes) / sizeof(*shapes); ++s) {
    for (unsigned low = 0; low <= LOW_ALL; ++low) {
      MnModel* const model = load_extreme(&shapes[s], low, s);
      assert_no_flaw(model, "signs", low);
      mn_model_free(model);
    }
  }
}

// With all gates open, cells grow by 1 a step, and hidden states end at 1.
static void
open_gates_give_the_largest_mu_and_sigma_that_there_are(void** const state)
{
  (void)state;
  static ModelShape const shape = {.layers      = 2,
                                   .steps       = MN_MAX_STEPS,
                                   .hidden      = 5,
                                   .latent      = 2,
                                   .hidden_frac = 14,
                                   .wide        = true};
  // (2^31 - 1)^2 / 2^32, rounded to nearest. The softplus of so large a number is itself.
  int32_t const most                 = ((int32_t)1 << 30) - 1;
  uint8_t const tokens[MN_MAX_STEPS] = {0};
  for (unsigned low = 0; low <= LOW_ALL; ++low) {
    if (low & (LOW_I | LOW_F | LOW_O)) {
      continue;
    }
    MnModel* const model  = load_extreme(&shape, low, 0);
    void* const    memory = aligned_alloc(MN_ENCODER_ALIGN, mn_encoder_size(model));
    assert_non_null(memory);
    MnEncoder* const encoder = mn_encoder_init(memory, model, mn_kernel_best());
    mn_encoder_start(encoder, tokens);
    assert_true(mn_encoder_run(encoder, UINT32_MAX));
    for (unsigned n = 0; n < shape.latent; ++n) {
      assert_int_equal(mn_encoder_mu(encoder)[n], low & LOW_MU ? -most : most);
      assert_int_equal(mn_encoder_sigma(encoder)[n], low & LOW_SIGMA ? 0 : most);
    }
    free(memory);
    mn_model_free(model);
  }
}

// The model loads, or the loader refuses it in one line. @return Whether it loads.
static bool
survives(size_t const bit)
{
  MnError        error = {0};
  MnModel* const model = mn_model_load(model_path, &error);
  if (!model) {
    assert_int_equal(strncmp(error.text, model_path, strlen(model_path)), 0);
    assert_true(strlen(error.text) > strlen(model_path) + 2);
    assert_null(strchr(error.text, '\n'));
    return false;
  }
  assert_no_flaw(model, "bit", bit);
  mn_model_free(model);
  return true;
}

static void
any_bit_of_a_model_may_be_wrong(void** const state)
{
  (void)state;
  ModelFile* const file   = model_file_new(&smallest);
  size_t           size   = 0;
  char* const      bytes  = model_file_bytes(file, &size);
  size_t const     header = 8 * (size - file->size);
  unsigned         loaded = 0;
  unsigned         tried  = 0;
  write_bytes(model_path, bytes, size);
  assert_true(survives(0)); // the whole model loads
  for (size_t bit = 0; bit < 8 * size; bit += bit < header ? 1 : DATA_STRIDE) {
    bytes[bit / 8] ^= (char)(1U << bit % 8);
    write_bytes(model_path, bytes, size);
    loaded += survives(bit);
    bytes[bit / 8] ^= (char)(1U << bit % 8);
    ++tried;
  }
  assert_true(loaded > 0 && loaded < tried);
  printf(
    "measured: %u flipped bits, %u refused, %u loaded\n", tried, tried - loaded, loaded);
  free(bytes);
  model_file_free(file);
}

static void
claims_of_gigabytes_are_refused(void** const state)
{
  (void)state;
  static char const* const claims[] = {
    // Shapes, and where the data are said to lie.
    "\"shape\":[4294967296],\"data_offsets\":[0,4294967296]",
    "\"shape\":[65536,65536],\"data_offsets\":[0,4294967296]",
    "\"shape\":[65536,65536],\"data_offsets\":[0,0]",
    "\"shape\":[4294967296],\"data_offsets\":[4294967296,8589934592]",
    "\"shape\":[9223372036854775807],\"data_offsets\":[0,9223372036854775807]",
    "\"shape\":[1],\"data_offsets\":[9223372036854775806,9223372036854775807]",
    "\"shape\":[18446744073709551616],\"data_offsets\":[0,1]",
    "\"shape\":[1e400],\"data_offsets\":[0,1]",
  };
  for (unsigned i = 0; i < sizeof(claims) / sizeof(*claims); ++i) {
    char text[256];
    snprintf(text, sizeof(text), "{\"encoder/mu/bias\":{\"dtype\":\"I8\",%s}}", claims[i]);
    ModelFile* const file = model_file_new(&smallest);
    file->header_text     = strdup(text);
    assert_file_refused(file, "");
  }
}

static void
assert_readout_text_refused(char const* const text, char const* const why)
{
  ModelFile* const file = model_file_new(&smallest);
  model_file_set(file, "readout", text);
  assert_file_refused(file, why);
}

#define REST "\"order\":[1,0],\"music\":1,\"active\":0.1"

static void
readouts_that_no_parser_should_take_are_refused(void** const state)
{
  (void)state;
  char const* const no_object = "readout: no JSON object";
  assert_readout_text_refused(
    "{" REST ",\"music\":2,\"score\":{\"statistic\":[0,1],\"probability\":[1,0]}}",
    no_object);
  assert_readout_text_refused(
    "{" REST ",\"score\":{\"statistic\":[0,1],\"probability\":[1,0],\"statistic\":[0,2]}}",
    no_object);
  assert_readout_text_refused(
    "{" REST ",\"score\":{\"statistic\":[0,1e400],\"probability\":[1,0]}}", no_object);
  assert_readout_text_refused(
    "{" REST ",\"score\":{\"statistic\":[0,99999999999999999999],\"probability\":[1,0]}}",
    no_object);
  assert_readout_text_refused(
    "{" REST ",\"score\":{\"statistic\":[NaN,1],\"probability\":[1,0]}}", no_object);

  enum { DEPTH = 100000 };
  char* const deep = (char*)malloc(DEPTH + 1);
  assert_non_null(deep);
  memset(deep, '[', DEPTH);
  deep[DEPTH] = '\0';
  assert_readout_text_refused(deep, no_object);
  free(deep);
}

static void
knots_whose_distance_is_no_number_are_refused(void** const state)
{
  (void)state;
  assert_readout_text_refused(
    "{" REST ",\"score\":{\"statistic\":[-1.7e308,1.7e308],\"probability\":[1,0]}}",
    "knots of the score");
}

#define FILE_TEST(name) cmocka_unit_test_setup_teardown(name, enter_scratch, leave_scratch)

int
main(void)
{
  struct CMUnitTest const tests[] = {
    FILE_TEST(the_largest_numbers_of_all_signs_stay_in_range),
    FILE_TEST(open_gates_give_the_largest_mu_and_sigma_that_there_are),
    FILE_TEST(any_bit_of_a_model_may_be_wrong),
    FILE_TEST(claims_of_gigabytes_are_refused),
    FILE_TEST(readouts_that_no_parser_should_take_are_refused),
    FILE_TEST(knots_whose_distance_is_no_number_are_refused),
  };
  return cmocka_run_group_tests_name("ill models", tests, NULL, NULL);
}
