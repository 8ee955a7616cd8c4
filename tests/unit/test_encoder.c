// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "check.h"
#include "encoder/batch.h"
#include "encoder/encoder.h"
#include "encoder/kernel.h"
#include "model_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static ModelShape const shapes[] = {
  {.steps = 32, .hidden = 1, .latent = 1, .hidden_frac = 14, .wide = true, .seed = 1},
  {.steps = 32, .hidden = 1, .latent = 20, .hidden_frac = 8, .wide = false, .seed = 2},
  {.steps = 256, .hidden = 5, .latent = 20, .hidden_frac = 14, .wide = true, .seed = 3},
  {.steps = 1, .hidden = 5, .latent = 1, .hidden_frac = 11, .wide = false, .seed = 4},
  {.steps = 32, .hidden = 16, .latent = 512, .hidden_frac = 14, .wide = true, .seed = 5},
  {.steps = 32, .hidden = 16, .latent = 20, .hidden_frac = 14, .wide = false, .seed = 6},
  {.steps = 32, .hidden = 33, .latent = 20, .hidden_frac = 13, .wide = true, .seed = 7},
  {.steps = 31, .hidden = 33, .latent = 1, .hidden_frac = 14, .wide = false, .seed = 8},
  {.steps = 32, .hidden = 256, .latent = 512, .hidden_frac = 14, .wide = true, .seed = 9},
  {.steps = 256, .hidden = 256, .latent = 20, .hidden_frac = 14, .wide = false, .seed = 10},
  {.layers      = 2,
   .steps       = 32,
   .hidden      = 5,
   .latent      = 7,
   .hidden_frac = 14,
   .wide        = true,
   .seed        = 11},
  {.layers      = 2,
   .steps       = 256,
   .hidden      = 33,
   .latent      = 20,
   .hidden_frac = 13,
   .wide        = false,
   .seed        = 12},
  {.layers      = 2,
   .steps       = 3,
   .hidden      = 1,
   .latent      = 1,
   .hidden_frac = 12,
   .wide        = true,
   .seed        = 13},
  // Each step takes several units, and with the last shape each head does too.
  {.steps = 3, .hidden = 611, .latent = 7, .hidden_frac = 14, .wide = true, .seed = 14},
  {.layers      = 2,
   .steps       = 2,
   .hidden      = 521,
   .latent      = 2048,
   .hidden_frac = 13,
   .wide        = false,
   .seed        = 15},
};

enum { SHAPES = sizeof(shapes) / sizeof(*shapes), WINDOWS = 4 };

static MnModel*
make_model(ModelShape const* const shape)
{
  ModelFile* const file = model_file_new(shape);
  model_file_write(file, model_path);
  model_file_free(file);
  return load_model(model_path);
}

// An encoder in exactly the memory that it needs, so that a sanitizer sees any overrun.
static MnEncoder*
make_encoder(MnModel const* const model, MnKernel const* const kernel)
{
  size_t const size   = mn_encoder_size(model);
  void* const  memory = aligned_alloc(MN_ENCODER_ALIGN, size);
  assert_non_null(memory);
  memset(memory, 0xA5, size);
  return mn_encoder_init(memory, model, kernel);
}

static void
random_window(Random* const random, unsigned const steps, uint8_t* const tokens)
{
  for (unsigned i = 0; i < steps; ++i) {
    tokens[i] =
      (uint8_t)(random_below(random, 3) ? random_below(random, MN_CLASSES) : MN_HOLD);
  }
}

static void
encode(MnEncoder* const encoder, uint8_t const* const tokens)
{
  mn_encoder_start(encoder, tokens);
  assert_true(mn_encoder_run(encoder, UINT32_MAX));
}

static void
assert_same_result(MnModel const* const   model,
                   MnEncoder const* const a,
                   MnEncoder const* const b)
{
  size_t const size = model->latent * sizeof(int32_t);
  assert_memory_equal(mn_encoder_mu(a), mn_encoder_mu(b), size);
  assert_memory_equal(mn_encoder_sigma(a), mn_encoder_sigma(b), size);
}

static void
every_kernel_gives_the_same_bits(void** const state)
{
  (void)state;
  for (unsigned s = 0; s < SHAPES; ++s) {
    MnModel* const   model  = make_model(&shapes[s]);
    MnEncoder* const plain  = make_encoder(model, mn_kernels[0]);
    Random           random = {s};
    for (unsigned w = 0; w < WINDOWS; ++w) {
      uint8_t tokens[MN_MAX_STEPS];
      random_window(&random, model->steps, tokens);
      encode(plain, tokens);
      for (unsigned k = 1; mn_kernels[k]; ++k) {
        if (mn_kernels[k]->supported()) {
          MnEncoder* const other = make_encoder(model, mn_kernels[k]);
          encode(other, tokens);
          assert_same_result(model, plain, other);
          free(other);
        }
      }
    }
    free(plain);
    mn_model_free(model);
  }
}

static MnBatch*
make_batch(MnModel const* const model, MnKernel const* const kernel)
{
  size_t const size   = mn_batch_size(model);
  void* const  memory = aligned_alloc(MN_ENCODER_ALIGN, size);
  assert_non_null(memory);
  memset(memory, 0xA5, size);
  return mn_batch_init(memory, model, kernel);
}

// Windows, rows of [steps], and the results of encoding each alone, rows of [latent].
enum { MOST_WINDOWS = 13 };

typedef struct {
  uint8_t* tokens;
  int32_t* mu;
  int32_t* sigma;
} Windows;

static Windows
encode_one_by_one(MnModel const* const model)
{
  size_t const     values = (size_t)MOST_WINDOWS * model->latent;
  Windows const    all = {.tokens = (uint8_t*)malloc((size_t)MOST_WINDOWS * model->steps),
                          .mu     = (int32_t*)malloc(values * sizeof(int32_t)),
                          .sigma  = (int32_t*)malloc(values * sizeof(int32_t))};
  MnEncoder* const encoder = make_encoder(model, mn_kernels[0]);
  Random           random  = {model->steps};
  assert_true(all.tokens && all.mu && all.sigma);
  for (size_t w = 0; w < MOST_WINDOWS; ++w) {
    random_window(&random, model->steps, all.tokens + w * model->steps);
    encode(encoder, all.tokens + w * model->steps);
    for (size_t n = 0; n < model->latent; ++n) {
      all.mu[w * model->latent + n]    = mn_encoder_mu(encoder)[n];
      all.sigma[w * model->latent + n] = mn_encoder_sigma(encoder)[n];
    }
  }
  free(encoder);
  return all;
}

// Batches of several sizes one after the other.
static void
assert_batches(MnModel const* const  model,
               MnKernel const* const kernel,
               Windows const* const  windows)
{
  MnBatch* const batch    = make_batch(model, kernel);
  unsigned const most     = mn_batch_windows(model);
  unsigned const counts[] = {MOST_WINDOWS, 1, 3};
  for (unsigned i = 0; i < sizeof(counts) / sizeof(*counts); ++i) {
    size_t const count  = counts[i] < most ? counts[i] : most;
    size_t const values = count * model->latent;
    size_t const first  = MOST_WINDOWS - count; // not those of the batch before
    int32_t*     mu     = (int32_t*)malloc(values * sizeof(int32_t));
    int32_t*     sigma  = (int32_t*)malloc(values * sizeof(int32_t));
    mn_batch_run(batch, windows->tokens + first * model->steps, (unsigned)count, mu, sigma);
    assert_memory_equal(mu, windows->mu + first * model->latent, values * sizeof(int32_t));
    assert_memory_equal(
      sigma, windows->sigma + first * model->latent, values * sizeof(int32_t));
    free(mu);
    free(sigma);
  }
  free(batch);
}

static void
a_batch_gives_the_bits_of_each_window(void** const state)
{
  (void)state;
  for (unsigned s = 0; s < SHAPES; ++s) {
    MnModel* const model   = make_model(&shapes[s]);
    Windows const  windows = encode_one_by_one(model);
    for (unsigned k = 0; mn_kernels[k]; ++k) {
      if (mn_kernels[k]->supported()) {
        assert_batches(model, mn_kernels[k], &windows);
      }
    }
    free(windows.tokens);
    free(windows.mu);
    free(windows.sigma);
    mn_model_free(model);
  }
}

static void
slices_of_any_size_equal_one_run(void** const state)
{
  (void)state;
  MnModel* const   model  = make_model(&shapes[6]);
  MnEncoder* const whole  = make_encoder(model, mn_kernel_best());
  MnEncoder* const parts  = make_encoder(model, mn_kernel_best());
  unsigned const   units  = mn_encoder_units(model);
  Random           random = {1};
  for (unsigned budget = 1; budget <= units + 1; ++budget) {
    uint8_t tokens[MN_MAX_STEPS];
    random_window(&random, model->steps, tokens);
    encode(whole, tokens);
    mn_encoder_start(parts, tokens);
    memset(tokens, 0, sizeof(tokens)); // they were copied
    assert_false(mn_encoder_run(parts, 0));
    unsigned calls = 1;
    while (!mn_encoder_run(parts, budget)) {
      ++calls;
    }
    assert_int_equal(calls, (units + budget - 1) / budget);
    assert_same_result(model, whole, parts);
    assert_true(mn_encoder_run(parts, budget)); // another call changes nothing
    assert_same_result(model, whole, parts);
  }
  free(whole);
  free(parts);
  mn_model_free(model);
}

// Counts instead of computing, so that it needs no weights.
static size_t products;

static void
count_products(MnMatrix const* const matrix,
               int32_t const* const  start,
               int16_t const* const  state,
               int32_t* const        sums)
{
  (void)start;
  (void)state;
  memset(sums, 0, matrix->rows * sizeof(*sums));
  products += (size_t)matrix->rows * matrix->columns;
}

// Runs a model without weights unit by unit. Returns the number of units.
static unsigned
count_units(unsigned const layers,
            unsigned const steps,
            unsigned const hidden,
            unsigned const latent)
{
  unsigned const    rows  = 4 * hidden;
  int32_t* const    zeros = (int32_t*)calloc((size_t)MN_CLASSES * rows, sizeof(int32_t));
  MnLinear const    upper = {{.rows = rows, .columns = 3 * hidden}, zeros, zeros};
  MnLinear const    head  = {{.rows = latent, .columns = 2 * hidden}, zeros, zeros};
  MnDirection const direction = {zeros, {.rows = rows, .columns = hidden}, zeros};
  MnModel const     model     = {.steps       = steps,
                                 .hidden      = hidden,
                                 .latent      = latent,
                                 .hidden_frac = 14,
                                 .layers      = layers,
                                 .direction   = {direction, direction},
                                 .upper       = {upper, upper},
                                 .mu          = head,
                                 .sigma       = head};
  MnKernel          kernel    = *mn_kernel_best();
  kernel.product              = count_products;

  MnEncoder* const encoder              = make_encoder(&model, &kernel);
  uint8_t          tokens[MN_MAX_STEPS] = {0};
  size_t           all                  = 0;
  unsigned         units                = 0;
  mn_encoder_start(encoder, tokens);
  for (bool complete = false; !complete; ++units) {
    assert_int_equal(mn_encoder_left(encoder), mn_encoder_units(&model) - units);
    products = 0;
    complete = mn_encoder_run(encoder, 1);
    assert_in_range(products, 1, MN_UNIT_PRODUCTS);
    all += products;
  }
  assert_int_equal(mn_encoder_left(encoder), 0);
  assert_int_equal(units, mn_encoder_units(&model));
  size_t const step = (size_t)rows * hidden;
  assert_int_equal(
    all, 2 * steps * step * (layers > 1 ? 1 + 3 : 1) + 4 * (size_t)latent * hidden);
  free(encoder);
  free(zeros);
  return units;
}

static void
a_unit_has_so_many_products_at_most_whatever_the_model(void** const state)
{
  (void)state;
  // A unit is a step of one direction, or a head, as long as they fit.
  assert_int_equal(count_units(1, 32, 256, 256), 2 * 32 + 2);
  assert_int_equal(count_units(1, 32, 512, 512), 2 * 32 + 2);
  // 16 times as many products in a step, and twice as many in a head.
  assert_int_equal(count_units(1, 32, 2048, 512), 2 * 32 * 16 + 2 * 2);
  // In layer 1 there are 8,192 rows of 6,144 products: 128 of them fit, 192 do not.
  assert_int_equal(count_units(2, 256, 2048, 512), 2 * 256 * (16 + 64) + 2 * 2);
  // The largest sizes: 256 of 4,096, 64 of 12,288, 128 of 8,192.
  assert_int_equal(count_units(2, 1, MN_MAX_HIDDEN, MN_MAX_LATENT),
                   2 * (64 + 256) + 2 * 16);
}

static void
a_window_begun_anew_forgets_the_one_before(void** const state)
{
  (void)state;
  MnModel* const   model  = make_model(&shapes[6]);
  MnEncoder* const fresh  = make_encoder(model, mn_kernel_best());
  MnEncoder* const used   = make_encoder(model, mn_kernel_best());
  Random           random = {2};
  for (unsigned given_up = 0; given_up <= mn_encoder_units(model); ++given_up) {
    uint8_t first[MN_MAX_STEPS];
    uint8_t second[MN_MAX_STEPS];
    random_window(&random, model->steps, first);
    random_window(&random, model->steps, second);
    mn_encoder_start(used, first);
    mn_encoder_run(used, given_up);
    encode(used, second);
    encode(fresh, second);
    assert_same_result(model, fresh, used);
  }
  free(fresh);
  free(used);
  mn_model_free(model);
}

static void
two_encoders_do_not_disturb_each_other(void** const state)
{
  (void)state;
  MnModel* const model = make_model(&shapes[4]);
  MnEncoder*     alone = make_encoder(model, mn_kernel_best());
  MnEncoder*     pair[2];
  uint8_t        tokens[2][MN_MAX_STEPS];
  Random         random = {3};
  for (unsigned i = 0; i < 2; ++i) {
    pair[i] = make_encoder(model, mn_kernels[0]);
    random_window(&random, model->steps, tokens[i]);
    mn_encoder_start(pair[i], tokens[i]);
  }
  bool first  = false;
  bool second = false;
  while (!first || !second) {
    first  = mn_encoder_run(pair[0], 1);
    second = mn_encoder_run(pair[1], 3);
  }
  for (unsigned i = 0; i < 2; ++i) {
    encode(alone, tokens[i]);
    assert_same_result(model, alone, pair[i]);
    free(pair[i]);
  }
  free(alone);
  mn_model_free(model);
}

static void
a_token_outside_the_alphabet_counts_as_no_event(void** const state)
{
  (void)state;
  MnModel* const   model = make_model(&shapes[4]);
  MnEncoder* const a     = make_encoder(model, mn_kernel_best());
  MnEncoder* const b     = make_encoder(model, mn_kernel_best());
  uint8_t          good[MN_MAX_STEPS];
  uint8_t          bad[MN_MAX_STEPS];
  Random           random = {4};
  random_window(&random, model->steps, good);
  memcpy(bad, good, sizeof(bad));
  for (unsigned i = 0; i < model->steps; ++i) {
    if (good[i] == MN_HOLD) {
      bad[i] = (uint8_t)(MN_CLASSES + random_below(&random, 256 - MN_CLASSES));
    }
  }
  encode(a, good);
  encode(b, bad);
  assert_same_result(model, a, b);
  free(a);
  free(b);
  mn_model_free(model);
}

// The rest of an LSTM step by its formulas, in doubles.
static void
gates_in_doubles(double const* const g, double* const cell, double* const hidden)
{
  double const i = 1 / (1 + exp(-g[0]));
  double const j = tanh(g[1]);
  double const f = 1 / (1 + exp(-g[2]));
  double const o = 1 / (1 + exp(-g[3]));
  *cell          = f * *cell + i * j;
  *hidden        = o * tanh(*cell);
}

// MusicVAE's encoder in doubles, from a model file's integers: a value in row r stands
// for value * multiplier[r] / 2^32 / 2^16, a state for value / 2^frac.
typedef struct {
  ModelFile const*  file;
  ModelShape const* shape;
} Reference;

static double
word(Reference const* const r, char const* const tensor, size_t const index)
{
  int32_t value = 0;
  memcpy(&value, (char const*)model_file_tensor(r->file, tensor) + 4 * index, 4);
  return value;
}

static double
weight(Reference const* const r, char const* const tensor, size_t const index)
{
  char const* const data = (char const*)model_file_tensor(r->file, tensor);
  int16_t           wide = 0;
  memcpy(&wide, data + (r->shape->wide ? 2 * index : 0), 2);
  return r->shape->wide ? wide : ((int8_t const*)data)[index];
}

static double const scale = 1.0 / 4294967296.0 / 65536.0;

// One direction of one layer. Its states at every step go to out[step][2 hidden], beside
// those of the other direction. Layer 1 reads `below`, the states of layer 0.
static void
lstm_in_doubles(Reference const* const r,
                unsigned const         layer,
                unsigned const         direction,
                uint8_t const* const   tokens,
                double const* const    below,
                double* const          out)
{
  size_t const  hidden  = r->shape->hidden;
  size_t const  inputs  = layer ? 2 * hidden : 0;
  size_t const  columns = inputs + hidden;
  double* const kernel  = (double*)calloc(4 * hidden * columns, sizeof(double));
  double* const g       = (double*)calloc(4 * hidden, sizeof(double));
  double* const cell    = (double*)calloc(hidden, sizeof(double));
  double* const state   = (double*)calloc(columns, sizeof(double));
  char const*   name    = direction ? "encoder/bw" : "encoder/fw";
  char          matrix[48];
  char          start[48];
  char          multiplier[48];
  snprintf(matrix, sizeof(matrix), "%s/%s", name, layer ? "layer_1/weight" : "recurrent");
  snprintf(start, sizeof(start), "%s/%s", name, layer ? "layer_1/bias" : "input");
  snprintf(
    multiplier, sizeof(multiplier), "%s/%smultiplier", name, layer ? "layer_1/" : "");
  for (size_t i = 0; i < 4 * hidden * columns; ++i) {
    kernel[i] = weight(r, matrix, i) * word(r, multiplier, i / columns) * scale *
                ldexp(1, (int)r->shape->hidden_frac);
  }
  for (unsigned i = 0; i < r->shape->steps; ++i) {
    size_t const  step  = direction ? r->shape->steps - 1 - i : i;
    size_t const  token = layer ? 0 : tokens[step];
    double* const own   = state + inputs;
    memcpy(state, below ? below + step * 2 * hidden : state, inputs * sizeof(double));
    for (size_t row = 0; row < 4 * hidden; ++row) {
      g[row] = word(r, start, token * 4 * hidden + row) * word(r, multiplier, row) * scale;
      for (size_t c = 0; c < columns; ++c) {
        g[row] += kernel[row * columns + c] * state[c];
      }
    }
    for (size_t u = 0; u < hidden; ++u) {
      double const unit[] = {g[u], g[hidden + u], g[2 * hidden + u], g[3 * hidden + u]};
      gates_in_doubles(unit, &cell[u], &own[u]);
    }
    memcpy(out + (2 * step + direction) * hidden, own, hidden * sizeof(double));
  }
  free(kernel);
  free(g);
  free(cell);
  free(state);
}

// The last states of both directions, of the last layer.
static void
last_states(Reference const* const r, uint8_t const* const tokens, double* const last)
{
  size_t const  hidden = r->shape->hidden;
  size_t const  size   = r->shape->steps * 2 * hidden;
  double* const lower  = (double*)calloc(size, sizeof(double));
  double* const upper  = (double*)calloc(size, sizeof(double));
  for (unsigned d = 0; d < 2; ++d) {
    lstm_in_doubles(r, 0, d, tokens, NULL, lower);
  }
  for (unsigned d = 0; d < 2 && r->shape->layers > 1; ++d) {
    lstm_in_doubles(r, 1, d, tokens, lower, upper);
  }
  double const* const all = r->shape->layers > 1 ? upper : lower;
  memcpy(last, all + size - 2 * hidden, hidden * sizeof(double));
  memcpy(last + hidden, all + hidden, hidden * sizeof(double));
  free(lower);
  free(upper);
}

static void
reference_head(Reference const* const r,
               char const* const      name,
               double const* const    states,
               double* const          out)
{
  size_t const columns = 2 * (size_t)r->shape->hidden;
  char         tensor[3][32];
  snprintf(tensor[0], sizeof(tensor[0]), "encoder/%s/weight", name);
  snprintf(tensor[1], sizeof(tensor[1]), "encoder/%s/bias", name);
  snprintf(tensor[2], sizeof(tensor[2]), "encoder/%s/multiplier", name);
  for (size_t n = 0; n < r->shape->latent; ++n) {
    double sum = word(r, tensor[1], n);
    for (size_t c = 0; c < columns; ++c) {
      sum += weight(r, tensor[0], n * columns + c) *
             ldexp(states[c], (int)r->shape->hidden_frac);
    }
    out[n] = sum * word(r, tensor[2], n) * scale;
  }
}

static void
integers_agree_with_the_formulas_in_doubles(void** const state)
{
  (void)state;
  for (unsigned s = 0; s < SHAPES; ++s) {
    ModelShape const shape  = shapes[s];
    ModelFile* const file   = model_file_new(&shape);
    Reference const  r      = {file, &shape};
    double* const    states = (double*)calloc(2 * (size_t)shape.hidden, sizeof(double));
    double* const    mu     = (double*)calloc(shape.latent, sizeof(double));
    double* const    sigma  = (double*)calloc(shape.latent, sizeof(double));
    Random           random = {s};
    uint8_t          tokens[MN_MAX_STEPS];
    model_file_write(file, model_path);
    MnModel* const   model   = load_model(model_path);
    MnEncoder* const encoder = make_encoder(model, mn_kernel_best());
    random_window(&random, shape.steps, tokens);
    encode(encoder, tokens);
    last_states(&r, tokens, states);
    reference_head(&r, "mu", states, mu);
    reference_head(&r, "sigma", states, sigma);

    // Weights of a head add up to 4 at most, and each state is rounded by half of 2^-frac.
    // The steps before and the tables may add as much again.
    double const tolerance = 4 * ldexp(1, -(int)shape.hidden_frac) + 8.0 / 65536;
    for (unsigned n = 0; n < shape.latent; ++n) {
      assert_close(mn_encoder_mu(encoder)[n] / 65536.0, mu[n], tolerance);
      assert_close(mn_encoder_sigma(encoder)[n] / 65536.0, log1p(exp(sigma[n])), tolerance);
    }
    free(states);
    free(mu);
    free(sigma);
    free(encoder);
    mn_model_free(model);
    model_file_free(file);
  }
}

#define FILE_TEST(name) cmocka_unit_test_setup_teardown(name, enter_scratch, leave_scratch)

int
main(void)
{
  struct CMUnitTest const tests[] = {
    FILE_TEST(every_kernel_gives_the_same_bits),
    FILE_TEST(a_batch_gives_the_bits_of_each_window),
    FILE_TEST(slices_of_any_size_equal_one_run),
    cmocka_unit_test(a_unit_has_so_many_products_at_most_whatever_the_model),
    FILE_TEST(a_window_begun_anew_forgets_the_one_before),
    FILE_TEST(two_encoders_do_not_disturb_each_other),
    FILE_TEST(a_token_outside_the_alphabet_counts_as_no_event),
    FILE_TEST(integers_agree_with_the_formulas_in_doubles),
  };
  return cmocka_run_group_tests_name("encoder", tests, NULL, NULL);
}
