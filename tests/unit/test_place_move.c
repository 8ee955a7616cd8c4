// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// Moves along the axes, against the tensors of the file, row by row.

#include "check.h"
#include "decoder/place_move.h"
#include "model_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NEURONS = 64, MUSIC = NEURONS / 2, BENDS = 5 };

static ModelShape const shape =
  {.steps = 32, .hidden = 3, .latent = NEURONS, .hidden_frac = 14, .wide = true, .seed = 1};

static ModelFile*
file_with_moves(unsigned const bends)
{
  ModelFile* const file = model_file_new(&shape);
  model_file_add_axes(file, &shape, BENDS);
  model_file_add_moves(file, &shape, bends);
  return file;
}

static float*
floats(ModelFile const* const file, char const* const name)
{
  return (float*)model_file_tensor(file, name);
}

// The sum of a row of the tensor.
static double
row_sum(ModelFile const* const file,
        MnModel const* const   model,
        unsigned const         row,
        int32_t const* const   mu)
{
  double sum = (double)floats(file, "readout/moves_offset")[row];
  for (unsigned rank = 0; rank < MUSIC; ++rank) {
    sum += (double)floats(file, "readout/moves")[row * MUSIC + rank] *
           mu[model->readout.order[rank]] / 65536;
  }
  return sum;
}

static double
axis_at(ModelFile const* const file,
        MnModel const* const   model,
        unsigned const         bends,
        unsigned const         axis,
        int32_t const* const   mu)
{
  double value = row_sum(file, model, axis, mu);
  for (unsigned b = 0; b < bends; ++b) {
    double const h = row_sum(file, model, MN_AXES + b, mu);
    value +=
      (double)floats(file, "readout/moves_bend")[axis * bends + b] * h * h / (1 + fabs(h));
  }
  return value;
}

static void
draw(Random* const random, int32_t* const place)
{
  for (unsigned i = 0; i < NEURONS; ++i) {
    place[i] = random_from(random, -(2 << 16), 2 << 16);
  }
}

static MnModel*
load(ModelFile* const file)
{
  model_file_write(file, model_path);
  return load_model(model_path);
}

static void
axes_go_their_way_and_others_stay(void** const state)
{
  (void)state;
  Random random = {1};
  for (unsigned bends = 0; bends <= BENDS; bends += BENDS) {
    ModelFile* const file  = file_with_moves(bends);
    MnModel* const   model = load(file);
    assert_true(mn_place_can_move(model));
    for (unsigned run = 0; run < 40; ++run) {
      double  amounts[MN_AXES] = {0};
      int32_t from[NEURONS];
      int32_t to[NEURONS];
      draw(&random, from);
      memcpy(to, from, sizeof(to));
      amounts[run % MN_AXES]       = run & 8 ? 2 : -2;
      amounts[(run + 3) % MN_AXES] = run & 16 ? 0 : 0.7;
      mn_place_move(model, amounts, to);
      for (unsigned a = 0; a < MN_AXES; ++a) {
        double const went =
          axis_at(file, model, bends, a, to) - axis_at(file, model, bends, a, from);
        assert_close(went, amounts[a], 0.03);
      }
      for (unsigned rank = MUSIC; rank < NEURONS; ++rank) {
        unsigned const noise = model->readout.order[rank];
        assert_int_equal(to[noise], from[noise]);
      }
    }
    mn_model_free(model);
    model_file_free(file);
  }
}

// With one axis that is not 0, the least way is along its weights times the spreads'
// squares.
static void
the_way_is_the_least_in_spreads(void** const state)
{
  (void)state;
  enum { AXIS = 3, LOW = 10, HIGH = 54 };
  ModelFile* const file    = file_with_moves(0);
  float* const     weights = floats(file, "readout/moves");
  for (unsigned i = 0; i < MN_AXES * MUSIC; ++i) {
    weights[i] = i / MUSIC == AXIS ? weights[i] / 8 : 0;
  }
  MnModel* const model            = load(file);
  double const   amounts[MN_AXES] = {[AXIS] = 1.5};
  double         square[MUSIC];
  double         all         = 0;
  int32_t        mu[NEURONS] = {0};
  for (unsigned rank = 0; rank < MUSIC; ++rank) {
    float const* const q =
      floats(file, "readout/quantiles") + (size_t)model->readout.order[rank] * MN_QUANTILES;
    double const spread = ((double)q[HIGH] - q[LOW]) / 2;
    double const weight = (double)weights[AXIS * MUSIC + rank];
    square[rank]        = spread * spread;
    all += square[rank] * weight * weight;
  }
  mn_place_move(model, amounts, mu);
  for (unsigned rank = 0; rank < MUSIC; ++rank) {
    double const wanted = 1.5 * square[rank] * (double)weights[AXIS * MUSIC + rank] / all;
    assert_close(mu[model->readout.order[rank]] / 65536.0, wanted, 1e-3);
  }
  mn_model_free(model);
  model_file_free(file);
}

static void
no_amounts_and_no_moves_change_nothing(void** const state)
{
  (void)state;
  Random           random           = {3};
  double const     amounts[MN_AXES] = {2, 2, 2, 2, 2, 2, 2, 2};
  double const     nothing[MN_AXES] = {0};
  ModelFile* const file             = file_with_moves(BENDS);
  ModelFile* const plain            = model_file_new(&shape);
  MnModel*         model            = load(file);
  int32_t          from[NEURONS];
  int32_t          to[NEURONS];
  draw(&random, from);
  memcpy(to, from, sizeof(to));
  mn_place_move(model, nothing, to);
  assert_memory_equal(from, to, sizeof(to));
  mn_model_free(model);
  model = load(plain);
  assert_false(mn_place_can_move(model));
  mn_place_move(model, amounts, to);
  assert_memory_equal(from, to, sizeof(to));
  mn_model_free(model);
  model_file_free(file);
  model_file_free(plain);
}

// Numbers of any size and amounts that are none lead nowhere beyond 8.
static void
extreme_weights_stay_in_range(void** const state)
{
  (void)state;
  static float const sizes[] = {1e-30F, 1e10F, 3e38F};
  for (unsigned i = 0; i < 3; ++i) {
    ModelFile* const file = file_with_moves(BENDS);
    for (unsigned k = 0; k < (MN_AXES + BENDS) * MUSIC; ++k) {
      floats(file, "readout/moves")[k] *= sizes[i];
    }
    MnModel* const model            = load(file);
    double const   amounts[MN_AXES] = {NAN, INFINITY, -1e300, 4, 4, 4, -4, 1};
    int32_t        mu[NEURONS]      = {1, 2, 3};
    mn_place_move(model, amounts, mu);
    for (unsigned n = 0; n < NEURONS; ++n) {
      assert_true(abs(mu[n]) <= 8 << 16);
    }
    mn_model_free(model);
    model_file_free(file);
  }
}

static void
a_file_with_half_of_it_is_refused(void** const state)
{
  (void)state;
  static char const* const names[] = {
    "readout/moves", "readout/moves_offset", "readout/moves_bend"};
  for (size_t i = 0; i < sizeof(names) / sizeof(*names); ++i) {
    ModelFile* file = file_with_moves(BENDS);
    json_object_set_new(
      model_file_entry(file, names[i]), "shape", json_loads("[3, 2]", 0, NULL));
    assert_file_refused(file, names[i]);
    file                      = file_with_moves(BENDS);
    floats(file, names[i])[1] = NAN;
    assert_file_refused(file, names[i]);
  }
  ModelFile* const file = file_with_moves(BENDS);
  json_object_set(file->header, "other", model_file_entry(file, "readout/moves_bend"));
  json_object_del(file->header, "readout/moves_bend");
  assert_file_refused(file, "readout/moves_bend");
  ModelFile* const lone = file_with_moves(BENDS);
  json_object_del(lone->readout, "axes");
  assert_file_refused(lone, "readout/moves needs axes");
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(axes_go_their_way_and_others_stay),
    cmocka_unit_test(the_way_is_the_least_in_spreads),
    cmocka_unit_test(no_amounts_and_no_moves_change_nothing),
    cmocka_unit_test(extreme_weights_stay_in_range),
    cmocka_unit_test(a_file_with_half_of_it_is_refused),
  };
  return cmocka_run_group_tests_name("place_move", tests, enter_scratch, leave_scratch);
}
