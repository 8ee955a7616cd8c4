// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// The decoder in integers, on small models with random weights: against the formulas in
// doubles, with every kernel, and in slices of any size.

#include "check.h"
#include "decoder/decoder.h"
#include "encoder/unit.h"
#include "model_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  ModelShape model;
  unsigned   layers;
  unsigned   hidden;
} Shape;

#define MODEL(steps_, latent_, frac_, wide_, seed_)                              \
  {                                                                              \
    .steps = (steps_), .hidden = 3, .latent = (latent_), .hidden_frac = (frac_), \
    .wide = (wide_), .seed = (seed_)                                             \
  }

static Shape const shapes[] = {
  {MODEL(32, 1, 14, true, 1), 1, 1},
  {MODEL(32, 20, 8, false, 2), 1, 5},
  {MODEL(64, 7, 14, true, 3), 2, 16},
  {MODEL(32, 20, 13, false, 4), 2, 33},
  {MODEL(32, 512, 13, true, 5), 3, 20},
  {MODEL(1, 33, 11, true, 6), 8, 6},
  {MODEL(5, 64, 13, true, 7), 2, 256},
  // Products of a layer, and of z, that take several units.
  {MODEL(2, 600, 13, false, 8), 2, 400},
};

enum { SHAPES = sizeof(shapes) / sizeof(*shapes), WINDOWS = 3 };

static MnModel*
make_model(Shape const* const shape)
{
  ModelFile* const file = model_file_new(&shape->model);
  model_file_add_decoder(file, &shape->model, shape->layers, shape->hidden);
  model_file_write(file, model_path);
  model_file_free(file);
  return load_model(model_path);
}

// A decoder in exactly the memory that it needs, so that a sanitizer sees any overrun.
static MnDecoder*
make_decoder(MnModel const* const model, MnKernel const* const kernel)
{
  size_t const size   = mn_decoder_size(model);
  void* const  memory = aligned_alloc(MN_DECODER_ALIGN, size);
  assert_non_null(memory);
  memset(memory, 0xA5, size);
  return mn_decoder_init(memory, model, kernel);
}

// Mostly near 0 as the prior, and some beyond all limits.
static void
random_place(Random* const random, unsigned const latent, int32_t* const z)
{
  for (unsigned i = 0; i < latent; ++i) {
    z[i] = random_below(random, 16) ? random_from(random, -(3 << 16), 3 << 16)
                                    : random_word(random);
  }
}

static MnChoice const likeliest = {0};

static void
decode(MnDecoder* const decoder, int32_t const* const z, MnChoice const* const choice)
{
  mn_decoder_start(decoder, z, choice);
  assert_true(mn_decoder_run(decoder, UINT32_MAX));
}

static void
assert_same_window(MnModel const* const   model,
                   MnDecoder const* const a,
                   MnDecoder const* const b)
{
  assert_int_equal(mn_decoder_steps(a), model->steps);
  assert_int_equal(mn_decoder_steps(b), model->steps);
  assert_memory_equal(mn_decoder_tokens(a), mn_decoder_tokens(b), model->steps);
  assert_memory_equal(
    mn_decoder_logits(a), mn_decoder_logits(b), MN_CLASSES * sizeof(int32_t));
}

static void
every_kernel_gives_the_same_bits(void** const state)
{
  (void)state;
  for (unsigned s = 0; s < SHAPES; ++s) {
    MnModel* const   model  = make_model(&shapes[s]);
    MnDecoder* const plain  = make_decoder(model, mn_kernels[0]);
    Random           random = {s};
    for (unsigned w = 0; w < WINDOWS; ++w) {
      static int32_t z[MN_MAX_LATENT];
      MnChoice const choice = {w << 15, s, w};
      random_place(&random, model->latent, z);
      decode(plain, z, &choice);
      for (unsigned k = 1; mn_kernels[k]; ++k) {
        if (mn_kernels[k]->supported()) {
          MnDecoder* const other = make_decoder(model, mn_kernels[k]);
          decode(other, z, &choice);
          assert_same_window(model, plain, other);
          free(other);
        }
      }
    }
    free(plain);
    mn_model_free(model);
  }
}

static void
slices_of_any_size_equal_one_run(void** const state)
{
  (void)state;
  for (unsigned s = 0; s < SHAPES; ++s) {
    MnModel* const   model  = make_model(&shapes[s]);
    MnDecoder* const whole  = make_decoder(model, mn_kernel_best());
    MnDecoder* const parts  = make_decoder(model, mn_kernel_best());
    unsigned const   units  = mn_decoder_units(model);
    Random           random = {s};
    for (unsigned budget = 1; budget <= units + 1; budget += 1 + budget / 2) {
      static int32_t z[MN_MAX_LATENT];
      MnChoice       choice = {1 << 16, budget, s};
      random_place(&random, model->latent, z);
      decode(whole, z, &choice);
      mn_decoder_start(parts, z, &choice);
      memset(z, 0, sizeof(z)); // all was copied
      choice = likeliest;
      assert_false(mn_decoder_run(parts, 0));
      unsigned calls = 1;
      unsigned steps = 0;
      while (!mn_decoder_run(parts, budget)) {
        ++calls;
        // What is written stays.
        assert_memory_equal(mn_decoder_tokens(parts), mn_decoder_tokens(whole), steps);
        assert_in_range(mn_decoder_steps(parts), steps, model->steps);
        steps = mn_decoder_steps(parts);
      }
      assert_int_equal(calls, (units + budget - 1) / budget);
      assert_same_window(model, whole, parts);
      assert_true(mn_decoder_run(parts, budget)); // another call changes nothing
      assert_same_window(model, whole, parts);
    }
    free(whole);
    free(parts);
    mn_model_free(model);
  }
}

// Counts instead of computing.
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

// Runs a decoder without weights unit by unit. Returns the number of units.
static unsigned
count_units(unsigned const layers, unsigned const hidden, unsigned const latent)
{
  enum { STEPS = 2, OUTPUT_ROWS = 96 };
  unsigned const gates = 4 * hidden;
  int32_t* const zeros = (int32_t*)calloc((size_t)MN_CLASSES * gates, sizeof(int32_t));
  assert_non_null(zeros);
  MnModel model = {.steps = STEPS, .latent = latent, .hidden_frac = 14};
  model.decoder = (MnDecoderTable){
    .layers = layers,
    .hidden = hidden,
    .start  = {{.rows = 2 * layers * hidden, .columns = latent}, zeros, zeros},
    .given  = {{.rows = gates, .columns = latent}, zeros, zeros},
    .first  = {zeros, {.rows = gates, .columns = hidden}, zeros},
    .output = {{.rows = OUTPUT_ROWS, .columns = hidden}, zeros, zeros}};
  for (unsigned i = 0; i + 1 < layers; ++i) {
    model.decoder.upper[i] =
      (MnLinear){{.rows = gates, .columns = 2 * hidden}, zeros, zeros};
  }
  MnKernel kernel = *mn_kernel_best();
  kernel.product  = count_products;

  static int32_t const z[MN_MAX_LATENT];
  MnDecoder* const     decoder = make_decoder(&model, &kernel);
  size_t               all     = 0;
  unsigned             units   = 0;
  mn_decoder_start(decoder, z, &likeliest);
  for (bool complete = false; !complete; ++units) {
    assert_int_equal(mn_decoder_left(decoder), mn_decoder_units(&model) - units);
    products = 0;
    complete = mn_decoder_run(decoder, 1);
    assert_in_range(products, 1, MN_UNIT_PRODUCTS);
    all += products;
  }
  assert_int_equal(units, mn_decoder_units(&model));
  size_t const square = (size_t)gates * hidden;
  size_t const step   = square * (2 * layers - 1) + OUTPUT_ROWS * (size_t)hidden;
  assert_int_equal(all, 2 * (size_t)latent * (2 * layers * hidden + gates) + STEPS * step);
  free(decoder);
  free(zeros);
  return units;
}

static void
a_unit_has_so_many_products_at_most_whatever_the_model(void** const state)
{
  (void)state;
  // z twice for the start and the gates, 1,024 rows of 2 x 256 each; then 2 steps of two
  // layers and the output.
  assert_int_equal(count_units(2, 256, 256), 2 + 2 * 3);
  // 12,288 and 8,192 rows of 2 x 512: 1,024 of them fit. Then 8,192 rows of 2,048, twice as
  // many of 4,096, and the output.
  assert_int_equal(count_units(3, 2048, 512), 12 + 8 + 2 * (16 + 2 * 32 + 1));
  assert_int_equal(count_units(2, MN_MAX_HIDDEN, MN_MAX_LATENT),
                   64 + 64 + 2 * (64 + 128 + 1));
}

static void
a_window_begun_anew_forgets_the_one_before(void** const state)
{
  (void)state;
  MnModel* const   model  = make_model(&shapes[3]);
  MnDecoder* const fresh  = make_decoder(model, mn_kernel_best());
  MnDecoder* const used   = make_decoder(model, mn_kernel_best());
  Random           random = {1};
  for (unsigned before = 0; before < 40; ++before) {
    int32_t z[64];
    random_place(&random, model->latent, z);
    mn_decoder_start(used, z, &(MnChoice){1 << 17, 2, 3});
    mn_decoder_run(used, before * 3); // broken off anywhere
    random_place(&random, model->latent, z);
    decode(fresh, z, &likeliest);
    decode(used, z, &likeliest);
    assert_same_window(model, fresh, used);
  }
  free(fresh);
  free(used);
  mn_model_free(model);
}

static void
z_beyond_8_counts_as_8(void** const state)
{
  (void)state;
  MnModel* const   model     = make_model(&shapes[2]);
  MnDecoder* const a         = make_decoder(model, mn_kernel_best());
  MnDecoder* const b         = make_decoder(model, mn_kernel_best());
  int32_t const    most      = 8 << 16;
  int32_t const    inside[]  = {most, -most, most - 1, 0, -1, most, -most};
  int32_t const    outside[] = {most + 1, -most - 1, most - 1, 0, -1, INT32_MAX, INT32_MIN};
  decode(a, inside, &likeliest);
  decode(b, outside, &likeliest);
  assert_same_window(model, a, b);
  free(a);
  free(b);
  mn_model_free(model);
}

// The formulas in doubles, with the numbers that the file stands for: a weight is
// q * multiplier / 2^(48 - bits), where an input counts in 2^-bits.
typedef struct {
  MnModel const* model;
  double*        z;
  double*        c; // [layers][hidden]
  double*        h;
} Exact;

static double
weight_at(MnMatrix const* const m, size_t const row, size_t const column)
{
  size_t const at = mn_matrix_at(m, row, column);
  return m->w16 ? m->w16[at] : m->w8[at];
}

static double
sum_of(MnMatrix const* const m,
       int32_t const         start,
       int32_t const         multiplier,
       unsigned const        bits,
       size_t const          row,
       double const* const   x,
       size_t const          count,
       size_t const          from)
{
  double const scale = ldexp(multiplier, (int)bits - 48);
  double       sum   = start * ldexp(multiplier, -48);
  for (size_t i = 0; i < count; ++i) {
    sum += weight_at(m, row, from + i) * scale * x[i];
  }
  return sum;
}

static double
linear(MnLinear const* const l,
       unsigned const        bits,
       size_t const          row,
       double const* const   x,
       size_t const          count)
{
  return sum_of(&l->weight, l->bias[row], l->multiplier[row], bits, row, x, count, 0);
}

static void
exact_start(Exact const* const e, int32_t const* const z)
{
  MnDecoderTable const* const t      = &e->model->decoder;
  size_t const                hidden = t->hidden;
  for (unsigned i = 0; i < e->model->latent; ++i) {
    e->z[i] = fmin(fmax(z[i] / 65536.0, -8), 8);
  }
  for (size_t u = 0; u < t->layers * hidden; ++u) {
    size_t const row = u / hidden * 2 * hidden + u % hidden;
    e->c[u]          = tanh(linear(&t->start, MN_Z_FRAC, row, e->z, e->model->latent));
    e->h[u] = tanh(linear(&t->start, MN_Z_FRAC, row + hidden, e->z, e->model->latent));
  }
}

// The pre-activation of a gate.
static double
exact_gate(Exact const* const e, unsigned const layer, size_t const row, int const before)
{
  MnDecoderTable const* const t      = &e->model->decoder;
  unsigned const              bits   = e->model->hidden_frac;
  size_t const                hidden = t->hidden;
  if (layer) {
    // Below and own state, one after the other.
    return linear(&t->upper[layer - 1], bits, row, e->h + (layer - 1) * hidden, 2 * hidden);
  }
  int32_t const start =
    before < 0 ? 0 : t->first.input[before * (int)t->first.recurrent.rows + (int)row];
  return linear(&t->given, MN_Z_FRAC, row, e->z, e->model->latent) +
         sum_of(&t->first.recurrent,
                start,
                t->first.multiplier[row],
                bits,
                row,
                e->h,
                hidden,
                0);
}

static double
sigmoid(double const x)
{
  return 1 / (1 + exp(-x));
}

static void
exact_step(Exact const* const e, int const before, double logits[MN_CLASSES])
{
  MnDecoderTable const* const t      = &e->model->decoder;
  size_t const                hidden = t->hidden;
  double* const               next   = (double*)malloc(hidden * sizeof(double));
  assert_non_null(next);
  for (unsigned layer = 0; layer < t->layers; ++layer) {
    for (size_t u = 0; u < hidden; ++u) {
      double const  i = sigmoid(exact_gate(e, layer, u, before));
      double const  j = tanh(exact_gate(e, layer, hidden + u, before));
      double const  f = sigmoid(exact_gate(e, layer, 2 * hidden + u, before));
      double const  o = sigmoid(exact_gate(e, layer, 3 * hidden + u, before));
      double* const c = &e->c[layer * hidden + u];
      *c              = *c * f + i * j;
      next[u]         = o * tanh(*c);
    }
    memcpy(e->h + layer * hidden, next, hidden * sizeof(double));
  }
  for (unsigned k = 0; k < MN_CLASSES; ++k) {
    logits[k] =
      linear(&t->output, e->model->hidden_frac, k, e->h + (t->layers - 1) * hidden, hidden);
  }
  free(next);
}

// Nearly all classes are as likely.
enum { TEMPERATURE = 8 << 16 };

// Steps both, and tells the exact one what the other chose.
//
// @return How often a note-off was chosen where nothing sounds.
static unsigned
assert_follows_the_formulas(Shape const* const shape,
                            unsigned const     windows,
                            double const       tolerance)
{
  MnModel* const   model   = make_model(shape);
  MnDecoder* const decoder = make_decoder(model, mn_kernel_best());
  size_t const     states  = (size_t)shape->layers * shape->hidden;
  Random           random  = {shape->model.seed};
  Exact const      e       = {model,
                              (double*)malloc(model->latent * sizeof(double)),
                              (double*)malloc(states * sizeof(double)),
                              (double*)malloc(states * sizeof(double))};
  assert_true(e.z && e.c && e.h);
  static int32_t z[MN_MAX_LATENT];
  unsigned       idle = 0;
  for (unsigned w = 0; w < windows; ++w) {
    random_place(&random, model->latent, z);
    exact_start(&e, z);
    mn_decoder_start(decoder, z, &(MnChoice){TEMPERATURE, 1, w});
    int  chosen = -1;
    bool sounds = false;
    for (unsigned step = 0; step < model->steps && step < 32; ++step) {
      double   logits[MN_CLASSES];
      unsigned best = 0;
      exact_step(&e, chosen, logits);
      while (mn_decoder_steps(decoder) == step) {
        mn_decoder_run(decoder, 1);
      }
      for (unsigned k = 0; k < MN_CLASSES; ++k) {
        assert_close(mn_decoder_logits(decoder)[k] / 65536.0, logits[k], tolerance);
        best = logits[k] > logits[best] ? k : best;
      }
      chosen             = (int)mn_choice_take(mn_decoder_logits(decoder),
                                   TEMPERATURE,
                                   mn_choice_random(&(MnChoice){0, 1, w}, step));
      bool const nothing = chosen == 1 && !sounds;
      idle += nothing;
      assert_int_equal(mn_decoder_tokens(decoder)[step], nothing ? 0 : chosen);
      sounds = chosen > 1 || (sounds && chosen == 0);
    }
  }
  free(e.z);
  free(e.c);
  free(e.h);
  free(decoder);
  mn_model_free(model);
  return idle;
}

static void
logits_are_those_of_the_formulas(void** const state)
{
  (void)state;
  unsigned const idle = assert_follows_the_formulas(&shapes[0], 300, 0.01);
  assert_int_not_equal(idle, 0);
  assert_follows_the_formulas(&shapes[2], WINDOWS, 0.01);
  assert_follows_the_formulas(&shapes[3], WINDOWS, 0.01);
  assert_follows_the_formulas(&shapes[4], WINDOWS, 0.01);
}

static void
seed_window_and_temperature_make_other_melodies(void** const state)
{
  (void)state;
  MnModel* const   model   = make_model(&shapes[3]);
  MnDecoder* const decoder = make_decoder(model, mn_kernel_best());
  MnChoice const   all[]   = {
        {0}, {1 << 16, 0, 0}, {1 << 16, 1, 0}, {1 << 16, 0, 1}, {1 << 14, 0, 0}};
  enum { CHOICES = sizeof(all) / sizeof(*all) };
  uint8_t tokens[CHOICES][MN_MAX_STEPS];
  int32_t z[64] = {0};
  for (unsigned i = 0; i < CHOICES; ++i) {
    decode(decoder, z, &all[i]);
    memcpy(tokens[i], mn_decoder_tokens(decoder), model->steps);
    decode(decoder, z, &all[i]);
    assert_memory_equal(tokens[i], mn_decoder_tokens(decoder), model->steps);
    for (unsigned other = 0; other < i; ++other) {
      assert_memory_not_equal(tokens[i], tokens[other], model->steps);
    }
  }
  // Without a temperature, seed and window make no difference.
  decode(decoder, z, &(MnChoice){0, 7, 9});
  assert_memory_equal(tokens[0], mn_decoder_tokens(decoder), model->steps);
  free(decoder);
  mn_model_free(model);
}

int
main(void)
{
  struct CMUnitTest const tests[] = {
    cmocka_unit_test(every_kernel_gives_the_same_bits),
    cmocka_unit_test(slices_of_any_size_equal_one_run),
    cmocka_unit_test(a_unit_has_so_many_products_at_most_whatever_the_model),
    cmocka_unit_test(a_window_begun_anew_forgets_the_one_before),
    cmocka_unit_test(z_beyond_8_counts_as_8),
    cmocka_unit_test(logits_are_those_of_the_formulas),
    cmocka_unit_test(seed_window_and_temperature_make_other_melodies),
  };
  return cmocka_run_group_tests_name("decoder", tests, enter_scratch, leave_scratch);
}
