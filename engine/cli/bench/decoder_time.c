// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "decoder_time.h"

#include "common/numbers.h"
#include "common/terminal.h"
#include "decoder/decoder.h"
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST_RUNS = 4000 };

static double const ms = 1e3; // in a second

static int
compare(void const* const a, void const* const b)
{
  double const x = *(double const*)a;
  double const y = *(double const*)b;
  return (x > y) - (x < y);
}

// Sorts the times of windows, and returns how many there are.
static unsigned
measure(MnDecoder* const     decoder,
        MnModel const* const model,
        int32_t const* const z,
        double const         seconds,
        double               times[MOST_RUNS])
{
  // Drawn steps take the longest.
  MnChoice     choice = {.temperature_q16 = 1 << 16};
  double const end    = mn_seconds_now() + seconds;
  unsigned     count  = 0;
  do {
    double const start = mn_seconds_now();
    choice.window      = count;
    mn_decoder_start(decoder, z, &choice);
    mn_decoder_run(decoder, mn_decoder_units(model));
    times[count++] = mn_seconds_now() - start;
  } while (count < MOST_RUNS && mn_seconds_now() < end);
  qsort(times, count, sizeof(*times), compare);
  return count;
}

static int
print(MnModel const* const  model,
      MnKernel const* const kernel,
      bool const            json,
      double const          median,
      double const          least)
{
  MnDecoderTable const* const d    = &model->decoder;
  char const* const           type = d->first.recurrent.w8 ? "int8" : "int16";
  if (json) {
    return mn_json_print(json_pack("{s:s,s:i,s:i,s:s,s:f,s:f}",
                                   "decoder",
                                   kernel->name,
                                   "layers",
                                   (int)d->layers,
                                   "hidden",
                                   (int)d->hidden,
                                   "weights",
                                   type,
                                   "ms",
                                   median * ms,
                                   "least_ms",
                                   least * ms),
                         stdout);
  }
  printf("decoder   %10.4f %10.4f   a window of %u x %u, %s weights, kernel %s\n",
         median * ms,
         least * ms,
         d->layers,
         d->hidden,
         type,
         kernel->name);
  return fflush(stdout) ? MN_EXIT_FAILED : MN_EXIT_GOOD;
}

int
mn_bench_decoder(MnModel const* const  model,
                 MnKernel const* const kernel,
                 double const          seconds,
                 bool const            json)
{
  void* const    memory = aligned_alloc(MN_DECODER_ALIGN, mn_decoder_size(model));
  int32_t* const z      = (int32_t*)calloc(model->latent, sizeof(*z)); // any will do
  int            status = MN_EXIT_FAILED;
  if (memory && z) {
    static double    times[MOST_RUNS];
    MnDecoder* const decoder = mn_decoder_init(memory, model, kernel);
    unsigned const   count   = measure(decoder, model, z, seconds, times);
    status                   = print(model, kernel, json, times[count / 2], times[0]);
  } else {
    mn_fail_memory();
  }
  free(memory);
  free(z);
  return status;
}
