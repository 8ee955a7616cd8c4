// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "phik_table.h"

#include "base/parallel.h"
#include "base/random.h"
#include "figures.h"
#include "phik.h"
#include "stats.h"

#include <stdlib.h>

enum { SHUFFLE_SEED = 4 };

typedef struct {
  MnPhikInput const* in;
  MnPhikTable*       table;
  MnProgress const*  progress;
  uint8_t*           neurons;  // [neurons][count]: bins
  uint8_t*           shuffled; // likewise, by rows in another order
  uint8_t*           features; // [features][count]
  uint32_t*          order;    // [count]: that order
} Task;

static void
bin_neuron(void* const context, size_t const index, unsigned const worker)
{
  (void)worker;
  Task* const    t        = (Task*)context;
  size_t const   count    = t->in->count;
  uint8_t* const bins     = t->neurons + index * count;
  uint8_t* const shuffled = t->shuffled + index * count;
  mn_phik_bin(t->in->neuron + index * count, count, bins);
  for (size_t i = 0; i < count; ++i) {
    shuffled[i] = bins[t->order[i]];
  }
}

static void
bin_feature(void* const context, size_t const index, unsigned const worker)
{
  (void)worker;
  Task* const  t     = (Task*)context;
  size_t const count = t->in->count;
  mn_phik_bin(t->in->feature + index * count, count, t->features + index * count);
}

static void
correlate_pair(void* const context, size_t const index, unsigned const worker)
{
  (void)worker;
  Task* const          t       = (Task*)context;
  size_t const         count   = t->in->count;
  size_t const         neuron  = index / t->in->features;
  uint8_t const* const feature = t->features + index % t->in->features * count;
  t->table->phik[index]        = mn_phik(t->neurons + neuron * count, feature, count);
  t->table->null[index]        = mn_phik(t->shuffled + neuron * count, feature, count);
}

static void
report_pairs(void* const context, size_t const done)
{
  Task const* const t = (Task const*)context;
  if (t->progress) {
    t->progress->tell(t->progress->context, done, t->in->neurons * t->in->features);
  }
}

// A fixed random order of the rows.
static void
shuffle(uint32_t* const order, size_t const count)
{
  uint64_t state = SHUFFLE_SEED;
  for (size_t i = 0; i < count; ++i) {
    order[i] = (uint32_t)i;
  }
  for (size_t i = count; i > 1; --i) {
    size_t const   other = mn_random_below(&state, (uint32_t)i);
    uint32_t const keep  = order[i - 1];
    order[i - 1]         = order[other];
    order[other]         = keep;
  }
}

static void
run(Task* const t)
{
  size_t const   pairs  = t->in->neurons * t->in->features;
  MnPieces const jobs[] = {
    {.count = t->in->neurons, .context = t, .piece = bin_neuron},
    {.count = t->in->features, .context = t, .piece = bin_feature},
    {.count = pairs, .context = t, .piece = correlate_pair, .progress = report_pairs},
  };
  shuffle(t->order, t->in->count);
  for (size_t i = 0; i < sizeof(jobs) / sizeof(*jobs); ++i) {
    mn_parallel_run(&jobs[i]);
  }
  for (size_t i = 0; i < pairs; ++i) {
    double* const chance = &t->table->chance[i % t->in->features];
    *chance              = t->table->null[i] > *chance ? t->table->null[i] : *chance;
  }
}

bool
mn_phik_table_fill(MnPhikInput const* const in,
                   MnProgress const* const  progress,
                   MnPhikTable* const       table)
{
  size_t const pairs = in->neurons * in->features;
  *table             = (MnPhikTable){
                .neurons  = in->neurons,
                .features = in->features,
                .phik     = (double*)calloc(pairs + 1, sizeof(double)),
                .null     = (double*)calloc(pairs + 1, sizeof(double)),
                .chance   = (double*)calloc(in->features + 1, sizeof(double)),
  };
  Task       t    = {.in       = in,
                     .table    = table,
                     .progress = progress,
                     .neurons  = (uint8_t*)malloc(in->neurons * in->count + 1),
                     .shuffled = (uint8_t*)malloc(in->neurons * in->count + 1),
                     .features = (uint8_t*)malloc(in->features * in->count + 1),
                     .order    = (uint32_t*)malloc((in->count + 1) * sizeof(uint32_t))};
  bool const good = table->phik && table->null && table->chance && t.neurons &&
                    t.shuffled && t.features && t.order;
  if (good) {
    run(&t);
  } else {
    mn_phik_table_free(table);
  }
  free(t.neurons);
  free(t.shuffled);
  free(t.features);
  free(t.order);
  return good;
}

void
mn_phik_table_free(MnPhikTable* const table)
{
  free(table->phik);
  free(table->null);
  free(table->chance);
  *table = (MnPhikTable){0};
}

size_t
mn_phik_table_top(MnPhikTable const* const table,
                  size_t const             neuron,
                  size_t const             most,
                  size_t* const            shown)
{
  double const* const phik  = table->phik + neuron * table->features;
  size_t              count = 0;
  for (size_t f = 0; f < table->features; ++f) {
    size_t place = count;
    while (place > 0 && phik[shown[place - 1]] < phik[f]) {
      --place;
    }
    if (!(phik[f] > table->chance[f]) || place == most) {
      continue;
    }
    count += count < most;
    for (size_t i = count - 1; i > place; --i) {
      shown[i] = shown[i - 1];
    }
    shown[place] = f;
  }
  return count;
}

json_t*
mn_phik_table_rows(MnPhikTable const* const table, double const* const values)
{
  json_t* const array = json_array();
  for (size_t i = 0; i < table->neurons; ++i) {
    json_array_append_new(array,
                          mn_figures_array(values + i * table->features, table->features));
  }
  return mn_figures_complete(array, table->neurons);
}

json_t*
mn_phik_table_chance(MnPhikTable const* const table)
{
  size_t const  pairs  = table->neurons * table->features;
  double* const sorted = (double*)malloc((pairs + 1) * sizeof(double));
  if (!sorted) {
    return NULL;
  }
  for (size_t i = 0; i < pairs; ++i) {
    sorted[i] = table->null[i];
  }
  mn_stats_sort(sorted, pairs);
  json_t* const object =
    json_pack("{s:o,s:o,s:o}",
              "by_feature",
              mn_figures_array(table->chance, table->features),
              "p95",
              mn_figures_number(mn_stats_quantile(sorted, pairs, 0.95)),
              "largest",
              mn_figures_number(mn_stats_quantile(sorted, pairs, 1)));
  free(sorted);
  return object;
}
