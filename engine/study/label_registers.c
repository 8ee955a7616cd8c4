// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

// The part of label_groups.h that looks for registers.

#include "label_groups.h"

#include "base/parallel.h"
#include "stats.h"

#include <math.h>
#include <stdlib.h>

// What neurons may go with: the mean pitch, or its distance from the middle.
enum { PITCH, DISTANCE, KINDS };

enum { HALF_OCTAVE = 6, PARTS = MN_KEYS / HALF_OCTAVE + 1 };

typedef struct {
  MnHeard const*       heard;
  MnLabelGroups const* groups;
  uint16_t const*      neurons;
  MnHold*              holds;  // [neurons][KINDS]
  bool*                failed; // [neurons][KINDS]
} Task;

// A neuron, one thing that it may go with, and room for its windows.
typedef struct {
  Task const* task;
  unsigned    neuron;
  unsigned    kind;
  double*     mu;
  double*     feature;
  bool        failed;
} Look;

static double
feature_of(double const pitch, unsigned const kind)
{
  return kind == PITCH ? pitch : fabs(pitch - MN_LABEL_MIDDLE);
}

// The correlation over the windows of a list within registers; NAN if they are few.
// @param member [count]; NULL: all windows.
static double
correlate(Look* const           l,
          uint32_t const* const member,
          size_t const          count,
          unsigned const        low,
          unsigned const        high)
{
  MnHeard const* const heard = l->task->heard;
  size_t               kept  = 0;
  for (size_t i = 0; i < count; ++i) {
    size_t const window = member ? member[i] : i;
    double const pitch  = l->task->groups->pitch[window];
    if (pitch >= low && pitch < high) {
      l->mu[kept]        = heard->mu[window * heard->latent + l->neuron];
      l->feature[kept++] = feature_of(pitch, l->kind);
    }
  }
  double rho = 0;
  if (kept < MN_GROUP_LEAST) {
    return NAN;
  }
  l->failed = l->failed || !mn_stats_spearman(l->mu, l->feature, kept, &rho);
  return isnan(rho) ? 0 : rho; // one of them never varies
}

static unsigned
start_of(unsigned const r)
{
  return r ? mn_register_end[r - 1] : 0;
}

// The correlations in each register alone, and in it and the next together.
typedef struct {
  double alone[MN_REGISTERS];
  double pair[MN_REGISTERS]; // the last one has no next
} Parts;

static Parts
correlate_parts(Look* const l)
{
  size_t const count = l->task->heard->count;
  Parts        p;
  for (unsigned r = 0; r < MN_REGISTERS; ++r) {
    unsigned const next = r + 1 < MN_REGISTERS ? r + 1 : r;
    p.alone[r]          = correlate(l, NULL, count, start_of(r), mn_register_end[r]);
    p.pair[r]           = correlate(l, NULL, count, start_of(r), mn_register_end[next]);
  }
  return p;
}

// The least of them over registers from..to; below 0 where windows are few.
static double
least_of_parts(Parts const* const p,
               unsigned const     from,
               unsigned const     to,
               double const       sign)
{
  double least = INFINITY;
  for (unsigned r = from; r <= to; ++r) {
    double const alone = isnan(p->alone[r]) ? -1 : sign * p->alone[r];
    double const pair  = r == to || isnan(p->pair[r]) ? alone : sign * p->pair[r];
    least              = fmin(least, fmin(alone, pair));
  }
  return least;
}

static double
least_of_groups(Look* const l, unsigned const low, unsigned const high, double const sign)
{
  MnLabelGroups const* const g     = l->task->groups;
  double                     least = INFINITY;
  for (size_t k = 0; k < g->count; ++k) {
    double const rho =
      correlate(l, g->member + g->first[k], g->first[k + 1] - g->first[k], low, high);
    least = isnan(rho) ? least : fmin(least, sign * rho);
  }
  return least;
}

static size_t
count_between(MnLabelGroups const* const g, size_t const count, unsigned low, unsigned high)
{
  size_t between = 0;
  for (size_t i = 0; i < count; ++i) {
    between += g->pitch[i] >= low && g->pitch[i] < high;
  }
  return between;
}

// Whether the mean of mu moves one way from each half octave to the next: a neuron that turns
// within a register may still go with the pitch on the whole.
static bool
moves_one_way(Look const* const l,
              unsigned const    low,
              unsigned const    high,
              double const      sign)
{
  MnHeard const* const heard        = l->task->heard;
  double               sum[PARTS]   = {0};
  size_t               count[PARTS] = {0};
  for (size_t i = 0; i < heard->count; ++i) {
    double const pitch = l->task->groups->pitch[i];
    if (pitch >= low && pitch < high) {
      unsigned const part = (unsigned)feature_of(pitch, l->kind) / HALF_OCTAVE;
      sum[part] += heard->mu[i * heard->latent + l->neuron];
      ++count[part];
    }
  }
  double last = -INFINITY;
  for (unsigned k = 0; k < PARTS; ++k) {
    if (count[k] >= MN_GROUP_LEAST) {
      double const mean = sign * sum[k] / (double)count[k];
      if (mean <= last) {
        return false;
      }
      last = mean;
    }
  }
  return true;
}

// Tries registers from..to. Keeps the best so far: the strongest by its share of windows.
static void
try_run(Look* const        l,
        Parts const* const parts,
        unsigned const     from,
        unsigned const     to,
        MnHold* const      best)
{
  size_t const   count = l->task->heard->count;
  unsigned const low   = start_of(from);
  unsigned const high  = mn_register_end[to];
  double const   sign  = parts->alone[from] < 0 ? -1 : 1;
  double         least = least_of_parts(parts, from, to, sign);
  if (!(least >= MN_LABEL_LEAST)) {
    return;
  }
  double const rho = correlate(l, NULL, count, low, high);
  double const share =
    (double)count_between(l->task->groups, count, low, high) / (double)count;
  if (!(sign * rho * share > fabs(best->rho) * best->share)) {
    return;
  }
  least = fmin(least, least_of_groups(l, low, high, sign));
  if (least >= MN_LABEL_LEAST && moves_one_way(l, low, high, sign)) {
    *best = (MnHold){rho, share, least, low, high};
  }
}

static void
look(Look* const l, MnHold* const best)
{
  Parts const parts = correlate_parts(l);
  *best             = (MnHold){.least = -1};
  for (unsigned from = 0; from < MN_REGISTERS; ++from) {
    for (unsigned to = from + 1; to < MN_REGISTERS; ++to) {
      try_run(l, &parts, from, to, best);
    }
  }
}

static void
look_at(void* const context, size_t const index, unsigned const worker)
{
  (void)worker;
  Task const* const t    = (Task const*)context;
  size_t const      size = (t->heard->count + 1) * sizeof(double);
  Look              l    = {.task    = t,
                            .neuron  = t->neurons[index / KINDS],
                            .kind    = index % KINDS,
                            .mu      = (double*)malloc(size),
                            .feature = (double*)malloc(size)};
  l.failed               = !l.mu || !l.feature;
  if (!l.failed) {
    look(&l, &t->holds[index]);
  }
  free(l.mu);
  free(l.feature);
  t->failed[index] = l.failed;
}

bool
mn_label_groups_registers(MnHeard const* const       heard,
                          MnLabelGroups const* const groups,
                          uint16_t const* const      neurons,
                          unsigned const             count,
                          MnHold* const              holds)
{
  size_t const pieces = (size_t)count * KINDS;
  bool* const  failed = (bool*)calloc(pieces + 1, sizeof(*failed));
  bool         good   = failed;
  if (good) {
    Task           task = {heard, groups, neurons, holds, failed};
    MnPieces const job  = {.count = pieces, .context = &task, .piece = look_at};
    mn_parallel_run(&job);
  }
  for (size_t i = 0; good && i < pieces; ++i) {
    good = !failed[i];
  }
  free(failed);
  return good;
}
