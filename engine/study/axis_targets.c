// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "axis_targets.h"

#include "base/parallel.h"
#include "stats.h"
#include "window_features.h"

#include <math.h>
#include <stdlib.h>

typedef struct {
  MnHeard const* heard;
  double*        values; // [count][mn_feature_count]
} Features;

typedef struct {
  Features      heard;
  Features      like;
  MnAxis const* axes;
  float*        target; // [heard.count][MN_AXES]
  bool          failed[MN_AXES];
} Targets;

static void
compute_window(void* const context, size_t const window, unsigned const worker)
{
  (void)worker;
  Features const* const f     = (Features const*)context;
  unsigned const        steps = f->heard->steps;
  mn_features_compute(
    f->heard->tokens + window * steps, steps, f->values + window * mn_feature_count);
}

static bool
compute_features(MnHeard const* const heard, Features* const f)
{
  f->heard  = heard;
  f->values = (double*)malloc((heard->count * mn_feature_count + 1) * sizeof(double));
  MnPieces const job = {.count = heard->count, .context = f, .piece = compute_window};
  if (f->values) {
    mn_parallel_run(&job);
  }
  return f->values;
}

// The value that a share of a normal distribution is below, within 0.01 up to 3: the
// symmetric lambda distribution of J. Tukey (1947).
static double
normal_score(double const share)
{
  static double const lambda = 0.135;
  static double const scale  = 0.1975;
  return (pow(share, lambda) - pow(1 - share, lambda)) / scale;
}

// The number of sorted values that are below a value or, if `equal`, not above it.
static size_t
count_below(double const* const sorted,
            size_t const        count,
            double const        value,
            bool const          equal)
{
  size_t low  = 0;
  size_t high = count;
  while (low < high) {
    size_t const middle = low + (high - low) / 2;
    if (sorted[middle] < value || (equal && sorted[middle] == value)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

// The share of sorted values below a value, of which equal ones count half. Half a value
// is left at both ends.
static double
share_below(double const* const sorted, size_t const count, double const value)
{
  double const twice = (double)(count_below(sorted, count, value, false) +
                                count_below(sorted, count, value, true));
  double const most  = 2 * (double)count - 1;
  return fmin(fmax(twice, 1), most) / (2 * (double)count);
}

static void
score_axis(void* const context, size_t const axis, unsigned const worker)
{
  (void)worker;
  Targets* const        t       = (Targets*)context;
  size_t const          feature = mn_features_find(t->axes[axis].feature);
  Features const* const like    = &t->like;
  double* const sorted = (double*)malloc((like->heard->count + 1) * sizeof(*sorted));
  size_t        kept   = 0;
  t->failed[axis]      = !sorted;
  for (size_t i = 0; sorted && i < like->heard->count; ++i) {
    double const value = like->values[i * mn_feature_count + feature];
    if (!isnan(value)) {
      sorted[kept++] = value;
    }
  }
  if (sorted) {
    mn_stats_sort(sorted, kept);
    for (size_t i = 0; i < t->heard.heard->count; ++i) {
      double const value            = t->heard.values[i * mn_feature_count + feature];
      double const share            = isnan(value) ? NAN : share_below(sorted, kept, value);
      t->target[i * MN_AXES + axis] = (float)normal_score(share);
    }
  }
  free(sorted);
}

float*
mn_axis_targets(MnAxis const         axes[MN_AXES],
                MnHeard const* const heard,
                MnHeard const* const like)
{
  Targets t = {.axes   = axes,
               .target = (float*)malloc((heard->count * MN_AXES + 1) * sizeof(float))};
  bool    good =
    t.target && compute_features(heard, &t.heard) && compute_features(like, &t.like);
  if (good) {
    mn_parallel_run(&(MnPieces){.count = MN_AXES, .context = &t, .piece = score_axis});
  }
  for (unsigned a = 0; a < MN_AXES; ++a) {
    good = good && !t.failed[a];
  }
  free(t.heard.values);
  free(t.like.values);
  if (!good) {
    free(t.target);
    return NULL;
  }
  return t.target;
}
