// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Axes: what is learned from made-up neurons whose meaning is known, and what the words
/// refer to.

#include "check.h"
#include "readout/bend_values.h"
#include "readout/readout.h"
#include "study/axes.h"
#include "study/stats.h"
#include "study/window_features.h"
#include "study/windows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STEPS = 32, COUNT = 4000, LATENT = 6, Q16 = 1 << 16 };

// Which neuron tells what.
enum { PITCH, NOTES, FROM_MIDDLE, LEGATO, SILENT, NOISE };

enum { REGISTER = 0, DENSITY = 1, ARTICULATION = 6 };

static double const middle = 66;

typedef struct {
  MnWindows windows;
  int32_t   mu[COUNT][LATENT];
  double    feature[COUNT][MN_AXES];
} Heard;

// Random notes in a window of pitches, some of them short.
static void
add_window(MnWindows* const w, uint64_t const number)
{
  Random    random        = {number + 1};
  uint8_t   tokens[STEPS] = {0};
  int const low           = random_from(&random, 2, 70);
  int const every         = random_from(&random, 1, 5);
  int const stop          = random_from(&random, 0, 10);
  for (int i = 0; i < STEPS; i += every) {
    tokens[i] = (uint8_t)random_from(&random, low, low + 15);
    if (every > 1 && random_from(&random, 0, 10) < stop) {
      tokens[i + 1 < STEPS ? i + 1 : i] = MN_NOTE_OFF;
    }
  }
  assert_true(mn_windows_add(w, tokens, (uint32_t)number));
}

// Pitch is told by how far it is from the middle, and by a neuron that only says on which
// side: no sum of the two tells it.
static Heard*
make_heard(uint64_t const first)
{
  Heard* const h     = (Heard*)calloc(1, sizeof(*h));
  Random       noise = {first + 99};
  assert_non_null(h);
  h->windows.steps = STEPS;
  for (uint64_t k = first; h->windows.count < COUNT; ++k) {
    add_window(&h->windows, k);
  }
  for (size_t i = 0; i < COUNT; ++i) {
    double values[256];
    assert_true(mn_feature_count <= 256);
    mn_features_compute(h->windows.tokens + i * STEPS, STEPS, values);
    for (unsigned a = 0; a < MN_AXES; ++a) {
      h->feature[i][a] = values[mn_features_find(mn_axes[a].feature)];
    }
    double const pitch    = h->feature[i][REGISTER];
    double const far      = fabs(pitch - middle);
    h->mu[i][PITCH]       = (int32_t)(0.5 * Q16 * (pitch > middle ? 1 : -1));
    h->mu[i][FROM_MIDDLE] = (int32_t)(0.05 * Q16 * far);
    h->mu[i][NOTES]       = (int32_t)(-0.2 * Q16 * h->feature[i][DENSITY]);
    h->mu[i][LEGATO]      = (int32_t)(Q16 * (h->feature[i][ARTICULATION] - 0.5));
    h->mu[i][NOISE]       = random_from(&noise, -Q16, Q16);
  }
  return h;
}

static void
free_heard(Heard* const h)
{
  mn_windows_free(&h->windows);
  free(h);
}

static MnAxes
fit(Heard const* const h, uint8_t const negated[LATENT])
{
  MnHeard const heard = {h->windows.tokens, STEPS, COUNT, h->mu[0], LATENT, NULL};
  MnAxes        axes;
  assert_true(mn_axes_fit(&heard, &heard, negated, 0, &axes));
  return axes;
}

// What the readout makes of the tensors of the file.
static void
read_axes(MnAxes const* const axes, int32_t const mu[LATENT], double values[MN_AXES])
{
  MnModelTensor tensors[MN_AXES_TENSORS];
  float         input[LATENT * MN_AXES_ROWS];
  float         bend[MN_BENDS * MN_AXES];
  mn_axes_tensors(axes, tensors);
  float const* const rows  = (float const*)tensors[0].data;
  float const* const bends = (float const*)tensors[2].data;
  for (unsigned r = 0; r < MN_AXES_ROWS; ++r) {
    for (unsigned n = 0; n < LATENT; ++n) {
      input[n * MN_AXES_ROWS + r] = rows[r * LATENT + n];
    }
  }
  for (unsigned a = 0; a < MN_AXES; ++a) {
    for (unsigned b = 0; b < MN_BENDS; ++b) {
      bend[b * MN_AXES + a] = bends[a * MN_BENDS + b];
    }
  }
  MnBendTable const table = {.values = MN_AXES,
                             .inputs = LATENT,
                             .bends  = MN_BENDS,
                             .input  = input,
                             .offset = (float const*)tensors[1].data,
                             .bend   = bend};
  mn_bend_values(&table, mu, values);
}

static double
spearman_of(MnAxes const* const axes, Heard const* const h, unsigned const axis)
{
  double* const value   = (double*)malloc(COUNT * sizeof(double));
  double* const feature = (double*)malloc(COUNT * sizeof(double));
  double        rho     = 0;
  assert_true(value && feature);
  for (size_t i = 0; i < COUNT; ++i) {
    double values[MN_AXES];
    read_axes(axes, h->mu[i], values);
    value[i]   = values[axis];
    feature[i] = h->feature[i][axis];
  }
  assert_true(mn_stats_spearman(value, feature, COUNT, &rho));
  free(value);
  free(feature);
  return rho;
}

static void
an_axis_follows_its_feature_on_windows_that_it_has_not_seen(void** const state)
{
  (void)state;
  static uint8_t const negated[LATENT] = {0};
  Heard* const         train           = make_heard(0);
  Heard* const         test            = make_heard(1000000);
  MnAxes               axes            = fit(train, negated);
  assert_true(spearman_of(&axes, test, DENSITY) > 0.97);
  assert_true(spearman_of(&axes, test, ARTICULATION) > 0.97);
  // Where the sign of one neuron says what another one means.
  assert_true(spearman_of(&axes, test, REGISTER) > 0.98);
  mn_axes_free(&axes);
  free_heard(train);
  free_heard(test);
}

// A neuron that never changes tells nothing, however it is blown up.
static void
all_weights_are_finite_and_quantiles_ascend(void** const state)
{
  (void)state;
  static uint8_t const negated[LATENT] = {0};
  Heard* const         h               = make_heard(0);
  MnAxes               axes            = fit(h, negated);
  for (size_t i = 0; i < LATENT * MN_AXES_ROWS; ++i) {
    assert_true(isfinite(axes.input[i]));
  }
  double share = 0;
  for (size_t i = 0; i < COUNT; ++i) {
    double values[MN_AXES];
    read_axes(&axes, h->mu[i], values);
    share += values[DENSITY] < (double)axes.quantiles[DENSITY][MN_QUANTILES / 2] ? 1 : 0;
  }
  assert_close(share / COUNT, 0.5, 0.02);
  for (unsigned a = 0; a < MN_AXES; ++a) {
    for (unsigned k = 1; k < MN_QUANTILES; ++k) {
      assert_true(axes.quantiles[a][k] >= axes.quantiles[a][k - 1]);
    }
  }
  mn_axes_free(&axes);
  free_heard(h);
}

static void
negating_neurons_changes_the_sign_of_their_weights_alone(void** const state)
{
  (void)state;
  static uint8_t const none[LATENT] = {0};
  static uint8_t const some[LATENT] = {[NOTES] = 1, [NOISE] = 1};
  Heard* const         h            = make_heard(0);
  MnAxes               a            = fit(h, none);
  MnAxes               b            = fit(h, some);
  for (size_t i = 0; i < 50; ++i) {
    int32_t mu[LATENT];
    double  of_a[MN_AXES];
    double  of_b[MN_AXES];
    memcpy(mu, h->mu[i], sizeof(mu));
    read_axes(&a, mu, of_a);
    mu[NOTES] = -mu[NOTES];
    mu[NOISE] = -mu[NOISE];
    read_axes(&b, mu, of_b);
    assert_memory_equal(of_a, of_b, sizeof(of_a));
  }
  mn_axes_free(&a);
  mn_axes_free(&b);
  free_heard(h);
}

static void
each_axis_has_a_feature_and_words_that_fit(void** const state)
{
  (void)state;
  for (unsigned a = 0; a < MN_AXES; ++a) {
    assert_true(mn_features_find(mn_axes[a].feature) < mn_feature_count);
    assert_in_range(strlen(mn_axes[a].name), 1, MN_MAX_AXIS);
    assert_in_range(strlen(mn_axes[a].low), 1, MN_MAX_LABEL);
    assert_in_range(strlen(mn_axes[a].high), 1, MN_MAX_LABEL);
    for (unsigned b = 0; b < a; ++b) {
      assert_string_not_equal(mn_axes[a].name, mn_axes[b].name);
    }
  }
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(an_axis_follows_its_feature_on_windows_that_it_has_not_seen),
    cmocka_unit_test(all_weights_are_finite_and_quantiles_ascend),
    cmocka_unit_test(negating_neurons_changes_the_sign_of_their_weights_alone),
    cmocka_unit_test(each_axis_has_a_feature_and_words_that_fit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
