// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// Where the player goes in the latent space, by the definitions in move.h; and its pitches.

#include "move.h"

#include "check.h"
#include "decoder/place.h"
#include "decoder/place_move.h"
#include "decoder/place_style.h"
#include "model_file.h"
#include "tuning.h"

#include <math.h>
#include <string.h>

enum { LATENT = 40, ONE = 1 << 16 };

static ModelShape const shape =
  {.steps = 32, .hidden = 4, .latent = LATENT, .hidden_frac = 13, .wide = true, .seed = 3};

static MnModel*
make_model(void)
{
  ModelFile* const file = model_file_new(&shape);
  model_file_add_axes(file, &shape, 3);
  model_file_add_decoder(file, &shape, 1, 4);
  model_file_write(file, model_path);
  model_file_free(file);
  return load_model(model_path);
}

static int32_t mus[MN_IDEAS][LATENT];

// Ideas at random, of which those of a mask are there.
static void
make_ideas(unsigned const there, int32_t const* mu[MN_IDEAS])
{
  Random random = {there + 9};
  for (unsigned i = 0; i < MN_IDEAS; ++i) {
    for (unsigned n = 0; n < LATENT; ++n) {
      mus[i][n] = random_from(&random, -2 * ONE, 2 * ONE);
    }
    mu[i] = there >> i & 1 ? mus[i] : NULL;
  }
}

// The linear part of an axis on the music neurons of a place.
static double
axis_of(MnModel const* const model, unsigned const axis, int32_t const* const z)
{
  MnBendTable const* const t   = &model->readout.axis_table;
  double                   sum = 0;
  for (unsigned n = 0; n < LATENT; ++n) {
    if (model->readout.rank[n] < model->readout.music) {
      sum += (double)t->input[n * (t->values + t->bends) + axis] * z[n] / ONE;
    }
  }
  return sum;
}

static double
deviation(float const* const quantiles)
{
  return ((double)quantiles[54] - (double)quantiles[10]) / (2 * 1.00999);
}

static void
an_offset_moves_one_neuron(void** const state)
{
  (void)state;
  MnModel* const model = make_model();
  int32_t const* mu[MN_IDEAS];
  int32_t        place[LATENT];
  make_ideas(1, mu);
  for (unsigned rank = 0; rank < MN_RANKED && rank < model->readout.music; ++rank) {
    MnMove move       = {.mode = MN_PLAY_ANSWER};
    move.neuron[rank] = -1.5;
    mn_move_find(&move, model, mu, place);
    for (unsigned n = 0; n < LATENT; ++n) {
      bool const   music = model->readout.rank[n] < model->readout.music;
      double const wide  = deviation(model->readout.quantiles + n * MN_QUANTILES);
      double const moved =
        (music ? mus[0][n] : 0) - (n == model->readout.order[rank] ? 1.5 * wide * ONE : 0);
      assert_true(fabs(place[n] - fmin(fmax(moved, -8 * ONE), 8 * ONE)) <= 1);
    }
  }
  mn_model_free(model);
}

static void
an_offset_moves_an_axis_the_least_way(void** const state)
{
  (void)state;
  MnModel* const model = make_model();
  int32_t const* mu[MN_IDEAS];
  int32_t        base[LATENT];
  int32_t        place[LATENT];
  make_ideas(1, mu);
  MnMove move = {.mode = MN_PLAY_VARY};
  mn_move_find(&move, model, mu, base);
  for (unsigned a = 0; a < MN_AXES; ++a) {
    double const wide = deviation(model->readout.axis_quantiles + a * MN_QUANTILES);
    move              = (MnMove){.mode = MN_PLAY_VARY};
    move.axis[a]      = 0.25;
    mn_move_find(&move, model, mu, place);
    double const moved = axis_of(model, a, place) - axis_of(model, a, base);
    assert_true(fabs(moved - 0.25 * wide) < 1e-3);
    double length = 0;
    double weight = 0;
    for (unsigned n = 0; n < LATENT; ++n) {
      MnBendTable const* const t     = &model->readout.axis_table;
      double const             w     = (double)t->input[n * (t->values + t->bends) + a];
      bool const               music = model->readout.rank[n] < model->readout.music;
      length += pow((place[n] - base[n]) / (double)ONE, 2);
      weight += music ? w * w : 0;
    }
    assert_true(fabs(sqrt(length) - fabs(moved) / sqrt(weight)) < 1e-3);
  }
  mn_model_free(model);
}

static void
locked_axes_stay(void** const state)
{
  (void)state;
  static unsigned const pitch = 1 << 0 | 1 << 3 | 1 << 4; // register, contour, range
  MnModel* const        model = make_model();
  int32_t const*        mu[MN_IDEAS];
  int32_t               base[LATENT];
  int32_t               place[LATENT];
  make_ideas(1, mu);
  MnMove const still = {.mode = MN_PLAY_VARY};
  mn_move_find(&still, model, mu, base);
  for (MnLock lock = MN_LOCK_OFF; lock < MN_LOCK_COUNT; ++lock) {
    MnMove move = {.mode = MN_PLAY_VARY, .amount = 0.4, .seed = 8, .lock = lock};
    for (unsigned i = 0; i < MN_AXES; ++i) {
      move.axis[i]   = 0.1;
      move.neuron[i] = 0.2;
    }
    mn_move_find(&move, model, mu, place);
    for (unsigned a = 0; a < MN_AXES; ++a) {
      bool const   is_pitch = pitch >> a & 1;
      bool const   stays    = lock == MN_LOCK_PITCH    ? is_pitch
                              : lock == MN_LOCK_RHYTHM ? !is_pitch
                                                       : false;
      double const moved    = axis_of(model, a, place) - axis_of(model, a, base);
      assert_true(stays ? fabs(moved) < 1e-3 : fabs(moved) > 1e-3);
    }
  }
  mn_model_free(model);
}

static void
density_and_register_follow(void** const state)
{
  (void)state;
  MnModel* const model = make_model();
  int32_t const* mu[MN_IDEAS];
  int32_t        heard[LATENT];
  int32_t        place[LATENT];
  make_ideas(0x1F, mu);
  MnMove move = {.mode = MN_PLAY_ANSWER};
  mn_move_find(&move, model, mu, heard);
  move = (MnMove){.mode            = MN_PLAY_MORPH,
                  .x               = 0.3,
                  .y               = 0.6,
                  .follow_density  = true,
                  .follow_register = true};
  mn_move_find(&move, model, mu, place);
  for (unsigned a = 0; a < MN_AXES; ++a) {
    double const lack = axis_of(model, a, place) - axis_of(model, a, heard);
    assert_true(a < 2 ? fabs(lack) < 1e-3 : fabs(lack) > 1e-3);
  }
  mn_model_free(model);
}

// What the decoder writes along an axis at a place, by the definition of the table.
static double
written_axis(MnModel const* const model, unsigned const axis, int32_t const* const z)
{
  MnBendTable const* const t                 = &model->readout.move_table;
  unsigned const           rows              = t->values + t->bends;
  double                   sums[MN_AXES + 4] = {0};
  for (unsigned r = 0; r < rows; ++r) {
    sums[r] = (double)t->offset[r];
    for (unsigned i = 0; i < t->inputs; ++i) {
      sums[r] += (double)t->input[i * rows + r] * z[model->readout.order[i]] / ONE;
    }
  }
  for (unsigned b = 0; b < t->bends; ++b) {
    double const h = sums[MN_AXES + b];
    sums[axis] += (double)t->bend[b * MN_AXES + axis] * h * h / (1 + fabs(h));
  }
  return sums[axis];
}

static void
where_the_decoder_is_known_its_axes_move(void** const state)
{
  (void)state;
  static unsigned const pitch = 1 << 0 | 1 << 3 | 1 << 4; // register, contour, range
  ModelFile* const      file  = model_file_new(&shape);
  model_file_add_axes(file, &shape, 3);
  model_file_add_moves(file, &shape, 2);
  model_file_add_decoder(file, &shape, 1, 4);
  model_file_write(file, model_path);
  model_file_free(file);
  MnModel* const model = load_model(model_path);
  int32_t const* mu[MN_IDEAS];
  make_ideas(0x1F, mu);
  for (MnLock lock = MN_LOCK_OFF; lock < MN_LOCK_COUNT; ++lock) {
    MnMove  move = {.mode = MN_PLAY_MORPH, .x = 0.4, .y = 0.2, .seed = 2};
    int32_t base[LATENT];
    int32_t heard[LATENT];
    int32_t moved[LATENT];
    int32_t place[LATENT];
    mn_move_find(&move, model, mu, base);
    move.amount = 0.3;
    mn_move_find(&move, model, mu, moved);
    memcpy(heard, mus[MN_IDEA_HEARD], sizeof(heard));

    move.lock           = lock;
    move.follow_density = true;
    move.axis[1]        = 0.5;
    move.axis[3]        = -0.7;
    move.axis[6]        = 0.2;
    double amounts[MN_AXES];
    for (unsigned a = 0; a < MN_AXES; ++a) {
      bool const   is_pitch = pitch >> a & 1;
      bool const   locked   = lock == (is_pitch ? MN_LOCK_PITCH : MN_LOCK_RHYTHM);
      double const now      = written_axis(model, a, moved);
      amounts[a]            = locked   ? written_axis(model, a, base) - now
                              : a == 1 ? 0.5 + written_axis(model, a, heard) - now
                                       : move.axis[a];
    }
    mn_move_find(&move, model, mu, place);
    mn_place_move(model, amounts, moved);
    for (unsigned n = 0; n < LATENT; ++n) {
      assert_true(abs(place[n] - moved[n]) <= 2);
    }
  }
  mn_model_free(model);
}

// After chance, and before the offsets.
static void
a_style_pulls(void** const state)
{
  (void)state;
  LongShape const  second = {.neurons      = 2,
                             .width        = 2,
                             .latent       = 2,
                             .music        = 1,
                             .styles       = 3,
                             .style_width  = 2,
                             .style_hidden = 2};
  ModelFile* const file   = model_file_new(&shape);
  model_file_add_decoder(file, &shape, 1, 4);
  model_file_add_long(file, &shape, &second);
  model_file_add_parts(file, &shape, second.styles);
  model_file_write(file, model_path);
  model_file_free(file);
  MnModel* const model = load_model(model_path);
  int32_t const* mu[MN_IDEAS];
  int32_t        wanted[LATENT];
  int32_t        place[LATENT];
  make_ideas(1, mu);
  MnMove move = {.mode = MN_PLAY_VARY, .amount = 0.2, .seed = 4};
  mn_move_find(&move, model, mu, wanted);
  mn_place_pull(model, 2, 0.6, wanted);
  unsigned const moved = model->readout.order[1];
  double const   wide  = deviation(model->readout.quantiles + moved * MN_QUANTILES);
  wanted[moved] += (int32_t)lrint(wide * ONE / 2);
  move.style     = 2;
  move.pull      = 0.6;
  move.neuron[1] = 0.5;
  mn_move_find(&move, model, mu, place);
  for (unsigned n = 0; n < LATENT; ++n) {
    assert_true(abs(place[n] - (wanted[n] > 8 * ONE ? 8 * ONE : wanted[n])) <= 2);
  }
  mn_model_free(model);
}

static void
slots_are_corners(void** const state)
{
  (void)state;
  static double const x[]   = {0, 1, 0, 1};
  static double const y[]   = {0, 0, 1, 1};
  MnModel* const      model = make_model();
  for (unsigned there = 1; there < 1U << MN_SLOTS; ++there) {
    int32_t const* mu[MN_IDEAS];
    make_ideas(there << MN_IDEA_SLOTS, mu);
    bool is_there[MN_IDEAS];
    for (unsigned i = 0; i < MN_IDEAS; ++i) {
      is_there[i] = mu[i];
    }
    assert_true(mn_move_has_base(MN_PLAY_MORPH, is_there));
    assert_false(mn_move_has_base(MN_PLAY_VARY, is_there));
    for (unsigned corner = 0; corner < MN_SLOTS; ++corner) {
      int32_t      place[LATENT];
      MnMove const move = {.mode = MN_PLAY_MORPH, .x = x[corner], .y = y[corner]};
      // The nearest that is there: first in its row, then in the other one.
      unsigned const row = there >> (corner & 2) & 3 ? corner & 2 : ~corner & 2;
      unsigned const slot =
        there >> (row | (corner & 1)) & 1 ? row | (corner & 1) : row | (~corner & 1);
      mn_move_find(&move, model, mu, place);
      mn_place_silence_noise(model, mus[MN_IDEA_SLOTS + slot]);
      for (unsigned n = 0; n < LATENT; ++n) {
        assert_true(abs(place[n] - mus[MN_IDEA_SLOTS + slot][n]) <= 1);
      }
      make_ideas(there << MN_IDEA_SLOTS, mu);
    }
  }
  mn_model_free(model);
}

static void
a_walk_goes_through_its_places(void** const state)
{
  (void)state;
  MnModel* const model = make_model();
  int32_t const* mu[MN_IDEAS];
  make_ideas(1, mu);
  for (int64_t number = -8; number <= 8; ++number) {
    int32_t      place[LATENT];
    int32_t      from[LATENT];
    int32_t      to[LATENT];
    MnMove const move = {
      .mode = MN_PLAY_DRIFT, .amount = 0.5, .seed = 11, .number = number, .pace = 4};
    mn_move_find(&move, model, mu, place);
    int64_t const knot = (int64_t)floor((double)number / 4);
    memcpy(from, mus[0], sizeof(from));
    mn_place_silence_noise(model, from);
    memcpy(to, from, sizeof(to));
    mn_place_vary(model, 0.5, 11, (uint64_t)knot, from);
    mn_place_vary(model, 0.5, 11, (uint64_t)knot + 1, to);
    mn_place_mix(from, to, LATENT, (double)(number - 4 * knot) / 4, from);
    assert_memory_equal(place, from, sizeof(from));
  }
  mn_model_free(model);
}

// By the rules of tuning.h, in the plainest way.
static int
naive_pitch(MnTuning const* const t, int const pitch)
{
  static char const* const scales[MN_SCALE_COUNT] = {"0 1 2 3 4 5 6 7 8 9 A B",
                                                     "0 2 4 5 7 9 B",
                                                     "0 2 3 5 7 8 A",
                                                     "0 2 3 5 7 8 B",
                                                     "0 2 3 5 7 9 A",
                                                     "0 2 4 5 7 9 A",
                                                     "0 2 4 7 9",
                                                     "0 3 5 6 7 A"};
  int const                low  = (int)(t->low < t->high ? t->low : t->high);
  int const                high = (int)(t->low < t->high ? t->high : t->low);
  int                      best = -1000;
  for (int p = -60; p < 200; ++p) {
    int const  from = pitch + t->transpose;
    char const name = "0123456789AB"[(p - (int)t->key + 120) % 12];
    if (strchr(scales[t->scale], name) && abs(p - from) < abs(best - from)) {
      best = p; // the lower of two comes first
    }
  }
  int nearest = -1000;
  for (int octave = -20; octave <= 20; ++octave) {
    int const p = best + 12 * octave;
    if (p >= low && p <= high && abs(p - best) < abs(nearest - best)) {
      nearest = p;
    }
  }
  return nearest;
}

static void
pitches_are_in_the_scale_and_the_range(void** const state)
{
  (void)state;
  Random random = {4};
  for (unsigned i = 0; i < 20000; ++i) {
    MnTuning const t = {
      .transpose = random_from(&random, -24, 24),
      .scale     = (MnScale)random_below(&random, MN_SCALE_COUNT),
      .key       = random_below(&random, 12),
      .low       = (unsigned)random_from(&random, MN_LOWEST_NOTE, MN_HIGHEST_NOTE),
      .high      = (unsigned)random_from(&random, MN_LOWEST_NOTE, MN_HIGHEST_NOTE),
    };
    int const      pitch = random_from(&random, MN_LOWEST_NOTE, MN_HIGHEST_NOTE);
    int const      naive = naive_pitch(&t, pitch);
    unsigned const tuned = mn_tuning_pitch(&t, (unsigned)pitch);
    if (naive >= 0) {
      assert_int_equal(tuned, naive);
    } else {
      assert_true(tuned == t.low || tuned == t.high); // no octave of it is in the range
    }
  }
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test_setup_teardown(
      an_offset_moves_one_neuron, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      an_offset_moves_an_axis_the_least_way, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(locked_axes_stay, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      density_and_register_follow, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      where_the_decoder_is_known_its_axes_move, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(a_style_pulls, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(slots_are_corners, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      a_walk_goes_through_its_places, enter_scratch, leave_scratch),
    cmocka_unit_test(pitches_are_in_the_scale_and_the_range),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
