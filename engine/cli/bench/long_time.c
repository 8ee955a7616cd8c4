// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "long_time.h"

#include "common/numbers.h"
#include "common/terminal.h"
#include "encoder/encoder.h"
#include "long/long_encoder.h"
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST_RUNS = 4000 };

static double const ms = 1e3; // in a second

// Both levels, and how long each took.
typedef struct {
  MnEncoder* first;
  MnLong*    second;
  MnPhrase   phrase;
  double*    first_s; // [MOST_RUNS]
  double*    second_s;
} Levels;

static int
compare(void const* const a, void const* const b)
{
  double const x = *(double const*)a;
  double const y = *(double const*)b;
  return (x > y) - (x < y);
}

static bool
allocate(Levels* const l, MnModel const* const model, MnKernel const* const kernel)
{
  void* const first  = aligned_alloc(MN_ENCODER_ALIGN, mn_encoder_size(model));
  void* const second = aligned_alloc(MN_LONG_ALIGN, mn_long_size(model));
  l->first_s         = (double*)malloc(MOST_RUNS * sizeof(double));
  l->second_s        = (double*)malloc(MOST_RUNS * sizeof(double));
  l->first           = first ? mn_encoder_init(first, model, kernel) : NULL;
  l->second          = second ? mn_long_init(second, model, kernel) : NULL;
  return l->first && l->second && l->first_s && l->second_s;
}

// A window and its phrase after each other, as live: the weights of each push those of the
// other out of the caches. @return How often.
static unsigned
measure(Levels* const l, MnModel const* const model, double const seconds)
{
  static uint8_t const silence[MN_MAX_STEPS] = {0};
  double const         end                   = mn_seconds_now() + seconds;
  unsigned             count                 = 0;
  do {
    int64_t const at    = (int64_t)count * MN_STEPS_2BAR;
    double const  start = mn_seconds_now();
    mn_encoder_start(l->first, silence);
    mn_encoder_run(l->first, mn_encoder_units(model));
    double const         between = mn_seconds_now();
    MnPhrasePlaces const places  = mn_phrase_add(&l->phrase, at, true);
    mn_long_start(l->second, &places, mn_encoder_mu(l->first));
    mn_long_run(l->second, mn_long_units(model));
    l->first_s[count]    = between - start;
    l->second_s[count++] = mn_seconds_now() - between;
  } while (count < MOST_RUNS && mn_seconds_now() < end);
  qsort(l->first_s, count, sizeof(double), compare);
  qsort(l->second_s, count, sizeof(double), compare);
  return count;
}

static int
print(MnKernel const* const kernel,
      bool const            json,
      Levels const* const   l,
      unsigned const        count)
{
  double const median = l->second_s[count / 2];
  double const part   = median / l->first_s[count / 2];
  if (json) {
    return mn_json_print(json_pack("{s:s,s:f,s:f,s:f}",
                                   "second_level",
                                   kernel->name,
                                   "ms",
                                   median * ms,
                                   "least_ms",
                                   l->second_s[0] * ms,
                                   "of_encoder",
                                   part),
                         stdout);
  }
  printf(
    "16 bars   %10.4f %10.4f   a phrase, after its last window: %.3f of that, kernel %s\n",
    median * ms,
    l->second_s[0] * ms,
    part,
    kernel->name);
  return fflush(stdout) ? MN_EXIT_FAILED : MN_EXIT_GOOD;
}

int
mn_bench_long(MnModel const* const  model,
              MnKernel const* const kernel,
              double const          seconds,
              bool const            json)
{
  Levels    levels = {NULL};
  int const status = allocate(&levels, model, kernel)
                       ? print(kernel, json, &levels, measure(&levels, model, seconds))
                       : mn_fail_memory();
  free(levels.first);
  free(levels.second);
  free(levels.first_s);
  free(levels.second_s);
  return status;
}
