// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// The shipped models against the float weights behind them, by golden vectors.
/// `python3 engine/training/golden.py` writes new vectors.

#include "check.h"
#include "encoder/encoder.h"
#include "encoder/kernel.h"
#include "model_file.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The difference between a number of `key` and that of the float encoder. The model may
// have negated a neuron, which the float encoder does not.
static double
error_of(MnModel const* const model,
         json_t const* const  window,
         char const* const    key,
         int32_t const* const q16,
         unsigned const       n)
{
  json_t const* const number = json_array_get(json_object_get(window, key), n);
  assert_true(json_is_number(number));
  bool const   negated = model->readout.negated[n] && !strcmp(key, "mu");
  double const wanted  = json_number_value(number);
  return fabs(q16[n] / 65536.0 - (negated ? -wanted : wanted));
}

typedef struct {
  double worst;
  double sum;
} Errors;

static void
add_errors(Errors* const        errors,
           MnModel const* const model,
           json_t const* const  window,
           char const* const    key,
           int32_t const* const q16)
{
  assert_int_equal(json_array_size(json_object_get(window, key)), model->latent);
  for (unsigned n = 0; n < model->latent; ++n) {
    double const error = error_of(model, window, key, q16, n);
    errors->worst      = fmax(errors->worst, error);
    errors->sum += error;
  }
}

static void
assert_small(Errors const* const errors,
             double const        numbers,
             char const* const   name,
             char const* const   key,
             double const        most_on_average)
{
  double const mean = errors->sum / numbers;
  print_message("measured: %s of %s off by %.6f on average and %.5f at most\n",
                key,
                name,
                mean,
                errors->worst);
  assert_true(errors->worst <= 0.015 && mean <= most_on_average);
}

// engine/training/golden.py encoded these windows with the model's float weights.
static void
check_golden(char const* const name)
{
  char         path[128];
  json_error_t reason;
  snprintf(path, sizeof(path), "tests/golden/%s.json", name);
  json_t* const root = json_load_file(path, 0, &reason);
  if (!root) {
    fail_msg("%s: %s", path, reason.text);
  }
  snprintf(path, sizeof(path), "engine/models/%s.safetensors", name);
  MnModel* const model  = load_model(path);
  void* const    memory = aligned_alloc(MN_ENCODER_ALIGN, mn_encoder_size(model));
  assert_non_null(memory);
  MnEncoder* const    encoder = mn_encoder_init(memory, model, mn_kernel_best());
  json_t const* const windows = json_object_get(root, "windows");
  size_t const        count   = json_array_size(windows);
  Errors              mu      = {0, 0};
  Errors              sigma   = {0, 0};
  assert_true(count >= 10);
  for (size_t w = 0; w < count; ++w) {
    json_t const* const window = json_array_get(windows, w);
    json_t const* const list   = json_object_get(window, "tokens");
    uint8_t             tokens[MN_MAX_STEPS];
    assert_int_equal(json_array_size(list), model->steps);
    for (unsigned i = 0; i < model->steps; ++i) {
      tokens[i] = (uint8_t)json_integer_value(json_array_get(list, i));
    }
    mn_encoder_start(encoder, tokens);
    assert_true(mn_encoder_run(encoder, mn_encoder_units(model)));
    add_errors(&mu, model, window, "mu", mn_encoder_mu(encoder));
    add_errors(&sigma, model, window, "sigma", mn_encoder_sigma(encoder));
  }
  double const numbers = (double)count * model->latent;
  assert_small(
    &mu, numbers, name, "mu", model->direction[0].recurrent.w8 ? 0.0006 : 0.0005);
  assert_small(&sigma, numbers, name, "sigma", 0.0005);
  free(encoder);
  mn_model_free(model);
  json_decref(root);
}

static void
magenta_agrees_with_pytorch(void** const state)
{
  (void)state;
  check_golden("melody-2bar");
}

static void
open_agrees_with_pytorch(void** const state)
{
  (void)state;
  check_golden("melody-2bar-open");
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(magenta_agrees_with_pytorch),
    cmocka_unit_test(open_agrees_with_pytorch),
  };
  return cmocka_run_group_tests_name("golden", tests, NULL, NULL);
}
