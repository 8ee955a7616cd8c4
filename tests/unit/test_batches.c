// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "check.h"
#include "encoder/batch.h"
#include "encoder/batches.h"
#include "encoder/encoder.h"
#include "encoder/kernel.h"
#include "model_file.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

static ModelShape const shapes[] = {
  {.steps = 32, .hidden = 16, .latent = 20, .hidden_frac = 14, .wide = true, .seed = 1},
  {.steps = 31, .hidden = 33, .latent = 1, .hidden_frac = 13, .wide = false, .seed = 2},
  {.layers      = 2,
   .steps       = 32,
   .hidden      = 5,
   .latent      = 7,
   .hidden_frac = 14,
   .wide        = true,
   .seed        = 3},
  {.layers      = 2,
   .steps       = 3,
   .hidden      = 33,
   .latent      = 20,
   .hidden_frac = 13,
   .wide        = false,
   .seed        = 4},
};

// It has more than 8 MiB of weights, so that no cache keeps them.
static ModelShape const large =
  {.steps = 2, .hidden = 1460, .latent = 3, .hidden_frac = 14, .wide = false, .seed = 5};

enum { SHAPES = sizeof(shapes) / sizeof(*shapes), MOST = 200 };

// Counts around the sizes of a kernel's tile, of a batch and of all batches at once.
static size_t const counts[] =
  {0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 63, 64, 65, 128, 129, MOST};

enum { COUNTS = sizeof(counts) / sizeof(*counts) };

// Fills the memory behind the results, which must not change.
static int32_t const untouched = 0x5A5A5A5A;

// Windows of a model, and MnEncoder's results for each.
typedef struct {
  MnModel* model;
  uint8_t* tokens;
  int32_t* mu;
  int32_t* sigma;
} Truth;

static void*
allocate(size_t const size)
{
  void* const memory = malloc(size);
  assert_non_null(memory);
  return memory;
}

static void
truth_make(Truth* const t, ModelShape const* const shape, MnKernel const* const kernel)
{
  ModelFile* const file = model_file_new(shape);
  model_file_write(file, model_path);
  model_file_free(file);
  t->model = load_model(model_path);

  size_t const latent = t->model->latent;
  size_t const steps  = t->model->steps;
  t->tokens           = (uint8_t*)allocate(MOST * steps);
  t->mu               = (int32_t*)allocate(MOST * latent * sizeof(int32_t));
  t->sigma            = (int32_t*)allocate(MOST * latent * sizeof(int32_t));

  void* const room = aligned_alloc(MN_ENCODER_ALIGN, mn_encoder_size(t->model));
  assert_non_null(room);
  MnEncoder* const encoder = mn_encoder_init(room, t->model, kernel);
  Random           random  = {shape->seed};
  for (size_t w = 0; w < MOST; ++w) {
    for (size_t i = 0; i < steps; ++i) {
      t->tokens[w * steps + i] = (uint8_t)random_below(&random, MN_CLASSES);
    }
    mn_encoder_start(encoder, t->tokens + w * steps);
    assert_true(mn_encoder_run(encoder, UINT32_MAX));
    memcpy(t->mu + w * latent, mn_encoder_mu(encoder), latent * sizeof(int32_t));
    memcpy(t->sigma + w * latent, mn_encoder_sigma(encoder), latent * sizeof(int32_t));
  }
  free(room);
}

static void
truth_free(Truth* const t)
{
  free(t->tokens);
  free(t->mu);
  free(t->sigma);
  mn_model_free(t->model);
}

// The first `count` windows must give the true results, and nothing more may be written.
static void
check_run(Truth const* const t, MnBatches* const batches, size_t const count)
{
  size_t const   values = count * t->model->latent;
  int32_t* const mu     = (int32_t*)allocate((values + 1) * sizeof(int32_t));
  int32_t* const sigma  = (int32_t*)allocate((values + 1) * sizeof(int32_t));
  mu[values]            = untouched;
  sigma[values]         = untouched;
  mn_batches_run(batches, t->tokens, count, NULL, mu, sigma);
  assert_memory_equal(mu, t->mu, values * sizeof(int32_t));
  assert_memory_equal(sigma, t->sigma, values * sizeof(int32_t));
  assert_int_equal(mu[values], untouched);
  assert_int_equal(sigma[values], untouched);
  free(mu);
  free(sigma);
}

static void
check_counts(Truth const* const t, MnKernel const* const kernel)
{
  MnBatches* const batches = mn_batches_new(t->model, kernel);
  assert_non_null(batches);
  for (unsigned i = 0; i < COUNTS; ++i) {
    check_run(t, batches, counts[i]);
  }
  mn_batches_free(batches);
}

static void
any_number_of_windows_gives_the_bits_of_each(void** const state)
{
  (void)state;
  for (unsigned s = 0; s < SHAPES; ++s) {
    Truth t;
    truth_make(&t, &shapes[s], mn_kernels[0]);
    for (unsigned k = 0; mn_kernels[k]; ++k) {
      if (mn_kernels[k]->supported()) {
        check_counts(&t, mn_kernels[k]);
      }
    }
    truth_free(&t);
  }
}

static void
weights_that_no_cache_holds_take_batches_of_64(void** const state)
{
  (void)state;
  Truth t;
  truth_make(&t, &large, mn_kernel_best());
  assert_int_equal(mn_batch_windows(t.model), 64);
  check_counts(&t, mn_kernel_best());
  truth_free(&t);
}

// Restricts this process to one processor. @return Those that it had.
static cpu_set_t
take_processors(void)
{
  cpu_set_t ours;
  cpu_set_t one;
  assert_int_equal(sched_getaffinity(0, sizeof(ours), &ours), 0);
  CPU_ZERO(&one);
  CPU_SET((size_t)sched_getcpu(), &one);
  assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
  return ours;
}

static void
processors_may_come_and_go(void** const state)
{
  (void)state;
  Truth t;
  truth_make(&t, &large, mn_kernel_best()); // slow enough for threads to overlap
  MnBatches* const many = mn_batches_new(t.model, mn_kernel_best());
  assert_non_null(many);

  cpu_set_t const  ours = take_processors();
  MnBatches* const one  = mn_batches_new(t.model, mn_kernel_best());
  assert_non_null(one);
  assert_true(CPU_COUNT(&ours) == 1 || mn_batches_windows(many) > mn_batches_windows(one));
  check_run(&t, many, MOST);
  check_run(&t, one, MOST);
  assert_int_equal(sched_setaffinity(0, sizeof(ours), &ours), 0);
  check_run(&t, one, MOST);
  check_run(&t, many, MOST);

  mn_batches_free(one);
  mn_batches_free(many);
  truth_free(&t);
}

typedef struct {
  pthread_t caller;
  size_t    done;
} Told;

static void
note_progress(void* const context, size_t const done, size_t const count)
{
  Told* const t = (Told*)context;
  assert_true(pthread_equal(t->caller, pthread_self()));
  assert_int_equal(count, MOST);
  assert_in_range(done, t->done + 1, MOST);
  t->done = done;
}

static void
progress_grows_and_is_told_by_the_caller(void** const state)
{
  (void)state;
  Truth t;
  truth_make(&t, &shapes[0], mn_kernel_best());
  MnBatches* const batches  = mn_batches_new(t.model, mn_kernel_best());
  size_t const     size     = MOST * t.model->latent * sizeof(int32_t);
  int32_t* const   results  = (int32_t*)allocate(2 * size);
  Told             told     = {pthread_self(), 0};
  MnProgress const progress = {note_progress, &told};

  // With one processor, the caller runs all pieces, and progress still reaches the last.
  cpu_set_t const ours = take_processors();
  mn_batches_run(
    batches, t.tokens, MOST, &progress, results, results + MOST * t.model->latent);
  assert_int_equal(told.done, MOST);
  assert_int_equal(sched_setaffinity(0, sizeof(ours), &ours), 0);
  told.done = 0;
  mn_batches_run(
    batches, t.tokens, MOST, &progress, results, results + MOST * t.model->latent);

  free(results);
  mn_batches_free(batches);
  truth_free(&t);
}

#define FILE_TEST(name) cmocka_unit_test_setup_teardown(name, enter_scratch, leave_scratch)

int
main(void)
{
  struct CMUnitTest const tests[] = {
    FILE_TEST(any_number_of_windows_gives_the_bits_of_each),
    FILE_TEST(weights_that_no_cache_holds_take_batches_of_64),
    FILE_TEST(processors_may_come_and_go),
    FILE_TEST(progress_grows_and_is_told_by_the_caller),
  };
  return cmocka_run_group_tests_name("batches", tests, NULL, NULL);
}
