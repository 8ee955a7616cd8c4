// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// Places between others and near others, against sines and statistics.

#include "check.h"
#include "decoder/place.h"
#include "model_file.h"

#include <math.h>
#include <string.h>

enum { NEURONS = 64 };

static void
draw(Random* const random, int32_t* const place)
{
  for (unsigned i = 0; i < NEURONS; ++i) {
    place[i] = random_from(random, -(2 << 16), 2 << 16);
  }
}

static double
length(int32_t const* const place)
{
  double sum = 0;
  for (unsigned i = 0; i < NEURONS; ++i) {
    sum += (double)place[i] * place[i];
  }
  return sqrt(sum);
}

static void
a_mix_lies_on_the_arc(void** const state)
{
  (void)state;
  Random random = {1};
  for (unsigned run = 0; run < 200; ++run) {
    int32_t a[NEURONS];
    int32_t b[NEURONS];
    int32_t mixed[NEURONS];
    double  product = 0;
    draw(&random, a);
    draw(&random, b);
    for (unsigned i = 0; i < NEURONS; ++i) {
      b[i] = run % 4 ? b[i] / (int32_t)(run % 4) + a[i] / 2 : b[i]; // nearer, and shorter
      product += (double)a[i] * b[i];
    }
    double const w = acos(product / length(a) / length(b));
    for (unsigned k = 0; k <= 10; ++k) {
      double const t = k / 10.0;
      mn_place_mix(a, b, NEURONS, t, mixed);
      for (unsigned i = 0; i < NEURONS; ++i) {
        assert_close(
          mixed[i], (sin((1 - t) * w) * a[i] + sin(t * w) * b[i]) / sin(w), 0.51);
      }
    }
  }
}

static void
the_ends_are_what_they_were(void** const state)
{
  (void)state;
  Random  random = {2};
  int32_t a[NEURONS];
  int32_t b[NEURONS];
  int32_t mixed[NEURONS];
  for (unsigned run = 0; run < 50; ++run) {
    draw(&random, a);
    draw(&random, b);
    mn_place_mix(a, b, NEURONS, 0, mixed);
    assert_memory_equal(mixed, a, sizeof(a));
    mn_place_mix(a, b, NEURONS, 1, mixed);
    assert_memory_equal(mixed, b, sizeof(b));
    mn_place_mix(a, a, NEURONS, 0.3, mixed); // no angle at all
    assert_memory_equal(mixed, a, sizeof(a));
    mn_place_mix(a, b, NEURONS, 0.3, mixed);
    mn_place_mix(a, b, NEURONS, 0.3, a); // in its own place
    assert_memory_equal(mixed, a, sizeof(a));
  }
}

static void
where_there_is_no_arc_the_way_is_straight(void** const state)
{
  (void)state;
  Random  random = {3};
  int32_t a[NEURONS];
  int32_t b[NEURONS];
  int32_t mixed[NEURONS];
  draw(&random, a);
  for (unsigned way = 0; way < 3; ++way) {
    for (unsigned i = 0; i < NEURONS; ++i) {
      b[i] = way == 0 ? -a[i] : way == 1 ? 0 : -3 * a[i];
    }
    for (unsigned k = 0; k <= 8; ++k) {
      mn_place_mix(a, b, NEURONS, k / 8.0, mixed);
      for (unsigned i = 0; i < NEURONS; ++i) {
        assert_close(mixed[i], a[i] + (b[i] - a[i]) * (k / 8.0), 0.51);
      }
    }
  }
  memset(a, 0, sizeof(a));
  memset(b, 0, sizeof(b));
  mn_place_mix(a, b, NEURONS, 0.5, mixed);
  assert_memory_equal(mixed, a, sizeof(a));
}

static MnModel*
make_model(void)
{
  ModelShape const shape = {.steps       = 32,
                            .hidden      = 3,
                            .latent      = NEURONS,
                            .hidden_frac = 14,
                            .wide        = true,
                            .seed        = 1};
  ModelFile* const file  = model_file_new(&shape);
  model_file_write(file, model_path);
  model_file_free(file);
  return load_model(model_path);
}

static void
only_music_neurons_are_moved(void** const state)
{
  (void)state;
  MnModel* const model = make_model();
  assert_int_equal(model->readout.music, NEURONS / 2);
  int32_t place[NEURONS];
  for (unsigned i = 0; i < NEURONS; ++i) {
    place[i] = 1000;
  }
  mn_place_vary(model, 0.5, 1, 2, place);
  for (unsigned i = 0; i < NEURONS; ++i) {
    assert_int_equal(place[i] == 1000, model->readout.rank[i] >= NEURONS / 2);
  }
  mn_place_silence_noise(model, place);
  for (unsigned i = 0; i < NEURONS; ++i) {
    assert_int_equal(place[i] == 0, model->readout.rank[i] >= NEURONS / 2);
  }
  mn_model_free(model);
}

static void
a_variation_is_as_far_as_its_amount_says(void** const state)
{
  (void)state;
  enum { TIMES = 2000 };
  MnModel* const      model     = make_model();
  static double const amounts[] = {0, 0.3, 1};
  for (unsigned i = 0; i < 3; ++i) {
    double sum    = 0;
    double square = 0;
    for (unsigned n = 0; n < TIMES; ++n) {
      int32_t place[NEURONS];
      for (unsigned k = 0; k < NEURONS; ++k) {
        place[k] = 3 << 16;
      }
      mn_place_vary(model, amounts[i], 7, n, place);
      for (unsigned rank = 0; rank < NEURONS / 2; ++rank) {
        double const x = place[model->readout.order[rank]] / 65536.0;
        sum += x;
        square += x * x;
      }
    }
    double const count = TIMES * (double)NEURONS / 2;
    double const mean  = sum / count;
    double const kept  = sqrt(1 - amounts[i] * amounts[i]);
    // 64,000 numbers: 5 standard errors of the mean, and of the variance.
    assert_close(mean, 3 * kept, 0.02 * amounts[i] + 1e-5);
    assert_close(
      square / count - mean * mean, amounts[i] * amounts[i], 0.03 * amounts[i] + 1e-5);
  }
  mn_model_free(model);
}

static void
seed_and_number_alone_make_a_variation(void** const state)
{
  (void)state;
  MnModel* const model           = make_model();
  int32_t        all[4][NEURONS] = {{0}};
  mn_place_vary(model, 1, 1, 1, all[0]);
  mn_place_vary(model, 1, 1, 1, all[1]);
  mn_place_vary(model, 1, 2, 1, all[2]);
  mn_place_vary(model, 1, 1, 2, all[3]);
  assert_memory_equal(all[0], all[1], sizeof(all[0]));
  assert_memory_not_equal(all[0], all[2], sizeof(all[0]));
  assert_memory_not_equal(all[0], all[3], sizeof(all[0]));
  assert_memory_not_equal(all[2], all[3], sizeof(all[0]));
  mn_model_free(model);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(a_mix_lies_on_the_arc),
    cmocka_unit_test(the_ends_are_what_they_were),
    cmocka_unit_test(where_there_is_no_arc_the_way_is_straight),
    cmocka_unit_test(only_music_neurons_are_moved),
    cmocka_unit_test(a_variation_is_as_far_as_its_amount_says),
    cmocka_unit_test(seed_and_number_alone_make_a_variation),
  };
  return cmocka_run_group_tests_name("place", tests, enter_scratch, leave_scratch);
}
