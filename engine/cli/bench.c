// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

/// `music-neurons bench`: how long a window takes, how much of that the bare integer
/// products take, and how long the picture takes to draw.

#include "bench/ask.h"
#include "bench/decoder_time.h"
#include "bench/drawing.h"
#include "bench/long_time.h"
#include "bench/rounds.h"
#include "bundle.h"
#include "common/numbers.h"
#include "encoding.h"
#include "options.h"

#include <stdio.h>
#include <stdlib.h>

static double const ms = 1e3; // in a second

static char const*
weights_name(MnModel const* const model)
{
  return model->direction[0].recurrent.w8 ? "int8" : "int16";
}

// Null if the part was not measured.
static json_t*
part_object(MnRounds const* const r, MnPart const part)
{
  if (!r->measured[part]) {
    return json_null();
  }
  MnSpread const took   = mn_rounds_spread(r, part);
  MnSpread const ratio  = mn_rounds_ratio(r, part, MN_PART_FLOOR);
  json_t* const  object = json_pack("{s:f,s:f,s:[f,f],s:f,s:[f,f]}",
                                   "ms",
                                   took.median * ms,
                                   "least_ms",
                                   took.least * ms,
                                   "quartiles_ms",
                                   took.low * ms,
                                   took.high * ms,
                                   "to_floor",
                                   ratio.median,
                                   "to_floor_quartiles",
                                   ratio.low,
                                   ratio.high);
  if (object && part == MN_PART_BATCH) {
    MnSpread const factor = mn_rounds_ratio(r, MN_PART_ENCODER, MN_PART_BATCH);
    json_t* const  more   = json_pack("{s:i,s:f,s:[f,f]}",
                                   "windows",
                                   (int)MN_BATCH_WINDOWS,
                                   "factor",
                                   factor.median,
                                   "factor_quartiles",
                                   factor.low,
                                   factor.high);
    if (!more || json_object_update(object, more)) {
      json_decref(object);
      json_decref(more);
      return NULL;
    }
    json_decref(more);
  }
  return object;
}

static int
print_object(MnModel const* const  model,
             MnKernel const* const kernel,
             MnRounds const* const r)
{
  json_t* const object = json_pack("{s:i,s:i,s:i,s:s,s:s,s:b,s:i}",
                                   "hidden",
                                   (int)model->hidden,
                                   "latent",
                                   (int)model->latent,
                                   "steps",
                                   (int)model->steps,
                                   "weights",
                                   weights_name(model),
                                   "kernel",
                                   kernel->name,
                                   "best",
                                   kernel == mn_kernel_best(),
                                   "rounds",
                                   (int)r->count);
  for (unsigned i = 0; object && i < MN_PART_COUNT; ++i) {
    if (json_object_set_new(object, mn_part_names[i], part_object(r, (MnPart)i))) {
      json_decref(object);
      return mn_json_print(NULL, stdout);
    }
  }
  return mn_json_print(object, stdout);
}

static int
print_table(MnModel const* const  model,
            MnKernel const* const kernel,
            MnRounds const* const r)
{
  printf("hidden %u, %s weights, kernel %s: ms a window, in %u rounds\n"
         "              median      least   to the floor (quartiles)\n",
         model->hidden,
         weights_name(model),
         kernel->name,
         r->count);
  for (unsigned i = 0; i < MN_PART_COUNT; ++i) {
    if (!r->measured[i]) {
      printf("%-9s         -          -   would take too long\n", mn_part_names[i]);
      continue;
    }
    MnSpread const took  = mn_rounds_spread(r, (MnPart)i);
    MnSpread const ratio = mn_rounds_ratio(r, (MnPart)i, MN_PART_FLOOR);
    printf("%-9s %10.4f %10.4f   %.3f (%.3f to %.3f)",
           mn_part_names[i],
           took.median * ms,
           took.least * ms,
           ratio.median,
           ratio.low,
           ratio.high);
    if (i == MN_PART_BATCH) {
      printf(", of %d: %.2f x as many windows as one by one",
             MN_BATCH_WINDOWS,
             mn_rounds_ratio(r, MN_PART_ENCODER, MN_PART_BATCH).median);
    }
    putchar('\n');
  }
  putchar('\n');
  return fflush(stdout) ? MN_EXIT_FAILED : MN_EXIT_GOOD;
}

static int
bench_kernel(MnOptions const* const o,
             MnModel const* const   model,
             MnKernel const* const  kernel,
             MnRounds* const        rounds)
{
  MnParts* const parts = mn_parts_new(model, kernel);
  if (!parts) {
    return mn_fail_memory();
  }
  mn_rounds_run(rounds, parts, o->seconds);
  int const status = o->format == MN_FORMAT_JSON ? print_object(model, kernel, rounds)
                                                 : print_table(model, kernel, rounds);
  mn_parts_free(parts);
  return status;
}

static int
bench_kernels(MnOptions const* const o, MnModel const* const model)
{
  MnRounds* const rounds = (MnRounds*)malloc(sizeof(*rounds));
  if (!rounds) {
    return mn_fail_memory();
  }
  int status = MN_EXIT_GOOD;
  for (unsigned i = 0; status == MN_EXIT_GOOD && mn_kernels[i]; ++i) {
    MnKernel const* const kernel = mn_kernels[i];
    if (kernel->supported() && (!o->kernel_given || kernel == o->kernel)) {
      status = bench_kernel(o, model, kernel, rounds);
    }
  }
  free(rounds);
  return status;
}

// The decoder, if the model has one.
static int
bench_decoder(MnOptions const* const o, MnModel const* const model)
{
  bool const json   = o->format == MN_FORMAT_JSON;
  int        status = MN_EXIT_GOOD;
  for (unsigned i = 0; status == MN_EXIT_GOOD && model->decoder.layers && mn_kernels[i];
       ++i) {
    MnKernel const* const kernel = mn_kernels[i];
    if (kernel->supported() && (!o->kernel_given || kernel == o->kernel)) {
      status = mn_bench_decoder(model, kernel, o->seconds, json);
    }
  }
  if (model->decoder.layers && !json) {
    putchar('\n');
  }
  return status;
}

// The second level, if the model has one.
static int
bench_long(MnOptions const* const o, MnModel const* const model)
{
  bool const json   = o->format == MN_FORMAT_JSON;
  int        status = MN_EXIT_GOOD;
  for (unsigned i = 0; status == MN_EXIT_GOOD && model->long_table.neurons && mn_kernels[i];
       ++i) {
    MnKernel const* const kernel = mn_kernels[i];
    if (kernel->supported() && (!o->kernel_given || kernel == o->kernel)) {
      status = mn_bench_long(model, kernel, o->seconds, json);
    }
  }
  if (model->long_table.neurons && !json) {
    putchar('\n');
  }
  return status;
}

static int
run(MnOptions const* const options)
{
  MnModel* model  = NULL;
  int      status = mn_model_open(options->model, &model);
  if (status) {
    return status;
  }
  if (options->ask) {
    status = mn_bench_ask(model, options->kernel);
  } else {
    status = bench_kernels(options, model);
    status = status ? status : bench_decoder(options, model);
    status = status ? status : bench_long(options, model);
    status = status
               ? status
               : mn_bench_draw(model, options->seconds, options->format == MN_FORMAT_JSON);
  }
  mn_model_free(model);
  return status;
}

static struct option const options[] = {MN_OPTION_MODEL,
                                        MN_OPTION_KERNEL,
                                        MN_OPTION_FORMAT,
                                        MN_OPTION_SECONDS,
                                        MN_OPTION_ASK,
                                        MN_OPTION_HELP,
                                        MN_OPTIONS_END};

static char const help[] =
  "Usage: music-neurons bench [OPTION]...\n"
  "\n"
  "Measures with every kernel that runs here how long a window takes:\n"
  "  encoder  all of it, from tokens to mu and sigma\n"
  "  floor    the same integer products in the same order, and nothing else\n"
  "  read     only reading the recurrent weights, once a step\n"
  "  lookup, product, gates, heads\n"
  "           the parts of the encoder, each alone\n"
  "  batch    one window of a batch of 64, on one core\n"
  "Each round runs all of them in turn and compares each with the floor of that\n"
  "round. Then it measures the decoder, if the model has one: the median and the\n"
  "least time of a window whose steps are drawn. Then the second level, if it has\n"
  "one: that of a phrase of 16 bars after its last window, and what part of the\n"
  "encoder's time that is. Last it measures how long the\n"
  "picture of the plugin's window takes to draw in memory: all of it, what a step\n"
  "changes, and what a new window changes, each as the median of all runs.\n"
  "\n"
  "      --model MODEL    open (default), magenta, or a file\n"
  "      --kernel NAME    measure only this kernel; auto is the fastest\n"
  "      --format FORMAT  text (default) or json (one object a line)\n"
  "      --seconds S      measure each kernel for S seconds (default: 1)\n"
  "      --ask            measure what the lines of standard input ask for, with\n"
  "                       one kernel: the answer to 'encoder 5' is a line of five\n"
  "                       times in seconds\n"
  "  -h, --help           print this help\n";

MnCommand const mn_bench_command = {
  .name    = "bench",
  .help    = help,
  .options = options,
  .formats = 1U << MN_FORMAT_TEXT | 1U << MN_FORMAT_JSON,
  .format  = MN_FORMAT_TEXT,
  .run     = run,
};
