// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "base/fixed.h"
#include "check.h"
#include "readout/bend_values.h"
#include "readout/readout.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// A model of six neurons without an encoder, small enough to calculate by hand.
// By rank the neurons are 4 2 0 | 1 3 5. The first three are music neurons.
enum { LATENT = 6, PROJECTIONS = 2, KNOTS = 3 };

static uint16_t const order[LATENT] = {4, 2, 0, 1, 3, 5};
static uint16_t const rank[LATENT]  = {2, 3, 1, 4, 0, 5};

static float const projection[LATENT * PROJECTIONS] = {
  100,
  100, // music neurons do not enter the score
  1,
  0, //
  100,
  100, //
  0,
  2, //
  100,
  100, //
  1,
  -1, //
};

static float const  center[LATENT]     = {9, 0.5F, 9, -0.25F, 9, 0};
static double const statistic[KNOTS]   = {1, 2, 6};
static double const probability[KNOTS] = {0.9, 0.5, 0.1};

// Neuron n has the quantiles n, n + 1, ..., n + 64.
static float quantiles[LATENT * MN_QUANTILES];

static MnModel
make_model(void)
{
  for (unsigned n = 0; n < LATENT; ++n) {
    for (unsigned q = 0; q < MN_QUANTILES; ++q) {
      quantiles[n * MN_QUANTILES + q] = (float)(n + q);
    }
  }
  return (MnModel){.latent  = LATENT,
                   .steps   = MN_MAX_STEPS,
                   .readout = {.order        = order,
                               .rank         = rank,
                               .music        = 3,
                               .active       = 0.125,
                               .quantiles    = quantiles,
                               .projections  = PROJECTIONS,
                               .score_inputs = LATENT,
                               .projection   = projection,
                               .center       = center,
                               .knots        = KNOTS,
                               .statistic    = statistic,
                               .rows         = 1,
                               .probability  = probability}};
}

// Windows begin with so many notes of a pitch, and sigma is 1.
static void
read_out_notes(MnModel const* const model,
               unsigned const       onsets,
               unsigned const       pitch,
               int32_t const* const mu,
               MnReadout* const     readout)
{
  uint8_t tokens[MN_MAX_STEPS] = {0};
  int32_t sigma[MN_MAX_LATENT];
  memset(tokens, (int)pitch - MN_NOTE_OFFSET, onsets);
  for (unsigned n = 0; n < MN_MAX_LATENT; ++n) {
    sigma[n] = MN_ONE_Q16;
  }
  mn_readout_compute(model, tokens, mu, sigma, readout);
}

static int32_t
q16(double const value)
{
  return (int32_t)(value * MN_ONE_Q16);
}

static MnReadout
read_out(MnModel const* const model, double const* const mu)
{
  int32_t   numbers[LATENT];
  MnReadout readout;
  for (unsigned n = 0; n < model->latent; ++n) {
    numbers[n] = q16(mu[n]);
  }
  memset(&readout, 0x5A, sizeof(readout));
  read_out_notes(model, 8, 60, numbers, &readout);
  return readout;
}

static void
the_readout_of_silence_is_neutral(void** const state)
{
  (void)state;
  MnReadout const* const r = &mn_readout_neutral;
  assert_close(r->musicality, 0.5, 0);
  assert_int_equal(r->music_active, 0);
  assert_int_equal(r->noise_active, 0);
  assert_close(r->noise_energy, 0, 0);
  for (unsigned i = 0; i < MN_RANKED; ++i) {
    assert_close(r->ranked[i], 0.5, 0);
  }
  for (unsigned i = 0; i < MN_AXES; ++i) {
    assert_close(r->axes[i], 0.5, 0);
  }
  for (unsigned i = 0; i < MN_TOP; ++i) {
    assert_int_equal(r->top[i].neuron, MN_NO_NEURON);
    assert_close(r->top[i].mu, 0, 0);
  }
}

// Two neurons and one bend: axis a is a * mu_0 + a + a times the bend of h = 2 mu_1 - 1.
static void
an_axis_adds_its_weights_and_its_bends(void** const state)
{
  (void)state;
  float input[2][MN_AXES + 1] = {{0}};
  float offset[MN_AXES + 1]   = {0};
  float bend[1][MN_AXES]      = {{0}};
  float ramp[MN_AXES][MN_QUANTILES];
  for (unsigned a = 0; a < MN_AXES; ++a) {
    input[0][a] = offset[a] = bend[0][a] = (float)a;
    for (unsigned k = 0; k < MN_QUANTILES; ++k) {
      ramp[a][k] = (float)k;
    }
  }
  input[1][MN_AXES] = 2;
  offset[MN_AXES]   = -1;
  MnModel     m     = make_model();
  MnBendTable table = {.values = MN_AXES,
                       .inputs = 2,
                       .bends  = 1,
                       .input  = input[0],
                       .offset = offset,
                       .bend   = bend[0]};
  // h = 3 and -3, whose bend is 9 / 4.
  int32_t const mu[2][2] = {{q16(1.5), q16(2)}, {q16(1.5), q16(-1)}};
  for (unsigned i = 0; i < 2; ++i) {
    double values[MN_AXES];
    mn_bend_values(&table, mu[i], values);
    for (unsigned a = 0; a < MN_AXES; ++a) {
      assert_close(values[a], a * (1.5 + 1 + 9 / 4.0), 0);
    }
  }
  m.latent                 = 2;
  m.readout.music          = 0;
  m.readout.axis_table     = table;
  m.readout.axis_quantiles = ramp[0];
  double const    at[2]    = {1.5, 2};
  MnReadout const r        = read_out(&m, at);
  for (unsigned a = 0; a < MN_AXES; ++a) {
    assert_close(r.axes[a], (float)(a * 4.75 / 64), 0);
  }
}

static void
a_percentile_is_0_below_all_and_1_above_all(void** const state)
{
  (void)state;
  MnModel const m = make_model();
  assert_close(mn_readout_percentile(&m, 2, 1.999), 0, 0);
  assert_close(mn_readout_percentile(&m, 2, -1e9), 0, 0);
  assert_close(mn_readout_percentile(&m, 2, 66.001), 1, 0);
  assert_close(mn_readout_percentile(&m, 2, 1e9), 1, 0);
}

static void
a_percentile_is_read_between_the_quantiles(void** const state)
{
  (void)state;
  MnModel const m = make_model();
  for (unsigned n = 0; n < LATENT; ++n) {
    for (unsigned q = 0; q < MN_QUANTILES; ++q) { // on a quantile: exactly its share
      assert_close(mn_readout_percentile(&m, n, n + q), q / 64.0, 0);
    }
    assert_close(mn_readout_percentile(&m, n, n + 0.5), 0.5 / 64, 0);
    assert_close(mn_readout_percentile(&m, n, n + 31.25), 31.25 / 64, 1e-7);
    assert_close(mn_readout_percentile(&m, n, n + 63.75), 63.75 / 64, 1e-7);
  }
}

static void
a_percentile_is_the_middle_of_quantiles_that_are_equal(void** const state)
{
  (void)state;
  MnModel const m = make_model();
  for (unsigned q = 10; q <= 20; ++q) { // neuron 0: ..., 9, 15 eleven times, 21, ...
    quantiles[q] = 15;
  }
  assert_close(mn_readout_percentile(&m, 0, 15), 15.0 / 64, 0);
  assert_close(mn_readout_percentile(&m, 0, 9), 9.0 / 64, 0);
  assert_close(mn_readout_percentile(&m, 0, 12), 9.5 / 64, 0); // between 9 and 15
  assert_close(mn_readout_percentile(&m, 0, 18), 20.5 / 64, 0);

  // Values repeat at an end; or everywhere, in a neuron that never moves.
  for (unsigned q = 0; q <= 20; ++q) {
    quantiles[q] = 15;
  }
  assert_close(mn_readout_percentile(&m, 0, 15), 10.0 / 64, 0);
  for (unsigned q = 0; q < MN_QUANTILES; ++q) {
    quantiles[q] = 15;
  }
  assert_close(mn_readout_percentile(&m, 0, 15), 0.5, 0);
  assert_close(mn_readout_percentile(&m, 0, 14.9), 0, 0);
  assert_close(mn_readout_percentile(&m, 0, 15.1), 1, 0);
}

static void
percentiles_never_fall_as_mu_grows(void** const state)
{
  (void)state;
  MnModel const m      = make_model();
  Random        random = {1};
  float         value  = -3;
  for (unsigned q = 0; q < MN_QUANTILES; ++q) {
    value += (float)random_below(&random, 4) / 64;
    quantiles[q] = value;
  }
  float before = 0;
  for (int i = -4 * 1024; i < 4 * 1024; ++i) {
    float const now = mn_readout_percentile(&m, 0, i / 1024.0);
    assert_true(now >= before && now <= 1);
    before = now;
  }
  assert_close(before, 1, 0);
}

static void
music_neurons_are_read_out_by_rank(void** const state)
{
  (void)state;
  MnModel const   m    = make_model();
  double const    mu[] = {16, 0, 34, 0, 52, 0};
  MnReadout const r    = read_out(&m, mu);
  assert_close(r.ranked[0], 48.0 / 64, 0); // neuron 4
  assert_close(r.ranked[1], 32.0 / 64, 0); // neuron 2
  assert_close(r.ranked[2], 16.0 / 64, 0); // neuron 0
  for (unsigned i = 3; i < MN_RANKED; ++i) {
    assert_close(r.ranked[i], 0.5, 0); // noise neurons are not ranked
  }
}

static void
neurons_count_as_active_beyond_the_threshold_either_way(void** const state)
{
  (void)state;
  MnModel const m       = make_model(); // 0.125
  double const  mu[]    = {0.125, 0.126, -0.125, -0.126, -3, 0};
  MnReadout     readout = read_out(&m, mu);
  assert_int_equal(readout.music_active, 1); // neuron 4; at the threshold is not beyond it
  assert_int_equal(readout.noise_active, 2); // 1 and 3

  double const all[] = {1, 1, 1, 1, 1, 1};
  readout            = read_out(&m, all);
  assert_int_equal(readout.music_active, 3);
  assert_int_equal(readout.noise_active, 3);
}

static void
noise_energy_is_the_mean_square_of_the_noise_neurons(void** const state)
{
  (void)state;
  MnModel      m    = make_model();
  double const mu[] = {7, 0.5, -7, -1, 7, 2};
  assert_close(read_out(&m, mu).noise_energy, (0.25 + 1 + 4) / 3, 1e-6);
  m.readout.music = 0; // all are noise
  assert_close(read_out(&m, mu).noise_energy, (3 * 49 + 0.25 + 1 + 4) / 6, 1e-5);
}

static void
a_model_without_noise_neurons_has_no_noise(void** const state)
{
  (void)state;
  MnModel m               = make_model();
  m.readout.music         = LATENT;
  double const    mu[]    = {1, 2, 3, 4, 5, 6};
  MnReadout const readout = read_out(&m, mu);
  assert_close(readout.noise_energy, 0, 0);
  assert_int_equal(readout.noise_active, 0);
  assert_int_equal(readout.music_active, 6);
  assert_close(readout.musicality, 0.9, 1e-7); // statistic 0: below the first knot
}

static void
the_largest_mu_come_first_and_ties_by_number(void** const state)
{
  (void)state;
  MnModel const   m    = make_model();
  double const    mu[] = {0.5, -2, 0.25, 2, -0.5, 1};
  MnReadout const r    = read_out(&m, mu);
  static struct {
    int    neuron;
    double mu;
  } const expected[] = {{1, -2}, {3, 2}, {5, 1}, {0, 0.5}, {4, -0.5}, {2, 0.25}};
  for (unsigned i = 0; i < LATENT; ++i) {
    assert_int_equal(r.top[i].neuron, expected[i].neuron);
    assert_close(r.top[i].mu, expected[i].mu, 0);
  }
  for (unsigned i = LATENT; i < MN_TOP; ++i) { // there are no more neurons
    assert_int_equal(r.top[i].neuron, MN_NO_NEURON);
    assert_close(r.top[i].mu, 0, 0);
  }
}

static void
neurons_at_rest_are_listed_too(void** const state)
{
  (void)state;
  MnModel const   m    = make_model();
  double const    mu[] = {0, 0, 0, 0, 0, 0};
  MnReadout const r    = read_out(&m, mu);
  for (int i = 0; i < LATENT; ++i) {
    assert_int_equal(r.top[i].neuron, i);
  }
}

typedef struct {
  int     neuron;
  int32_t size;
} Sized;

static int
by_size(void const* const a, void const* const b)
{
  Sized const* const x = (Sized const*)a;
  Sized const* const y = (Sized const*)b;
  return x->size != y->size ? (x->size < y->size) - (x->size > y->size)
                            : x->neuron - y->neuron;
}

static void
of_many_neurons_the_top_is_what_sorting_gives(void** const state)
{
  (void)state;
  enum { MANY = 512 };
  static uint16_t identity[MANY];
  static float    flat[MANY * MN_QUANTILES];
  static float    zero[MANY * PROJECTIONS];
  MnModel         m      = make_model();
  Random          random = {2};
  for (unsigned n = 0; n < MANY; ++n) {
    identity[n] = (uint16_t)n;
  }
  m.latent               = MANY;
  m.readout.order        = identity;
  m.readout.rank         = identity;
  m.readout.music        = 37;
  m.readout.quantiles    = flat;
  m.readout.score_inputs = MANY;
  m.readout.projection   = zero;
  m.readout.center       = zero;
  for (unsigned run = 0; run < 1000; ++run) {
    int32_t   mu[MANY];
    Sized     sorted[MANY];
    MnReadout readout;
    int32_t   range = 1 << random_below(&random, 20); // small: many ties
    for (int n = 0; n < MANY; ++n) {
      mu[n]     = random_from(&random, -range, range);
      sorted[n] = (Sized){n, abs(mu[n])};
    }
    qsort(sorted, MANY, sizeof(Sized), by_size);
    read_out_notes(&m, 8, 60, mu, &readout);
    for (unsigned i = 0; i < MN_TOP; ++i) {
      assert_int_equal(readout.top[i].neuron, sorted[i].neuron);
      assert_close(readout.top[i].mu, mu[sorted[i].neuron] / 65536.0, 1e-6 * range);
    }
    for (unsigned i = 0; i < MN_RANKED; ++i) { // all quantiles are 0
      assert_close(readout.ranked[i], mu[i] > 0 ? 1 : mu[i] < 0 ? 0 : 0.5, 0);
    }
  }
}

static void
the_score_is_read_between_its_knots(void** const state)
{
  (void)state;
  // With d the distance of the noise neurons from the centers 0.5, -0.25 and 0,
  // the statistic is (d1 + d5)^2 + (2 d3 - d5)^2.
  MnModel const m = make_model();
  static struct {
    double d1;
    double d3;
    double d5;
    double musicality;
  } const cases[] = {
    {0, 0, 0, 0.9},       // 0: below the first knot
    {0.5, 0, 0, 0.9},     // 0.25
    {1, 0, 0, 0.9},       // 1: on it
    {0, 0.5, 0, 0.9},     // 1
    {-1, 0, 0, 0.9},      // the square is the same
    {1, 0.25, 0, 0.8},    // 1.25: a quarter of the way to 2
    {1, 0.5, 0, 0.5},     // 2: on a knot
    {0, 0, 1, 0.5},       // 1 + 1: both rows
    {2, 0, 0, 0.3},       // 4: half of the way from 2 to 6
    {0, 1, 0, 0.3},       // 4
    {1, 1, 1, 0.2},       // 4 + 1
    {0, 0, 2, 0.1},       // 8: beyond the last
    {100, 0, 0, 0.1},     //
    {-100, 50, 100, 0.9}, // 0 + 0: they cancel out
  };
  for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    double const d1   = cases[i].d1;
    double const d3   = cases[i].d3;
    double const d5   = cases[i].d5;
    double const mu[] = {3, 0.5 + d1, 1, -0.25 + d3, -2, d5};
    assert_close(read_out(&m, mu).musicality, cases[i].musicality, 1e-6);
  }
}

static void
the_score_is_read_in_the_row_of_the_number_of_onsets(void** const state)
{
  (void)state;
  // Rows for 0, 1 and 2 onsets; the last is also for more.
  static double const rows[3][KNOTS] = {{0.5, 0.5, 0.5}, {0.8, 0.4, 0.2}, {1, 0.6, 0}};
  static struct {
    unsigned onsets;
    double   statistic;
    double   musicality;
  } const cases[] = {
    {0, 1, 0.5},
    {0, 9, 0.5},
    {1, 0, 0.8},
    {1, 2, 0.4},
    {1, 4, 0.3},
    {1, 9, 0.2},
    {2, 0, 1},
    {2, 1.5, 0.8},
    {2, 4, 0.3},
    {2, 9, 0},
    {3, 1.5, 0.8},
    {32, 9, 0},
    {256, 4, 0.3},
  };
  MnModel m             = make_model();
  m.readout.rows        = 3;
  m.readout.probability = rows[0];
  for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    // Only neuron 1 is off its center, 0.5, by the root of the statistic.
    int32_t mu[LATENT] = {0};
    mu[1]              = q16(0.5 + sqrt(cases[i].statistic));
    mu[3]              = q16(-0.25);
    MnReadout readout;
    read_out_notes(&m, cases[i].onsets, 60, mu, &readout);
    assert_close(readout.musicality, cases[i].musicality, 1e-4);
  }
}

static void
the_score_reads_sigma_and_the_register_too(void** const state)
{
  (void)state;
  // One direction: mu_1 + 3 log2 sigma_1 - 2 h + h^2 + 1/2, with h the register in steps of
  // two octaves from E4. Music neurons, which have a weight too, do not count.
  enum { INPUTS = 2 * LATENT + 2 };
  float   rows[INPUTS]    = {7, 1, 7, 0, 7, 0, 7, 3, 7, 0, 7, 0, -2, 1};
  float   centers[INPUTS] = {5, -0.5F, 5, 0, 5, 0, 5, 0, 5, 0, 5, 0, 0, 0};
  MnModel m               = make_model();
  static struct {
    double   mu;
    double   sigma;
    unsigned onsets;
    unsigned low; ///< half of the notes
    unsigned high;
    double   statistic;
  } const cases[] = {
    {1, 1, 0, 0, 0, 2.25},     // no note: in the middle
    {1, 1, 8, 64, 64, 2.25},   // E4
    {1, 1, 8, 88, 88, 0.25},   // h is 1: 1.5 - 2 + 1
    {1, 1, 8, 64, 88, 0.5625}, // h is 1/2: 1.5 - 1 + 1/4
    {1, 1, 8, 40, 40, 20.25},  // h is -1: 1.5 + 2 + 1
    {1, 2, 8, 64, 64, 20.25},  // 1.5 + 3
    {1, 0.25, 8, 64, 64, 20.25},
    {1, 1.5, 8, 64, 64, 9}, // the logarithm is straight between 1 and 2
    {-0.5, 1, 8, 64, 64, 0},
  };
  m.readout.projections  = 1;
  m.readout.score_inputs = INPUTS;
  m.readout.projection   = rows;
  m.readout.center       = centers;
  for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); ++i) {
    uint8_t tokens[MN_MAX_STEPS] = {0, MN_NOTE_OFF};
    int32_t mu[LATENT]           = {1 << 20, q16(cases[i].mu), -5};
    int32_t sigma[LATENT]        = {1, q16(cases[i].sigma), 3, MN_ONE_Q16, 9, MN_ONE_Q16};
    for (unsigned k = 0; k < cases[i].onsets; ++k) {
      unsigned const pitch = k % 2 ? cases[i].low : cases[i].high;
      tokens[2 + 3 * k]    = (uint8_t)(pitch - MN_NOTE_OFFSET);
    }
    assert_close(mn_readout_statistic(&m, tokens, mu, sigma), cases[i].statistic, 1e-9);
  }
}

static void
music_neurons_do_not_move_the_score(void** const state)
{
  (void)state;
  MnModel const m       = make_model();
  double const  calm[]  = {0, 1.5, 0, 0.25, 0, 0};
  double const  moved[] = {8, 1.5, -8, 0.25, 3, 0};
  assert_close(read_out(&m, calm).musicality, read_out(&m, moved).musicality, 0);
  assert_close(read_out(&m, calm).musicality, 0.5, 1e-6);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(the_readout_of_silence_is_neutral),
    cmocka_unit_test(an_axis_adds_its_weights_and_its_bends),
    cmocka_unit_test(a_percentile_is_0_below_all_and_1_above_all),
    cmocka_unit_test(a_percentile_is_read_between_the_quantiles),
    cmocka_unit_test(a_percentile_is_the_middle_of_quantiles_that_are_equal),
    cmocka_unit_test(percentiles_never_fall_as_mu_grows),
    cmocka_unit_test(music_neurons_are_read_out_by_rank),
    cmocka_unit_test(neurons_count_as_active_beyond_the_threshold_either_way),
    cmocka_unit_test(noise_energy_is_the_mean_square_of_the_noise_neurons),
    cmocka_unit_test(a_model_without_noise_neurons_has_no_noise),
    cmocka_unit_test(the_largest_mu_come_first_and_ties_by_number),
    cmocka_unit_test(neurons_at_rest_are_listed_too),
    cmocka_unit_test(of_many_neurons_the_top_is_what_sorting_gives),
    cmocka_unit_test(the_score_is_read_between_its_knots),
    cmocka_unit_test(the_score_is_read_in_the_row_of_the_number_of_onsets),
    cmocka_unit_test(the_score_reads_sigma_and_the_register_too),
    cmocka_unit_test(music_neurons_do_not_move_the_score),
  };
  return cmocka_run_group_tests_name("readout", tests, NULL, NULL);
}
