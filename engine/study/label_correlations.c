// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "label_correlations.h"

#include "base/parallel.h"
#include "window_features.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// More windows would not change the second digit of a correlation.
enum { MOST_WINDOWS = 20000 };

// The value of a feature or a neuron on a window.
typedef struct {
  double   value;
  uint32_t window;
} Item;

// The windows here are those of the sample.
typedef struct {
  MnHeard         heard;
  size_t          count;
  uint16_t const* neurons;
  double*         rho;    // [neurons][mn_feature_count]
  double*         values; // [mn_feature_count][count]
  double*         ranks;  // [mn_feature_count][count] about their mean; NAN: undefined
  size_t*         kept;   // [mn_feature_count]: ranks that are defined
  double*         square; // [mn_feature_count]: the sum of their squares
  Item**          sorted; // [workers][count]
} Task;

static size_t
window_of(Task const* const t, size_t const i)
{
  return i * t->heard.count / t->count;
}

static void
compute_features(void* const context, size_t const index, unsigned const worker)
{
  (void)worker;
  Task* const   t      = (Task*)context;
  double* const values = t->ranks + index * mn_feature_count; // not ranks yet
  mn_features_compute(
    t->heard.tokens + window_of(t, index) * t->heard.steps, t->heard.steps, values);
  for (size_t f = 0; f < mn_feature_count; ++f) {
    t->values[f * t->count + index] = values[f];
  }
}

static int
compare_items(void const* const a, void const* const b)
{
  double const x = ((Item const*)a)->value;
  double const y = ((Item const*)b)->value;
  return (x > y) - (x < y);
}

// The rank about the mean of the `same` equal values that so many of all the `kept`
// are below. Ranks are multiples of 1/2: sums of their products are exact.
static double
mean_rank(size_t const below, size_t const same, size_t const kept)
{
  return ((double)(2 * below + same) - (double)kept) / 2;
}

static void
rank_feature(void* const context, size_t const f, unsigned const worker)
{
  Task* const         t      = (Task*)context;
  double const* const values = t->values + f * t->count;
  double* const       ranks  = t->ranks + f * t->count;
  Item* const         sorted = t->sorted[worker];
  size_t              kept   = 0;
  for (size_t i = 0; i < t->count; ++i) {
    ranks[i] = NAN;
    if (!isnan(values[i])) {
      sorted[kept++] = (Item){values[i], (uint32_t)i};
    }
  }
  qsort(sorted, kept, sizeof(*sorted), compare_items);
  double square = 0;
  for (size_t first = 0, next = 0; first < kept; first = next) {
    while (next < kept && !(sorted[next].value > sorted[first].value)) {
      ++next;
    }
    double const rank = mean_rank(first, next - first, kept);
    for (size_t i = first; i < next; ++i) {
      ranks[sorted[i].window] = rank;
    }
    square += (double)(next - first) * rank * rank;
  }
  t->kept[f]   = kept;
  t->square[f] = square;
}

// The correlation with a feature of the neuron that sorted the windows, over those
// that have the feature. Equal values have one rank, so their sum takes it once.
static double
correlate(Task const* const t, Item const* const sorted, size_t const f)
{
  double const* const ranks   = t->ranks + f * t->count;
  double              product = 0;
  double              square  = 0;
  size_t              below   = 0;
  for (size_t first = 0, next = 0; first < t->count; first = next) {
    size_t same = 0;
    double sum  = 0;
    for (; next < t->count && !(sorted[next].value > sorted[first].value); ++next) {
      double const rank = ranks[sorted[next].window];
      if (!isnan(rank)) {
        ++same;
        sum += rank;
      }
    }
    double const rank = mean_rank(below, same, t->kept[f]);
    product += rank * sum;
    square += (double)same * rank * rank;
    below += same;
  }
  double const norm = sqrt(square) * sqrt(t->square[f]);
  return norm > 0 ? product / norm : 0;
}

static void
correlate_neuron(void* const context, size_t const index, unsigned const worker)
{
  Task* const t      = (Task*)context;
  Item* const sorted = t->sorted[worker];
  for (size_t i = 0; i < t->count; ++i) {
    size_t const at = window_of(t, i) * t->heard.latent + t->neurons[index];
    sorted[i]       = (Item){t->heard.mu[at], (uint32_t)i};
  }
  qsort(sorted, t->count, sizeof(*sorted), compare_items);
  for (size_t f = 0; f < mn_feature_count; ++f) {
    t->rho[index * mn_feature_count + f] = correlate(t, sorted, f);
  }
}

static void
run_pieces(Task* const  t,
           size_t const count,
           void (*const piece)(void* context, size_t index, unsigned worker))
{
  MnPieces const job = {.count = count, .context = t, .piece = piece};
  mn_parallel_run(&job);
}

bool
mn_labels_correlate(MnHeard const* const  heard,
                    uint16_t const* const neurons,
                    unsigned const        neuron_count,
                    double* const         rho)
{
  unsigned const workers = mn_parallel_workers();
  size_t const   count   = heard->count < MOST_WINDOWS ? heard->count : MOST_WINDOWS;
  size_t const   cells   = mn_feature_count * count;
  Task           t       = {.heard   = *heard,
                            .count   = count,
                            .neurons = neurons,
                            .rho     = rho,
                            .values  = (double*)malloc((cells + 1) * sizeof(double)),
                            .ranks   = (double*)malloc((cells + 1) * sizeof(double)),
                            .kept    = (size_t*)calloc(mn_feature_count, sizeof(size_t)),
                            .square  = (double*)calloc(mn_feature_count, sizeof(double)),
                            .sorted  = (Item**)calloc(workers, sizeof(Item*))};
  bool           good    = t.values && t.ranks && t.kept && t.square && t.sorted;
  for (unsigned i = 0; good && i < workers; ++i) {
    t.sorted[i] = (Item*)malloc((count + 1) * sizeof(Item));
    good        = t.sorted[i];
  }
  if (good) {
    run_pieces(&t, count, compute_features);
    run_pieces(&t, mn_feature_count, rank_feature);
    run_pieces(&t, neuron_count, correlate_neuron);
  }
  for (unsigned i = 0; t.sorted && i < workers; ++i) {
    free(t.sorted[i]);
  }
  free(t.values);
  free(t.ranks);
  free(t.kept);
  free(t.square);
  free(t.sorted);
  return good;
}
