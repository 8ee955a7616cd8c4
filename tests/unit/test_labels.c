// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// Labels of neurons: rank correlations with features, and the words made of them.

#include "check.h"
#include "model/model.h"
#include "study/labels.h"
#include "study/window_features.h"
#include "study/windows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 32, COUNT = 60, LATENT = 5 };

// The mean rank of a value among the values that count, by the definition.
static double
rank_of(double const* const values, bool const* const counts, size_t const at)
{
  double below = 0, same = 0;
  for (size_t i = 0; i < COUNT; ++i) {
    below += counts[i] && values[i] < values[at];
    same += counts[i] && values[i] == values[at];
  }
  return below + (same + 1) / 2;
}

// Pearson's correlation of ranks, over the windows in which b is defined.
static double
naive_spearman(double const* const a, double const* const b)
{
  bool   counts[COUNT];
  double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
  for (size_t i = 0; i < COUNT; ++i) {
    counts[i] = !isnan(b[i]);
  }
  for (size_t i = 0; i < COUNT; ++i) {
    if (counts[i]) {
      double const p = rank_of(a, counts, i);
      double const q = rank_of(b, counts, i);
      ++n, x += p, y += q, xx += p * p, yy += q * q, xy += p * q;
    }
  }
  double const norm = (n * xx - x * x) * (n * yy - y * y);
  return norm > 0 ? (n * xy - x * y) / sqrt(norm) : 0;
}

static void
correlations_are_those_of_mean_ranks_where_a_feature_is_defined(void** const state)
{
  (void)state;
  // Random windows, and some of a single note, on which intervals are undefined.
  MnWindows windows = {.steps = STEPS};
  assert_true(mn_windows_add_random(&windows, COUNT, 7));
  for (size_t i = 0; i < COUNT; i += 6) {
    memset(windows.tokens + i * STEPS, MN_HOLD, STEPS);
    windows.tokens[i * STEPS + i % 16] = (uint8_t)(40 + i / 6);
  }
  Random  random            = {3};
  int32_t mu[COUNT][LATENT] = {{0}};
  for (size_t i = 0; i < COUNT; ++i) {
    mu[i][1] = random_from(&random, -100000, 100000);
    mu[i][2] = random_from(&random, -3, 3); // ties
    mu[i][3] = 0;                           // never varies
    mu[i][4] = windows.tokens[i * STEPS + 5];
  }

  static uint16_t const neurons[] = {4, 1, 3, 2};
  enum { NEURONS = sizeof(neurons) / sizeof(*neurons) };
  MnHeard const heard = {windows.tokens, STEPS, COUNT, mu[0], LATENT, NULL};
  double* const rho   = (double*)calloc(NEURONS * mn_feature_count, sizeof(double));
  assert_non_null(rho);
  assert_true(mn_labels_correlate(&heard, neurons, NEURONS, rho));

  double* const table = (double*)calloc(COUNT * mn_feature_count, sizeof(double));
  assert_non_null(table);
  for (size_t i = 0; i < COUNT; ++i) {
    mn_features_compute(windows.tokens + i * STEPS, STEPS, table + i * mn_feature_count);
  }
  size_t undefined = 0;
  for (size_t f = 0; f < mn_feature_count; ++f) {
    double feature[COUNT];
    for (size_t i = 0; i < COUNT; ++i) {
      feature[i] = table[i * mn_feature_count + f];
      undefined += isnan(feature[i]) ? 1 : 0;
    }
    for (size_t k = 0; k < NEURONS; ++k) {
      double values[COUNT];
      for (size_t i = 0; i < COUNT; ++i) {
        values[i] = mu[i][neurons[k]];
      }
      assert_close(rho[k * mn_feature_count + f], naive_spearman(values, feature), 1e-12);
    }
  }
  assert_true(undefined > 0);
  free(rho);
  free(table);
  mn_windows_free(&windows);
}

// Features of the table, with words or without.
static size_t
find_feature(bool const with_words, size_t const from)
{
  size_t f = from;
  while (f < mn_feature_count && (mn_features[f].high != NULL) != with_words) {
    ++f;
  }
  assert_true(f < mn_feature_count);
  return f;
}

static MnHold const nowhere[2];

// A label by correlations that are nearly as large where they are least.
static MnNamed
name_steady(double const* const rho)
{
  double* const least = (double*)calloc(mn_feature_count, sizeof(double));
  assert_non_null(least);
  for (size_t f = 0; f < mn_feature_count; ++f) {
    least[f] = fabs(rho[f]) * 0.9;
  }
  MnNamed const named = mn_labels_name(rho, least, nowhere);
  free(least);
  return named;
}

static double*
no_correlations(void)
{
  double* const rho = (double*)calloc(mn_feature_count, sizeof(double));
  assert_non_null(rho);
  return rho;
}

static void
a_neuron_has_the_words_of_its_strongest_feature_and_rises_with_it(void** const state)
{
  (void)state;
  size_t const  a   = find_feature(true, 0);
  size_t const  b   = find_feature(true, a + 1);
  size_t const  c   = find_feature(true, b + 1);
  size_t const  d   = find_feature(true, c + 1);
  double* const rho = no_correlations();
  rho[a] = 0.306, rho[b] = -0.5, rho[c] = 0.1, rho[d] = -0.306;

  char expected[256];
  snprintf(expected,
           sizeof(expected),
           "%s +0.50, %s -0.31, %s +0.31",
           mn_features[b].name,
           mn_features[a].name,
           mn_features[d].name);
  MnNamed named = name_steady(rho);
  assert_true(named.negated);
  assert_string_equal(named.label, mn_features[b].high);
  assert_string_equal(named.features, expected);

  rho[b] = 0.5;
  named  = name_steady(rho);
  assert_false(named.negated);
  assert_string_equal(named.label, mn_features[b].high);
  free(rho);
}

static void
features_without_words_name_nothing(void** const state)
{
  (void)state;
  size_t const  word   = find_feature(true, 0);
  size_t const  silent = find_feature(false, 0);
  double* const rho    = no_correlations();
  rho[silent]          = -0.9;
  rho[word]            = 0.3;
  MnNamed const named  = name_steady(rho);
  assert_false(named.negated);
  assert_string_equal(named.label, mn_features[word].high);
  assert_null(strstr(named.features, "0.90"));
  free(rho);
}

static void
a_weak_correlation_is_mixed_but_still_turns(void** const state)
{
  (void)state;
  size_t const  f     = find_feature(true, 0);
  double* const rho   = no_correlations();
  MnNamed       named = name_steady(rho);
  assert_false(named.negated);
  assert_string_equal(named.label, "mixed");
  assert_string_equal(named.features, "");

  rho[f] = -0.199;
  named  = name_steady(rho);
  assert_true(named.negated);
  assert_string_equal(named.label, "mixed");

  rho[f] = -0.2;
  assert_string_equal(name_steady(rho).label, mn_features[f].high);
  free(rho);
}

static void
a_feature_that_fails_in_one_group_names_nothing(void** const state)
{
  (void)state;
  size_t const  a     = find_feature(true, 0);
  size_t const  b     = find_feature(true, a + 1);
  double* const rho   = no_correlations();
  double* const least = no_correlations();
  rho[a] = 0.8, least[a] = 0.149;
  rho[b] = -0.4, least[b] = 0.151;

  // The weaker one holds, and turns the neuron; the stronger one is still listed first.
  MnNamed named = mn_labels_name(rho, least, nowhere);
  assert_string_equal(named.label, mn_features[b].high);
  assert_true(named.negated);
  assert_close(named.stability, 0.151, 0);
  assert_int_equal(named.low, 0);
  assert_int_equal(named.high, MN_KEYS);
  assert_ptr_equal(strstr(named.features, mn_features[a].name), named.features);
  assert_non_null(strstr(named.features, "-0.80"));

  least[b] = -0.2;
  named    = mn_labels_name(rho, least, nowhere);
  assert_string_equal(named.label, "mixed");
  assert_false(named.negated);
  assert_close(named.stability, 0, 0);
  free(rho);
  free(least);
}

static void
a_label_says_in_which_registers_it_holds(void** const state)
{
  (void)state;
  static struct {
    unsigned    low;
    unsigned    high;
    char const* label;
    char const* opposite;
  } const cases[]    = {{0, MN_KEYS, "higher pitch", "lower pitch"},
                        {48, 84, "higher pitch, C3 to C6", "lower pitch, C3 to C6"},
                        {0, 72, "higher pitch, below C5", "lower pitch, below C5"},
                        {60, MN_KEYS, "higher pitch, above C4", "lower pitch, above C4"}};
  double* const none = no_correlations();
  for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    MnHold const  holds[2] = {{-0.6, 0.8, 0.3, cases[i].low, cases[i].high},
                              {0.9, 0.4, 0.2, 0, 72}};
    MnNamed const named    = mn_labels_name(none, none, holds);
    assert_string_equal(named.label, cases[i].label);
    assert_string_equal(named.opposite, cases[i].opposite);
    assert_true(named.negated);
    assert_close(named.stability, 0.3, 0);
    assert_int_equal(named.low, cases[i].low);
    assert_int_equal(named.high, cases[i].high);
  }
  // Strong, but of few windows.
  MnHold const few[2] = {{.rho = 0.6, .share = 0.5, .least = 0.3, .low = 60, .high = 72}};
  double*      rho    = no_correlations();
  size_t const f      = find_feature(true, 0);
  rho[f]              = 0.31;
  assert_string_equal(mn_labels_name(rho, rho, few).label, mn_features[f].high);
  free(none);
  free(rho);
}

// Windows of one note each, of two styles. Neuron 0 rises with the pitch up to C6 and falls
// above; neuron 1 rises with it, but falls in the second style; neuron 2 rises throughout.
static void
labels_hold_in_each_style_and_register(void** const state)
{
  (void)state;
  enum { WINDOWS = 6000, NEURONS = 3 };
  static uint16_t const neurons[NEURONS] = {0, 1, 2};
  Random                random           = {5};
  uint8_t* const        tokens           = (uint8_t*)calloc(WINDOWS, STEPS);
  uint16_t* const       style            = (uint16_t*)calloc(WINDOWS, sizeof(*style));
  int32_t* const        mu = (int32_t*)calloc((size_t)WINDOWS * NEURONS, sizeof(*mu));
  assert_true(tokens && style && mu);
  for (int i = 0; i < WINDOWS; ++i) {
    int const pitch   = random_from(&random, 36, 96);
    tokens[i * STEPS] = (uint8_t)(pitch - MN_NOTE_OFFSET);
    style[i]          = i % 5 == 0;
    int32_t* const at = mu + (size_t)i * NEURONS;
    at[0]             = pitch < 84 ? pitch : 168 - pitch;
    at[1]             = style[i] ? -pitch : pitch;
    at[2]             = pitch;
    for (int n = 0; n < NEURONS; ++n) {
      at[n] = 100 * at[n] + random_from(&random, -100, 100);
    }
  }
  MnHeard const heard = {tokens, STEPS, WINDOWS, mu, NEURONS, style};
  MnNamed       named[NEURONS];
  assert_true(mn_labels_find(&heard, neurons, NEURONS, false, named));
  assert_string_equal(named[0].label, "higher pitch, below C6");
  assert_false(named[0].negated);
  assert_true(named[0].stability > 0.9);
  assert_string_equal(named[1].label, "mixed");
  assert_true(mn_features[named[2].feature].high);
  assert_int_equal(named[2].high, MN_KEYS);
  assert_false(named[2].negated);

  // With one style the second one goes with the pitch, too.
  memset(style, 0, WINDOWS * sizeof(*style));
  for (int i = 0; i < WINDOWS; ++i) {
    mu[(size_t)i * NEURONS + 1] = mu[(size_t)i * NEURONS + 2];
  }
  assert_true(mn_labels_find(&heard, neurons, NEURONS, false, named));
  assert_string_equal(named[1].label, named[2].label);
  free(tokens);
  free(style);
  free(mu);
}

// A neuron that keeps its sign and falls with its feature is called by what less of that is.
static void
neurons_that_keep_their_signs_are_called_by_these(void** const state)
{
  (void)state;
  enum { WINDOWS = 1000, NEURONS = 2 };
  static uint16_t const neurons[NEURONS] = {0, 1};
  Random                random           = {6};
  static uint8_t        tokens[WINDOWS * STEPS];
  static int32_t        mu[WINDOWS * NEURONS];
  memset(tokens, 0, sizeof(tokens));
  for (int i = 0; i < WINDOWS; ++i) {
    unsigned const count = 1 + random_below(&random, STEPS);
    for (unsigned k = 0; k < count; ++k) {
      tokens[(unsigned)i * STEPS + k] = 40;
    }
    mu[2 * i]     = (int32_t)count;
    mu[2 * i + 1] = -(int32_t)count;
  }
  MnHeard const heard = {tokens, STEPS, WINDOWS, mu, NEURONS, NULL};
  MnNamed       named[NEURONS];
  assert_true(mn_labels_find(&heard, neurons, NEURONS, false, named));
  assert_true(named[1].negated);
  assert_string_equal(named[1].label, named[0].label);
  assert_string_equal(named[1].features, named[0].features);
  MnNamed const rises = named[0];
  assert_true(mn_labels_find(&heard, neurons, NEURONS, true, named));
  assert_memory_equal(named[0].label, rises.label, sizeof(rises.label));
  assert_false(named[1].negated);
  assert_string_equal(named[1].label, rises.opposite);
  assert_string_equal(named[1].opposite, rises.label);
  assert_non_null(strchr(rises.features, '+'));
  assert_non_null(strstr(named[1].features, "-1.00"));
}

// No text is cut: even the three longest names fit.
static void
all_words_fit_the_file(void** const state)
{
  (void)state;
  size_t longest = 0;
  for (size_t f = 0; f < mn_feature_count; ++f) {
    MnFeature const* const feature = &mn_features[f];
    assert_true(!feature->high || strlen(feature->high) <= MN_MAX_LABEL);
    size_t const length = strlen(feature->name);
    longest             = feature->high && length > longest ? length : longest;
  }
  // The two that may hold in some registers alone.
  assert_true(strlen("high or low register, C3 to C6") <= MN_MAX_LABEL);
  assert_true(3 * (longest + strlen(" +0.00")) + 2 * strlen(", ") <= MN_MAX_FEATURES);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(correlations_are_those_of_mean_ranks_where_a_feature_is_defined),
    cmocka_unit_test(a_neuron_has_the_words_of_its_strongest_feature_and_rises_with_it),
    cmocka_unit_test(features_without_words_name_nothing),
    cmocka_unit_test(a_weak_correlation_is_mixed_but_still_turns),
    cmocka_unit_test(a_feature_that_fails_in_one_group_names_nothing),
    cmocka_unit_test(a_label_says_in_which_registers_it_holds),
    cmocka_unit_test(labels_hold_in_each_style_and_register),
    cmocka_unit_test(neurons_that_keep_their_signs_are_called_by_these),
    cmocka_unit_test(all_words_fit_the_file),
  };
  return cmocka_run_group_tests_name("labels", tests, NULL, NULL);
}
