// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// The encoder of a checkpoint: tensors that fit are taken, all others are reported by name.

#include "check.h"
#include "checkpoint/weights.h"
#include "checkpoint_file.h"
#include "model/model.h"
#include "model_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FLOAT32 = 1, INT32 = 3, MOST = 64 };

static char const path[] = "some.ckpt.index";

// The tensors of a checkpoint, by name.
typedef struct {
  BundleTensor tensor[MOST];
  char         name[MOST][128];
  float*       values; // as many as the largest tensor has
  size_t       count;
} Parts;

static void
add(Parts* const parts, char const* const name, size_t const rows, size_t const columns)
{
  BundleTensor* const tensor = &parts->tensor[parts->count];
  assert_true(parts->count < MOST);
  snprintf(parts->name[parts->count], sizeof(parts->name[0]), "%s", name);
  *tensor = (BundleTensor){.type       = FLOAT32,
                           .dimensions = rows ? 2 : 1,
                           .shape      = {rows ? rows : columns, columns},
                           .size       = sizeof(float) * (rows ? rows : 1) * columns};
  // Each tensor starts at a different value, so that none passes for another.
  tensor->data = parts->values + parts->count++;
}

// Adds a kernel and its bias, with Adam's slots for both.
static void
add_dense(Parts* const      parts,
          char const* const scope,
          size_t const      inputs,
          size_t const      outputs)
{
  static char const* const slots[] = {"", "/Adam", "/Adam_1"};
  char                     name[128];
  for (unsigned slot = 0; slot < 3; ++slot) {
    snprintf(name, sizeof(name), "%s/bias%s", scope, slots[slot]);
    add(parts, name, 0, outputs);
  }
  for (unsigned slot = 0; slot < 3; ++slot) {
    snprintf(name, sizeof(name), "%s/kernel%s", scope, slots[slot]);
    add(parts, name, inputs, outputs);
  }
}

static Parts*
make_parts(unsigned const layers, size_t const hidden, size_t const latent)
{
  Parts* const parts = (Parts*)calloc(1, sizeof(*parts));
  size_t const most  = (3 * hidden + MN_CLASSES + latent) * 4 * (hidden + latent) + MOST;
  assert_non_null(parts);
  parts->values = (float*)malloc(most * sizeof(float));
  assert_non_null(parts->values);
  for (size_t i = 0; i < most; ++i) {
    parts->values[i] = (float)(i % 1013) / 1024 - 0.5F;
  }

  add(parts, "beta1_power", 0, 1);
  for (unsigned layer = 0; layer < layers; ++layer) {
    for (unsigned d = 0; d < 2; ++d) {
      char scope[100];
      snprintf(scope,
               sizeof(scope),
               "encoder/cell_%u/bidirectional_rnn/%s/multi_rnn_cell/cell_0/lstm_cell",
               layer,
               d ? "fw" : "bw");
      add_dense(parts, scope, (layer ? 2 * hidden : MN_CLASSES) + hidden, 4 * hidden);
    }
  }
  add_dense(parts, "encoder/mu", 2 * hidden, latent);
  add_dense(parts, "encoder/sigma", 2 * hidden, latent);
  add(parts, "global_step", 0, 1);
  return parts;
}

static BundleTensor*
part(Parts* const parts, char const* const name)
{
  for (size_t i = 0; i < parts->count; ++i) {
    if (!strcmp(parts->name[i], name)) {
      return &parts->tensor[i];
    }
  }
  fail_msg("no %s", name);
  return NULL;
}

static int
compare_parts(void const* const a, void const* const b)
{
  return strcmp(((BundleTensor const*)a)->name, ((BundleTensor const*)b)->name);
}

static void
write_parts(Parts* const parts)
{
  // Sort a copy, because `parts` pairs names and tensors by index.
  BundleTensor sorted[MOST];
  for (size_t i = 0; i < parts->count; ++i) {
    sorted[i]      = parts->tensor[i];
    sorted[i].name = parts->name[i];
  }
  qsort(sorted, parts->count, sizeof(*sorted), compare_parts);
  write_bundle("some.ckpt", 1, sorted, parts->count);
}

static void
free_parts(Parts* const parts)
{
  free(parts->values);
  free(parts);
}

static void
assert_weights_refused(Parts* const parts, char const* const why)
{
  write_parts(parts);
  MnError             error      = {.text = "untouched"};
  MnCheckpoint* const checkpoint = open_checkpoint(path);
  assert_null(mn_weights_read(checkpoint, &error));
  if (strncmp(error.text, path, strlen(path)) || !strstr(error.text, why)) {
    fail_msg("\"%s\" does not say \"%s\"", error.text, why);
  }
  assert_null(mn_weights_read(checkpoint, NULL));
  mn_checkpoint_close(checkpoint);
  free_parts(parts);
}

static void
assert_dense(Parts* const      parts,
             MnDense const*    dense,
             char const* const scope,
             size_t const      inputs,
             size_t const      outputs)
{
  char name[128];
  assert_int_equal(dense->inputs, inputs);
  assert_int_equal(dense->outputs, outputs);
  snprintf(name, sizeof(name), "%s/kernel", scope);
  assert_memory_equal(
    dense->kernel, part(parts, name)->data, inputs * outputs * sizeof(float));
  snprintf(name, sizeof(name), "%s/bias", scope);
  assert_memory_equal(dense->bias, part(parts, name)->data, outputs * sizeof(float));
}

static void
encoders_of_one_and_two_layers_are_taken(void** const state)
{
  (void)state;
  for (unsigned layers = 1; layers <= 2; ++layers) {
    enum { HIDDEN = 5, LATENT = 3 };
    Parts* const parts = make_parts(layers, HIDDEN, LATENT);
    write_parts(parts);
    MnError             error      = {0};
    MnCheckpoint* const checkpoint = open_checkpoint("some.ckpt");
    MnWeights* const    weights    = mn_weights_read(checkpoint, &error);
    mn_checkpoint_close(checkpoint); // the weights outlive the checkpoint
    if (!weights) {
      fail_msg("%s", error.text);
      return;
    }
    assert_int_equal(weights->layers, layers);
    assert_int_equal(weights->hidden, HIDDEN);
    assert_int_equal(weights->latent, LATENT);
    assert_int_equal(weights->steps, layers == 1 ? 32 : 256);
    for (unsigned layer = 0; layer < layers; ++layer) {
      for (unsigned d = 0; d < 2; ++d) {
        char scope[100];
        snprintf(scope,
                 sizeof(scope),
                 "encoder/cell_%u/bidirectional_rnn/%s/multi_rnn_cell/cell_0/lstm_cell",
                 layer,
                 d ? "bw" : "fw");
        assert_dense(parts,
                     &weights->lstm[layer][d],
                     scope,
                     (layer ? 2 * HIDDEN : 90) + HIDDEN,
                     4 * HIDDEN);
      }
    }
    assert_dense(parts, &weights->mu, "encoder/mu", 2 * HIDDEN, LATENT);
    assert_dense(parts, &weights->sigma, "encoder/sigma", 2 * HIDDEN, LATENT);
    mn_weights_free(weights);
    free_parts(parts);
  }
}

static void
every_missing_tensor_is_named(void** const state)
{
  (void)state;
  Parts* const whole = make_parts(2, 2, 1);
  size_t const count = whole->count;
  for (size_t i = 0; i < count; ++i) {
    char const* const name = whole->name[i];
    // Optimizer tensors may be missing. Without layer 1's forward kernel there is no
    // layer 1, and the heads are those of a flat model.
    if (strncmp(name, "encoder/", 8) || strstr(name, "/Adam") ||
        strstr(name,
               "cell_1/bidirectional_rnn/fw/multi_rnn_cell/cell_0/lstm_cell/kernel")) {
      continue;
    }
    char why[200];
    snprintf(why, sizeof(why), "tensor %s is missing", name);
    Parts* const parts = make_parts(2, 2, 1);
    snprintf(parts->name[i], sizeof(parts->name[i]), "decoder/%zu", i);
    assert_weights_refused(parts, why);
  }
  free_parts(whole);
}

#define FORWARD "encoder/cell_0/bidirectional_rnn/fw/multi_rnn_cell/cell_0/lstm_cell/"
#define BACKWARD "encoder/cell_0/bidirectional_rnn/bw/multi_rnn_cell/cell_0/lstm_cell/"
#define SECOND "encoder/cell_1/bidirectional_rnn/bw/multi_rnn_cell/cell_0/lstm_cell/"

// Fails unless a good checkpoint is refused with one tensor of another shape and size.
static void
assert_shape_refused(char const* const name,
                     size_t const      rows,
                     size_t const      columns,
                     char const* const why)
{
  Parts* const        parts  = make_parts(2, 4, 3);
  BundleTensor* const tensor = part(parts, name);
  tensor->dimensions         = rows ? 2 : 1;
  tensor->shape[0]           = rows ? rows : columns;
  tensor->shape[1]           = columns;
  tensor->size               = sizeof(float) * (rows ? rows : 1) * columns;
  float* const zeros         = (float*)calloc(1, tensor->size + 1);
  assert_non_null(zeros);
  tensor->data = zeros;
  assert_weights_refused(parts, why);
  free(zeros);
}

static void
every_wrong_shape_is_named(void** const state)
{
  (void)state;
  assert_shape_refused(
    FORWARD "kernel", 0, 16, FORWARD "kernel: shape [16] has not 2 dimensions");
  assert_shape_refused(FORWARD "kernel", 94, 17, "shape [94, 17] is not of 4 gates");
  assert_shape_refused(FORWARD "kernel", 94, 2, "shape [94, 2] is not of 4 gates");
  assert_shape_refused(FORWARD "kernel", 95, 16, "shape [95, 16], not [94, 16]");
  assert_shape_refused(FORWARD "kernel", 1, 4 * MN_MAX_HIDDEN + 4, "of 1 to 4096 units");
  assert_shape_refused(FORWARD "bias", 0, 15, FORWARD "bias: shape [15], not [16]");
  assert_shape_refused(
    FORWARD "bias", 1, 16, FORWARD "bias: shape [1, 16] has not 1 dimension");
  assert_shape_refused(
    BACKWARD "kernel", 94, 20, BACKWARD "kernel: shape [94, 20], not [94, 16]");
  assert_shape_refused(
    SECOND "kernel", 8, 16, SECOND "kernel: shape [8, 16], not [12, 16]");
  assert_shape_refused(
    "encoder/mu/kernel", 4, 3, "encoder/mu/kernel: shape [4, 3], not [8, 3]");
  assert_shape_refused(
    "encoder/mu/kernel", 1, MN_MAX_LATENT + 1, "not of 1 to 2048 neurons");
  assert_shape_refused("encoder/mu/kernel", 8, 0, "not of 1 to 2048 neurons");
  assert_shape_refused(
    "encoder/sigma/kernel", 8, 2, "encoder/sigma/kernel: shape [8, 2], not [8, 3]");
  assert_shape_refused(
    "encoder/sigma/bias", 0, 4, "encoder/sigma/bias: shape [4], not [3]");
}

static void
other_encoders_are_refused(void** const state)
{
  (void)state;
  assert_weights_refused(make_parts(0, 2, 2), "no encoder of a MusicVAE");
  assert_weights_refused(make_parts(3, 2, 2), "more than 2 layers");

  Parts* const parts                   = make_parts(1, 2, 2);
  part(parts, "encoder/mu/bias")->type = INT32;
  assert_weights_refused(parts, "tensor encoder/mu/bias: int32 values are no weights");
}

static void
values_that_are_not_finite_are_refused(void** const state)
{
  (void)state;
  static float const bad[] = {(float)INFINITY, (float)-INFINITY, (float)NAN};
  for (unsigned i = 0; i < 3; ++i) {
    Parts* const parts                      = make_parts(1, 2, 2);
    float        values[]                   = {0, bad[i]};
    part(parts, "encoder/sigma/bias")->data = values;
    assert_weights_refused(parts, "tensor encoder/sigma/bias: value 1 is not finite");
  }
}

// The largest encoder in use: 39 M weights.
static void
a_large_encoder_is_read_quickly(void** const state)
{
  (void)state;
  Parts* const parts = make_parts(1, 2048, 512);
  for (size_t i = 0; i < parts->count; ++i) {
    if (strstr(parts->name[i], "/Adam")) { // writing them would only take time
      parts->tensor[i] = (BundleTensor){.type = FLOAT32, .dimensions = 1, .data = ""};
    }
  }
  write_parts(parts);
  struct timespec from;
  struct timespec to;
  MnError         error = {0};
  clock_gettime(CLOCK_MONOTONIC, &from);
  MnCheckpoint* const checkpoint = open_checkpoint(path);
  MnWeights* const    weights    = mn_weights_read(checkpoint, &error);
  mn_checkpoint_close(checkpoint);
  clock_gettime(CLOCK_MONOTONIC, &to);
  assert_non_null(weights);
  assert_memory_equal(weights->lstm[0][0].kernel,
                      part(parts, FORWARD "kernel")->data,
                      sizeof(float) * 2138 * 8192);
  double const seconds =
    (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec);
  print_message("measured: an encoder of 2048 units read in %.2f s\n", seconds);
  mn_weights_free(weights);
  free_parts(parts);
}

int
main(void)
{
  static struct CMUnitTest const tests[] = {
    cmocka_unit_test_setup_teardown(
      encoders_of_one_and_two_layers_are_taken, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      every_missing_tensor_is_named, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      every_wrong_shape_is_named, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      other_encoders_are_refused, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      values_that_are_not_finite_are_refused, enter_scratch, leave_scratch),
    cmocka_unit_test_setup_teardown(
      a_large_encoder_is_read_quickly, enter_scratch, leave_scratch),
  };
  return cmocka_run_group_tests_name("checkpoint: weights", tests, NULL, NULL);
}
