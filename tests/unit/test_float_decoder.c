// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// The float decoder against a second one in float64, written here from the formulas, on
// small decoders with random weights.

#include "check.h"
#include "checkpoint_file.h"
#include "model_file.h"

#include "checkpoint/dense.h"
#include "study/float_decoder.h"

// This test compares its inner parts with each other.
#include "study/product.c"

#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

enum { STEPS = 20, MOST_LAYERS = 3, WINDOWS = 65 };

typedef struct {
  size_t  layers;
  size_t  hidden;
  size_t  latent;
  MnDense start;
  MnDense lstm[MOST_LAYERS];
  MnDense output;
} Weights;

static double
draw(Random* const random, double const scale)
{
  return scale * ((double)random_below(random, 1U << 24) / (1 << 23) - 1);
}

static float*
draw_floats(Random* const random, size_t const count, double const scale)
{
  float* const values = (float*)malloc(count * sizeof(float));
  assert_non_null(values);
  for (size_t i = 0; i < count; ++i) {
    values[i] = (float)draw(random, scale);
  }
  return values;
}

static MnDense
draw_dense(Random* const random,
           size_t const  inputs,
           size_t const  outputs,
           double const  scale)
{
  return (MnDense){inputs,
                   outputs,
                   draw_floats(random, inputs * outputs, scale),
                   draw_floats(random, outputs, scale)};
}

static Weights
draw_weights(size_t const layers, size_t const hidden, size_t const latent)
{
  Random  random = {layers + 10 * hidden + 1000 * latent};
  Weights w      = {.layers = layers, .hidden = hidden, .latent = latent};
  w.start        = draw_dense(&random, latent, 2 * layers * hidden, 1);
  for (size_t l = 0; l < layers; ++l) {
    size_t const inputs = l ? hidden : MN_CLASSES + latent;
    w.lstm[l]           = draw_dense(&random, inputs + hidden, 4 * hidden, 1.5);
  }
  w.output = draw_dense(&random, hidden, MN_CLASSES, 4);
  return w;
}

static void
free_weights(Weights* const w)
{
  mn_dense_free(&w->start);
  mn_dense_free(&w->output);
  for (size_t l = 0; l < w->layers; ++l) {
    mn_dense_free(&w->lstm[l]);
  }
}

// Writes a kernel or bias to a file, and adds it to the manifest.
static void
write_tensor(FILE* const       manifest,
             char const* const name,
             float const*      values,
             size_t const      rows,
             size_t const      columns)
{
  static unsigned number = 0;
  char            file[32];
  snprintf(file, sizeof(file), "tensor%u", ++number);
  write_bytes(file, values, (rows ? rows : 1) * columns * sizeof(float));
  fprintf(manifest,
          "%c\"%s\": {\"filename\": \"%s\", \"shape\": [",
          ftell(manifest) ? ',' : '{',
          name,
          file);
  if (rows) {
    fprintf(manifest, "%zu, ", rows);
  }
  fprintf(manifest, "%zu]}\n", columns);
}

static void
write_dense(FILE* const manifest, char const* const scope, MnDense const* const dense)
{
  char name[128];
  snprintf(name, sizeof(name), "decoder/%s/kernel", scope);
  write_tensor(manifest, name, dense->kernel, dense->inputs, dense->outputs);
  snprintf(name, sizeof(name), "decoder/%s/bias", scope);
  write_tensor(manifest, name, dense->bias, 0, dense->outputs);
}

// Writes all layers but `without` to this folder.
static void
write_weights(Weights const* const w, char const* const without)
{
  FILE* const manifest = fopen("manifest.json", "w");
  assert_non_null(manifest);
  MnDense const nothing = {1, 1, (float[]){0}, (float[]){0}};
  write_dense(manifest, "something/else", &nothing);
  if (strcmp(without, "start")) {
    write_dense(manifest, "z_to_initial_state", &w->start);
  }
  for (unsigned l = 0; l < w->layers; ++l) {
    char scope[64];
    snprintf(scope, sizeof(scope), "multi_rnn_cell/cell_%u/lstm_cell", l);
    if (strcmp(without, "lstm")) {
      write_dense(manifest, scope, &w->lstm[l]);
    }
  }
  if (strcmp(without, "output")) {
    write_dense(manifest, "output_projection", &w->output);
  }
  fprintf(manifest, "}\n");
  assert_int_equal(fclose(manifest), 0);
}

static MnFloatDecoder*
read_decoder(Weights const* const w)
{
  write_weights(w, "");
  MnError               error      = {0};
  MnCheckpoint* const   checkpoint = open_checkpoint(".");
  MnFloatDecoder* const decoder    = mn_float_decoder_read(checkpoint, &error);
  mn_checkpoint_close(checkpoint);
  if (!decoder) {
    fail_msg("%s", error.text);
  }
  return decoder;
}

// outputs = x kernel + bias.
static void
dense_float64(MnDense const* const dense, double const* const x, double* const outputs)
{
  for (size_t o = 0; o < dense->outputs; ++o) {
    outputs[o] = dense->bias[o];
    for (size_t i = 0; i < dense->inputs; ++i) {
      outputs[o] += x[i] * dense->kernel[i * dense->outputs + o];
    }
  }
}

static double
sigmoid_float64(double const x)
{
  return 1 / (1 + exp(-x));
}

// One step of one LSTM with gates i, j, f, o. The forget gate has a bias of 1 besides.
static void
lstm_float64(MnDense const* const dense,
             double const* const  x,
             double* const        c,
             double* const        h)
{
  size_t const  hidden = dense->outputs / 4;
  double* const gates  = (double*)malloc(dense->outputs * sizeof(double));
  assert_non_null(gates);
  dense_float64(dense, x, gates);
  for (size_t u = 0; u < hidden; ++u) {
    double const i = sigmoid_float64(gates[u]);
    double const j = tanh(gates[hidden + u]);
    double const f = sigmoid_float64(gates[2 * hidden + u] + 1);
    double const o = sigmoid_float64(gates[3 * hidden + u]);
    c[u]           = c[u] * f + i * j;
    h[u]           = o * tanh(c[u]);
  }
  free(gates);
}

enum { MOST_HIDDEN = 16, MOST_INPUTS = MN_CLASSES + 64 };

// Decodes a window. @return The smallest lead of the best class over the second.
static double
decode_float64(Weights const* const w,
               float const* const   z,
               uint8_t const* const taught,
               uint8_t* const       tokens)
{
  double state[2 * MOST_LAYERS * MOST_HIDDEN]; // c0, h0, c1, h1, ...
  double x[MOST_INPUTS];
  double logits[MN_CLASSES];
  double lead   = INFINITY;
  size_t hidden = w->hidden;
  for (size_t i = 0; i < w->latent; ++i) {
    x[i] = (double)z[i];
  }
  dense_float64(&w->start, x, state);
  for (size_t i = 0; i < w->start.outputs; ++i) {
    state[i] = tanh(state[i]);
  }
  for (unsigned step = 0; step < STEPS; ++step) {
    for (unsigned class = 0; class < MN_CLASSES; ++class) {
      x[class] = step && class == (taught ? taught : tokens)[step - 1];
    }
    size_t inputs = MN_CLASSES;
    for (; inputs < MN_CLASSES + w->latent; ++inputs) {
      x[inputs] = (double)z[inputs - MN_CLASSES];
    }
    for (size_t l = 0; l < w->layers; ++l) {
      double* const c = state + 2 * l * hidden;
      double* const h = c + hidden;
      memcpy(x + inputs, h, hidden * sizeof(double));
      lstm_float64(&w->lstm[l], x, c, h);
      memcpy(x, h, hidden * sizeof(double));
      inputs = hidden;
    }
    dense_float64(&w->output, x, logits);
    unsigned best = 0;
    for (unsigned class = 1; class < MN_CLASSES; ++class) {
      best = logits[class] > logits[best] ? class : best;
    }
    for (unsigned class = 0; class < MN_CLASSES; ++class) {
      lead = class == best ? lead : fmin(lead, logits[best] - logits[class]);
    }
    tokens[step] = (uint8_t)best;
  }
  return lead;
}

static void
assert_decodes(size_t const layers,
               size_t const hidden,
               size_t const latent,
               bool const   teach)
{
  Random                random  = {7};
  Weights               w       = draw_weights(layers, hidden, latent);
  MnFloatDecoder* const decoder = read_decoder(&w);
  float* const          z       = draw_floats(&random, WINDOWS * latent, 2);
  static uint8_t        taught[WINDOWS][STEPS];
  static uint8_t        tokens[WINDOWS][STEPS];
  static uint8_t        alone[STEPS];
  static uint8_t        expected[WINDOWS][STEPS];
  bool                  seen[MN_CLASSES] = {false};
  unsigned              classes          = 0;
  assert_int_equal(mn_float_decoder_latent(decoder), latent);
  for (size_t n = 0; n < WINDOWS; ++n) {
    for (unsigned step = 0; step < STEPS; ++step) {
      taught[n][step] = (uint8_t)random_below(&random, MN_CLASSES);
    }
    uint8_t const* const truth = teach ? taught[n] : NULL;
    double const         lead  = decode_float64(&w, z + n * latent, truth, expected[n]);
    // With a smaller lead rounding may choose the class: take another seed.
    assert_true(lead > 2e-5);
    for (unsigned step = 0; step < STEPS; ++step) {
      classes += !seen[expected[n][step]];
      seen[expected[n][step]] = true;
    }
  }
  assert_true(classes > (hidden < 8 ? hidden : 8));

  memset(tokens, 99, sizeof(tokens));
  assert_true(
    mn_float_decoder_run(decoder, z, WINDOWS, STEPS, teach ? taught[0] : NULL, tokens[0]));
  assert_memory_equal(tokens, expected, sizeof(tokens));
  // A window decodes the same alone and among others.
  for (size_t n = 0; n < WINDOWS; n += 16) {
    assert_true(mn_float_decoder_run(
      decoder, z + n * latent, 1, STEPS, teach ? taught[n] : NULL, alone));
    assert_memory_equal(alone, expected[n], STEPS);
  }
  mn_float_decoder_free(decoder);
  free_weights(&w);
  free(z);
}

static void
one_layer(void** const state)
{
  (void)state;
  assert_decodes(1, 5, 3, false);
  assert_decodes(1, 5, 3, true);
  assert_decodes(1, 1, 1, false);
}

static void
two_layers(void** const state)
{
  (void)state;
  assert_decodes(2, 7, 33, false);
  assert_decodes(2, 7, 33, true);
}

static void
three_layers(void** const state)
{
  (void)state;
  assert_decodes(3, 16, 8, false);
  assert_decodes(3, 16, 8, true);
}

static void
no_windows_are_decoded_at_once(void** const state)
{
  (void)state;
  Weights               w       = draw_weights(1, 2, 2);
  MnFloatDecoder* const decoder = read_decoder(&w);
  assert_true(mn_float_decoder_run(decoder, NULL, 0, STEPS, NULL, NULL));
  mn_float_decoder_free(decoder);
  free_weights(&w);
}

// One thread works for each processor that this process may use.
static void
the_number_of_threads_does_not_matter(void** const state)
{
  (void)state;
  enum { MANY = 200 };
  static uint8_t  tokens[2][MANY][STEPS];
  Random          random  = {9};
  Weights         w       = draw_weights(2, 6, 5);
  MnFloatDecoder* decoder = read_decoder(&w);
  float* const    z       = draw_floats(&random, MANY * w.latent, 2);
  cpu_set_t       all;
  cpu_set_t       one;
  assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
  CPU_ZERO(&one);
  for (size_t i = 0; !CPU_COUNT(&one); ++i) {
    if (CPU_ISSET(i, &all)) {
      CPU_SET(i, &one);
    }
  }
  assert_true(mn_float_decoder_run(decoder, z, MANY, STEPS, NULL, tokens[0][0]));
  assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
  assert_true(mn_float_decoder_run(decoder, z, MANY, STEPS, NULL, tokens[1][0]));
  assert_int_equal(sched_setaffinity(0, sizeof(all), &all), 0);
  assert_memory_equal(tokens[0], tokens[1], sizeof(tokens[0]));
  mn_float_decoder_free(decoder);
  free_weights(&w);
  free(z);
}

static void
the_width_of_vectors_does_not_matter(void** const state)
{
  (void)state;
#if defined(__x86_64__)
  enum { INPUTS = 37 };
  if (!__builtin_cpu_supports("avx2")) {
    print_message("skipped: this processor has no AVX2\n");
    skip();
  }
  static _Alignas(ALIGN) float x[INPUTS * MN_LANES];
  static _Alignas(ALIGN) float any[MN_TILE * MN_LANES];
  static _Alignas(ALIGN) float avx2[MN_TILE * MN_LANES];
  Random                       random = {3};
  float* const                 kernel = draw_floats(&random, INPUTS * MN_TILE, 1);
  for (size_t i = 0; i < INPUTS * MN_LANES; ++i) {
    x[i] = (float)draw(&random, 3);
  }
  for (size_t i = 0; i < MN_TILE * MN_LANES; ++i) {
    any[i] = avx2[i] = (float)draw(&random, 3);
  }
  add_tile_any(kernel, INPUTS, x, any);
  add_tile_avx2(kernel, INPUTS, x, avx2);
  assert_memory_equal(any, avx2, sizeof(any));
  free(kernel);
#endif
}

static void
functions_are_those_of_the_library(void** const state)
{
  (void)state;
  for (double x = -120; x <= 120; x += 0.001) {
    float const    at    = (float)x;
    MnVector const four  = {at, at, at, at};
    double const   s     = (double)mn_sigmoid(four)[0];
    double const   t     = (double)mn_tanh(four)[0];
    double const   exact = sigmoid_float64((double)at);
    assert_close(s, exact, 1.5e-7);
    assert_close(t, tanh((double)at), 3e-7);
  }
  MnVector const limits = {INFINITY, -INFINITY, 1e30F, -1e30F};
  for (unsigned i = 0; i < 4; ++i) {
    assert_close((double)mn_sigmoid(limits)[i], i % 2 ? 0 : 1, 1e-30);
    assert_close((double)mn_tanh(limits)[i], i % 2 ? -1 : 1, 1e-30);
  }
  MnVector const none = {NAN, NAN, NAN, NAN};
  assert_true(mn_sigmoid(none)[0] >= 0 && mn_sigmoid(none)[0] <= 1);
}

// Fails unless the loader refuses the decoder in one line that says why.
static void
assert_decoder_refused(Weights const* const w,
                       char const* const    without,
                       char const* const    why)
{
  write_weights(w, without);
  MnError             error      = {0};
  MnCheckpoint* const checkpoint = open_checkpoint(".");
  assert_null(mn_float_decoder_read(checkpoint, &error));
  mn_checkpoint_close(checkpoint);
  if (strncmp(error.text, ".: ", 3) || !strstr(error.text, why) ||
      strchr(error.text, '\n')) {
    fail_msg("\"%s\" does not say \"%s\"", error.text, why);
  }
}

static void
missing_layers_are_named(void** const state)
{
  (void)state;
  Weights w = draw_weights(2, 3, 4);
  assert_decoder_refused(&w, "start", "decoder/z_to_initial_state/kernel is missing");
  assert_decoder_refused(&w, "lstm", "cell_0/lstm_cell/kernel is missing: no flat decoder");
  assert_decoder_refused(&w, "output", "decoder/output_projection/kernel is missing");
  free_weights(&w);
}

static void
shapes_that_do_not_fit_are_named(void** const state)
{
  (void)state;
  Weights good = draw_weights(2, 3, 4);
  Weights w    = good;
  w.start.outputs -= 1;
  assert_decoder_refused(&w, "", "z_to_initial_state/kernel: shape [4, 11]");
  w              = good;
  w.start.inputs = 3; // fewer neurons than the first LSTM reads
  assert_decoder_refused(&w, "", "cell_0/lstm_cell/kernel: shape [97, 12], not [96, 12]");
  w        = good;
  w.layers = 1; // 12 states would be of 6 units
  assert_decoder_refused(&w, "", "cell_0/lstm_cell/kernel: shape [97, 12], not [100, 24]");
  w                = good;
  w.lstm[1].inputs = 5;
  assert_decoder_refused(&w, "", "cell_1/lstm_cell/kernel: shape [5, 12], not [6, 12]");
  w                = good;
  w.output.outputs = MN_CLASSES - 1;
  assert_decoder_refused(&w, "", "output_projection/kernel: shape [3, 89], not [3, 90]");
  w                 = good;
  w.lstm[0].bias[5] = INFINITY;
  assert_decoder_refused(&w, "", "cell_0/lstm_cell/bias: value 5 is not finite");
  free_weights(&good);
}

int
main(void)
{
  static struct CMUnitTest const tests[] = {
    cmocka_unit_test_setup_teardown(one_layer, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(two_layers, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(three_layers, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      no_windows_are_decoded_at_once, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      the_number_of_threads_does_not_matter, enter_scratch, leave_scratch),
    cmocka_unit_test(the_width_of_vectors_does_not_matter),
    cmocka_unit_test(functions_are_those_of_the_library),
    cmocka_unit_test_setup_teardown(missing_layers_are_named, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      shapes_that_do_not_fit_are_named, enter_scratch, leave_scratch),
  };
  return cmocka_run_group_tests_name("decoder", tests, NULL, NULL);
}
