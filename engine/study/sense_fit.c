// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "sense_fit.h"

#include "base/fixed.h"
#include "base/parallel.h"
#include "base/random.h"
#include "corruptions.h"
#include "posteriors.h"
#include "readout/sense.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// Each real window is heard as it is, and corrupted in COPIES ways.
enum { MOST_REAL = 40000, COPIES = 2, HEARD = 1 + COPIES, BLOCK = 2048, EPOCHS = 12 };

enum { SEED = 3 };

// So many copies have all of their notes corrupted.
static double const all_share = 0.2;

// What the target of learning makes of a share: mean about 0 and variance about 1.
static double const target_middle = 0.65;
static double const target_spread = 0.35;

// The neurons count less than the features at first: there are many, and most tell little.
static double const neuron_scale = 0.1;

static double const least_spread = 1e-3;

typedef struct {
  MnModel const* model;
  uint8_t*       tokens; // [count][steps]
  float*         target; // [count]
  int32_t*       x;      // [count][inputs]
  size_t         count;
  unsigned       inputs;
} Samples;

// Uniform in 0..1.
static double
draw(uint64_t* const random)
{
  return (double)(mn_random_next(random) >> 11) * 0x1p-53;
}

// Corrupts a window in one way, or in its pitches and its rhythm at once. @return The share
// of its notes that is as it was.
static double
corrupt(uint8_t* const tokens, unsigned const steps, uint64_t* const random)
{
  unsigned const kind  = mn_random_below(random, MN_CORRUPT_KINDS + 1);
  double const   share = draw(random) < all_share ? 1 : draw(random);
  if (kind < MN_CORRUPT_KINDS) {
    mn_corrupt((MnCorruption)kind, share, random, tokens, steps);
  } else {
    MnCorruption const pitches = (MnCorruption)mn_random_below(random, MN_CORRUPT_ONSETS);
    mn_corrupt(pitches, share, random, tokens, steps);
    mn_corrupt(MN_CORRUPT_ONSETS, share, random, tokens, steps);
  }
  return 1 - share;
}

static void
make_windows(Samples* const s, MnWindows const* const real, size_t const chosen)
{
  unsigned const steps  = s->model->steps;
  uint64_t       random = SEED;
  for (size_t i = 0; i < s->count; ++i) {
    size_t const   from   = i / HEARD * real->count / chosen;
    uint8_t* const tokens = s->tokens + i * steps;
    memcpy(tokens, real->tokens + from * steps, steps);
    double const share = i % HEARD ? corrupt(tokens, steps, &random) : 1;
    s->target[i]       = (float)((share - target_middle) / target_spread);
  }
}

typedef struct {
  Samples*            samples;
  MnPosteriors const* heard;
  size_t              first;
} Block;

static void
take_inputs(void* const context, size_t const index, unsigned const worker)
{
  (void)worker;
  Block const* const   b  = (Block const*)context;
  Samples const* const s  = b->samples;
  size_t const         at = b->first + index;
  size_t const         of = index * s->model->latent;
  mn_sense_inputs(s->model,
                  s->tokens + at * s->model->steps,
                  b->heard->mu + of,
                  b->heard->sigma + of,
                  s->x + at * s->inputs);
}

// Hears the windows block by block, so that memory holds the posteriors of one at a time.
static bool
hear(Samples* const s, MnProgress const* const progress)
{
  for (size_t first = 0; first < s->count; first += BLOCK) {
    size_t const count = s->count - first < BLOCK ? s->count - first : BLOCK;
    MnPosteriors heard;
    if (!mn_posteriors_encode(
          s->model, s->tokens + first * s->model->steps, count, NULL, &heard)) {
      return false;
    }
    Block          block = {s, &heard, first};
    MnPieces const job   = {.count = count, .context = &block, .piece = take_inputs};
    mn_parallel_run(&job);
    mn_posteriors_free(&heard);
    if (progress) {
      progress->tell(progress->context, first + count, s->count);
    }
  }
  return true;
}

// The mean of each input, and what brings its spread to 1, or to less for neurons.
static void
measure_inputs(Samples const* const s, float* const mean, float* const scale)
{
  for (unsigned k = 0; k < s->inputs; ++k) {
    double sum    = 0;
    double square = 0;
    for (size_t i = 0; i < s->count; ++i) {
      double const x = mn_from_q16(s->x[i * s->inputs + k]);
      sum += x;
      square += x * x;
    }
    double const middle   = sum / (double)s->count;
    double const variance = fmax(square / (double)s->count - middle * middle, 0);
    double const wanted   = k < MN_SENSE_FEATURES ? 1 : neuron_scale;
    mean[k]               = (float)(middle * MN_ONE_Q16);
    scale[k]              = (float)(wanted / (sqrt(variance) + least_spread) / MN_ONE_Q16);
  }
}

// Weights of the inputs themselves instead of their distances from the mean in spreads, and
// of a share instead of a target.
static void
unfold(MnBends const* const b,
       float const* const   mean,
       float const* const   scale,
       MnSenseFit* const    fit)
{
  for (unsigned r = 0; r < MN_SENSE_ROWS; ++r) {
    double const to     = r ? 1 : target_spread;
    double       offset = b->offset[r] * to + (r ? 0 : target_middle);
    for (size_t k = 0; k < fit->inputs; ++k) {
      double const weight = (double)b->input[k * MN_SENSE_ROWS + r] * scale[k] * to;
      offset -= weight * mean[k];
      fit->input[r * fit->inputs + k] = (float)(weight * MN_ONE_Q16);
    }
    fit->offset[r] = (float)offset;
  }
  for (unsigned k = 0; k < MN_BENDS; ++k) {
    fit->bend[k] = (float)(b->bend[k] * target_spread);
  }
}

static void
negate(MnSenseFit* const fit, unsigned const latent, uint8_t const* const negated)
{
  for (unsigned n = 0; negated && n < latent; ++n) {
    for (unsigned r = 0; negated[n] && r < MN_SENSE_ROWS; ++r) {
      float* const weight = &fit->input[r * fit->inputs + MN_SENSE_FEATURES + n];
      *weight             = 0 - *weight; // no -0
    }
  }
}

static bool
learn(Samples const* const s, MnSenseFit* const fit)
{
  static float const one   = 1;
  float* const       mean  = (float*)malloc(s->inputs * sizeof(float));
  float* const       scale = (float*)malloc(s->inputs * sizeof(float));
  MnBends            bends = {NULL, NULL, NULL};
  bool               good  = mean && scale;
  if (good) {
    measure_inputs(s, mean, scale);
    MnBendSamples const samples = {.count   = s->count,
                                   .inputs  = s->inputs,
                                   .x       = s->x,
                                   .mean    = mean,
                                   .scale   = scale,
                                   .targets = 1,
                                   .target  = s->target,
                                   .weight  = &one,
                                   .epochs  = EPOCHS};
    good                        = mn_bends_learn(&samples, &bends);
  }
  if (good) {
    unfold(&bends, mean, scale, fit);
  }
  mn_bends_free(&bends);
  free(mean);
  free(scale);
  return good;
}

bool
mn_sense_fit(MnModel const* const    model,
             MnWindows const* const  real,
             uint8_t const* const    negated,
             MnProgress const* const progress,
             MnSenseFit* const       fit)
{
  size_t const chosen = real->count < MOST_REAL ? real->count : MOST_REAL;
  size_t const count  = HEARD * chosen;
  Samples      s      = {
              .model = model, .count = count, .inputs = MN_SENSE_FEATURES + 2 * model->latent};
  s.tokens   = (uint8_t*)malloc(count * model->steps + 1);
  s.target   = (float*)malloc((count + 1) * sizeof(float));
  s.x        = (int32_t*)malloc((count * s.inputs + 1) * sizeof(int32_t));
  *fit       = (MnSenseFit){.windows = count, .inputs = s.inputs};
  fit->input = (float*)malloc((size_t)MN_SENSE_ROWS * s.inputs * sizeof(float));
  bool good  = s.tokens && s.target && s.x && fit->input;
  if (good) {
    make_windows(&s, real, chosen);
    good = hear(&s, progress) && learn(&s, fit);
    negate(fit, model->latent, good ? negated : NULL);
  }
  free(s.tokens);
  free(s.target);
  free(s.x);
  return good;
}

void
mn_sense_fit_free(MnSenseFit* const fit)
{
  free(fit->input);
  *fit = (MnSenseFit){0};
}

void
mn_sense_fit_tensors(MnSenseFit const* const fit, MnModelTensor tensors[MN_SENSE_TENSORS])
{
  tensors[0] = (MnModelTensor){
    "readout/sense", MN_DTYPE_F32, 2, {MN_SENSE_ROWS, fit->inputs}, fit->input};
  tensors[1] = (MnModelTensor){
    "readout/sense_offset", MN_DTYPE_F32, 1, {MN_SENSE_ROWS, 0}, fit->offset};
  tensors[2] =
    (MnModelTensor){"readout/sense_bend", MN_DTYPE_F32, 2, {1, MN_BENDS}, fit->bend};
}
