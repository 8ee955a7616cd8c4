// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// The second level in integers, on small models with random weights: with every kernel, in
// slices of any size, and of any windows before. tests/study/test_long.py holds its numbers
// against a second implementation.

#include "check.h"
#include "encoder/unit.h"
#include "long/long_encoder.h"
#include "model_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONG(neurons_, width_, latent_, styles_, units_, hidden_)              \
  {                                                                            \
    .neurons = (neurons_), .width = (width_), .latent = (latent_), .music = 1, \
    .styles = (styles_), .style_width = (units_), .style_hidden = (hidden_)    \
  }

static LongShape const shapes[] = {
  LONG(1, 1, 1, 0, 0, 0),
  LONG(3, 5, 7, 2, 3, 5),
  LONG(16, 64, 32, 8, 16, 32),
  LONG(33, 70, 40, 5, 37, 11),
  // Layers that take several units, and several layers to a unit.
  LONG(200, 700, 600, 8, 256, 128),
};

enum { SHAPES = sizeof(shapes) / sizeof(*shapes), LEVEL_1 = 40, WINDOWS = 11 };

static MnModel*
make_model(unsigned const shape)
{
  ModelShape const first = {.steps       = 32,
                            .hidden      = 2,
                            .latent      = LEVEL_1,
                            .hidden_frac = 13,
                            .wide        = shape % 2 == 0,
                            .seed        = shape + 1};
  ModelFile* const file  = model_file_new(&first);
  model_file_add_long(file, &first, &shapes[shape]);
  model_file_write(file, model_path);
  model_file_free(file);
  return load_model(model_path);
}

// In exactly the memory that it needs, so that a sanitizer sees any overrun.
static MnLong*
make_encoder(MnModel const* const model, MnKernel const* const kernel)
{
  size_t const size   = mn_long_size(model);
  void* const  memory = aligned_alloc(MN_LONG_ALIGN, size);
  assert_non_null(memory);
  memset(memory, 0xA5, size);
  return mn_long_init(memory, model, kernel);
}

// Mostly near 0 as the prior, and some beyond all limits.
static void
random_mu(Random* const random, int32_t mu[LEVEL_1])
{
  for (unsigned i = 0; i < LEVEL_1; ++i) {
    mu[i] = random_below(random, 16) ? random_from(random, -(3 << 16), 3 << 16)
                                     : random_word(random);
  }
}

static void
hear(MnLong* const        e,
     MnPhrase* const      phrase,
     int64_t const        start,
     int32_t const* const mu,
     unsigned const       budget)
{
  MnPhrasePlaces const places = mn_phrase_add(phrase, start, true);
  mn_long_start(e, &places, mu);
  while (!mn_long_run(e, budget)) {
  }
}

static void
assert_same(MnModel const* const model, MnLong const* const a, MnLong const* const b)
{
  MnLongTable const* const t = &model->long_table;
  assert_int_equal(mn_long_heard(a), mn_long_heard(b));
  assert_memory_equal(mn_long_mu(a), mn_long_mu(b), t->latent * sizeof(int32_t));
  assert_memory_equal(mn_long_sigma(a), mn_long_sigma(b), t->latent * sizeof(int32_t));
  assert_memory_equal(
    mn_long_styles(a), mn_long_styles(b), t->style.count * sizeof(uint32_t));
}

static void
every_kernel_and_slices_of_any_size_give_the_same_bits(void** const state)
{
  (void)state;
  for (unsigned s = 0; s < SHAPES; ++s) {
    MnModel* const model = make_model(s);
    MnLong* const  plain = make_encoder(model, mn_kernels[0]);
    for (unsigned k = 0; mn_kernels[k]; ++k) {
      if (!mn_kernels[k]->supported()) {
        continue;
      }
      Random        random = {s};
      MnLong* const other  = make_encoder(model, mn_kernels[k]);
      MnPhrase      first  = {0};
      MnPhrase      again  = {0};
      for (unsigned w = 0; w < WINDOWS; ++w) {
        int32_t mu[LEVEL_1];
        random_mu(&random, mu);
        hear(plain, &first, w * 32, mu, UINT32_MAX);
        hear(other, &again, w * 32, mu, 1 + w % 2);
        assert_same(model, plain, other);
      }
      free(other);
    }
    free(plain);
    mn_model_free(model);
  }
}

static uint64_t
products_of(MnLinear const* const linear)
{
  return (uint64_t)linear->weight.rows * linear->weight.columns;
}

// Units are full but for what one more group of rows would take beyond.
static void
there_are_as_many_units_as_the_products_take(void** const state)
{
  (void)state;
  for (unsigned s = 0; s < SHAPES; ++s) {
    MnModel* const            model = make_model(s);
    MnLongTable const* const  t     = &model->long_table;
    MnStyleTable const* const style = &t->style;
    uint64_t const            sum = products_of(&t->input) + products_of(&t->block[0][0]) +
                         products_of(&t->block[0][1]) + products_of(&t->block[1][0]) +
                         products_of(&t->block[1][1]) + products_of(&t->mu) +
                         products_of(&t->sigma) + products_of(&style->window[0]) +
                         products_of(&style->window[1]) + products_of(&style->phrase) +
                         products_of(&style->output);
    unsigned const units = mn_long_units(model);
    // From an eighth of a unit to a whole one each.
    assert_in_range(
      units, 1 + (sum - 1) / MN_UNIT_PRODUCTS, 1 + 8 * sum / MN_UNIT_PRODUCTS);
    MnLong* const        e           = make_encoder(model, mn_kernel_best());
    MnPhrase             phrase      = {0};
    MnPhrasePlaces const places      = mn_phrase_add(&phrase, 0, true);
    int32_t              mu[LEVEL_1] = {0};
    mn_long_start(e, &places, mu);
    for (unsigned left = units; left; --left) {
      assert_int_equal(mn_long_left(e), left);
      assert_int_equal(mn_long_run(e, 1), left == 1);
    }
    free(e);
    mn_model_free(model);
  }
}

static void
the_same_windows_give_the_same_bits_wherever_they_are(void** const state)
{
  (void)state;
  MnModel* const model  = make_model(3);
  MnLong* const  here   = make_encoder(model, mn_kernel_best());
  MnLong* const  there  = make_encoder(model, mn_kernel_best());
  MnPhrase       a      = {0};
  MnPhrase       b      = {0};
  Random         random = {7};
  int32_t        mu[LEVEL_1];
  random_mu(&random, mu);
  hear(here, &a, -3200, mu, 1); // 16 bars and more before: of no account
  for (int w = 0; w < WINDOWS; ++w) {
    random_mu(&random, mu);
    hear(here, &a, w * 32 - 64, mu, 1);
    hear(there, &b, w * 32 + 1000000, mu, 1);
    assert_same(model, here, there);
    assert_int_equal(mn_long_heard(here), w < 7 ? w + 1 : 8);
  }
  free(there);
  free(here);
  mn_model_free(model);
}

static void
each_window_of_a_phrase_counts_in_its_own_place(void** const state)
{
  (void)state;
  MnModel* const model = make_model(2);
  size_t const   size  = model->long_table.latent * sizeof(int32_t);
  MnLong* const  e     = make_encoder(model, mn_kernel_best());
  MnLong* const  alone = make_encoder(model, mn_kernel_best());
  MnPhrase       p     = {0};
  int32_t        mu[LEVEL_1];
  int32_t        zero[LEVEL_1] = {0};
  Random         random        = {9};
  random_mu(&random, mu);
  hear(alone, &p, 256, zero, 1);
  int32_t const* const base = mn_long_mu(alone);
  int32_t              last[64];
  memcpy(last, base, size);
  for (unsigned before = 1; before < 8; ++before) {
    mn_phrase_clear(&p);
    hear(e, &p, 256 - 32 * before, mu, 1);
    hear(e, &p, 256, zero, 1);
    assert_int_equal(mn_long_heard(e), 2);
    assert_memory_not_equal(mn_long_mu(e), base, size);
    assert_memory_not_equal(mn_long_mu(e), last, size);
    memcpy(last, mn_long_mu(e), size);
  }
  free(alone);
  free(e);
  mn_model_free(model);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(every_kernel_and_slices_of_any_size_give_the_same_bits),
    cmocka_unit_test(there_are_as_many_units_as_the_products_take),
    cmocka_unit_test(the_same_windows_give_the_same_bits_wherever_they_are),
    cmocka_unit_test(each_window_of_a_phrase_counts_in_its_own_place),
  };
  return cmocka_run_group_tests_name("second level", tests, enter_scratch, leave_scratch);
}
