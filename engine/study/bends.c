// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "bends.h"

#include "base/parallel.h"
#include "base/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// Each step learns from a batch. Its parts may run on different processors.
enum { BATCH = 256, PART = 64, PARTS = BATCH / PART };

// There are steps enough for few samples, too.
enum { FEWEST_STEPS = 500 };

enum { SEED = 1 };

// Of Adam: the largest rate, which the first steps go up to and the others down from; how
// long the means of the gradient and of its square reach; what keeps them from 0.
static float const  rate       = 3e-3F;
static double const warm_share = 0.3;
static float const  keep       = 0.9F;
static float const  keep_sq    = 0.999F;
static float const  least      = 1e-8F;

// The penalty on a weight, as a part of it that is added to its gradient.
static float const decay = 1e-4F;

// The weights as one array: of inputs, offsets, bends.
typedef struct {
  MnBendSamples const* samples;
  unsigned             targets;
  unsigned             rows; // targets, then bends
  size_t               size;
  size_t               offset;   // where the offsets begin
  size_t               bend;     // and the bends
  float*               weight;   // [size]
  float*               mean;     // [size] of the gradient
  float*               square;   // [size] of it
  float*               gradient; // [PARTS][size]
  size_t               chosen[BATCH];
} Learner;

// What one sample makes of the weights.
typedef struct {
  float sum[MN_BEND_ROWS];
  float bent[MN_BENDS];
  float slope[MN_BEND_ROWS]; // of the error by the sums
  float error[MN_BEND_TARGETS];
} Pass;

static float
input_of(MnBendSamples const* const s, size_t const sample, unsigned const i)
{
  return ((float)s->x[sample * s->inputs + i] - s->mean[i]) * s->scale[i];
}

static void
go_forward(Learner const* const l, size_t const sample, Pass* const p)
{
  memcpy(p->sum, l->weight + l->offset, l->rows * sizeof(*p->sum));
  for (unsigned i = 0; i < l->samples->inputs; ++i) {
    float const        x      = input_of(l->samples, sample, i);
    float const* const weight = l->weight + (size_t)i * l->rows;
    for (unsigned r = 0; r < l->rows; ++r) {
      p->sum[r] += x * weight[r];
    }
  }
  float value[MN_BEND_TARGETS];
  memcpy(value, p->sum, l->targets * sizeof(*value));
  for (unsigned b = 0; b < MN_BENDS; ++b) {
    float const        h      = p->sum[l->targets + b];
    float const* const weight = l->weight + l->bend + (size_t)b * l->targets;
    p->bent[b]                = h * h / (1 + fabsf(h));
    for (unsigned a = 0; a < l->targets; ++a) {
      value[a] += weight[a] * p->bent[b];
    }
  }
  for (unsigned a = 0; a < l->targets; ++a) {
    float const target = l->samples->target[sample * l->targets + a];
    float const weight = l->samples->weight[a] * 2 / (float)(BATCH * l->targets);
    p->error[a]        = isnan(target) ? 0 : (value[a] - target) * weight;
  }
}

static void
go_back(Learner const* const l, size_t const sample, Pass* const p, float* const gradient)
{
  memcpy(p->slope, p->error, l->targets * sizeof(*p->error));
  for (unsigned b = 0; b < MN_BENDS; ++b) {
    float const        h      = p->sum[l->targets + b];
    float const        size   = 1 + fabsf(h);
    float const* const weight = l->weight + l->bend + (size_t)b * l->targets;
    float* const       up     = gradient + l->bend + (size_t)b * l->targets;
    float              back   = 0;
    for (unsigned a = 0; a < l->targets; ++a) {
      back += weight[a] * p->error[a];
      up[a] += p->bent[b] * p->error[a];
    }
    p->slope[l->targets + b] = back * h * (size + 1) / (size * size);
  }
  for (unsigned r = 0; r < l->rows; ++r) {
    gradient[l->offset + r] += p->slope[r];
  }
  for (unsigned i = 0; i < l->samples->inputs; ++i) {
    float const  x  = input_of(l->samples, sample, i);
    float* const up = gradient + (size_t)i * l->rows;
    for (unsigned r = 0; r < l->rows; ++r) {
      up[r] += x * p->slope[r];
    }
  }
}

static void
take_part(void* const context, size_t const part, unsigned const worker)
{
  (void)worker;
  Learner const* const l        = (Learner const*)context;
  float* const         gradient = l->gradient + part * l->size;
  memset(gradient, 0, l->size * sizeof(*gradient));
  for (size_t i = 0; i < PART; ++i) {
    size_t const sample = l->chosen[part * PART + i];
    Pass         p;
    go_forward(l, sample, &p);
    go_back(l, sample, &p, gradient);
  }
}

// A step of Adam. @param kept What is left of the first means of 0, by power of `keep`.
static void
step(Learner* const l, float const now, float const kept, float const kept_sq)
{
  for (size_t i = 0; i < l->size; ++i) {
    float gradient = decay * l->weight[i];
    for (size_t part = 0; part < PARTS; ++part) {
      gradient += l->gradient[part * l->size + i];
    }
    l->mean[i]         = keep * l->mean[i] + (1 - keep) * gradient;
    l->square[i]       = keep_sq * l->square[i] + (1 - keep_sq) * gradient * gradient;
    float const mean   = l->mean[i] / (1 - kept);
    float const square = l->square[i] / (1 - kept_sq);
    bool const  offset = i >= l->offset && i < l->bend;
    l->weight[i] -= offset ? 0 : now * l->samples->shrink * l->weight[i];
    l->weight[i] -= now * mean / (sqrtf(square) + least);
  }
}

// Uniform in -most..most.
static float
draw(uint64_t* const state, double const most)
{
  double const unit = 0x1p53;
  return (float)(((double)(mn_random_next(state) >> 11) / unit * 2 - 1) * most);
}

static void
begin(Learner* const l, uint64_t* const state)
{
  unsigned const inputs = l->samples->inputs;
  for (size_t i = 0; i < inputs; ++i) {
    for (unsigned r = l->targets; r < l->rows; ++r) {
      l->weight[i * l->rows + r] = draw(state, 0.5 / sqrt(inputs));
    }
  }
  for (size_t i = l->bend; i < l->size; ++i) {
    l->weight[i] = draw(state, 1 / sqrt(MN_BENDS));
  }
}

static void
learn(Learner* const l)
{
  size_t const count   = l->samples->count;
  size_t const epochs  = l->samples->epochs * count / BATCH;
  size_t const steps   = epochs < FEWEST_STEPS ? FEWEST_STEPS : epochs;
  double const warm    = warm_share * (double)steps;
  float        kept    = 1;
  float        kept_sq = 1;
  uint64_t     state   = SEED;
  begin(l, &state);
  for (size_t k = 0; k < steps; ++k) {
    for (unsigned i = 0; i < BATCH; ++i) {
      l->chosen[i] = mn_random_below(&state, (uint32_t)count);
    }
    MnPieces const job = {.count = PARTS, .context = l, .piece = take_part};
    mn_parallel_run(&job);
    kept *= keep;
    kept_sq *= keep_sq;
    double const at = (double)k + 1;
    double const part =
      at < warm ? at / warm : ((double)steps - at) / ((double)steps - warm);
    step(l, rate * (float)part, kept, kept_sq);
  }
}

bool
mn_bends_learn(MnBendSamples const* const samples, MnBends* const bends)
{
  unsigned const rows   = samples->targets + MN_BENDS;
  size_t const   offset = (size_t)samples->inputs * rows;
  size_t const   bend   = offset + rows;
  size_t const   size   = bend + (size_t)MN_BENDS * samples->targets;
  Learner        l      = {.samples  = samples,
                           .targets  = samples->targets,
                           .rows     = rows,
                           .size     = size,
                           .offset   = offset,
                           .bend     = bend,
                           .weight   = (float*)calloc(size, sizeof(float)),
                           .mean     = (float*)calloc(size, sizeof(float)),
                           .square   = (float*)calloc(size, sizeof(float)),
                           .gradient = (float*)calloc(PARTS * size, sizeof(float))};
  bool const     good   = l.weight && l.mean && l.square && l.gradient;
  *bends                = (MnBends){NULL, NULL, NULL};
  if (good) {
    learn(&l);
    *bends = (MnBends){l.weight, l.weight + offset, l.weight + bend};
  } else {
    free(l.weight);
  }
  free(l.mean);
  free(l.square);
  free(l.gradient);
  return good;
}

void
mn_bends_free(MnBends* const bends)
{
  free(bends->input);
  *bends = (MnBends){NULL, NULL, NULL};
}
