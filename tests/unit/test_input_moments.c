// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// What import learns about the inputs of the encoder's matrices, against states that this
// test follows by itself, step by step.

#include "check.h"

#include "base/fixed.h"
#include "model_file.h"
#include "study/input_moments.h"

#include <stdlib.h>
#include <string.h>

enum { WINDOWS = 70, WIDEST = 3 * 33, DIRECTIONS = 2 };

static ModelShape const shapes[] = {
  {.steps = 6, .hidden = 33, .latent = 5, .hidden_frac = 13, .wide = true, .seed = 1},
  {.layers      = 2,
   .steps       = 5,
   .hidden      = 7,
   .latent      = 4,
   .hidden_frac = 14,
   .wide        = false,
   .seed        = 2},
};

// The state of one direction of a layer.
typedef struct {
  int32_t cell[64];
  int16_t h[64];
} Lstm;

// The sums of products for one matrix.
typedef struct {
  int64_t of[WIDEST * WIDEST];
} Sums;

// A step of an LSTM by the definitions: sums from `start` on, then the gates.
static void
step_lstm(MnModel const* const  model,
          MnMatrix const* const matrix,
          int32_t const* const  start,
          int32_t const* const  multiplier,
          int16_t const* const  inputs,
          size_t const          columns,
          Lstm* const           lstm)
{
  int32_t sums[4 * 64];
  for (size_t r = 0; r < 4 * (size_t)model->hidden; ++r) {
    int64_t sum = start[r];
    for (size_t c = 0; c < columns; ++c) {
      size_t const at = mn_matrix_at(matrix, r, c);
      sum += (matrix->w16 ? matrix->w16[at] : matrix->w8[at]) * inputs[c];
    }
    sums[r] = (int32_t)sum;
  }
  mn_gates(0, model->hidden, model->hidden_frac, sums, multiplier, lstm->cell, lstm->h);
}

static void
add(Sums* const sums, int16_t const* const inputs, size_t const columns)
{
  for (size_t a = 0; a < columns; ++a) {
    for (size_t b = a; b < columns; ++b) {
      sums->of[a * columns + b] += inputs[a] * inputs[b];
    }
  }
}

// Follows a window, and adds to the sums of each matrix.
static void
follow(MnModel const* const model, uint8_t const* const tokens, Sums* const sums)
{
  size_t const hidden = model->hidden;
  int16_t      seen[8][2 * 64];
  for (size_t d = 0; d < DIRECTIONS; ++d) {
    Lstm lstm = {{0}, {0}};
    for (size_t i = 0; i < model->steps; ++i) {
      size_t const             at = d ? model->steps - 1 - i : i;
      MnDirection const* const m  = &model->direction[d];
      add(&sums[d], lstm.h, hidden);
      step_lstm(model,
                &m->recurrent,
                m->input + tokens[at] * (size_t)m->recurrent.rows,
                m->multiplier,
                lstm.h,
                hidden,
                &lstm);
      memcpy(seen[at] + d * hidden, lstm.h, hidden * sizeof(*lstm.h));
    }
  }
  for (size_t d = 0; d < DIRECTIONS && model->layers > 1; ++d) {
    Lstm lstm = {{0}, {0}};
    for (size_t i = 0; i < model->steps; ++i) {
      size_t const          at = d ? model->steps - 1 - i : i;
      MnLinear const* const m  = &model->upper[d];
      int16_t               inputs[WIDEST];
      memcpy(inputs, seen[at], 2 * hidden * sizeof(*inputs));
      memcpy(inputs + 2 * hidden, lstm.h, hidden * sizeof(*inputs));
      add(&sums[DIRECTIONS + d], inputs, 3 * hidden);
      step_lstm(model, &m->weight, m->bias, m->multiplier, inputs, 3 * hidden, &lstm);
    }
  }
}

static void
check_shape(ModelShape const* const shape, size_t const count)
{
  ModelFile* const file = model_file_new(shape);
  model_file_write(file, model_path);
  model_file_free(file);
  MnModel* const model = load_model(model_path);

  Random    random  = {shape->seed};
  MnWindows windows = {.steps = model->steps, .count = WINDOWS};
  windows.tokens    = (uint8_t*)malloc(WINDOWS * model->steps);
  Sums* const sums  = (Sums*)calloc(MN_INPUT_MATRICES, sizeof(*sums));
  assert_true(windows.tokens && sums);
  for (size_t i = 0; i < WINDOWS * model->steps; ++i) {
    windows.tokens[i] = (uint8_t)random_below(&random, MN_CLASSES);
  }
  for (size_t i = 0; i < count; ++i) {
    follow(model, windows.tokens + i * WINDOWS / count * model->steps, sums);
  }

  MnInputMoments moments;
  assert_true(mn_input_moments_take(model, &windows, count, NULL, &moments));
  MnInputProducts const products = mn_input_moments_products(&moments);
  for (size_t m = 0; m < MN_INPUT_MATRICES; ++m) {
    double const* const found = products.products[m / DIRECTIONS][m % DIRECTIONS];
    if (m >= model->layers * (size_t)DIRECTIONS) {
      assert_null(found);
      continue;
    }
    size_t const columns = (m < DIRECTIONS ? 1 : 3) * (size_t)model->hidden;
    for (size_t a = 0; a < columns; ++a) {
      for (size_t b = a; b < columns; ++b) {
        assert_close(found[a * columns + b], (double)sums[m].of[a * columns + b], 0);
      }
    }
  }
  mn_input_moments_free(&moments);
  free(sums);
  free(windows.tokens);
  mn_model_free(model);
}

static void
each_matrix_has_the_products_of_its_inputs(void** const state)
{
  (void)state;
  for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); ++i) {
    check_shape(&shapes[i], WINDOWS);
    check_shape(&shapes[i], 3); // evenly spread
  }
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test_setup_teardown(
      each_matrix_has_the_products_of_its_inputs, enter_scratch, leave_scratch),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
