// Copyright 2026 The Music Neurons authors
// SPDX-License-Identifier: ISC

#include "landmarks.h"

#include "base/fixed.h"
#include "figures.h"
#include "readout/bend_values.h"
#include "stats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// A style, by the name that it has in one or more files.
typedef struct {
  char const* name;
  size_t      count; ///< of windows
} Kind;

typedef struct {
  unsigned count;
  Kind     kinds[MN_MOST_STYLES];
  uint16_t of[MN_MOST_STYLES]; ///< which kind a named style is
} Kinds;

static void
count_kinds(MnWindows const* const w, Kinds* const all)
{
  *all = (Kinds){0};
  for (unsigned i = 0; i < w->names; ++i) {
    unsigned k = 0;
    while (k < all->count && strcmp(all->kinds[k].name, w->name[i].text) != 0) {
      ++k;
    }
    all->count += k == all->count;
    all->kinds[k].name = w->name[i].text;
    all->of[i]         = (uint16_t)k;
  }
}

// The kind of a window; MN_MOST_STYLES if its style has no name.
static unsigned
kind_of(Kinds const* const all, MnWindows const* const w, size_t const window)
{
  for (unsigned i = 0; i < w->names; ++i) {
    if (w->name[i].style == w->style[window]) {
      return all->of[i];
    }
  }
  return MN_MOST_STYLES;
}

// The place of a value among the quantiles of its axis.
static double
percentile(float const* const quantiles, double const value)
{
  unsigned k = 0;
  while (k + 1 < MN_QUANTILES && (double)quantiles[k + 1] <= value) {
    ++k;
  }
  if (k + 1 == MN_QUANTILES || value < (double)quantiles[0]) {
    return k ? 1 : 0;
  }
  double const low  = (double)quantiles[k];
  double const high = (double)quantiles[k + 1];
  double const part = high > low ? (value - low) / (high - low) : 0;
  return (k + part) / (MN_QUANTILES - 1);
}

// Computes the axes of a window, in the values that the readout computes.
static void
place_window(MnHeard const* const heard,
             MnAxes const* const  axes,
             float const* const   bend,
             uint8_t const* const negated,
             size_t const         window,
             int32_t* const       mu,
             double* const        values)
{
  MnBendTable const table = {.values = MN_AXES,
                             .inputs = heard->latent,
                             .bends  = MN_BENDS,
                             .input  = axes->swapped,
                             .offset = axes->offset,
                             .bend   = bend};
  int32_t const*    raw   = heard->mu + window * heard->latent;
  for (size_t n = 0; n < heard->latent; ++n) {
    mu[n] = negated[n] ? -raw[n] : raw[n];
  }
  mn_bend_values(&table, mu, values);
}

// Adds the landmark of a kind: its windows are `chosen`, and have places in `values`.
static void
add(MnLandmarks* const  l,
    Kind const* const   kind,
    MnAxes const* const axes,
    double* const       columns)
{
  unsigned const i = l->count++;
  snprintf(l->name[i], MN_STYLE_NAME, "%s", kind->name);
  for (char* c = l->name[i]; *c; ++c) {
    *c = *c == '_' ? ' ' : *c;
  }
  for (unsigned a = 0; a < MN_AXES; ++a) {
    double* const column = columns + a * kind->count;
    mn_stats_sort(column, kind->count);
    double const middle = mn_stats_quantile(column, kind->count, 0.5);
    l->place[i][a]      = rint(1e3 * percentile(axes->quantiles[a], middle)) / 1e3;
  }
}

static unsigned
largest(Kinds const* const all)
{
  unsigned best = 0;
  for (unsigned k = 1; k < all->count; ++k) {
    best = all->kinds[k].count > all->kinds[best].count ? k : best;
  }
  return best;
}

bool
mn_landmarks_find(MnHeard const* const   heard,
                  MnWindows const* const windows,
                  uint8_t const* const   negated,
                  MnAxes const* const    axes,
                  MnLandmarks* const     landmarks)
{
  Kinds all;
  *landmarks = (MnLandmarks){0};
  count_kinds(windows, &all);
  uint16_t* const kind    = (uint16_t*)malloc((heard->count + 1) * sizeof(*kind));
  double* const   columns = (double*)malloc((heard->count + 1) * MN_AXES * sizeof(double));
  int32_t* const  mu      = (int32_t*)malloc((heard->latent + 1) * sizeof(*mu));
  float           bend[MN_BENDS * MN_AXES];
  for (unsigned i = 0; i < MN_BENDS * MN_AXES; ++i) {
    bend[i] = axes->bend[i % MN_AXES][i / MN_AXES];
  }
  bool const good = kind && columns && mu;
  for (size_t w = 0; good && w < heard->count; ++w) {
    unsigned const k = kind_of(&all, windows, w);
    kind[w]          = (uint16_t)k;
    if (k < all.count) {
      ++all.kinds[k].count;
    }
  }
  while (good && all.count && landmarks->count < MN_MAX_LANDMARKS) {
    unsigned const k    = largest(&all);
    Kind* const    best = &all.kinds[k];
    if (best->count < MN_LANDMARK_WINDOWS) {
      break;
    }
    size_t at = 0;
    for (size_t w = 0; w < heard->count; ++w) {
      double values[MN_AXES];
      if (kind[w] == k) {
        place_window(heard, axes, bend, negated, w, mu, values);
        for (unsigned a = 0; a < MN_AXES; ++a) {
          columns[a * best->count + at] = values[a];
        }
        ++at;
      }
    }
    add(landmarks, best, axes, columns);
    best->count = 0;
  }
  free(mu);
  free(columns);
  free(kind);
  return good;
}

json_t*
mn_landmarks_json(MnLandmarks const* const landmarks)
{
  json_t* const array = json_array();
  for (unsigned i = 0; i < landmarks->count; ++i) {
    json_array_append_new(array,
                          json_pack("{s:s,s:o}",
                                    "name",
                                    landmarks->name[i],
                                    "axes",
                                    mn_figures_array(landmarks->place[i], MN_AXES)));
  }
  return mn_figures_complete(array, landmarks->count);
}
