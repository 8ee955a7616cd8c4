// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// The pull towards a style, against the tensor of the file, number by number; and where the
// maps come from: windows of two styles whose means and covariances are known.

#include "base/random.h"
#include "check.h"
#include "decoder/place_style.h"
#include "model_file.h"
#include "study/style_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NEURONS = 6, MUSIC = NEURONS / 2, STYLES = 2, ONE = 1 << 16 };

static ModelShape const shape =
  {.steps = 32, .hidden = 3, .latent = NEURONS, .hidden_frac = 14, .wide = true, .seed = 1};

static LongShape const second = {.neurons      = 3,
                                 .width        = 4,
                                 .latent       = 5,
                                 .music        = 2,
                                 .styles       = STYLES,
                                 .style_width  = 4,
                                 .style_hidden = 4};

static char const name[] = "long/style/parts";

static ModelFile*
file_with_styles(bool const parts)
{
  ModelFile* const file = model_file_new(&shape);
  model_file_add_long(file, &shape, &second);
  if (parts) {
    model_file_add_parts(file, &shape, STYLES);
  }
  return file;
}

static MnModel*
load(ModelFile* const file)
{
  model_file_write(file, model_path);
  return load_model(model_path);
}

static void
draw(Random* const random, int32_t* const place)
{
  for (unsigned i = 0; i < NEURONS; ++i) {
    place[i] = random_from(random, -2 * ONE, 2 * ONE);
  }
}

static void
a_pull_is_that_share_of_the_map(void** const state)
{
  (void)state;
  ModelFile* const   file   = file_with_styles(true);
  MnModel* const     model  = load(file);
  float const* const parts  = (float const*)model_file_tensor(file, name);
  Random             random = {2};
  assert_true(mn_place_can_pull(model));
  for (unsigned run = 0; run < 20; ++run) {
    unsigned const style  = run % STYLES;
    double const   amount = (run % 5) * 0.75 - 0.5;
    int32_t        from[NEURONS];
    int32_t        to[NEURONS];
    draw(&random, from);
    memcpy(to, from, sizeof(to));
    mn_place_pull(model, style, amount, to);
    float const* const own = parts + (size_t)style * (MUSIC + 1) * MUSIC;
    for (unsigned i = 0; i < MUSIC; ++i) {
      double way = (double)own[i];
      for (unsigned k = 0; k < MUSIC; ++k) {
        way += (double)own[(k + 1) * MUSIC + i] * from[model->readout.order[k]] / ONE;
      }
      unsigned const n = model->readout.order[i];
      assert_close(to[n] / (double)ONE, from[n] / (double)ONE + amount * way, 1e-4);
    }
    for (unsigned rank = MUSIC; rank < NEURONS; ++rank) {
      unsigned const noise = model->readout.order[rank];
      assert_int_equal(to[noise], from[noise]);
    }
  }
  mn_model_free(model);
  model_file_free(file);
}

static void
nothing_pulls_nowhere(void** const state)
{
  (void)state;
  Random  random = {3};
  int32_t from[NEURONS];
  int32_t to[NEURONS];
  draw(&random, from);
  memcpy(to, from, sizeof(to));
  for (unsigned parts = 0; parts < 2; ++parts) {
    ModelFile* const file  = file_with_styles(parts);
    MnModel* const   model = load(file);
    assert_true(mn_place_can_pull(model) == parts);
    mn_place_pull(model, 0, parts ? 0 : 1, to); // no amount, or a model that cannot
    mn_place_pull(model, STYLES, 1, to);
    assert_memory_equal(from, to, sizeof(to));
    mn_model_free(model);
    model_file_free(file);
  }
}

static void
no_pull_leads_beyond_8(void** const state)
{
  (void)state;
  ModelFile* const file  = file_with_styles(true);
  float* const     parts = (float*)model_file_tensor(file, name);
  for (unsigned i = 0; i < STYLES * (MUSIC + 1) * MUSIC; ++i) {
    parts[i] *= 3e38F;
  }
  MnModel* const model       = load(file);
  int32_t        mu[NEURONS] = {ONE, -ONE, ONE, -ONE, ONE, -ONE};
  for (unsigned style = 0; style < STYLES; ++style) {
    mn_place_pull(model, style, 3, mu);
    for (unsigned n = 0; n < NEURONS; ++n) {
      assert_true(abs(mu[n]) <= 8 * ONE);
    }
  }
  mn_model_free(model);
  model_file_free(file);
}

static void
parts_of_another_shape_are_refused(void** const state)
{
  (void)state;
  ModelFile*    file  = file_with_styles(true);
  json_t* const whole = json_object_get(model_file_entry(file, name), "shape");
  json_array_append_new(whole, json_integer(1)); // as many elements
  assert_file_refused(file, name);
  file = model_file_new(&shape);
  model_file_add_long(file, &shape, &second);
  model_file_add_parts(file, &shape, STYLES + 1);
  assert_file_refused(file, name);
  file                                       = file_with_styles(true);
  ((float*)model_file_tensor(file, name))[4] = NAN;
  assert_file_refused(file, name);
}

// A number of variance 1, nearly normal.
static double
normal(uint64_t* const state)
{
  double sum = -6;
  for (unsigned i = 0; i < 12; ++i) {
    sum += (double)(mn_random_next(state) >> 11) / 9007199254740992.0;
  }
  return sum;
}

typedef struct {
  double weight;
  double mean[MUSIC];
  double cov[MUSIC][MUSIC]; // sums of products first
} Moments;

static void
add(Moments* const m, double const weight, double const* const z)
{
  m->weight += weight;
  for (unsigned i = 0; i < MUSIC; ++i) {
    m->mean[i] += weight * z[i];
    for (unsigned k = 0; k < MUSIC; ++k) {
      m->cov[i][k] += weight * z[i] * z[k];
    }
  }
}

static void
finish(Moments* const m)
{
  for (unsigned i = 0; i < MUSIC; ++i) {
    m->mean[i] /= m->weight;
  }
  for (unsigned i = 0; i < MUSIC; ++i) {
    for (unsigned k = 0; k < MUSIC; ++k) {
      m->cov[i][k] = m->cov[i][k] / m->weight - m->mean[i] * m->mean[k];
    }
  }
}

// What makes the map the one of least way: it is symmetric and positive, and takes the mean
// and the covariance of all windows to those of the style.
static void
check_map(float const* const map, Moments const* const all, Moments const* const own)
{
  double a[MUSIC][MUSIC];
  for (unsigned i = 0; i < MUSIC; ++i) {
    double to = (double)map[i] + all->mean[i];
    for (unsigned k = 0; k < MUSIC; ++k) {
      a[i][k] = (double)map[(i + 1) * MUSIC + k] + (i == k);
      to += (double)map[(i + 1) * MUSIC + k] * all->mean[k];
    }
    assert_close(to, own->mean[i], 0.02);
    assert_true(a[i][i] > 0);
  }
  for (unsigned i = 0; i < MUSIC; ++i) {
    for (unsigned k = 0; k < MUSIC; ++k) {
      double aca = 0;
      for (unsigned p = 0; p < MUSIC; ++p) {
        for (unsigned q = 0; q < MUSIC; ++q) {
          aca += a[i][p] * all->cov[p][q] * a[q][k];
        }
      }
      assert_close(a[i][k], a[k][i], 1e-5);
      assert_close(aca, own->cov[i][k], 0.03);
    }
  }
}

static void
maps_take_all_music_to_a_style(void** const state)
{
  (void)state;
  enum { WINDOWS = 20000 };
  static uint16_t const order[MUSIC] = {4, 0, 2};
  uint64_t              random       = 5;
  Moments               all          = {0};
  Moments               own[STYLES]  = {{0}};
  MnStyleParts          parts;
  assert_true(mn_style_parts_init(&parts, STYLES, MUSIC));
  for (unsigned i = 0; i < WINDOWS; ++i) {
    bool const   second_style = i & 1;
    double const x            = normal(&random);
    double const y            = normal(&random);
    double const z[MUSIC]     = {second_style ? 1 + x : x / 2,
                             second_style ? x / 2 + y : y,
                             second_style ? -0.5 + normal(&random) / 4 : x + y / 3};
    // The network is not sure: a fifth goes to the other style.
    uint32_t const share[STYLES] = {second_style ? 1U << 28 : 4U << 28,
                                    second_style ? 4U << 28 : 1U << 28};
    double const shares[STYLES] = {share[0] / (double)(1 << 30),
                                   share[1] / (double)(1 << 30)};
    int32_t      mu[NEURONS]    = {0};
    for (unsigned k = 0; k < MUSIC; ++k) {
      mu[order[k]] = (int32_t)lrint(z[k] * ONE);
    }
    mn_style_parts_add(&parts, share, mu, order);
    for (unsigned s = 0; s < STYLES; ++s) {
      add(&own[s], shares[s], z);
      add(&all, shares[s], z);
    }
  }
  finish(&all);
  assert_true(mn_style_parts_solve(&parts));
  for (unsigned s = 0; s < STYLES; ++s) {
    finish(&own[s]);
    check_map(parts.map + s * (MUSIC + 1) * MUSIC, &all, &own[s]);
  }
  mn_style_parts_free(&parts);
}

static void
without_windows_maps_stay(void** const state)
{
  (void)state;
  MnStyleParts parts;
  assert_true(mn_style_parts_init(&parts, STYLES, MUSIC));
  assert_true(mn_style_parts_solve(&parts));
  for (unsigned i = 0; i < STYLES * (MUSIC + 1) * MUSIC; ++i) {
    assert_true(parts.map[i] == 0);
  }
  mn_style_parts_free(&parts);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(a_pull_is_that_share_of_the_map),
    cmocka_unit_test(nothing_pulls_nowhere),
    cmocka_unit_test(no_pull_leads_beyond_8),
    cmocka_unit_test(parts_of_another_shape_are_refused),
    cmocka_unit_test(maps_take_all_music_to_a_style),
    cmocka_unit_test(without_windows_maps_stay),
  };
  return cmocka_run_group_tests_name("place_style", tests, enter_scratch, leave_scratch);
}
