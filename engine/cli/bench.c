// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// `music-neurons bench`: what a window costs, how much of that is the bare
/// integer product, and what it takes to draw it.

#include "bench_draw.h"
#include "encoder.h"
#include "encoding.h"
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// Memory and input of the bare product: any state will do.
typedef struct {
  int16_t* state;
  int32_t* sums;
  uint8_t  tokens[MN_MAX_STEPS];
} Floor;

static double
seconds_now(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static size_t
larger(size_t const a, size_t const b)
{
  return a > b ? a : b;
}

static void*
allocate(size_t const size)
{
  size_t const lines = (size + MN_ENCODER_ALIGN - 1) / MN_ENCODER_ALIGN;
  return aligned_alloc(MN_ENCODER_ALIGN, lines * MN_ENCODER_ALIGN);
}

// A walk over all notes, with holds and ends between them.
static void
make_tokens(uint8_t* const tokens, unsigned const steps)
{
  unsigned const notes = MN_CLASSES - MN_NOTE_OFF - 1;
  for (unsigned i = 0; i < steps; ++i) {
    unsigned const note = MN_NOTE_OFF + 1 + 37 * i % notes;
    tokens[i]           = (uint8_t)(i % 4 == 1   ? MN_HOLD
                          : i % 4 == 3 ? MN_NOTE_OFF
                                       : note);
  }
}

static bool
floor_init(Floor* const f, MnModel const* const model)
{
  size_t const columns = larger(model->upper[0].weight.columns,
                                larger(model->direction[0].recurrent.columns,
                                       model->mu.weight.columns));
  size_t const rows = larger(model->direction[0].recurrent.rows, model->mu.weight.rows);
  f->state          = (int16_t*)allocate(columns * sizeof(*f->state));
  f->sums           = (int32_t*)allocate(rows * sizeof(*f->sums));
  if (!f->state || !f->sums) {
    return false;
  }
  // The hidden state is at most 1, which no accumulator overflows at.
  int const one = 1 << model->hidden_frac;
  for (size_t i = 0; i < columns; ++i) {
    f->state[i] = (int16_t)((int)(i * 7919 % (size_t)(2 * one)) - one);
  }
  make_tokens(f->tokens, model->steps);
  return true;
}

static void
floor_free(Floor* const f)
{
  free(f->state);
  free(f->sums);
}

// The products of a window in the encoder's order, without gates and look-up.
static void
floor_run(Floor* const f, MnModel const* const model, MnKernel const* const kernel)
{
  MnDirection const* const fw = &model->direction[0];
  MnDirection const* const bw = &model->direction[1];
  for (unsigned i = 0; i < model->steps; ++i) {
    unsigned const token = f->tokens[i];
    unsigned const other = f->tokens[model->steps - 1 - i];
    kernel->product(
      &fw->recurrent, fw->input + (size_t)token * fw->recurrent.rows, f->state, f->sums);
    kernel->product(
      &bw->recurrent, bw->input + (size_t)other * bw->recurrent.rows, f->state, f->sums);
  }
  for (unsigned i = 0; i < (model->layers - 1) * model->steps; ++i) {
    for (unsigned d = 0; d < 2; ++d) {
      MnLinear const* const upper = &model->upper[d];
      kernel->product(&upper->weight, upper->bias, f->state, f->sums);
    }
  }
  kernel->product(&model->mu.weight, model->mu.bias, f->state, f->sums);
  kernel->product(&model->sigma.weight, model->sigma.bias, f->state, f->sums);
}

typedef struct {
  double encoder_ms; // the least of all runs
  double floor_ms;
} Times;

static void
keep_least(double* const ms, double const start)
{
  double const taken = (seconds_now() - start) * 1e3;
  *ms                = *ms == 0 || taken < *ms ? taken : *ms;
}

// Measures both in turn, so that both meet the same machine.
static Times
measure(Floor* const          f,
        MnModel const* const  model,
        MnKernel const* const kernel,
        MnEncoder* const      encoder,
        double const          seconds)
{
  Times        times = {0, 0};
  double const end   = seconds_now() + seconds;
  do {
    double start = seconds_now();
    mn_encoder_start(encoder, f->tokens);
    mn_encoder_run(encoder, mn_encoder_units(model));
    keep_least(&times.encoder_ms, start);

    start = seconds_now();
    floor_run(f, model, kernel);
    keep_least(&times.floor_ms, start);
  } while (seconds_now() < end);
  return times;
}

static int
print_row(Format const      format,
          unsigned const    hidden,
          char const* const kernel,
          Times const       t)
{
  if (format == FORMAT_JSON) {
    return json_print(json_pack("{s:i,s:s,s:f,s:f}",
                                "hidden",
                                (int)hidden,
                                "kernel",
                                kernel,
                                "encoder_ms",
                                t.encoder_ms,
                                "floor_ms",
                                t.floor_ms));
  }
  printf("%6u  %-8s %10.4f %10.4f %7.2f\n",
         hidden,
         kernel,
         t.encoder_ms,
         t.floor_ms,
         t.floor_ms > 0 ? t.encoder_ms / t.floor_ms : 0);
  return fflush(stdout) ? EXIT_FAILED : EXIT_GOOD;
}

static int
bench_kernels(Options const* const o,
              MnModel const* const model,
              Floor* const         f,
              void* const          room)
{
  if (o->format == FORMAT_TEXT) {
    puts("hidden  kernel   encoder ms   floor ms   ratio");
  }
  for (unsigned i = 0; mn_kernels[i]; ++i) {
    MnKernel const* const kernel = mn_kernels[i];
    if (!kernel->supported()) {
      continue;
    }
    MnEncoder* const encoder = mn_encoder_init(room, model, kernel);
    Times const      times   = measure(f, model, kernel, encoder, o->seconds);
    int const        status  = print_row(o->format, model->hidden, kernel->name, times);
    if (status) {
      return status;
    }
  }
  return EXIT_GOOD;
}

static int
run(Options const* const options)
{
  MnModel* model  = NULL;
  int      status = model_open(options->model, &model);
  if (status) {
    return status;
  }
  Floor       f    = {0};
  void* const room = allocate(mn_encoder_size(model));
  status           = floor_init(&f, model) && room
                       ? bench_kernels(options, model, &f, room)
                       : fail(EXIT_FAILED, "out of memory");
  free(room);
  floor_free(&f);
  status = status ? status : bench_draw(options, model);
  mn_model_free(model);
  return status;
}

static struct option const options[] = {
  OPTION_MODEL, OPTION_FORMAT, OPTION_SECONDS, OPTION_HELP, OPTIONS_END};

static char const help[] =
  "Usage: music-neurons bench [OPTION]...\n"
  "\n"
  "Measures how long the encoder takes for a window, with every kernel that runs\n"
  "here, and its floor: the same integer products without the gates between them.\n"
  "Each time is the least of all runs. Then measures how long the picture of the\n"
  "plugin's window takes, in memory, as the median of all runs: all of it, and what\n"
  "a step and a new window change.\n"
  "\n"
  "      --model MODEL    magenta (default), open, or a file\n"
  "      --format FORMAT  text (default) or json (an object a line)\n"
  "      --seconds S      measure each kernel so long (default: 1)\n"
  "  -h, --help           print this help\n";

Command const bench_command = {
  .name    = "bench",
  .help    = help,
  .options = options,
  .formats = 1U << FORMAT_TEXT | 1U << FORMAT_JSON,
  .format  = FORMAT_TEXT,
  .run     = run,
};
