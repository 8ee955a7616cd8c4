// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// What the score is fitted by: directions in which random notes exceed music at the same
// register, and how much each of them counts.

#include "base/random.h"
#include "check.h"
#include "study/score_directions.h"
#include "study/score_weights.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COUNT = 20000, COLUMNS = 5, DIRECTIONS = 3 };

static double   values[2][COUNT][COLUMNS];
static double   squares[2][COUNT][DIRECTIONS];
static uint16_t onsets[2][COUNT];

// From the sum of 12 uniform numbers.
static double
gaussian(uint64_t* const state)
{
  double sum = -6;
  for (unsigned i = 0; i < 12; ++i) {
    sum += (double)(mn_random_next(state) >> 11) * 0x1p-53;
  }
  return sum;
}

// Three values and a register h with its square. In music, the values are 3 h - h^2 + e,
// 2 + 2 e and e; random notes differ in the last one alone, which is 4 e. But they lie in
// other registers.
static void
draw(void)
{
  uint64_t state = 5;
  for (unsigned kind = 0; kind < 2; ++kind) {
    for (size_t i = 0; i < COUNT; ++i) {
      double* const v = values[kind][i];
      double const  h = gaussian(&state) * (kind ? 0.2 : 1) + (kind ? 6 : 0);
      v[0]            = 3 * h - h * h + gaussian(&state);
      v[1]            = 2 + 2 * gaussian(&state);
      v[2]            = gaussian(&state) * (kind ? 4 : 1);
      v[3]            = h;
      v[4]            = h * h;
    }
  }
}

static MnScoreDirections
find(unsigned const most)
{
  MnScoreDirections d;
  MnMoments         moments[2];
  MnError           error = {0};
  draw();
  for (unsigned kind = 0; kind < 2; ++kind) {
    MnSheet const sheet = {COUNT, COLUMNS, values[kind][0]};
    assert_true(mn_moments_take(&moments[kind], &sheet, NULL, 0));
  }
  assert_true(
    mn_score_directions_find(&d, &moments[0], &moments[1], COLUMNS, most, &error));
  mn_moments_free(&moments[0]);
  mn_moments_free(&moments[1]);
  return d;
}

static void
random_notes_exceed_music_where_they_differ_at_the_same_register(void** const state)
{
  (void)state;
  MnScoreDirections d = find(1);
  assert_int_equal(d.count, 1);
  assert_close(d.weight[0], log(16), 0.1);
  // The register that random notes lie in is no difference.
  static double const windows[][COLUMNS + 1] = {
    {0, 2, 0, 0, 0, 0},    // music as it is on average
    {2, 2, 0, 2, 4, 0},    // in another register: 3 h - h^2 is 2
    {-4, 2, 0, -1, 1, 0},  //
    {0, 2, 3, 0, 0, 9},    // 3 of its standard deviations off
    {2, 2, -3, 2, 4, 9},   //
    {10, 8, 0, 0, 0, 0.1}, // off in what random notes share with music
  };
  for (unsigned i = 0; i < sizeof(windows) / sizeof(*windows); ++i) {
    double square = 0;
    mn_score_directions_squares(&d, windows[i], &square);
    assert_close(square, windows[i][COLUMNS], 0.4);
  }
  mn_score_directions_free(&d);
}

static void
no_direction_is_kept_along_which_random_notes_are_less_than_music(void** const state)
{
  (void)state;
  MnScoreDirections d = find(3);
  assert_true(d.count < 3 || d.weight[2] < 0.1);
  for (unsigned k = 1; k < d.count; ++k) {
    assert_true(d.weight[k] > 0 && d.weight[k] <= d.weight[k - 1]);
  }
  mn_score_directions_free(&d);
}

// Music in one register alone has no slope in it.
static void
one_register_tells_nothing(void** const state)
{
  (void)state;
  MnMoments         moments[2];
  MnScoreDirections d;
  draw();
  for (unsigned kind = 0; kind < 2; ++kind) {
    for (size_t i = 0; i < COUNT; ++i) {
      values[kind][i][3] = values[kind][i][4] = 1;
    }
    MnSheet const sheet = {COUNT, COLUMNS, values[kind][0]};
    assert_true(mn_moments_take(&moments[kind], &sheet, NULL, 0));
  }
  assert_true(mn_score_directions_find(&d, &moments[0], &moments[1], COLUMNS, 1, NULL));
  assert_close(d.rows[3], 0, 0);
  assert_close(d.rows[4], 0, 0);
  mn_moments_free(&moments[0]);
  mn_moments_free(&moments[1]);
  mn_score_directions_free(&d);
}

// Squares of which random notes have `ratio` times as much in each direction. All grow with
// the onsets.
static void
draw_squares(double const ratio[DIRECTIONS])
{
  uint64_t state = 6;
  for (unsigned kind = 0; kind < 2; ++kind) {
    for (size_t i = 0; i < COUNT; ++i) {
      onsets[kind][i] = (uint16_t)(2 + i % 31);
      for (unsigned k = 0; k < DIRECTIONS; ++k) {
        double const e      = gaussian(&state);
        squares[kind][i][k] = e * e * onsets[kind][i] * (kind ? ratio[k] : 1);
      }
    }
  }
}

static void
learn(double const ratio[DIRECTIONS], double weights[DIRECTIONS])
{
  draw_squares(ratio);
  MnWeightSide const real   = {squares[0][0], onsets[0], COUNT};
  MnWeightSide const random = {squares[1][0], onsets[1], COUNT};
  assert_true(mn_score_weights_learn(&real, &random, DIRECTIONS, weights));
}

// By Gauss, the likelihood ratio weighs a square by 1 - 1 / ratio where its variance is 1 in
// music. The logarithm of the sum is no likelihood ratio, but directions that are alike count
// the same, and one without a difference hardly counts.
static void
a_direction_counts_by_what_it_tells(void** const state)
{
  (void)state;
  double weights[DIRECTIONS] = {0.01, 1, 1};
  learn((double[]){9, 9, 1}, weights);
  assert_close(weights[0], 1, 0.1);
  assert_close(weights[1], 1, 0.1);
  assert_true(weights[2] >= 0 && weights[2] < 0.3);
  learn((double[]){9, 2, 9}, weights);
  assert_true(weights[1] > 0 && weights[1] < 0.8);
}

// Music that has more of a square than random notes gets no negative weight for it.
static void
no_weight_is_negative(void** const state)
{
  (void)state;
  double weights[DIRECTIONS] = {1, 1, 1};
  learn((double[]){9, 0.1, 9}, weights);
  assert_true(weights[1] >= 0 && weights[1] < 0.05);
  assert_close(weights[0], 1, 0.1);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(random_notes_exceed_music_where_they_differ_at_the_same_register),
    cmocka_unit_test(no_direction_is_kept_along_which_random_notes_are_less_than_music),
    cmocka_unit_test(one_register_tells_nothing),
    cmocka_unit_test(a_direction_counts_by_what_it_tells),
    cmocka_unit_test(no_weight_is_negative),
  };
  return cmocka_run_group_tests_name("score_fit", tests, NULL, NULL);
}
